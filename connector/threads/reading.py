"""What members see of threads: which there are, which posts, what is new."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.content.nesting import nest
from connector.courses.models import Membership
from connector.db import Model
from connector.delivery.services import record
from connector.threads import statements
from connector.threads.access import Sight
from connector.threads.models import OPENING, Post, PostState, ReadMark, Thread, Visit

THREADS_A_PAGE = 20
REPLIES_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A thread in the list, and how many of its posts the reader has not seen."""

    thread: Thread
    new_count: int


@dataclass(frozen=True, slots=True)
class ThreadList:
    """One page of an activity's threads."""

    rows: Sequence[Row]
    count: int
    """Of all threads."""
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A post on a page."""

    post: Post
    level: int
    """0 for the opening post, 1 to 3 for replies."""
    is_new: bool
    answered: Post | None
    """What it answers; None for the opening post, and where the reader may not see it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One page of a thread, as one member sees it."""

    thread: Thread
    posts: Sequence[Shown]
    """In reading order; the opening post stands on the first page."""
    page: int
    pages: int
    new_count: int
    """In the whole thread."""
    first_new: Post | None
    """The oldest post that the reader has not seen."""
    was_visited_today: bool

    @property
    def has_news(self) -> bool:
        """Whether there is something to note when this page is shown."""
        return not self.was_visited_today or any(shown.is_new for shown in self.posts)


def is_unread(reader: Membership) -> ColumnElement[bool]:
    """Return the condition on `Post` that a member has not seen it."""
    marked = select(ReadMark.post_id).where(ReadMark.member_id == reader.id, ReadMark.post_id == Post.id).exists()
    return and_(Post.state.not_in({PostState.REMOVED, PostState.WITHDRAWN}), ~marked)


def list_threads(session: Session, sight: Sight, *, page: int) -> ThreadList:
    """Return a page of threads: pinned ones first, then those with something new, then by the newest post."""
    opening = and_(Post.thread_id == Thread.id, Post.number == OPENING)
    count = session.scalar(select(func.count(Thread.id)).join(Post, opening).where(sight.threads())) or 0
    page, pages = _clamp(page, count, THREADS_A_PAGE)
    news = (
        select(Post.thread_id, func.count().label("posts"))
        .join(Post.thread)
        .where(sight.posts(), is_unread(sight.member))
        .group_by(Post.thread_id)
        .subquery()
    )
    new_count = func.coalesce(news.c.posts, 0)
    found = session.execute(
        select(Thread, new_count)
        .join(Post, opening)
        .outerjoin(news, news.c.thread_id == Thread.id)
        .where(sight.threads())
        .order_by(
            case((Thread.pinned_at.is_(None), 1), else_=0),
            case((new_count > 0, 0), else_=1),
            Thread.last_activity_at.desc(),
            Thread.id,
        )
        .options(contains_eager(Thread.opening).joinedload(Post.author).joinedload(Membership.person))
        .limit(THREADS_A_PAGE)
        .offset((page - 1) * THREADS_A_PAGE)
    )
    return ThreadList([Row(thread, new) for thread, new in found], count, page, pages)


def page_of(number: int) -> int:
    """Return the page of its thread that a post stands on: always the same one, since numbers never change."""
    return max(number - OPENING - 1, 0) // REPLIES_A_PAGE + 1


def read_thread(session: Session, sight: Sight, thread: Thread, *, page: int) -> Reading:
    """Return a page of a thread. What is new stays new until `mark_read`.

    Args:
        page: From 1; one that does not exist becomes the nearest that does.
    """
    page, pages = _clamp(page, thread.reply_count, REPLIES_A_PAGE)
    posts = _posts(session, sight, thread, page)
    answered = _answered(session, sight, thread, posts)
    new = dict(
        iter(
            session.execute(
                select(Post.id, Post.number)
                .join(Post.thread)
                .where(Post.thread_id == thread.id, sight.posts(), is_unread(sight.member))
            )
        )
    )
    opening = [Shown(post, 0, post.id in new, None) for post in posts if post.is_opening]
    shown = [
        Shown(placed.item, placed.level, placed.item.id in new, answered.get(placed.item.parent_id))
        for placed in nest([post for post in posts if not post.is_opening])
    ]
    visit = session.get(Visit, (sight.member.id, thread.id))
    return Reading(
        thread=thread,
        posts=[*opening, *shown],
        page=page,
        pages=pages,
        new_count=len(new),
        first_new=session.get(Post, min(new, key=lambda id_: new[id_])) if new else None,
        was_visited_today=visit is not None and visit.day >= sight.now.date(),
    )


def mark_read(session: Session, sight: Sight, thread: Thread, posts: Collection[uuid.UUID]) -> None:
    """Note that a member was shown posts, and tell of the day's first visit to the thread.

    Args:
        posts: Ids of posts of the thread that the member may see and that were new.
    """
    reader, now = sight.member, sight.now
    if posts:
        # In order, or two devices of one person could each wait for a row of the other's.
        marks = [{"member_id": reader.id, "post_id": post_id} for post_id in sorted(posts)]
        session.execute(_insert(session, ReadMark).values(marks).on_conflict_do_nothing())
    visit = _insert(session, Visit).values(member_id=reader.id, thread_id=thread.id, day=now.date())
    noted = visit.on_conflict_do_update(
        index_elements=[Visit.member_id, Visit.thread_id], set_={"day": now.date()}, where=Visit.day < now.date()
    )
    if session.scalar(noted.returning(Visit.day)) is not None:
        record(session, statements.viewed(thread, reader, now), by=reader, now=now)


def _clamp(page: int, count: int, size: int) -> tuple[int, int]:
    pages = max(ceil(count / size), 1)
    return min(max(page, 1), pages), pages


def _posts(session: Session, sight: Sight, thread: Thread, page: int) -> Sequence[Post]:
    first = OPENING + 1 + (page - 1) * REPLIES_A_PAGE
    numbers = Post.number.between(OPENING if page == 1 else first, first + REPLIES_A_PAGE - 1)
    return session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.thread_id == thread.id, numbers, sight.posts())
        .order_by(Post.number)
        .options(joinedload(Post.author).joinedload(Membership.person))
    ).all()


def _answered(session: Session, sight: Sight, thread: Thread, posts: Sequence[Post]) -> dict[uuid.UUID | None, Post]:
    """Return what the posts answer that stands on other pages, by id; fetched together."""
    found: dict[uuid.UUID | None, Post] = {post.id: post for post in (thread.opening, *posts)}
    elsewhere = {post.parent_id for post in posts} - {None, *found}
    if elsewhere:
        author = joinedload(Post.author).joinedload(Membership.person)
        parents = session.scalars(
            select(Post).join(Post.thread).where(Post.id.in_(elsewhere), sight.posts()).options(author)
        )
        found.update((parent.id, parent) for parent in parents)
    return found


def _insert(session: Session, kind: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT; both databases spell it alike, and SQLAlchemy has one for each."""
    return sqlite.insert(kind) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(kind)
