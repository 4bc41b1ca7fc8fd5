"""Scores and results: Assignment and Grade Services 2.0, spoken so that no platform loses a grade over it.

Who may be graded is the caller's to know: teachers, observers and test students never are.

Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.3 and 3.4.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, Final

from lti import claims
from lti.errors import ScoreError
from lti.line_items import time_of, utc_text, whole
from lti.links import under, with_parameters
from lti.profiles import Profile, comment_text
from lti.service import Service
from lti.values import identifier, text

TOLERANCE: Final = 0.011
"""How much a result may differ from its score: Canvas shows a third of 3 as 0.99."""
_CANVAS_SUBMISSION: Final = "https://canvas.instructure.com/lti/submission"


class ActivityProgress(StrEnum):
    """How far the learner is.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.4.7.
    """

    INITIALIZED = "Initialized"
    STARTED = "Started"
    IN_PROGRESS = "InProgress"
    SUBMITTED = "Submitted"
    COMPLETED = "Completed"


class GradingProgress(StrEnum):
    """How far the grading is.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.4.8.
    """

    FULLY_GRADED = "FullyGraded"
    PENDING = "Pending"
    PENDING_MANUAL = "PendingManual"
    FAILED = "Failed"
    NOT_READY = "NotReady"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What to tell the gradebook about one learner.

    Raises:
        ScoreError: There are points though the grading is not finished, which platforms drop together with the grade that
            was there (`points_not_final`); points or maximum are no proper numbers (`points_invalid`); or the time has no
            zone (`timestamp_invalid`).
    """

    user_id: str
    timestamp: datetime
    """Later than that of the score before; see `next_timestamp`."""
    activity_progress: ActivityProgress
    grading_progress: GradingProgress
    points: float | None = None
    """Out of `maximum`; None takes a grade back once it is sent as fully graded."""
    maximum: float | None = None
    """More than 0; needed with `points`."""
    comment: str | None = None
    """The whole feedback each time: most platforms forget the one that is not sent again. The learner reads it."""
    is_comment_new: bool = True
    """Whether the comment differs from the one of the score before; matters where comments add up."""
    is_new_submission: bool = False
    """Whether the learner handed in anything since the score before; Canvas counts attempts."""
    submitted_at: datetime | None = None
    submission_url: str | None = None
    """An address of ours that shows a teacher the work."""

    def __post_init__(self) -> None:
        if self.timestamp.tzinfo is None:
            raise ScoreError("timestamp_invalid", "the score's timestamp has no zone")
        if self.points is None:
            return
        if self.grading_progress != GradingProgress.FULLY_GRADED:
            raise ScoreError("points_not_final", "a score that is not fully graded has no points")
        is_proper = self.maximum is not None and isfinite(self.maximum) and self.maximum > 0
        if not is_proper or not isfinite(self.points) or self.points < 0:
            raise ScoreError("points_invalid", "points or maximum are no proper numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the gradebook shows for one learner."""

    user_id: str
    points: float | None
    """On the column's own scale; None if there is no grade."""
    maximum: float | None
    comment: str | None
    recorded_at: datetime | None
    """The timestamp of the score that it came from; Moodle tells it, in whole seconds."""


def next_timestamp(last: datetime | None, now: datetime, profile: Profile) -> datetime:
    """Return a timestamp for a learner's next score in a line item: now, but always later than the last one.

    Platforms refuse what is not later, and a clock may go back. Milliseconds are cut off, since they would be in sending.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.4.9.
    """
    moment = _whole_milliseconds(now)
    return moment if last is None else max(moment, _whole_milliseconds(last) + profile.timestamp_step)


def is_worth_sending(score: Score, profile: Profile, *, has_grade: bool) -> bool:
    """Tell whether sending `score` does more good than harm.

    A score that only tells progress wipes a grade on most platforms. `has_grade` says that one was sent, or given by a teacher.
    """
    is_progress_only = score.grading_progress != GradingProgress.FULLY_GRADED
    return not (is_progress_only and has_grade and profile.does_progress_clear_grades)


def score_json(score: Score, profile: Profile) -> dict[str, Any]:
    """Return what to send.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.4; for Canvas's extension
    https://developerdocs.instructure.com/services/canvas/resources/score.
    """
    said: dict[str, Any] = {
        "userId": score.user_id,
        "timestamp": utc_text(score.timestamp),
        "activityProgress": score.activity_progress.value,
        "gradingProgress": score.grading_progress.value,
    }
    if score.points is not None and score.maximum is not None:
        said |= {"scoreGiven": whole(score.points), "scoreMaximum": whole(score.maximum)}
    if score.comment is not None and (score.is_comment_new or not profile.do_comments_add_up):
        said["comment"] = comment_text(profile, score.comment)
    if profile.has_submission_extension:
        said[_CANVAS_SUBMISSION] = _canvas_submission(score)
    return said


def post_score(service: Service, line_item: str, score: Score, *, profile: Profile) -> None:
    """Send a score. After a `ServiceConflictError`, `read_back` tells whether an earlier attempt has arrived.

    Args:
        line_item: The line item's address.

    Raises:
        ServiceConflictError: The platform has a score that is as new or newer.
        ServiceRefusedError: Among others: the learner is not graded here (400 or 422), the line item is gone (404).
        ServiceError: As `Service.request`.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.4.1.
    """
    service.request(
        "POST",
        under(line_item, "scores"),
        scopes=(claims.SCOPE_SCORE,),
        content_type=claims.MEDIA_SCORE,
        json=score_json(score, profile),
    )


def results(service: Service, line_item: str, *, profile: Profile, user_id: str | None = None) -> Iterator[Result]:
    """Yield what the gradebook shows in a column; for one learner if `user_id` is given.

    Raises:
        ServiceError: As `Service.pages`, at any time while iterating.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.3.
    """
    parameters = {} if profile.grade_limit is None else {"limit": str(profile.grade_limit)}
    if user_id is not None and profile.is_result_filter_sound:
        parameters["user_id"] = user_id
    url = with_parameters(under(line_item, "results"), parameters)
    for page in service.pages(url, scopes=(claims.SCOPE_RESULT_READONLY,), accept=claims.MEDIA_RESULT_CONTAINER):
        for row in page.json_list():
            result = _result(row)
            if result and user_id in (None, result.user_id):
                yield result


def read_back(service: Service, line_item: str, score: Score, *, profile: Profile) -> bool:
    """Tell whether the gradebook shows what `score` said.

    Raises:
        ServiceError: As `results`.
    """
    found = next(results(service, line_item, profile=profile, user_id=score.user_id), None)
    return shows(found, score, profile)


def shows(result: Result | None, score: Score, profile: Profile) -> bool:
    """Tell whether `result` is what `score` comes to, the column having a scale of its own."""
    if result is None or result.points is None or score.points is None or score.maximum is None:
        return (result is None or result.points is None) and score.points is None
    if result.recorded_at is not None and result.recorded_at > score.timestamp:
        return False
    maximum = result.maximum or score.maximum
    expected = min(score.points / score.maximum, 1.0) * maximum
    if abs(expected - result.points) > TOLERANCE:
        return False
    is_comment_told = profile.do_results_have_comments or result.comment is not None
    return not is_comment_told or _words(result.comment) == _words(score.comment)


def _canvas_submission(score: Score) -> dict[str, Any]:
    """Return Canvas's rules for a score: what a teacher gave stays, and an attempt counts only if there was one."""
    said: dict[str, Any] = {
        "new_submission": score.is_new_submission,
        "preserve_score": score.grading_progress != GradingProgress.FULLY_GRADED,
        "prioritize_non_tool_grade": True,
    }
    if score.submitted_at is not None:
        said["submitted_at"] = utc_text(score.submitted_at)
    if score.submission_url is not None:
        said |= {"submission_type": "basic_lti_launch", "submission_data": score.submission_url}
    return said


def _result(row: object) -> Result | None:
    user_id = identifier(row.get("userId")) if isinstance(row, dict) else None
    if user_id is None or not isinstance(row, dict):
        return None
    return Result(
        user_id=user_id,
        points=_number(row.get("resultScore")),
        maximum=_number(row.get("resultMaximum")),
        comment=text(row.get("comment")),
        recorded_at=time_of(row.get("timestamp")),
    )


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None  # type: ignore[return-value]


def _words(comment: str | None) -> str:
    return " ".join((comment or "").replace("<br/>", " ").split())


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=moment.microsecond % 1000)
