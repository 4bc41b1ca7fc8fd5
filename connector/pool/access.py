"""Who may see and keep a course's knowledge pool: its people read it, those who should know write it."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.services import is_used
from connector.courses.models import STAFF, Membership, Role
from connector.pool.models import Entry
from connector.web.errors import NotFoundError

KEEPERS = STAFF | {Role.EXPERT}
"""Who writes and confirms entries."""


class Standing(StrEnum):
    """How far one can rely on an entry."""

    CURRENT = "current"
    DUE = "due"
    """It is time to look at it again, or nobody in this course has looked at it yet."""
    OUTDATED = "outdated"
    """Somebody who should know says that it is right no longer."""


def may_keep(member: Membership) -> bool:
    """Return whether a member writes and confirms entries."""
    return member.role in KEEPERS and member.can_write


def check_keeper(member: Membership) -> None:
    """Check that a member writes and confirms entries.

    Raises:
        NotFoundError: They do not.
    """
    if not may_keep(member):
        raise NotFoundError


def may_propose(member: Membership) -> bool:
    """Return whether a member proposes changes, for others to decide."""
    return member.can_write and not may_keep(member)


def standing_of(entry: Entry, *, now: datetime) -> Standing:
    """Return how far one can rely on an entry."""
    if entry.outdated_at is not None:
        return Standing.OUTDATED
    return Standing.DUE if entry.review_at <= now else Standing.CURRENT


def is_in_pool(member: Membership) -> ColumnElement[bool]:
    """Return the condition on `Entry` for those of the member's course that are in its pool, as long as the course is used."""
    return and_(Entry.course_id == member.course_id, Entry.removed_at.is_(None), is_used(member))


def get_entry(session: Session, member: Membership, entry_id: uuid.UUID) -> Entry:
    """Return an entry of the member's course, with its people.

    Raises:
        NotFoundError: There is none, or not any more.
    """
    found = session.scalar(
        select(Entry)
        .where(Entry.id == entry_id, is_in_pool(member))
        .options(
            joinedload(Entry.activity),
            joinedload(Entry.owner).joinedload(Membership.person),
            joinedload(Entry.author).joinedload(Membership.person),
            joinedload(Entry.confirmed_by).joinedload(Membership.person),
        )
    )
    if found is None:
        raise NotFoundError
    return found
