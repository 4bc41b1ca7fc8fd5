"""What a line item and a score may be in each LMS, and what a score does to the grade that is there.

Source: https://www.imsglobal.org/spec/lti-ags/v2p0; for Moodle, messages recorded from 4.5.6; for Canvas, its documentation of
the Score and Line Items services.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lti1p3platform.exceptions import LtiServiceException
from lti1p3platform.score import ActivityProgress, GradeProgress

from lti.sandbox.content import reduced_review
from lti.sandbox.courses import Course
from lti.sandbox.platform import Platform
from lti.sandbox.store import LineItem, Score

CANVAS_SUBMISSION: Final = "https://canvas.instructure.com/lti/submission"
_TEXTS = ("resourceId", "tag", "resourceLinkId", "startDateTime", "endDateTime")


class IncorrectScoreError(LtiServiceException):
    """A score that is refused; Moodle has its own manner of saying so."""


@dataclass(frozen=True)
class Context:
    """Where a line item or a score is put."""

    platform: Platform
    course: Course
    graded_ids: frozenset[str]
    """The people who can have grades."""

    @property
    def name(self) -> str:
        """The LMS's habits of grading."""
        return self.platform.mode.service.grading


def demand(holds: bool, otherwise: str, status: int = 400) -> None:  # noqa: FBT001 -- reads as a sentence
    """See that something holds.

    Raises:
        LtiServiceException: It does not.
    """
    if not holds:
        raise LtiServiceException(otherwise, status)


# --- line items ----------------------------------------------------------------------------------------------------------


def check_line_item(context: Context, body: dict[str, Any]) -> None:
    """See that this LMS takes a line item.

    Raises:
        LtiServiceException: It does not.
    """
    label, maximum = body.get("label"), body.get("scoreMaximum")
    is_named = isinstance(label, str) and bool(label.strip())
    if context.name == "moodle":
        demand(is_named and maximum is not None, "No label or Score Maximum")
        demand(_is_number(abs(maximum)) if isinstance(maximum, int | float) else False, "No label or Score Maximum")
    else:
        demand(is_named, "label must be a text")
        demand(_is_number(maximum) and maximum != 0, "scoreMaximum must be a number over 0")
    for name in _TEXTS:
        demand(isinstance(body.get(name, ""), str), f"{name} must be a text")
    link = body.get("resourceLinkId")
    is_ours = link is None or link in {activity.id for activity in context.course.activities}
    status = {"moodle": 403, "canvas": 404, "plain": 400}[context.name]
    demand(is_ours, "resourceLinkId is no link of this course", status)


def kept_of_line_item(context: Context, body: dict[str, Any], before: LineItem | None) -> dict[str, Any]:
    """Return what this LMS keeps of a line item that it takes.

    Args:
        before: The line item that is replaced; None for a new one.
    """
    kept = {name: value for name, value in body.items() if name != "id"}
    if context.name == "moodle":
        names = ("label", "scoreMaximum", "resourceLinkId")
        told = {name: kept[name] for name in names if name in kept}
        review = kept.get("submissionReview")
        # A review is kept when a line item is replaced, and not when it is made.
        has_review = before is not None and isinstance(review, dict)
        return (
            told
            | {"resourceId": kept.get("resourceId", ""), "tag": kept.get("tag", "")}
            | ({"submissionReview": reduced_review(review)} if has_review and review is not None else {})
        )
    if before is not None:
        kept.pop("resourceLinkId", None)
        if "resourceLinkId" in before.body:
            kept["resourceLinkId"] = before.body["resourceLinkId"]
    return kept


# --- scores --------------------------------------------------------------------------------------------------------------


