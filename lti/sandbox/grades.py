"""The gradebook for tools: Assignment and Grade Services 2.0."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LineItemNotFoundException, LtiServiceException
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService

from lti import claims
from lti.sandbox import scoring, service, urls
from lti.sandbox.courses import Course
from lti.sandbox.people import generated_people
from lti.sandbox.platform import FlaskRequest, Platform, current_platform
from lti.sandbox.store import LineItem, Score

blueprint = Blueprint("grades", __name__)
blueprint.register_error_handler(404, service.not_found)


class Gradebook(AssignmentsGradesService):
    """The line items of one tool in one course, with their scores."""

    def __init__(self, course: Course, grades_request: FlaskRequest, line_item_id: int | None) -> None:
        self._platform = current_platform()
        items = f"{self._platform.config.url}/courses/{course.id}/lineitems"
        item = None if line_item_id is None else f"{items}/{line_item_id}"
        super().__init__(grades_request, self._platform.conf(), items, item)
        self._course = course
        self._store = self._platform.store
        learners = [*course.learners, *generated_people(self._platform.faults.generated_members)]
        self._context = scoring.Context(self._platform, course, frozenset(person.id for person in learners))

    @property
    def allowed_scopes(self) -> list[str]:
        """Return the scopes that open this route."""
        return service.scopes_of_this_route()

    def find_lineitems(
        self,
        page: int = 1,
        limit: int | None = None,
        resource_link_id: str | None = None,
        resource_id: str | None = None,
        tag: str | None = None,
    ) -> dict[str, Any]:
        """Return a page of the line items that fit every given value."""
        wanted = {"resourceLinkId": resource_link_id, "resourceId": resource_id, "tag": tag}
        found = [
            self._as_json(item)
            for item in self._items()
            if all(value is None or item.body.get(name) == value for name, value in wanted.items())
        ]
        return service.page_of(found, page, limit)

    def find_lineitem(self, line_item_id: int) -> dict[str, Any]:
        """Return one line item.

        Raises:
            LineItemNotFoundException: The course has none with that id.
        """
        return self._as_json(self._item(line_item_id))

    def create_lineitem(self, creation_data: dict[str, Any]) -> dict[str, Any]:
        """Add a line item; names that we do not know are kept and told again.

        Raises:
            LtiServiceException: The line item is not a proper one.
        """
        self._demand_media_type(claims.MEDIA_LINE_ITEM)
        scoring.check_line_item(self._context, creation_data)
        kept = scoring.kept_of_line_item(self._context, creation_data, None)
        item = self._store.add_line_item(self._course.id, kept, tool_id=self.platform_config.tool.id)
        return self._echo(item, creation_data)

    def update_lineitem(self, update_data: dict[str, Any]) -> dict[str, Any]:
        """Replace a line item; what it is bound to stays, and what is left out is gone.

        Raises:
            LineItemNotFoundException: The course has none with that id.
            LtiServiceException: The line item is not a proper one.
        """
        item = self._item(update_data["id"])
        self._demand_media_type(claims.MEDIA_LINE_ITEM)
        scoring.check_line_item(self._context, update_data)
        self._store.change_line_item(item, scoring.kept_of_line_item(self._context, update_data, item))
        return self._echo(self._item(item.id), update_data)

    def delete_lineitem(self, line_item_id: int) -> None:
        """Delete a line item with its scores.

        Raises:
            LineItemNotFoundException: The course has none with that id.
            LtiServiceException: It belongs to an activity of the course, and stays as long as that.
        """
        item = self._item(line_item_id)
        if item.coupled_to is not None:
            status = 401 if self._context.name == "canvas" else 403
            raise LtiServiceException("This line item belongs to its activity", status)
        self._store.delete_line_item(item)

    def update_score(self, line_item_id: int, score: dict[str, Any]) -> UpdateScoreStatus:
        """Keep a score, unless a newer one is there.

        Raises:
            LineItemNotFoundException: The course has none with that id.
            LtiServiceException: The score is not a proper one.
        """
        item = self._item(line_item_id)
        self._demand_media_type(claims.MEDIA_SCORE)
        try:
            posted = scoring.read_score(self._context, score)
        except LtiServiceException as error:
            raise scoring.IncorrectScoreError(error.message, error.status_code) from error
        stored = self._store.scores(item).get(posted.person_id)
        if stored is not None and scoring.is_too_old(self._context, posted, stored):
            if self._context.name == "canvas":
                raise LtiServiceException("timestamp is before that of the last score", 400)
            return UpdateScoreStatus.OLD_TIMESTAMP
        kept = scoring.settle(self._context, item, posted, stored)
        if kept is None:
            self._store.drop_score(item, posted.person_id)
        else:
            self._store.put_score(item, kept)
        return UpdateScoreStatus.SUCCESS

    def get_results(
        self, line_item_id: int, page: int = 1, limit: int | None = None, user_id: str | None = None
    ) -> dict[str, Any]:
        """Return a page of what the gradebook shows in this column.

        Raises:
            LineItemNotFoundException: The course has none with that id.
        """
        item = self._item(line_item_id)
        scores = self._store.scores(item).values()
        found = [self._as_result(item, score) for score in scores if user_id in (None, score.person_id)]
        return service.page_of(found, page, limit)

    def _items(self) -> list[LineItem]:
        tool_id = self.platform_config.tool.id
        return [item for item in self._store.line_items(self._course.id) if item.tool_id == tool_id]

    def _item(self, line_item_id: int) -> LineItem:
        item = next((item for item in self._items() if item.id == line_item_id), None)
        if item is None and self._context.name == "moodle":
            raise LtiServiceException(f"Not Found: Grade item {line_item_id} doesn't exist", 404)
        if item is None:
            raise LineItemNotFoundException
        return item

    def _demand_media_type(self, expected: str) -> None:
        if self.request.content_type != expected:
            raise LtiServiceException(f"The content type must be {expected}", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

    def _as_json(self, item: LineItem) -> dict[str, Any]:
        body = {"id": urls.line_item_url(self._platform, item), **item.body}
        if self._context.name == "moodle":
            body = {"resourceId": "", "tag": "", **body}
            body |= {"ltiLinkId": body["resourceLinkId"]} if "resourceLinkId" in body else {}
        return body

    def _echo(self, item: LineItem, sent: dict[str, Any]) -> dict[str, Any]:
        """Return a line item that was written: in Moodle, as it came, whatever is kept of it."""
        if self._context.name == "moodle":
            return {**sent, "id": urls.line_item_url(self._platform, item)}
        return self._as_json(item)

    def _as_result(self, item: LineItem, score: Score) -> dict[str, Any]:
        platform, person = self._platform, score.person_id
        if self._context.name == "moodle":
            return _as_moodles_result(platform, item, score)
        result = {
            "id": urls.line_item_url(platform, item, f"/results/{person}"),
            "scoreOf": urls.line_item_url(platform, item),
            "userId": person,
        }
        if not score.is_graded:
            return result
        graded = {"resultScore": score.points(item), "resultMaximum": item.maximum}
        return result | graded | ({"comment": score.body["comment"]} if score.body.get("comment") else {})


def _as_moodles_result(platform: Platform, item: LineItem, score: Score) -> dict[str, Any]:
    result = {
        "id": f"{urls.line_item_url(platform, item, '/results')}&user_id={score.person_id}",
        "userId": score.person_id,
    }
    if not score.is_graded:
        return result
    return result | {
        "resultScore": score.points(item),
        "resultMaximum": item.maximum,
        **({"comment": score.body["comment"]} if score.body.get("comment") else {}),
        "scoreOf": urls.line_item_url(platform, item),
        "timestamp": score.timestamp.replace(microsecond=0).isoformat(),
    }


# --- routes --------------------------------------------------------------------------------------------------------------


@blueprint.route("/courses/<course_id>/lineitems", methods=["GET", "POST"])
def line_items(course_id: str) -> ResponseReturnValue:
    """List the line items of a course, or add one."""
    handlers = {"GET": "handle_get_lineitems", "POST": "handle_create_lineitem"}
    return _serve(course_id, None, handlers, query=("resource_link_id", "resource_id", "tag"))


@blueprint.route("/courses/<course_id>/lineitems/<int:line_item_id>", methods=["GET", "PUT", "DELETE"])
def line_item(course_id: str, line_item_id: int) -> ResponseReturnValue:
    """Show, replace or delete a line item."""
    handlers = {"GET": "handle_get_lineitem", "PUT": "handle_update_lineitem", "DELETE": "handle_delete_lineitem"}
    return _serve(course_id, line_item_id, handlers)


@blueprint.post("/courses/<course_id>/lineitems/<int:line_item_id>/scores")
def scores(course_id: str, line_item_id: int) -> ResponseReturnValue:
    """Take a score."""
    return _serve(course_id, line_item_id, {"POST": "handle_update_score"})


@blueprint.get("/courses/<course_id>/lineitems/<int:line_item_id>/results")
def results(course_id: str, line_item_id: int) -> ResponseReturnValue:
    """List what the gradebook shows."""
    return _serve(course_id, line_item_id, {"GET": "handle_get_results"}, query=("user_id",))


_MEDIA = {
    "line_items": (claims.MEDIA_LINE_ITEM_CONTAINER, claims.MEDIA_LINE_ITEM),
    "line_item": (claims.MEDIA_LINE_ITEM, claims.MEDIA_LINE_ITEM),
    "scores": ("", claims.MEDIA_SCORE),
    "results": (claims.MEDIA_RESULT_CONTAINER, ""),
}
"""By route, the media type that is asked for, and the one that is sent."""


def _serve(
    course_id: str, line_item_id: int | None, handlers: dict[str, str], *, query: tuple[str, ...] = ()
) -> ResponseReturnValue:
    platform = current_platform()
    course = platform.catalogue.course(course_id) or abort(404)
    name = handlers.get(request.method) or abort(405)  # Flask adds HEAD to every GET
    route = (request.endpoint or "").rpartition(".")[2]
    accepted, sent = _MEDIA[route]
    if route == "results" and platform.mode.service.has_typographic_links and "limit" in request.args:
        return Response("<!DOCTYPE html><title>Error</title>", status=404, content_type="text/html; charset=utf-8")
    try:
        service.check_media_types(accepted=accepted, sent=sent if request.method in ("POST", "PUT") else "")
        gradebook = Gradebook(course, service.service_request(*query), line_item_id)
    except LtiServiceException as error:
        return service.problem(error.message, error.status_code)
    handle: Callable[..., Any] = getattr(gradebook, name)
    arguments = {} if line_item_id is None else {"line_item_id": line_item_id}
    if route == "scores" and platform.mode.name == "moodle":
        return _moodles_answer(handle, arguments)
    answer = service.answer(gradebook.handle_resp(handle, **arguments))
    if route == "scores" and platform.mode.name == "canvas" and answer.status_code == HTTPStatus.OK:
        return _canvas_answer(platform)
    return answer


def _moodles_answer(handle: Callable[..., Any], arguments: dict[str, int]) -> Response:
    """Answer a score as Moodle does: nothing for a good one; for others an empty list, and the reason in the status line."""
    media_type = service.media_type(claims.MEDIA_SCORE)
    try:
        result = handle(**arguments)
    except scoring.IncorrectScoreError:
        line = service.status_line(400, f"Incorrect score received{request.get_data(as_text=True)}")
        return Response("[]", status=line, content_type=media_type)
    except LtiServiceException as error:
        return service.problem(error.message, error.status_code)
    if result.code == HTTPStatus.CONFLICT:
        person = (request.get_json(force=True) or {}).get("userId")
        reason = f"Refusing score with an earlier timestamp for item {arguments['line_item_id']} and user {person}"
        return Response("[]", status=service.status_line(result.code, reason), content_type=media_type)
    return Response("", content_type=media_type)


def _canvas_answer(platform: Platform) -> Response:
    person = (request.get_json(force=True) or {}).get("userId")
    url = f"{platform.config.url}{request.path.removesuffix('/scores')}/results/{person}"
    return Response(json.dumps({"resultUrl": url}), content_type="application/json; charset=utf-8")
