"""What is done about the pool now and then: who looks after an entry is told when it is due."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import STAFF, Membership
from connector.notifications.services import notify
from connector.pool.access import KEEPERS
from connector.pool.models import Entry

DUE = "pool-due"
"""What notices about entries that are due are called."""
_CHUNK = 100


def remind(session: Session, *, now: datetime) -> None:
    """Tell the owners of entries that are due, once; those who lead the course, where the owner has left or leads no more."""
    due = session.scalars(
        select(Entry)
        .where(Entry.removed_at.is_(None), Entry.reminded_at.is_(None), Entry.review_at <= now)
        .order_by(Entry.review_at)
        .limit(_CHUNK)
        .with_for_update(skip_locked=True, of=Entry)
        .options(joinedload(Entry.activity), joinedload(Entry.owner))
    ).all()
    for entry in due:
        entry.reminded_at = now
        is_looked_after = entry.owner.is_active and entry.owner.role in KEEPERS
        ids = [entry.owner_id] if is_looked_after else _leaders(session, entry)
        notify(session, ids, DUE, about=entry.id, activity=entry.activity, by=None, now=now)


def _leaders(session: Session, entry: Entry) -> list[uuid.UUID]:
    leads = Membership.course_id == entry.course_id, Membership.is_active, Membership.role.in_(STAFF)
    return list(session.scalars(select(Membership.id).where(*leads)))
