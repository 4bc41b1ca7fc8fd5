"""The groups of a course for tools: Course Groups Service 1.0.

Source: https://www.imsglobal.org/spec/lti-gs/v1p0.
"""

import json
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LtiServiceException

from lti import claims
from lti.sandbox import service, urls
from lti.sandbox.courses import Course
from lti.sandbox.groups import GROUP_SET, group_set_id, groups_in
from lti.sandbox.platform import current_platform

blueprint = Blueprint("groups", __name__)
blueprint.register_error_handler(404, service.not_found)


@blueprint.get("/courses/<course_id>/groups")
def groups(course_id: str) -> ResponseReturnValue:
    """Return the groups of a course, or those of one person."""
    course = _course(course_id)
    wanted = request.args.get("user_id")
    rows = [
        {"id": group.id, "name": group.name, "set_id": group_set_id(course)}
        for group in groups_in(course)
        if wanted is None or wanted in {person.id for person in group.members}
    ]
    return _serve(urls.groups_url(current_platform(), course), "groups", rows, claims.MEDIA_GROUP_CONTAINER)


@blueprint.get("/courses/<course_id>/groups/sets")
def group_sets(course_id: str) -> ResponseReturnValue:
    """Return the sets that the groups of a course belong to."""
    course = _course(course_id)
    rows = [{"id": group_set_id(course), "name": GROUP_SET}]
    url = f"{urls.groups_url(current_platform(), course)}/sets"
    return _serve(url, "sets", rows, claims.MEDIA_GROUP_SET_CONTAINER)


def _course(course_id: str) -> Course:
    platform = current_platform()
    if not platform.mode.service.has_groups or request.method == "HEAD":
        abort(404)
    return platform.catalogue.course(course_id) or abort(404)


def _serve(url: str, name: str, rows: list[dict[str, Any]], media_type: str) -> Response:
    try:
        service.authorize()
        query = service.service_request().get_data
    except LtiServiceException as error:
        return service.problem(error.message, error.status_code)
    page = service.page_of(rows, query.get("page", 1), query.get("limit"))
    response = Response(json.dumps({"id": url, name: page["content"]}), content_type=media_type)
    if page["has_next"]:
        response.headers["Link"] = service.link_to_page(query.get("page", 1) + 1, query["limit"])
    return response
