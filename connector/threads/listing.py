"""The list of an activity's threads: what is new for the reader, what is expected of them, and what they look for."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from connector.courses.models import Group
from connector.threads.access import Sight
from connector.threads.models import OPENING, Post, PostState, Thread, ThreadKind
from connector.threads.news import GONE, is_unread
from connector.threads.picking import Tagged, load_tagged, load_threads, turn_to

THREADS_A_PAGE = 20


class Show(StrEnum):
    """Which threads somebody looks for."""

    ALL = "all"
    UNREAD = "unread"
    """With something that they have not seen."""
    QUESTIONS = "questions"
    MINE = "mine"
    """That they began or wrote in."""
    UNANSWERED = "unanswered"
    """Open, and without a reply."""


class Sort(StrEnum):
    """What stands above; pinned threads always do."""

    WAITING = "waiting"
    """What waits for the reader, then what is new for them, then the most recent."""
    NEWEST = "newest"
    """Where somebody wrote last."""
    OLDEST = "oldest"
    """Which began first."""
    REPLIES = "replies"
    """With the most replies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the list follows from, of one thread; an activity may have hundreds."""

    id: uuid.UUID
    kind: ThreadKind
    is_pinned: bool
    is_open: bool
    created_at: datetime
    due_at: datetime | None
    last_at: datetime
    """When the newest post was written that the reader may see."""
    reply_count: int
    """That the reader may read."""
    new_count: int
    is_own: bool
    """Whether the reader began it."""
    own_replies: int
    is_waiting: bool
    """Whether it waits for the reader: to answer a prompt, or as the one who leads the course, to answer somebody."""

    @property
    def is_unanswered(self) -> bool:
        """Whether it is open and nobody has replied."""
        return self.is_open and self.reply_count == 0


@dataclass(frozen=True, slots=True)
class Row:
    """A thread in the list."""

    thread: Thread
    entry: Entry
    tags: Sequence[str]
    group: str | None
    """The name of the group that it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadList:
    """One page of an activity's threads."""

    rows: Sequence[Row]
    count: int
    """Of those that were looked for."""
    page: int
    pages: int
    counts: Mapping[Show, int]
    """How many threads there are of each kind, in the whole activity."""
    new_count: int
    """Posts that the reader has not seen, in the whole activity."""
    tags: Sequence[tuple[str, int]]
    """The tags in use, with the number of threads; the most used first."""


_PASSES: Mapping[Show, Callable[[Entry], bool]] = {
    Show.ALL: lambda entry: True,  # noqa: ARG005 -- asked like the others
    Show.UNREAD: lambda entry: entry.new_count > 0,
    Show.QUESTIONS: lambda entry: entry.kind is ThreadKind.QUESTION,
    Show.MINE: lambda entry: entry.is_own or entry.own_replies > 0,
    Show.UNANSWERED: lambda entry: entry.is_unanswered,
}
_ORDERS: Mapping[Sort, Callable[[Entry], Any]] = {
    Sort.WAITING: lambda entry: (not entry.is_waiting, entry.new_count == 0, -entry.last_at.timestamp()),
    Sort.NEWEST: lambda entry: -entry.last_at.timestamp(),
    Sort.OLDEST: lambda entry: entry.created_at,
    Sort.REPLIES: lambda entry: (-entry.reply_count, -entry.last_at.timestamp()),
}


def list_threads(
    session: Session,
    sight: Sight,
    *,
    page: int,
    show: Show = Show.ALL,
    sort: Sort = Sort.WAITING,
    tag: str | None = None,
) -> ThreadList:
    """Return a page of the threads that are looked for; four queries, however many there are."""
    entries = [_entry(sight, row) for row in session.execute(_entries(sight))]
    tagged = load_tagged(session, sight.activity, entries)
    found = tagged.among([entry for entry in entries if _PASSES[show](entry)], tag)
    found.sort(key=lambda entry: (not entry.is_pinned, _ORDERS[sort](entry), entry.id))
    turned = turn_to(found, page, most=THREADS_A_PAGE)
    return ThreadList(
        rows=_rows(session, turned.entries, tagged),
        count=len(found),
        page=turned.number,
        pages=turned.pages,
        counts={each: sum(map(passes, entries)) for each, passes in _PASSES.items()},
        new_count=sum(entry.new_count for entry in entries),
        tags=tagged.uses,
    )


def _entries(sight: Sight) -> Select[Any]:
    """Return what `_entry` reads: a row a thread, from one walk over the posts."""
    is_reply = and_(Post.number > OPENING, Post.state.not_in(GONE))
    is_own = Post.author_id == sight.member.id
    tally = (
        select(
            Post.thread_id,
            func.sum(case((is_reply, 1), else_=0)).label("replies"),
            func.sum(case((is_unread(sight.member), 1), else_=0)).label("new"),
            func.sum(case((and_(is_reply, is_own, Post.state == PostState.VISIBLE), 1), else_=0)).label("own"),
            func.max(Post.created_at).label("last_at"),
        )
        .join(Post.thread)
        .where(sight.posts_within())  # of these threads the query around it keeps what may be seen
        .group_by(Post.thread_id)
        .subquery()
    )
    return (
        select(
            Thread.id,
            Thread.kind,
            Thread.pinned_at,
            Thread.closed_at,
            Thread.closes_at,
            Thread.created_at,
            Thread.due_at,
            Thread.author_id,
            *tally.c[1:],
        )
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .join(tally, tally.c.thread_id == Thread.id)
        .where(sight.threads())
    )


def _entry(sight: Sight, row: Any) -> Entry:
    is_own = row.author_id == sight.member.id
    is_open = row.closed_at is None and (row.closes_at is None or sight.now < row.closes_at)
    if sight.member.is_staff:
        is_asked = row.replies == 0 and row.kind is not ThreadKind.SHARE
    else:
        is_asked = row.due_at is not None and row.own == 0
    return Entry(
        id=row.id,
        kind=row.kind,
        is_pinned=row.pinned_at is not None,
        is_open=is_open,
        created_at=row.created_at,
        due_at=row.due_at,
        last_at=row.last_at,
        reply_count=row.replies,
        new_count=row.new,
        is_own=is_own,
        own_replies=row.own,
        is_waiting=is_asked and is_open and not is_own and sight.member.can_write,
    )


def _rows(session: Session, entries: Sequence[Entry], tagged: Tagged) -> Sequence[Row]:
    found = load_threads(session, entries)
    group_ids = {thread.group_id for thread in found.values()} - {None}
    groups: dict[uuid.UUID | None, str] = {}
    if group_ids:
        groups.update(iter(session.execute(select(Group.id, Group.name).where(Group.id.in_(group_ids)))))
    return [
        Row(found[entry.id], entry, tagged.of(entry.id), groups.get(found[entry.id].group_id))
        for entry in entries
        if entry.id in found
    ]
