"""What a trainer sees of grades: for each learner what is wanted, what was sent, and what the LMS shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.grades.columns import Lack, find_endpoint, find_lack
from connector.grades.models import MAIN, Grade, GradeLane, LineItem, State
from connector.grades.services import DEFAULT_MAXIMUM, is_graded
from lti import claims
from lti.grades import ActivityProgress, GradingProgress, Result, Score, shows
from lti.profiles import Profile, profile_for


class Sight(StrEnum):
    """How what the LMS shows compares with what was sent."""

    UNSEEN = "unseen"
    """It was not asked since the last score."""
    SAME = "same"
    OTHER_POINTS = "other_points"
    OTHER_COMMENT = "other_comment"
    MISSING = "missing"
    """It shows no grade, though one was sent."""
    FOREIGN = "foreign"
    """It shows a grade that did not come from here."""

    @property
    def is_different(self) -> bool:
        """Whether a trainer should have a look."""
        return self not in {Sight.UNSEEN, Sight.SAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """One learner."""

    member: Membership
    grade: Grade | None
    sight: Sight
    is_graded: bool
    """False for somebody who had grades here and is no active learner any more."""

    @property
    def state(self) -> State:
        """How far the grade has come."""
        return self.grade.state if self.grade else State.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeTable:
    """All learners of an activity, by name."""

    rows: Sequence[GradeRow]
    item: LineItem | None
    lane: GradeLane | None
    maximum: float
    lack: Lack | None
    """What the LMS does not let us do; None where scores can be sent."""
    can_be_read: bool
    """Whether the LMS tells what it shows."""

    def count(self, state: State) -> int:
        """Return how many grades have come as far as `state`."""
        return sum(row.state is state for row in self.rows)

    @property
    def different(self) -> Sequence[GradeRow]:
        """The learners for whom the LMS shows something else than was sent."""
        return [row for row in self.rows if row.sight.is_different]


def grade_table(session: Session, activity: Activity, *, tag: str = MAIN) -> GradeTable:
    """Return what is known of the grades of `activity`, with the learners' persons; the same few queries for any number."""
    item = session.scalar(select(LineItem).where(LineItem.activity_id == activity.id, LineItem.tag == tag))
    grades = {}
    if item is not None:
        found = session.scalars(select(Grade).where(Grade.line_item_id == item.id))
        grades = {grade.member_id: grade for grade in found}
    members = session.scalars(
        select(Membership).where(Membership.course_id == activity.course_id).options(joinedload(Membership.person))
    )
    platform = activity.course.deployment.platform
    profile = profile_for(platform.product, platform.issuer)
    rows = [
        GradeRow(member=member, grade=grade, sight=sight_of(grade, profile), is_graded=is_graded(member))
        for member in members
        if is_graded(member) or member.id in grades
        for grade in [grades.get(member.id)]
    ]
    rows.sort(key=lambda row: (name_of(row.member).casefold(), row.member.id))
    endpoint = find_endpoint(session, activity)
    return GradeTable(
        rows=rows,
        item=item,
        lane=session.get(GradeLane, platform.id),
        maximum=item.score_maximum if item else DEFAULT_MAXIMUM,
        lack=find_lack(endpoint, item),
        can_be_read=claims.SCOPE_RESULT_READONLY in endpoint.scopes and item is not None and item.url is not None,
    )


def sight_of(grade: Grade | None, profile: Profile) -> Sight:
    """Compare what the LMS showed last with what was sent."""
    if grade is None or grade.seen_at is None:
        return Sight.UNSEEN
    if grade.sent_at is None:
        return Sight.FOREIGN if grade.seen_points is not None else Sight.SAME
    if grade.answered_at is not None and grade.answered_at > grade.seen_at:
        return Sight.UNSEEN
    if _is_shown(grade, profile, with_comment=True):
        return Sight.SAME
    if grade.seen_points is None:
        return Sight.MISSING
    return Sight.OTHER_COMMENT if _is_shown(grade, profile, with_comment=False) else Sight.OTHER_POINTS


def _is_shown(grade: Grade, profile: Profile, *, with_comment: bool) -> bool:
    """Tell whether points and comment are those that were sent; when they were recorded is no difference."""
    score = Score(
        user_id="",
        timestamp=grade.sent_at or grade.line_item.created_at,
        activity_progress=ActivityProgress.COMPLETED,
        grading_progress=GradingProgress.FULLY_GRADED,
        points=grade.sent_points,
        maximum=grade.sent_maximum,
        comment=grade.sent_comment if with_comment else None,
    )
    result = Result(
        user_id="",
        points=grade.seen_points,
        maximum=grade.seen_maximum,
        comment=grade.seen_comment if with_comment else None,
        recorded_at=None,
    )
    return shows(result, score, profile)
