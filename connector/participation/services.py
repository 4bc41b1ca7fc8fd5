"""What an activity asks of its learners, and how what they did becomes a grade that a trainer has seen."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.courses.people import name_of
from connector.delivery.services import record
from connector.grades import services as grades
from connector.grades.models import MAIN, Grade, LineItem
from connector.participation import rubric, statements
from connector.participation.counting import Done, Progress, count, progress
from connector.participation.models import (
    Completion,
    Extension,
    Grading,
    Late,
    Participation,
    Remark,
    WithPoints,
)
from connector.web.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One learner: what they did, what that is worth, and what the gradebook is to hold so far."""

    member: Membership
    progress: Progress
    completed_at: datetime | None
    points: float | None
    """What would be sent; None where nothing can be said yet: a criterion is not marked."""
    wanted: float | None
    """What the gradebook is to hold now; None where no grade was given."""
    comment: str | None
    due_at: datetime | None
    """The learner's own due date."""

    @property
    def is_new(self) -> bool:
        """Whether sending it would change the gradebook."""
        return self.points is not None and self.points != self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What an activity asks of one learner, and how far they have come."""

    rule: Participation
    progress: Progress
    due_at: datetime | None
    """The learner's own due date."""


def get_participation(session: Session, activity: Activity) -> Participation:
    """Return what an activity asks for: what was set, or else nothing."""
    found = session.get(Participation, activity.id)
    if found is not None:
        return found
    return Participation(activity_id=activity.id, threads=0, replies=0, posts=0, late=Late.COUNTS, grading=Grading.NONE)


