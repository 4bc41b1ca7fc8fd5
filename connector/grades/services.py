"""What trainers and activities want of the gradebook; the worker does it."""

import uuid
from datetime import datetime
from math import isfinite

from sqlalchemy import case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.text import normalise
from connector.courses.models import Membership, Role
from connector.grades.models import MAIN, Grade, GradeLane, LineItem, State
from lti.grades import ActivityProgress, GradingProgress

DEFAULT_MAXIMUM = 10.0
"""What an activity is graded out of until somebody says otherwise."""
MAXIMUM_LIMIT = 100_000.0
COMMENT_LIMIT = 2_000
"""The longest comment, in characters."""


class GradeError(Exception):
    """A grade that cannot be wanted."""


class ScoreRangeError(GradeError, ValueError):
    """The points are not between 0 and the maximum, the maximum is not over 0, or the comment is too long."""


class NotGradedError(GradeError):
    """The person gets no grades here: no learner, or no longer in the course."""


def is_graded(member: Membership) -> bool:
    """Tell whether a member gets grades: LMSs refuse them for anybody but learners."""
    return member.role is Role.LEARNER and member.is_active


def set_score(
    session: Session,
    activity: Activity,
    member: Membership,
    *,
    points: float | None,
    maximum: float,
    comment: str | None = None,
    tag: str = MAIN,
    label: str | None = None,
    activity_progress: ActivityProgress = ActivityProgress.COMPLETED,
    grading_progress: GradingProgress = GradingProgress.FULLY_GRADED,
    now: datetime,
) -> Grade:
    """Want a score for a learner; it takes the place of whatever was wanted before. Wanting the same again changes nothing.

    Args:
        points: From 0 to `maximum`; None takes a grade back. A zero is a grade: the learner sees it.
        comment: Plain text that the learner reads; None leaves the comment as it is, an empty one takes it away. It must
            name no reviewer.
        tag: Which grade of the activity.
        label: What the LMS calls the column; None takes the activity's title.
        grading_progress: Points count only when fully graded.

    Raises:
        ScoreRangeError: Points, maximum or comment cannot be sent.
        NotGradedError: The member is no active learner of the activity's course.
    """
    if not is_graded(member) or member.course_id != activity.course_id:
        raise NotGradedError("only active learners of the course are graded")
    comment = None if comment is None else normalise(comment).strip()
    _check_score(points, maximum, comment, grading_progress)
    item = _hold(session, activity, tag) or _add(session, activity, tag, maximum, now=now)
    _name(item, label or activity.title, now)
    grade = _grade(session, item, member)
    kept = grade.comment if comment is None else (comment or None)
    wanted = (points, maximum, kept, activity_progress, grading_progress)
    if wanted == (grade.points, grade.maximum, grade.comment, grade.activity_progress, grade.grading_progress):
        return grade
    grade.points, grade.maximum, grade.comment, grade.activity_progress, grade.grading_progress = wanted
    grade.version += 1
    grade.wanted_at = now
    _let_wait(grade, now)
    session.flush()
    return grade


def send_again(
    session: Session, activity: Activity, *, member: Membership | None = None, tag: str = MAIN, now: datetime
) -> int:
    """Send what is wanted once more, and return for how many learners: for `member`, or for all that the LMS refused."""
    item = _hold(session, activity, tag)
    if item is None:
        return 0
    chosen = [Grade.line_item_id == item.id, Grade.wanted_at.is_not(None)]
    chosen.append(Grade.state == State.REFUSED if member is None else Grade.member_id == member.id)
    # What waits keeps its version: it may have arrived without our knowing, and must stay the same request.
    fresh = case((Grade.state == State.DUE, Grade.version), else_=Grade.version + 1)
    again = session.execute(
        update(Grade)
        .where(*chosen)
        .values(version=fresh, state=State.DUE, due_at=now, wanted_at=now, attempts=0, conflicts=0)
        .returning(Grade.id)
    )
    return len(again.all())


def set_maximum(session: Session, activity: Activity, maximum: float, *, tag: str = MAIN, now: datetime) -> LineItem:
    """Grade an activity out of `maximum` from now on, in the LMS as well. Grades that were given keep their share.

    Raises:
        ScoreRangeError: It is not over 0, or far too large.
    """
    _check_maximum(maximum)
    item = _hold(session, activity, tag) or _add(session, activity, tag, maximum, now=now)
    if item.score_maximum == maximum:
        return item
    item.score_maximum = maximum
    if item.url is None:
        return item
    item.wants_update, item.due_at = True, now
    # Some LMSs keep the points of those who were graded, not their share; sent again, they come out right. That holds
    # for what is just being sent, too.
    session.execute(
        update(Grade)
        .where(Grade.line_item_id == item.id, Grade.state.in_([State.SENT, State.DUE]), Grade.points.is_not(None))
        .values(version=Grade.version + 1, state=State.DUE, due_at=now, wanted_at=now, attempts=0, conflicts=0)
    )
    return item


