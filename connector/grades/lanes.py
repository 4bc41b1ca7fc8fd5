"""The queue of scores: take a platform's lane, claim what is due for one line item, settle it, leave.

Nothing here sends or commits. Every write after `take` first renews the lane's lease under the lane's token, in the same
transaction; a worker whose lease has run out gets `LeaseLostError` and can mark nothing. What it held is simply due again:
the time that a score travels under was stored before it was sent, so sending it twice is one request made twice.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnExpressionArgument, func, or_, select, update
from sqlalchemy.orm import Session

from connector.courses.models import Membership, Person
from connector.delivery.errors import LeaseLostError
from connector.delivery.retry import Chance, back_off
from connector.grades.columns import find_endpoint
from connector.grades.models import Grade, GradeLane, LineItem, State
from connector.grades.services import is_graded
from connector.platforms.models import Platform, Status
from lti.errors import ServiceClosedError, ServiceError
from lti.grades import ActivityProgress, GradingProgress, next_timestamp
from lti.messages import GradeEndpoint
from lti.profiles import Profile

BATCH_LIMIT = 50
"""The most learners that are claimed together."""
NOT_A_LEARNER = "not_a_learner"
"""The answer code of a grade that was not sent, since its owner is no active learner any more."""
_UNTRACKED = {"synchronize_session": False}
"""No session here holds objects that an UPDATE could leave stale."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The right to talk to one platform's gradebooks."""

    platform_id: uuid.UUID
    token: uuid.UUID
    lease: timedelta
    """How long the right lasts from the last renewal on; longer than a request can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A score to send, as it was when it was claimed."""

    grade_id: uuid.UUID
    version: int
    user_id: str
    points: float | None
    maximum: float
    comment: str | None
    is_comment_new: bool
    activity_progress: ActivityProgress
    grading_progress: GradingProgress
    timestamp: datetime
    is_repeated: bool
    """Whether this very score may have been sent before, and its answer got lost."""
    has_grade: bool
    """Whether the LMS holds points, as far as we know."""
    wanted_at: datetime
    attempts: int
    conflicts: int


@dataclass(slots=True, kw_only=True)
class Job:
    """What is due for one line item."""

    line_item_id: uuid.UUID
    resource_id: str
    tag: str
    label: str
    score_maximum: float
    url: str | None
    is_coupled: bool
    wants_update: bool
    wants_results: bool
    link_id: str | None
    former_url: str | None
    endpoint: GradeEndpoint
    """Where the LMS keeps line items, as the newest launch that told it said."""
    parcels: list[Parcel] = field(default_factory=list)


def is_due(session: Session, *, now: datetime) -> bool:
    """Return whether a lane could be taken: a read, so that idle workers never wait for the write lock."""
    return session.scalar(select(GradeLane.platform_id).where(*_takeable(now)).limit(1)) is not None


