"""What lists of threads share: the threads of each tag, the page that is turned to, and the threads on it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, contains_eager

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.threads.models import OPENING, Post, Thread, ThreadTag
from connector.web import paging


class Listed(Protocol):
    """What a list knows of a thread."""

    @property
    def id(self) -> uuid.UUID:
        """The thread's."""


EntryT = TypeVar("EntryT", bound=Listed)


@dataclass(frozen=True, slots=True)
class Tagged:
    """The threads of each tag."""

    threads: Mapping[str, Collection[uuid.UUID]]

    @property
    def uses(self) -> Sequence[tuple[str, int]]:
        """The tags in use, with the number of threads; the most used first."""
        counts = [(name, len(threads)) for name, threads in self.threads.items()]
        return sorted(counts, key=lambda use: (-use[1], use[0]))

    def among(self, entries: Sequence[EntryT], tag: str | None) -> list[EntryT]:
        """Return those that have a tag; all where none is asked for."""
        if not tag:
            return list(entries)
        threads = self.threads.get(tag, ())
        return [entry for entry in entries if entry.id in threads]

    def of(self, thread_id: uuid.UUID) -> list[str]:
        """Return the tags of a thread, in the order of the alphabet."""
        return sorted(tag for tag, threads in self.threads.items() if thread_id in threads)


def load_tagged(session: Session, activity: Activity, entries: Sequence[Listed]) -> Tagged:
    """Return the threads of each tag, among those that are listed; one query."""
    seen = {entry.id for entry in entries}
    found: dict[str, set[uuid.UUID]] = {}
    tags = select(ThreadTag.tag, ThreadTag.thread_id).join(Thread, Thread.id == ThreadTag.thread_id)
    for tag, thread_id in session.execute(tags.where(Thread.activity_id == activity.id)):
        if thread_id in seen:
            found.setdefault(tag, set()).add(thread_id)
    return Tagged(found)


@dataclass(frozen=True, slots=True)
class Page(Generic[EntryT]):
    """The page of a list that is turned to."""

    entries: Sequence[EntryT]
    number: int
    """From 1; the last one where the list has fewer than were asked for."""
    pages: int


def turn_to(entries: Sequence[EntryT], page: int, *, most: int) -> Page[EntryT]:
    """Return a page of a list.

    Args:
        most: How many stand on a page.
    """
    page, pages = paging.turn_to(page, len(entries), most=most)
    return Page(entries[(page - 1) * most : page * most], page, pages)


def load_threads(session: Session, entries: Sequence[Listed]) -> Mapping[uuid.UUID, Thread]:
    """Return the threads of a page by their ids, with their opening posts and who wrote these; one query."""
    threads = session.scalars(
        select(Thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .where(Thread.id.in_([entry.id for entry in entries]))
        .options(contains_eager(Thread.opening).joinedload(Post.author).joinedload(Membership.person))
    )
    return {thread.id: thread for thread in threads}
