"""Entries are found by what they say; those that somebody has confirmed stand first."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.content.text import plain_text
from connector.courses.models import Membership
from connector.pool.access import Standing, is_in_pool, standing_of
from connector.pool.models import Entry
from connector.search import services as search
from connector.search.models import SearchDocument
from connector.search.services import Alike, Document, Hit

KIND = "pool"
"""What search calls entries."""
_ORDER = {Standing.CURRENT: 0, Standing.DUE: 1, Standing.OUTDATED: 2}


@dataclass(frozen=True, slots=True)
class Card:
    """An entry as a list of what was found shows it."""

    entry: Entry
    standing: Standing
    title: Markup
    """With the words that were looked for in `<mark>`."""
    excerpt: Markup


def index_entries(session: Session, entries: Iterable[Entry]) -> None:
    """Let entries be found as they are now."""
    search.index(session, *(_document(each) for each in entries if each.removed_at is None))


def unindex(session: Session, entry: Entry) -> None:
    """Let an entry be found no more."""
    search.remove(session, [entry.id])


def reindex(session: Session) -> int:
    """Index all entries again, drop what is none any more, and return how many there are."""
    entries = session.scalars(select(Entry).where(Entry.removed_at.is_(None))).all()
    index_entries(session, entries)
    is_entry = select(Entry.id).where(Entry.id == SearchDocument.id, Entry.removed_at.is_(None)).exists()
    search.remove(
        session, session.scalars(select(SearchDocument.id).where(SearchDocument.kind == KIND, ~is_entry)).all()
    )
    return len(entries)


def find_entries(session: Session, member: Membership, query: str, *, now: datetime, limit: int) -> Sequence[Card]:
    """Return the entries that fit what somebody looks for, those that can be relied on first.

    Args:
        query: As `search.services.search` reads it.
    """
    among = select(Entry.id).where(is_in_pool(member))
    found = search.search(session, query, course_id=member.course_id, among=among, limit=limit)
    return _by_standing(load(session, member, found.hits, now=now))


def find_similar(session: Session, member: Membership, alike: Alike, *, now: datetime, limit: int) -> Sequence[Card]:
    """Return the entries that may answer a question while somebody writes it, those that can be relied on first.

    Args:
        alike: What shares words with the question.
    """
    among = select(Entry.id).where(is_in_pool(member), Entry.outdated_at.is_(None))
    found = alike.pick(among, limit=limit, is_sparse=True)
    known = cards(session, member, found, now=now)
    return _by_standing(known[id_] for id_ in found if id_ in known)


def cards(
    session: Session, member: Membership, ids: Collection[uuid.UUID], *, now: datetime
) -> Mapping[uuid.UUID, Card]:
    """Return entries of the member's course by their ids, for lists of other features; one query."""
    rows = session.scalars(
        select(Entry)
        .where(Entry.id.in_(list(ids)), is_in_pool(member))
        .options(joinedload(Entry.activity), joinedload(Entry.confirmed_by).joinedload(Membership.person))
    )
    return {each.id: Card(each, standing_of(each, now=now), escape(each.title), escape(each.snippet)) for each in rows}


def load(session: Session, member: Membership, hits: Sequence[Hit], *, now: datetime) -> Sequence[Card]:
    """Return what search found, as far as it is entries, in the same order; one query."""
    known = cards(session, member, [hit.id for hit in hits], now=now)
    return [
        Card(known[hit.id].entry, known[hit.id].standing, hit.title or known[hit.id].title, hit.excerpt)
        for hit in hits
        if hit.id in known
    ]


def _by_standing(found: Iterable[Card]) -> Sequence[Card]:
    return sorted(found, key=lambda card: _ORDER[card.standing])


def _document(entry: Entry) -> Document:
    return Document(
        id=entry.id,
        kind=KIND,
        course_id=entry.course_id,
        activity_id=entry.activity_id,
        title=entry.title,
        text=plain_text(entry.body_html),
        language=entry.language,
        at=entry.changed_at,
    )