def take(session: Session, *, now: datetime, lease: timedelta) -> Lane | None:
    """Take the lane that has waited longest among those with something due; None where there is none."""
    token = uuid.uuid4()
    due = (
        select(GradeLane.platform_id)
        .where(*_takeable(now))
        .order_by(GradeLane.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    platform_id = session.scalar(
        update(GradeLane)
        .where(GradeLane.platform_id.in_(select(due.c.platform_id)))
        .values(lane_token=token, lane_until=now + lease)
        .returning(GradeLane.platform_id)
        .execution_options(**_UNTRACKED)
    )
    return None if platform_id is None else Lane(platform_id, token, lease)


def claim(session: Session, lane: Lane, profile: Profile, *, now: datetime) -> Job | None:
    """Return what is due for the line item that has waited longest, with a time for each score; None where nothing is.

    Raises:
        LeaseLostError: The lane is no longer ours.
    """
    hold(session, lane, now=now)
    waiting = select(Grade.line_item_id).where(*_due(lane, now)).order_by(Grade.due_at, Grade.id).limit(1)
    itself = (
        select(LineItem.id)
        .where(LineItem.platform_id == lane.platform_id, LineItem.due_at <= now)
        .order_by(LineItem.due_at, LineItem.id)
        .limit(1)
    )
    line_item_id = session.scalar(waiting) or session.scalar(itself)
    if line_item_id is None:
        return None
    item = hold_line_item(session, line_item_id)
    job = Job(
        line_item_id=item.id,
        resource_id=str(item.activity_id),
        tag=item.tag,
        label=item.label,
        score_maximum=item.score_maximum,
        url=item.url,
        is_coupled=item.is_coupled,
        wants_update=item.wants_update,
        link_id=item.link_id,
        former_url=item.former_url,
        wants_results=item.wants_results and item.due_at is not None and item.due_at <= now,
        endpoint=find_endpoint(session, item.activity),
    )
    rows = session.execute(
        select(Grade, Membership, Person.subject)
        .join(Membership, Membership.id == Grade.member_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Grade.line_item_id == item.id, *_due(lane, now))
        .order_by(Grade.due_at, Grade.id)
        .limit(BATCH_LIMIT)
    ).all()
    for grade, member, user_id in rows:
        if is_graded(member):
            job.parcels.append(_stamp(grade, user_id, profile, now))
        else:
            grade.state, grade.due_at = State.REFUSED, None
            grade.answer_code, grade.answer_status, grade.answer_detail = NOT_A_LEARNER, None, None
            grade.answered_at = now
    session.flush()
    return job


def fail(session: Session, lane: Lane, error: ServiceError, *, now: datetime, chance: Chance) -> datetime:
    """Give the lane up after `error`, and return when it may be taken again.

    Raises:
        LeaseLostError: The lane is no longer ours; nothing was stored.
    """
    failures = 1 + hold(session, lane, now=now)
    due_at = now + back_off(failures, chance=chance, retry_after=error.retry_after)
    changes = {
        "failures": failures,
        "is_closed": isinstance(error, ServiceClosedError),
        "answer_code": error.code,
        "answer_status": error.status,
        "failed_at": now,
    }
    hold(session, lane, {**changes, "due_at": due_at, "lane_token": None, "lane_until": None}, now=now)
    return due_at


def leave(session: Session, lane: Lane, *, now: datetime) -> None:
    """Give the lane back; the others come first now.

    Raises:
        LeaseLostError: The lane is no longer ours; nothing was stored.
    """
    hold(session, lane, {"due_at": now, "lane_token": None, "lane_until": None}, now=now)


def hold(session: Session, lane: Lane, changes: Mapping[str, Any] | None = None, *, now: datetime) -> int:
    """Renew the lease, apply `changes` to the lane, and return how often in a row it failed. Locks its row until the commit.

    Raises:
        LeaseLostError: The lane is no longer ours; nothing was stored.
    """
    failures = session.scalar(
        update(GradeLane)
        .where(
            GradeLane.platform_id == lane.platform_id, GradeLane.lane_token == lane.token, GradeLane.lane_until > now
        )
        .values({"lane_until": now + lane.lease, **(changes or {})})
        .returning(GradeLane.failures)
        .execution_options(**_UNTRACKED)
    )
    if failures is None:
        raise LeaseLostError("the lease of the lane has run out")
    return failures


def hold_line_item(session: Session, line_item_id: uuid.UUID) -> LineItem:
    """Return a line item, locked until the transaction ends: whoever writes its grades does this first."""
    return session.scalars(select(LineItem).where(LineItem.id == line_item_id).with_for_update(key_share=True)).one()


def _takeable(now: datetime) -> list[ColumnExpressionArgument[bool]]:
    """Return the conditions for a lane of an active platform that nobody holds and that has something due."""
    grades = select(func.min(Grade.due_at)).where(Grade.platform_id == GradeLane.platform_id, Grade.state == State.DUE)
    items = select(func.min(LineItem.due_at)).where(LineItem.platform_id == GradeLane.platform_id)
    active = select(Platform.id).where(Platform.id == GradeLane.platform_id, Platform.status == Status.ACTIVE)
    return [
        GradeLane.due_at <= now,
        or_(GradeLane.lane_until.is_(None), GradeLane.lane_until <= now),
        or_(
            grades.correlate(GradeLane).scalar_subquery() <= now,
            items.correlate(GradeLane).scalar_subquery() <= now,
        ),
        active.correlate(GradeLane).exists(),
    ]


def _due(lane: Lane, now: datetime) -> Sequence[ColumnExpressionArgument[bool]]:
    return Grade.platform_id == lane.platform_id, Grade.state == State.DUE, Grade.due_at <= now


def sent_shares(session: Session, job: Job) -> Mapping[str, float]:
    """Return what the LMS took for a line item, by the platform's user id, as a share of the maximum."""
    rows = session.execute(
        select(Person.subject, Grade.sent_points, Grade.sent_maximum)
        .select_from(Grade)
        .join(Membership, Membership.id == Grade.member_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Grade.line_item_id == job.line_item_id, Grade.sent_points.is_not(None))
    )
    return {subject: points / (maximum or 1) for subject, points, maximum in rows if points is not None}


def _stamp(grade: Grade, user_id: str, profile: Profile, now: datetime) -> Parcel:
    """Return the score to send, under a time that is stored before anything is sent."""
    is_repeated = grade.stamped_version == grade.version and grade.timestamp is not None
    timestamp = grade.timestamp
    if timestamp is None or not is_repeated:
        timestamp = next_timestamp(timestamp, now, profile)
        grade.timestamp, grade.stamped_version = timestamp, grade.version
    return Parcel(
        grade_id=grade.id,
        version=grade.version,
        user_id=user_id,
        points=grade.points,
        maximum=grade.maximum,
        comment=grade.comment,
        is_comment_new=grade.comment != grade.sent_comment,
        activity_progress=grade.activity_progress,
        grading_progress=grade.grading_progress,
        timestamp=timestamp,
        is_repeated=is_repeated,
        has_grade=grade.sent_points is not None or grade.seen_points is not None,
        wanted_at=grade.wanted_at or now,
        attempts=grade.attempts,
        conflicts=grade.conflicts,
    )
