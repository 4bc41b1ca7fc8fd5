"""How an entry comes to be stored: with its tags, with whom it addresses, and where search looks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.models import Mention
from connector.courses.models import Membership
from connector.pool.finding import index_entries
from connector.pool.models import Entry, EntryTag
from connector.threads.models import Post
from connector.threads.telling import HOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an entry is to say."""

    title: str
    body: str
    tags: Sequence[str] = ()
    language: str | None = None


def entry_tags(session: Session, entry_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the tags of entries, in the order of the alphabet; one query."""
    found: dict[uuid.UUID, list[str]] = {}
    rows = select(EntryTag.entry_id, EntryTag.tag).where(EntryTag.entry_id.in_(entry_ids)).order_by(EntryTag.tag)
    for entry_id, tag in session.execute(rows):
        found.setdefault(entry_id, []).append(tag)
    return found


def new_entry(activity: Activity, by: Membership, text: Text, *, key: uuid.UUID, now: datetime) -> Entry:
    """Return an entry that is not stored yet: confirmed by its owner, without an author, and not yet with a day for its review."""
    id_ = uuid.uuid4()
    entry = Entry(
        id=id_,
        course_id=activity.course_id,
        activity=activity,
        iri=f"{by.course.iri}/pool/{id_}",
        title=text.title,
        language=text.language,
        owner=by,
        key=key,
        created_at=now,
        changed_at=now,
        version=1,
        confirmed_at=now,
        confirmed_by=by,
    )
    entry.write(text.body)
    return entry


def store(session: Session, entry: Entry, tags: Sequence[str]) -> tuple[Entry, bool]:
    """Return the stored entry, and whether it was made now: of the same form sent twice, the first counts."""
    known = select(Entry).where(Entry.key == entry.key)
    if (found := session.scalar(known)) is not None:
        return found, False
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        return session.scalars(known).one(), False
    set_tags(session, entry, tags)
    index_entries(session, [entry])
    return entry, True


def keep_mentions(session: Session, post: Post, entry: Entry) -> None:
    """Keep whom a text addresses with the entry too: nobody is told, but who is forgotten is forgotten here as well."""
    for each in session.scalars(select(Mention).where(Mention.holder_kind == HOLDER, Mention.holder_id == post.id)):
        values = {"member_id": each.member_id, "group_id": each.group_id, "role": each.role, "label": each.label}
        place = {"holder_kind": Entry.__tablename__, "holder_id": entry.id}
        session.add(Mention(**place, **values, course_id=each.course_id, at=each.at))
    session.flush()


def set_tags(session: Session, entry: Entry, tags: Sequence[str]) -> None:
    """Replace an entry's tags."""
    session.execute(delete(EntryTag).where(EntryTag.entry_id == entry.id))
    session.add_all(EntryTag(entry_id=entry.id, tag=tag) for tag in tags)
    session.flush()
