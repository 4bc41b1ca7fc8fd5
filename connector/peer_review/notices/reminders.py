"""Which reminders went to whom: noted before they are told, so that no two workers tell the same."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.notifications.models import Level, Scope
from connector.notifications.services import levels, notify, outdate
from connector.peer_review.models.setup import Reminder

WORK, REVIEWS = "work asked for", "reviews asked for"
"""What learners are reminded of."""
VOLUNTEERS = "volunteers asked for"
"""What learners are asked who have done all of theirs."""
LACKING = "reviews missing"
"""What trainers are told."""
AGAIN = timedelta(hours=6)
"""Who was told since then of the same is not told of it again."""
_REMINDERS = cast("Table", Reminder.__table__)


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody who has something to do, and can do it now."""

    member_id: uuid.UUID
    what: str
    due_at: datetime | None
    touched_at: datetime | None
    """When they last wrote something here."""


def row_of(
    activity: Activity, owing: Owing, *, due_at: datetime, hours: int, at: datetime, lacking: int = 0
) -> dict[str, Any]:
    """Return a reminder, by the names of the columns.

    Args:
        hours: How long before the date; 0 where a trainer sends it, and `due_at` says when.
    """
    return {
        "activity_id": activity.id,
        "member_id": owing.member_id,
        "what": owing.what,
        "due_at": due_at,
        "hours": hours,
        "at": at,
        "lacking": lacking,
    }


def untold(session: Session, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the reminders that nobody has sent yet."""
    if not rows:
        return []
    known = select(Reminder.member_id, Reminder.what, Reminder.due_at, Reminder.hours, Reminder.at)
    told = session.execute(known.where(Reminder.activity_id == rows[0]["activity_id"])).all()
    same = {(each.member_id, each.what, each.due_at, each.hours) for each in told}
    # Whoever a trainer has just reminded needs no second voice.
    lately = {(each.member_id, each.what) for each in told if each.at > rows[0]["at"] - AGAIN and each.hours == 0}
    return [
        row
        for row in rows
        if (row["member_id"], row["what"], row["due_at"], row["hours"]) not in same
        and (row["member_id"], row["what"]) not in lately
    ]


def rested(session: Session, activity: Activity, owing: Iterable[Owing], now: datetime) -> list[Owing]:
    """Return those who were not reminded of the same a moment ago."""
    lately = select(Reminder.member_id, Reminder.what).where(
        Reminder.activity_id == activity.id, Reminder.at > now - AGAIN
    )
    told = {(member_id, what) for member_id, what in session.execute(lately)}
    return [each for each in owing if (each.member_id, each.what) not in told]


def tell(session: Session, activity: Activity, rows: Sequence[dict[str, Any]], now: datetime) -> int:
    """Note reminders, and tell of those that nobody else has noted in the same moment."""
    if not rows:
        return 0
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(_REMINDERS) if is_sqlite else postgresql.insert(_REMINDERS)
    noted = session.execute(
        insert.values(list(rows)).on_conflict_do_nothing().returning(_REMINDERS.c.member_id, _REMINDERS.c.what)
    ).all()
    scopes = [(Scope.ACTIVITY, activity.id), (Scope.COURSE, activity.course_id)]
    wanted = levels(session, {row.member_id for row in noted}, scopes)
    told = 0
    for what in sorted({row.what for row in noted}):
        ids = [row.member_id for row in noted if row.what == what and wanted.get(row.member_id) is not Level.MUTED]
        outdate(session, ids, what, activity.id, now=now)
        notify(session, ids, what, about=activity.id, activity=activity, by=None, now=now)
        told += len(ids)
    return told


def last_reminded(session: Session, activity: Activity) -> dict[uuid.UUID, datetime]:
    """Return when each learner was last reminded of anything."""
    query = select(Reminder.member_id, func.max(Reminder.at)).where(
        Reminder.activity_id == activity.id, Reminder.what.in_((WORK, REVIEWS))
    )
    return dict(iter(session.execute(query.group_by(Reminder.member_id))))
