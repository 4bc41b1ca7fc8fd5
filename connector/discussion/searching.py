"""What a search all over the course finds: posts, and entries of its knowledge pool among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.pool import finding as pool
from connector.pool.access import is_in_pool
from connector.pool.models import Entry, EntryTag
from connector.search import services as search
from connector.search.models import SearchDocument
from connector.threads.finding import Filters, FoundPost, find_posts, load_posts, readable_posts


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, the best first; the newest first where no word was looked for."""

    rows: Sequence[FoundPost | pool.Card]
    count: int
    """Of all pages; with words, `search.services.COUNTED` stands for that many or more."""
    is_loose: bool = False
    """Whether nothing had every word, so that these have some."""
    has_entries: bool = False
    """Whether entries of the pool were looked for too."""


def find_in_course(
    session: Session, member: Membership, query: str, filters: Filters, *, now: datetime, limit: int, offset: int = 0
) -> Found:
    """Find what a member may read in their course, posts and entries ranked as one.

    Entries have no kind of thread, are not read or unread, and are everybody's work: asked for one of these, there are none.
    Without words the filters choose among posts alone.

    Args:
        query: As `search.services.search` reads it.
    """
    is_of_posts = filters.author_id or filters.kind or filters.is_unread or not query.strip()
    entries = select(Entry.id).where(is_in_pool(member), *_conditions(filters))
    posts = readable_posts(session, member, None, now, filters)
    if is_of_posts or posts is None or session.scalar(entries.limit(1)) is None:
        found = find_posts(session, member, query, filters, activity=None, now=now, limit=limit, offset=offset)
        return Found(found.posts, found.count, found.is_loose)
    hits = search.search(
        session, query, course_id=member.course_id, among=_either(posts, entries), limit=limit, offset=offset
    )
    rows: dict[Any, FoundPost | pool.Card] = {each.post.id: each for each in load_posts(session, hits.hits)}
    rows |= {each.entry.id: each for each in pool.load(session, member, hits.hits, now=now)}
    return Found([rows[hit.id] for hit in hits.hits if hit.id in rows], hits.count, hits.is_loose, has_entries=True)


def _either(posts: Select[Any], entries: Select[Any]) -> Select[Any]:
    """Return the query for the ids of both, as `search` asks for it: one that can be asked about one id at a time."""
    among = [each.where(each.selected_columns[0] == SearchDocument.id).exists() for each in (posts, entries)]
    return select(SearchDocument.id).where(or_(*among))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.tag is not None:
        conditions.append(Entry.id.in_(select(EntryTag.entry_id).where(EntryTag.tag == filters.tag)))
    if filters.since is not None:
        conditions.append(Entry.changed_at >= filters.since)
    if filters.before is not None:
        conditions.append(Entry.changed_at < filters.before)
    return conditions
