"""Entries that are lent: copies of people's work that stand in the pool as long as all who made it agree."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.attachments import detach
from connector.content.models import Draft, Mention
from connector.content.storage import FileStore
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.pool import statements
from connector.pool.access import check_keeper, get_entry
from connector.pool.finding import unindex
from connector.pool.making import Text, new_entry, store
from connector.pool.models import Entry, EntryMark, EntryTag, EntryVersion, Proposal, SolvedQuestion

HOLDER = Entry.__tablename__
"""What the files of entries belong to."""


@dataclass(frozen=True, slots=True)
class Lent:
    """What a lent entry is a copy of, as somebody may know it."""

    title: str
    """Of the activity that the work was made for."""
    names: Sequence[str] = ()
    """Of who made it, where all of them want that."""
    endpoint: str | None = None
    """The page that shows it; None where it is not open to them."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Of that page's address."""


Lender = Callable[[Session, Membership, uuid.UUID, datetime], Lent | None]
"""Says of an entry's id what it is lent from at this moment; None where it is not from there."""


def lend(
    session: Session,
    activity: Activity,
    by: Membership,
    text: Text,
    *,
    author: Membership | None,
    review_at: datetime,
    key: uuid.UUID,
    now: datetime,
) -> tuple[Entry, bool]:
    """Put a copy of somebody's work into the pool; return it, and whether it was made now. That they agree is the caller's to see.

    Args:
        activity: Where it is talked about; of the member's course.
        author: Who made it, where they want their name there.
        key: Of what is lent: of the same, there is one entry.

    Raises:
        NotFoundError: The member does not keep the pool.
    """
    check_keeper(by)
    entry = new_entry(activity, by, text, key=key, now=now)
    entry.author, entry.review_at, entry.is_lent = author, review_at, True
    kept, is_new = store(session, entry, text.tags)
    if is_new:
        record(session, statements.promoted(kept, by), by=by, now=now)
    return kept, is_new


def give_back(session: Session, files: FileStore, entry: Entry) -> None:
    """Delete an entry with all that was made of it: earlier versions, proposals, what somebody began to write, and files."""
    unindex(session, entry)
    detach(session, files, HOLDER, entry.id)
    for model in (EntryMark, EntryTag, Proposal):
        session.execute(delete(model).where(model.entry_id == entry.id))
    session.execute(update(SolvedQuestion).where(SolvedQuestion.entry_id == entry.id).values(entry_id=None))
    session.execute(delete(EntryVersion).where(EntryVersion.pool_entry_id == entry.id))
    session.execute(delete(Mention).where(Mention.holder_kind == HOLDER, Mention.holder_id == entry.id))
    begun = update(Draft).where(Draft.place == f"pool {entry.id}")
    # A tab that is still open finds that it was thrown away.
    session.execute(begun.values(fields={}, others=[], revision=Draft.revision + 1))
    session.delete(entry)
    session.flush()


def source_of(session: Session, member: Membership, entry: Entry, *, now: datetime) -> Lent | None:
    """Return what an entry is lent from, as a member may know it; None for other entries."""
    if not entry.is_lent:
        return None
    lenders: Sequence[Lender] = current_app.extensions["kring_lenders"]
    return next((found for each in lenders if (found := each(session, member, entry.id, now)) is not None), None)


def open_entry(session: Session, member: Membership, entry_id: uuid.UUID) -> None:
    """Check that a member may see an entry, and so the files in it.

    Raises:
        NotFoundError: There is none that they may.
    """
    get_entry(session, member, entry_id)
