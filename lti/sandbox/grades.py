"""The gradebook for tools: Assignment and Grade Services 2.0."""

import math
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LineItemNotFoundException, LtiServiceException
from lti1p3platform.score import ActivityProgress, GradeProgress, UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService

from lti import claims
from lti.sandbox import service
from lti.sandbox.courses import COURSES, Course
from lti.sandbox.platform import FlaskRequest, current_platform
from lti.sandbox.store import LineItem, Score

blueprint = Blueprint("grades", __name__)
blueprint.register_error_handler(404, service.not_found)

_TEXTS = ("resourceId", "tag", "resourceLinkId", "startDateTime", "endDateTime")


def line_items_url(course: Course) -> str:
    """Return where a course's line items are."""
    return f"{current_platform().config.url}/courses/{course.id}/lineitems"


def line_item_url(item: LineItem) -> str:
    """Return a line item's id, which is where it is."""
    return f"{line_items_url(COURSES[item.course_id])}/{item.id}"


class Gradebook(AssignmentsGradesService):
    """The line items of one course, with their scores."""

    def __init__(self, course: Course, grades_request: FlaskRequest, line_item_id: int | None) -> None:
        items = line_items_url(course)
        item = None if line_item_id is None else f"{items}/{line_item_id}"
        super().__init__(grades_request, current_platform().conf(), items, item)
        self._course = course
        self._store = current_platform().store

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
            _as_json(item)
            for item in self._store.line_items(self._course.id)
            if all(value is None or item.body.get(name) == value for name, value in wanted.items())
        ]
        return service.page_of(found, page, limit)

    def find_lineitem(self, line_item_id: int) -> dict[str, Any]:
        """Return one line item.

        Raises:
            LineItemNotFoundException: The course has none with that id.
        """
        return _as_json(self._item(line_item_id))

    def create_lineitem(self, creation_data: dict[str, Any]) -> dict[str, Any]:
        """Add a line item; names that we do not know are kept and told again.

        Raises:
            LtiServiceException: The line item is not a proper one.
        """
        return _as_json(self._store.add_line_item(self._course.id, self._checked_item(creation_data)))

    def update_lineitem(self, update_data: dict[str, Any]) -> dict[str, Any]:
        """Replace a line item; what it is bound to stays, and what is left out is gone.

        Raises:
            LineItemNotFoundException: The course has none with that id.
            LtiServiceException: The line item is not a proper one.
        """
        item = self._item(update_data["id"])
        body = self._checked_item(update_data)
        body.pop("resourceLinkId", None)
        if "resourceLinkId" in item.body:
            body["resourceLinkId"] = item.body["resourceLinkId"]
        self._store.change_line_item(item, body)
        return self.find_lineitem(item.id)

    def delete_lineitem(self, line_item_id: int) -> None:
        """Delete a line item with its scores.

        Raises:
            LineItemNotFoundException: The course has none with that id.
            LtiServiceException: It belongs to an activity of the course, and stays as long as that.
        """
        item = self._item(line_item_id)
        if item.coupled_to is not None:
            raise LtiServiceException("This line item belongs to its activity", 403)
        self._store.delete_line_item(item)

    def update_score(self, line_item_id: int, score: dict[str, Any]) -> UpdateScoreStatus:
        """Keep a score, unless a newer one is there.

        Raises:
            LineItemNotFoundException: The course has none with that id.
            LtiServiceException: The score is not a proper one.
        """
        item = self._item(line_item_id)
        self._demand_media_type(claims.MEDIA_SCORE)
        posted = self._checked_score(score)
        stored = self._store.scores(item).get(posted.person_id)
        if stored is not None and (
            posted.timestamp < stored.timestamp
            or (current_platform().mode.is_equal_timestamp_refused and posted.timestamp == stored.timestamp)
        ):
            return UpdateScoreStatus.OLD_TIMESTAMP
        self._store.put_score(item, posted)
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
        found = [_as_result(item, score) for score in scores if user_id in (None, score.person_id)]
        return service.page_of(found, page, limit)

    def _item(self, line_item_id: int) -> LineItem:
        item = self._store.line_item(self._course.id, line_item_id)
        if item is None:
            raise LineItemNotFoundException
        return item

    def _demand_media_type(self, expected: str) -> None:
        if self.request.content_type != expected:
            raise LtiServiceException(f"The content type must be {expected}", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

    def _checked_item(self, body: dict[str, Any]) -> dict[str, Any]:
        self._demand_media_type(claims.MEDIA_LINE_ITEM)
        label, maximum = body.get("label"), body.get("scoreMaximum")
        _demand(isinstance(label, str) and bool(label.strip()), "label must be a text")
        _demand(_is_number(maximum) and maximum != 0, "scoreMaximum must be a number over 0")
        for name in _TEXTS:
            _demand(isinstance(body.get(name, ""), str), f"{name} must be a text")
        link = body.get("resourceLinkId")
        is_ours = link is None or link in {activity.id for activity in self._course.activities}
        _demand(is_ours, "resourceLinkId is no link of this course")
        return {name: value for name, value in body.items() if name != "id"}

    def _checked_score(self, body: dict[str, Any]) -> Score:
        given, maximum = body.get("scoreGiven"), body.get("scoreMaximum")
        if given is not None:
            _demand(_is_number(given), "scoreGiven must be a number, 0 or more")
            _demand(_is_number(maximum) and maximum != 0, "scoreMaximum must be a number over 0")
        progress = (("activityProgress", ActivityProgress), ("gradingProgress", GradeProgress))
        for name, known in progress:
            _demand(body.get(name) in [member.value for member in known], f"{name} is not one that AGS knows")
        _demand(isinstance(body.get("comment") or "", str), "comment must be a text")
        _demand(_is_aware_time(body.get("timestamp")), "timestamp must be a time with its zone")
        is_graded = body.get("userId") in {person.id for person in self._course.learners}
        _demand(is_graded, "userId is no learner of this course")
        return Score(body["userId"], body)


def _demand(holds: bool, otherwise: str) -> None:  # noqa: FBT001 -- reads as a sentence
    if not holds:
        raise LtiServiceException(otherwise, 400)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _is_aware_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _as_json(item: LineItem) -> dict[str, Any]:
    return {"id": line_item_url(item), **item.body}


def _as_result(item: LineItem, score: Score) -> dict[str, Any]:
    url = line_item_url(item)
    result = {"id": f"{url}/results/{score.person_id}", "scoreOf": url, "userId": score.person_id}
    if not score.is_graded:
        return result
    graded = {"resultScore": score.points(item), "resultMaximum": item.maximum}
    return result | graded | ({"comment": score.body["comment"]} if score.body.get("comment") else {})


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


def _serve(
    course_id: str, line_item_id: int | None, handlers: dict[str, str], *, query: tuple[str, ...] = ()
) -> ResponseReturnValue:
    course = COURSES.get(course_id) or abort(404)
    name = handlers.get(request.method) or abort(405)  # Flask adds HEAD to every GET
    try:
        gradebook = Gradebook(course, service.service_request(*query), line_item_id)
    except LtiServiceException as error:
        return service.problem(error.message, error.status_code)
    handle: Callable[..., Any] = getattr(gradebook, name)
    arguments = {} if line_item_id is None else {"line_item_id": line_item_id}
    return service.answer(gradebook.handle_resp(handle, **arguments))