def read_score(context: Context, body: dict[str, Any]) -> Score:
    """Return a score that this LMS takes.

    Raises:
        LtiServiceException: It is not a proper one.
    """
    given, maximum = body.get("scoreGiven"), body.get("scoreMaximum")
    unprocessable = 422 if context.name == "canvas" else 400
    if given is not None:
        demand(_is_number(given), "scoreGiven must be a number, 0 or more")
        demand(_is_number(maximum) and maximum != 0, "scoreMaximum must be a number over 0", unprocessable)
    progress = (("activityProgress", ActivityProgress), ("gradingProgress", GradeProgress))
    for name, known in progress:
        demand(body.get(name) in [member.value for member in known], f"{name} is not one that AGS knows")
    demand(isinstance(body.get("comment") or "", str), "comment must be a text")
    moment = _time(body.get("timestamp"), is_zone_needed=context.name != "moodle")
    demand(moment is not None, "timestamp must be a time with its zone")
    person_id = str(body.get("userId")) if context.name == "moodle" else body.get("userId")
    demand(person_id in context.graded_ids, "userId is no learner of this course", unprocessable)
    timestamp = moment.isoformat() if moment is not None else ""
    return Score(str(person_id), {**body, "userId": person_id, "timestamp": timestamp})


def is_too_old(context: Context, posted: Score, stored: Score) -> bool:
    """Whether a score comes too late for the one that is there; Moodle counts in whole seconds, and wants a later one."""
    if context.name == "moodle":
        return posted.timestamp.replace(microsecond=0) <= stored.timestamp.replace(microsecond=0)
    return posted.timestamp < stored.timestamp


def settle(context: Context, item: LineItem, posted: Score, stored: Score | None) -> Score | None:
    """Return what the gradebook keeps of a score, with regard to what is there; None where nothing is left."""
    if context.name == "moodle":
        is_nothing = (posted.body["activityProgress"], posted.body["gradingProgress"]) == ("Initialized", "NotReady")
        return None if is_nothing else _as_moodle(item, posted)
    if context.name == "canvas":
        return _as_canvas(posted, stored)
    return posted


def _as_moodle(item: LineItem, posted: Score) -> Score:
    """Cut at the maximum; without a final number, wipe the grade with its comment."""
    body = dict(posted.body)
    if not posted.is_graded:
        for name in ("scoreGiven", "scoreMaximum", "comment"):
            body.pop(name, None)
    elif posted.points(item) > item.maximum:
        body |= {"scoreGiven": item.maximum, "scoreMaximum": item.maximum}
    return Score(posted.person_id, body)


def _as_canvas(posted: Score, stored: Score | None) -> Score:
    """Heed the submission extension: what is there is kept only where the tool says so; comments pile up."""
    before = stored.body if stored is not None else {}
    extension = posted.body.get(CANVAS_SUBMISSION) or {}
    is_new = extension.get("new_submission", True)
    grade = {name: posted.body[name] for name in _GRADE if name in posted.body} if posted.is_graded else {}
    by_person = "graded_by" in before
    is_kept = (not grade and extension.get("preserve_score")) or (
        grade and by_person and extension.get("prioritize_non_tool_grade")
    )
    if is_kept:
        grade = {name: before[name] for name in (*_GRADE, "graded_by") if name in before}
    comment = posted.body.get("comment")
    body = {
        "userId": posted.person_id,
        "timestamp": posted.body["timestamp"],
        "activityProgress": posted.body["activityProgress"],
        "gradingProgress": before["gradingProgress"] if is_kept and before else posted.body["gradingProgress"],
        "comments": [*before.get("comments", []), *([comment] if comment else [])],
        "attempts": before.get("attempts", 0) + (1 if is_new else 0),
        **grade,
    }
    url = extension.get("submission_data") if extension.get("submission_type") == "basic_lti_launch" else None
    url = url or before.get("submission_url")
    return Score(posted.person_id, body | ({"submission_url": url} if url else {}))


_GRADE = ("scoreGiven", "scoreMaximum")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _time(value: Any, *, is_zone_needed: bool) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None or (moment.tzinfo is None and is_zone_needed):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
