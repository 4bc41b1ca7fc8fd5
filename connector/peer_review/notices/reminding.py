"""Reminders: before a date, and at a trainer's wish, of what somebody has to do and can do now; never of anything else.

Who has done it, has a later date, was here a moment ago, was reminded a moment ago, wants to hear nothing of the activity,
or has nothing to review because there is no work for them, is left alone.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.courses.models import STAFF, Membership
from connector.db import Database
from connector.peer_review import rules
from connector.peer_review.board import board
from connector.peer_review.board.rows import Board, Row
from connector.peer_review.board.standing import handing_door, reviewing_door, supply_of
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.matching.pool import Pool
from connector.peer_review.models.reviews import Review
from connector.peer_review.models.setup import Participant, PeerReview, Product, Reminder
from connector.peer_review.notices.reminders import LACKING, REVIEWS, WORK, Owing, rested, row_of, tell, untold
from connector.peer_review.results.news import SHOWN, tell_all
from connector.peer_review.stepper import Door, Supply

HOURS = (48, 12)
"""How long before a date."""
BUSY = timedelta(hours=3)
"""Who wrote something since then is left alone."""


def remind_due(database: Database, *, now: datetime) -> int:
    """Remind everybody whose time has come, and tell trainers what will be missing; returns how many were told.

    Any number of workers may: what one has told, the others find told. Looking takes no write lock.
    """
    with database.session(writes=False) as session:
        due = [activity.id for activity in _near(session, now) if _is_news(session, activity, now)]
        over = [activity.id for activity in _over(session, now)]
    told = 0
    for activity_id in due:
        with database.session(writes=True) as session:
            told += _remind(session, session.get_one(Activity, activity_id), now)
            session.commit()
    for activity_id in over:
        with database.session(writes=True) as session:
            told += _tell_over(session, session.get_one(Activity, activity_id), now)
            session.commit()
    return told


def remind(
    session: Session, activity: Activity, by: Membership, member_ids: Collection[uuid.UUID], *, now: datetime
) -> int:
    """Remind some learners of what they have to do, because a trainer wants it; returns how many had something to do.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    found = board.read(session, activity, now=now)
    owing = [each for each in find_owing(session, activity, found, now=now) if each.member_id in member_ids]
    rows = [row_of(activity, each, due_at=now, hours=0, at=now) for each in rested(session, activity, owing, now)]
    return tell(session, activity, rows, now)


def find_owing(session: Session, activity: Activity, found: Board, *, now: datetime) -> list[Owing]:
    """Return who has something to do that can be done now: to hand in, or to review where there is work for them."""
    if found.rules.product is Product.PRACTICE:
        return []
    pool = load_pool(session, activity, found.rules, now=now)
    touched = {each: at for id_, at in _touched(session, activity).items() for each in pool.people_of(id_)}
    extended = _extended(found)
    owing = []
    for row in found.rows:
        dates = _dates(activity, found, row, extended)
        times = [each for each in (touched.get(row.member.id), row.work.handed_in_at if row.work else None) if each]
        last = max(times, default=None)
        is_open = {Door.OPEN, Door.LATE}
        if row.is_loner or row.left_out is not None:
            continue
        if row.is_waiting:
            continue
        if not row.has_work and handing_door(found.rules, dates, row.work, now) in is_open:
            owing.append(Owing(row.member.id, WORK, dates.due_at, last))
        elif row.owes and reviewing_door(found.rules, dates, row.work, now) in is_open and _has_supply(pool, row):
            owing.append(Owing(row.member.id, REVIEWS, dates.reviews_due_at, last))
    return owing


def _dates(activity: Activity, found: Board, row: Row, extended: Mapping[uuid.UUID, datetime]) -> rules.Dates:
    """Return the dates of a row's learner; more time for handing in that one of a group got holds for the others."""
    if row.has_work or not _hands_in_together(row):
        return rules.dates_of(activity, found.rules, row.participant)
    shared = Participant(
        due_at=extended.get(row.groups[0].id),
        reviews_due_at=row.participant.reviews_due_at if row.participant else None,
    )
    return rules.dates_of(activity, found.rules, shared)


def _extended(found: Board) -> Mapping[uuid.UUID, datetime]:
    """Return, by group, the latest date for handing in that one of its people got."""
    latest: dict[uuid.UUID, datetime] = {}
    for row in found.rows:
        own = row.participant.due_at if row.participant else None
        if own is not None and _hands_in_together(row):
            latest[row.groups[0].id] = max(own, latest.get(row.groups[0].id, own))
    return latest


def _hands_in_together(row: Row) -> bool:
    return bool(row.groups) and not (row.participant is not None and row.participant.is_alone)