def set_participation(
    session: Session,
    activity: Activity,
    by: Membership,
    *,
    threads: int,
    replies: int,
    posts: int,
    due_at: datetime | None,
    late: Late,
    grading: Grading,
) -> Participation:
    """Say what an activity asks for.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by)
    rule = get_participation(session, activity)
    rule.threads, rule.replies, rule.posts = threads, replies, posts
    rule.due_at, rule.late, rule.grading = due_at, late, grading
    session.add(rule)
    session.flush()
    return rule


def extend(
    session: Session, activity: Activity, member: Membership, *, by: Membership, due_at: datetime, now: datetime
) -> None:
    """Give a learner a due date of their own.

    Raises:
        NotFoundError: The giver does not lead the course, or the learner is of another one.
    """
    _check_staff(by)
    if member.course_id != activity.course_id:
        raise NotFoundError
    row = session.get(Extension, (activity.id, member.id)) or Extension(activity_id=activity.id, member_id=member.id)
    row.due_at, row.given_by_id, row.given_at = due_at, by.id, now
    session.add(row)
    session.flush()


def note_post(session: Session, activity: Activity, member: Membership, *, now: datetime) -> bool:
    """Look whether a member has now done all that is asked for; the first time it is noted and told.

    Returns:
        Whether this was the moment.
    """
    rule = session.get(Participation, activity.id)
    if rule is None or member.role is not Role.LEARNER or _has_completed(session, activity, member):
        return False
    done = count(session, activity, rule, member_id=member.id).get(member.id, Done())
    if not progress(rule, done).is_complete:
        return False
    try:
        with session.begin_nested():
            session.add(Completion(activity_id=activity.id, member_id=member.id, completed_at=now))
    except IntegrityError:  # another post of theirs, at the same time
        return False
    record(session, statements.completed(activity, member, now), by=member, now=now)
    return True


def find_offer(
    session: Session, activity: Activity, member: Membership, *, also: ColumnElement[bool]
) -> tuple[Task | None, bool, bool]:
    """Return what an activity asks of a learner, as `find_task` does, whether it has points, and whether `also` holds; one query.

    Args:
        also: Something of another feature that the same page wants to know.
    """
    rule, points, holds = session.execute(
        select(Participation, WithPoints, also)
        .select_from(Activity)
        .outerjoin(Participation, Participation.activity_id == Activity.id)
        .outerjoin(WithPoints, WithPoints.activity_id == Activity.id)
        .where(Activity.id == activity.id)
    ).one()
    return _task(session, activity, member, rule), points is not None, holds


def find_task(session: Session, activity: Activity, member: Membership) -> Task | None:
    """Return what an activity asks of a learner; None where it asks for nothing, or of somebody else."""
    return _task(session, activity, member, session.get(Participation, activity.id))


def _task(session: Session, activity: Activity, member: Membership, rule: Participation | None) -> Task | None:
    if rule is None or member.role is not Role.LEARNER or not (rule.threads or rule.replies or rule.posts):
        return None
    done = count(session, activity, rule, member_id=member.id).get(member.id, Done())
    extension = session.get(Extension, (activity.id, member.id))
    due_at = extension.due_at if extension else rule.due_at
    return Task(rule=rule, progress=progress(rule, done), due_at=due_at)


def propose(session: Session, activity: Activity) -> Sequence[Proposal]:
    """Return what each active learner did and what it is worth, by name; the same few queries for any number."""
    rule = get_participation(session, activity)
    done = count(session, activity, rule)
    learners = session.scalars(
        select(Membership)
        .where(Membership.course_id == activity.course_id, Membership.is_active, Membership.role == Role.LEARNER)
        .options(joinedload(Membership.person))
    ).all()
    completed = dict(
        iter(
            session.execute(
                select(Completion.member_id, Completion.completed_at).where(Completion.activity_id == activity.id)
            )
        )
    )
    extensions = select(Extension.member_id, Extension.due_at).where(Extension.activity_id == activity.id)
    due = dict(iter(session.execute(extensions)))
    remarks = dict(
        iter(session.execute(select(Remark.member_id, Remark.text).where(Remark.activity_id == activity.id)))
    )
    wanted = _wanted(session, activity)
    marks = rubric.shares(session, activity) if rule.grading is Grading.RUBRIC else {}
    maximum = maximum_of(session, activity)
    found = []
    for member in sorted(learners, key=lambda each: (name_of(each).casefold(), each.id)):
        so_far = progress(rule, done.get(member.id, Done()))
        share = so_far.share if rule.grading is Grading.COUNT else marks.get(member.id)
        proposal = Proposal(
            member=member,
            progress=so_far,
            completed_at=completed.get(member.id),
            points=None if share is None or rule.grading is Grading.NONE else round(share * maximum, 2),
            wanted=wanted.get(member.id),
            comment=remarks.get(member.id),
            due_at=due.get(member.id, rule.due_at),
        )
        found.append(proposal)
    return found


def send(
    session: Session, activity: Activity, by: Membership, member_ids: Collection[uuid.UUID], *, now: datetime
) -> int:
    """Send what is proposed for some learners to the gradebook, and return for how many that changes anything.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by)
    maximum = maximum_of(session, activity)
    chosen = [each for each in propose(session, activity) if each.member.id in member_ids and each.is_new]
    for each in chosen:
        grades.set_score(
            session, activity, each.member, points=each.points, maximum=maximum, comment=each.comment, now=now
        )
    return len(chosen)


def maximum_of(session: Session, activity: Activity) -> float:
    """Return what the activity is graded out of: as its column says, else its settings, else the default."""
    item = select(LineItem.score_maximum).where(LineItem.activity_id == activity.id, LineItem.tag == MAIN)
    return session.scalar(item) or activity.score_maximum or grades.DEFAULT_MAXIMUM


def _wanted(session: Session, activity: Activity) -> dict[uuid.UUID, float | None]:
    found = (
        select(Grade.member_id, Grade.points)
        .join(LineItem, LineItem.id == Grade.line_item_id)
        .where(LineItem.activity_id == activity.id, LineItem.tag == MAIN, Grade.wanted_at.is_not(None))
    )
    return dict(iter(session.execute(found)))


def _check_staff(member: Membership) -> None:
    if not member.is_staff:
        raise NotFoundError


def _has_completed(session: Session, activity: Activity, member: Membership) -> bool:
    return session.get(Completion, (activity.id, member.id)) is not None
