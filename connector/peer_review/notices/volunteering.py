"""When reviews will be missing: asking those who have done theirs for one more, and the other mends of one click."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.peer_review import rules
from connector.peer_review.board import board
from connector.peer_review.board.rows import Board, Row
from connector.peer_review.board.standing import reviewing_door, supply_of
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.models.setup import PeerReview
from connector.peer_review.notices.reminders import VOLUNTEERS, Owing, rested, row_of, tell
from connector.peer_review.stepper import Door, Supply
from connector.web.errors import ConflictError
from connector.web.i18n import gettext as _

SOON = timedelta(hours=48)
"""How long before the date for reviews the board says what will be missing."""
MORE_TIME = timedelta(hours=48)


def lacks_soon(found: Board, now: datetime) -> bool:
    """Return whether reviews will be missing at a date that is near."""
    due_at = found.rules.reviews_due_at
    return bool(found.forecast.volunteers) and due_at is not None and now <= due_at <= now + SOON


def find_volunteers(session: Session, activity: Activity, found: Board, *, now: datetime) -> Sequence[Row]:
    """Return who has written all of theirs, and could help somebody whose work lacks reviews."""
    pool = load_pool(session, activity, found.rules, now=now)
    return [
        row
        for row in found.rows
        if row.has_work
        and row.written >= row.quota > 0
        and not row.open
        and reviewing_door(found.rules, rules.dates_of(activity, found.rules, row.participant), row.work, now)
        in {Door.OPEN, Door.LATE}
        and supply_of(pool, row.member, is_volunteer=True) is Supply.THERE
    ]


def ask_volunteers(session: Session, activity: Activity, by: Membership, *, now: datetime) -> int:
    """Ask those who have done theirs for one more, and return how many were asked.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    found = board.read(session, activity, now=now)
    able = [Owing(row.member.id, VOLUNTEERS, None, None) for row in find_volunteers(session, activity, found, now=now)]
    rows = [row_of(activity, each, due_at=now, hours=0, at=now) for each in rested(session, activity, able, now)]
    return tell(session, activity, rows, now)


def give_time(session: Session, activity: Activity, by: Membership, *, now: datetime) -> datetime:
    """Move the date for reviews, and with it the end of the activity where that comes before; return the new date.

    Raises:
        NotFoundError: The member does not lead the course.
        ConflictError: There is no date.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    if found.reviews_due_at is None:
        raise ConflictError(_("There is no date for reviews."))
    found.reviews_due_at = max(found.reviews_due_at, now) + MORE_TIME
    if activity.closes_at is not None and activity.closes_at < found.reviews_due_at:
        activity.closes_at = found.reviews_due_at
    session.flush()
    return found.reviews_due_at


def need_fewer(session: Session, activity: Activity, by: Membership) -> PeerReview:
    """Let one review less be enough to show an author the result.

    Raises:
        NotFoundError: The member does not lead the course.
        ConflictError: One is enough already.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    if found.needed <= 1:
        raise ConflictError(_("One review is enough already."))
    found.needed -= 1
    session.flush()
    return found


def everybody(found: Board) -> set[uuid.UUID]:
    """Return the ids of all learners of a board."""
    return {row.member.id for row in found.rows}