def want_column(session: Session, activity: Activity, maximum: float, *, now: datetime) -> LineItem:
    """Have a column of the gradebook for an activity, out of `maximum`, before anybody gets points.

    Raises:
        ScoreRangeError: As `set_maximum`.
    """
    item = set_maximum(session, activity, maximum, now=now)
    if item.url is None:
        item.wants_update, item.due_at = True, now
    return item


def refresh_results(session: Session, activity: Activity, *, tag: str = MAIN, now: datetime) -> bool:
    """Let the worker ask the LMS what it shows, and tell whether there is anything to ask for."""
    item = _hold(session, activity, tag)
    if item is None or item.url is None:
        return False
    item.wants_results, item.due_at = True, now
    return True


def _hold(session: Session, activity: Activity, tag: str) -> LineItem | None:
    """Return the line item, locked until the transaction ends, with whatever others have committed."""
    return session.scalar(
        select(LineItem)
        .where(LineItem.activity_id == activity.id, LineItem.tag == tag)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _add(session: Session, activity: Activity, tag: str, maximum: float, *, now: datetime) -> LineItem:
    """Add the line item and, for a platform's first one, its lane; of two who try at once, one finds the other's."""
    session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update(key_share=True))
    if found := _hold(session, activity, tag):
        return found
    platform_id = activity.course.deployment.platform_id
    item = LineItem(
        id=uuid.uuid4(),
        activity=activity,
        platform_id=platform_id,
        tag=tag,
        label=activity.title,
        score_maximum=maximum,
        created_at=now,
    )
    session.add(item)
    session.flush()
    lane = {"platform_id": platform_id, "due_at": now, "failures": 0, "is_closed": False}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(GradeLane).values(lane).on_conflict_do_nothing())
    return item


def _name(item: LineItem, label: str, now: datetime) -> None:
    """Call the column what it is about; the name of one that the LMS made is the LMS's."""
    if item.label == label:
        return
    item.label = label
    if item.url is not None and not item.is_coupled:
        item.wants_update, item.due_at = True, now


def _grade(session: Session, item: LineItem, member: Membership) -> Grade:
    """Return the row of a learner, as others have committed it; the caller holds the line item."""
    grade = session.scalar(
        select(Grade)
        .where(Grade.line_item_id == item.id, Grade.member_id == member.id)
        .execution_options(populate_existing=True)
    )
    if grade is None:
        grade = empty_grade(item, member.id)
        session.add(grade)
    return grade


def empty_grade(item: LineItem, member_id: uuid.UUID) -> Grade:
    """Return the row of a learner for whom nothing is wanted yet."""
    return Grade(
        id=uuid.uuid4(),
        line_item_id=item.id,
        platform_id=item.platform_id,
        member_id=member_id,
        maximum=item.score_maximum,
        activity_progress=ActivityProgress.INITIALIZED,
        grading_progress=GradingProgress.NOT_READY,
        version=0,
        state=State.NONE,
        attempts=0,
        conflicts=0,
    )


def _let_wait(grade: Grade, now: datetime) -> None:
    grade.state = State.DUE
    grade.due_at = now
    grade.attempts = grade.conflicts = 0


def _check_score(points: float | None, maximum: float, comment: str | None, progress: GradingProgress) -> None:
    _check_maximum(maximum)
    if points is not None and not (isfinite(points) and 0 <= points <= maximum):
        raise ScoreRangeError(f"points must be from 0 to {maximum:g}: {points!r}")
    if points is not None and progress is not GradingProgress.FULLY_GRADED:
        raise ScoreRangeError("points count only when fully graded")
    if comment is not None and len(comment) > COMMENT_LIMIT:
        raise ScoreRangeError(f"a comment may have {COMMENT_LIMIT} characters")


def _check_maximum(maximum: float) -> None:
    if not (isfinite(maximum) and 0 < maximum <= MAXIMUM_LIMIT):
        raise ScoreRangeError(f"the maximum must be over 0 and at most {MAXIMUM_LIMIT:g}: {maximum!r}")