def step_of(due_at: datetime | None, began_at: datetime, now: datetime) -> int | None:
    """Return which reminder of a date it is time for, in hours before it; None where it is time for none.

    Args:
        began_at: When people could begin: of what was so soon after that, nobody is reminded.
    """
    if due_at is None or now >= due_at:
        return None
    passed = [hours for hours in HOURS if began_at <= due_at - timedelta(hours=hours) <= now]
    return min(passed, default=None)


def _has_supply(pool: Pool, row: Row) -> bool:
    return bool(row.open) or supply_of(pool, row.member, is_volunteer=False) is Supply.THERE


def _near(session: Session, now: datetime) -> Sequence[Activity]:
    """Return the activities that have a date soon, somebody's own dates included."""
    soon = now + timedelta(hours=max(HOURS))

    def has_soon(model: Any) -> Any:
        dates = (model.due_at.between(now, soon), model.reviews_due_at.between(now, soon))
        return exists().where(model.activity_id == Activity.id, or_(*dates))

    is_off = exists().where(
        PeerReview.activity_id == Activity.id,
        or_(PeerReview.has_reminders.is_(False), PeerReview.released_at.is_not(None)),
    )
    query = select(Activity).where(
        Activity.kind == Kind.PEER_REVIEW, or_(has_soon(PeerReview), has_soon(Participant)), ~is_off
    )
    return [activity for activity in session.scalars(query.order_by(Activity.id)) if activity.is_open]


def _over(session: Session, now: datetime) -> Sequence[Activity]:
    """Return the activities whose date for reviews was lately: then everybody may read what there is."""
    lately = select(PeerReview.activity_id).where(PeerReview.reviews_due_at.between(now - timedelta(days=1), now))
    found = session.scalars(select(Activity).where(Activity.id.in_(lately)).order_by(Activity.id))
    return [activity for activity in found if activity.is_open]


def _tell_over(session: Session, activity: Activity, now: datetime) -> int:
    found = rules.hold(session, activity)
    known = select(Reminder.member_id).where(
        Reminder.activity_id == activity.id, Reminder.what == SHOWN, Reminder.due_at == found.reviews_due_at
    )
    authors = tell_all(session, activity, found, but=set(session.scalars(known)), now=now)
    due_at = found.reviews_due_at or now
    rows = [
        row_of(activity, Owing(each.member_id, SHOWN, None, None), due_at=due_at, hours=0, at=now) for each in authors
    ]
    session.add_all([Reminder(**row) for row in rows])
    session.flush()
    return len(rows)


def _is_news(session: Session, activity: Activity, now: datetime) -> bool:
    rows = _due(session, activity, now)
    return bool(untold(session, rows))


def _remind(session: Session, activity: Activity, now: datetime) -> int:
    return tell(session, activity, untold(session, _due(session, activity, now)), now)


def _due(session: Session, activity: Activity, now: datetime) -> list[dict[str, Any]]:
    """Return the reminders that it is time for, told or not."""
    found = board.read(session, activity, now=now)
    began_at = activity.opens_at or activity.created_at
    owing = [
        each
        for each in find_owing(session, activity, found, now=now)
        if each.touched_at is None or each.touched_at <= now - BUSY
    ]
    rows = []
    for each in owing:
        step = step_of(each.due_at, began_at, now)
        if step is not None and each.due_at is not None:
            rows.append(row_of(activity, each, due_at=each.due_at, hours=step, at=now))
    return rows + _forecast(session, activity, found, began_at, now)


def _forecast(
    session: Session, activity: Activity, found: Board, began_at: datetime, now: datetime
) -> list[dict[str, Any]]:
    """Return what those who lead the course are to be told: how many reviews will be missing."""
    due_at = found.rules.reviews_due_at
    step = step_of(due_at, began_at, now)
    if step is None or due_at is None or not found.forecast.volunteers:
        return []
    leaders = select(Membership.id).where(
        Membership.course_id == activity.course_id, Membership.role.in_(STAFF), Membership.is_active
    )
    lacking = found.forecast.volunteers
    return [
        row_of(activity, Owing(id_, LACKING, due_at, None), due_at=due_at, hours=step, at=now, lacking=lacking)
        for id_ in session.scalars(leaders)
    ]


def _touched(session: Session, activity: Activity) -> dict[uuid.UUID, datetime]:
    """Return when each reviewer last wrote."""
    found: dict[uuid.UUID, datetime] = {}
    for column in (Review.typed_at, Review.changed_at, Review.started_at):
        rows = session.execute(
            select(Review.reviewer_id, func.max(column))
            .where(and_(Review.activity_id == activity.id, column.is_not(None)))
            .group_by(Review.reviewer_id)
        )
        for member_id, at in rows:
            if at is not None:
                found[member_id] = max(at, found.get(member_id, at))
    return found
