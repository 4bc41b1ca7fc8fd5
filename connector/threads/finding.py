"""Posts are found by what they say: kept where search looks, and looked for within what a member may read."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import Activity
from connector.activities.services import list_activities
from connector.content.text import plain_text
from connector.courses.models import Membership
from connector.search import services as search
from connector.search.models import SearchDocument
from connector.search.services import Alike, Document, Hit
from connector.threads.access import look_all
from connector.threads.models import OPENING, Post, Thread, ThreadKind, ThreadTag
from connector.threads.news import GONE, is_unread
from connector.threads.tagged import tags_of

KIND = "post"
"""What search calls posts."""

_REPLY = "/replies/"
"""Stands in the names of replies, and in those of no threads."""

Condition = ColumnElement[bool]
Place = tuple[datetime, uuid.UUID]
"""Of a post, among all of them in the order they were written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which posts somebody looks for, beside words."""

    author_id: uuid.UUID | None = None
    """A membership's. Finds nothing that was written under an alias, whoever asks."""
    tag: str | None = None
    """In lower case."""
    kind: ThreadKind | None = None
    since: datetime | None = None
    before: datetime | None = None
    """Aware, as `since`; posts of this very moment are left out."""
    is_unread: bool = False


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post that was found."""

    post: Post
    title: Markup
    """Its thread's, with the words that were looked for in `<mark>` where it is the opening post."""
    excerpt: Markup
    """The part of it that shows why it was found."""


@dataclass(frozen=True, slots=True)
class FoundPosts:
    """One page of what was found, the best first; the newest first where no word was looked for."""

    posts: Sequence[FoundPost]
    count: int
    """Of all pages; with words, `search.services.COUNTED` stands for that many or more."""
    is_loose: bool = False
    """Whether no post had every word, so that these have some."""


def index_posts(session: Session, posts: Iterable[Post], *, are_new: bool = False) -> None:
    """Let posts be found as they are now; those without a text left, no more.

    Args:
        are_new: Whether they were written in this transaction, so that none was found before.
    """
    posts = list(posts)
    gone = [post.id for post in posts if post.state in GONE]
    kept = [post for post in posts if post.state not in GONE]
    openings = [post.thread_id for post in kept if post.is_opening]
    tags = tags_of(session, openings) if openings else {}
    search.index(session, *(_document(session, post, tags.get(post.thread_id, ())) for post in kept), are_new=are_new)
    search.remove(session, gone)


def reindex_posts(session: Session, *, after: Place | None, limit: int) -> tuple[Place | None, int]:
    """Index the next posts again, and return where to go on, None after the last one, and how many there were.

    Args:
        after: Where the time before left off; None for the beginning.
    """
    place = tuple_(Post.created_at, Post.id)
    following = select(Post) if after is None else select(Post).where(place > after)
    posts = session.scalars(
        following.order_by(Post.created_at, Post.id)
        .limit(limit)
        .options(joinedload(Post.thread).joinedload(Thread.activity))
    ).all()
    index_posts(session, posts)
    return ((posts[-1].created_at, posts[-1].id) if posts else None), len(posts)


def remove_lost(session: Session) -> int:
    """Let nothing be found that is no post any more, and return how much that was."""
    is_post = select(Post.id).where(Post.id == SearchDocument.id, Post.state.not_in(GONE)).exists()
    lost = session.scalars(select(SearchDocument.id).where(SearchDocument.kind == KIND, ~is_post)).all()
    search.remove(session, lost)
    return len(lost)


def find_posts(
    session: Session,
    member: Membership,
    query: str,
    filters: Filters,
    *,
    activity: Activity | None,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> FoundPosts:
    """Find posts that a member may read.

    Args:
        query: As `search.services.search` reads it; without a word in it, the filters alone choose.
        activity: Where to look; None for the whole course.
    """
    among = readable_posts(session, member, activity, now, filters)
    if among is None:
        return FoundPosts((), 0)
    if not query.strip():
        return _newest(session, among, limit, offset)
    found = search.search(session, query, course_id=member.course_id, among=among, limit=limit, offset=offset)
    return FoundPosts(load_posts(session, found.hits), found.count, is_loose=found.is_loose)


def readable_posts(
    session: Session, member: Membership, activity: Activity | None, now: datetime, filters: Filters
) -> Select[uuid.UUID] | None:
    """Return the query for the ids of posts that a member may read and looks for; None where there is no place to look.

    Args:
        activity: Where to look; None for the whole course.
    """
    return _readable(session, member, activity, now, _conditions(member, filters))


def load_posts(session: Session, hits: Sequence[Hit]) -> Sequence[FoundPost]:
    """Return what search found, as far as it is posts, in the same order; one query."""
    by_id = {hit.id: hit for hit in hits}
    return [
        FoundPost(post, by_id[post.id].title or escape(post.thread.title), by_id[post.id].excerpt)
        for post in _posts(session, list(by_id))
    ]


def find_similar(
    session: Session,
    member: Membership,
    alike: Alike,
    *,
    activity: Activity | None,
    now: datetime,
    limit: int,
    excepting: uuid.UUID | None = None,
) -> Sequence[Post]:
    """Return the posts that began threads, also such as were merged since, that may be about the same as one that a member is about to begin.

    Args:
        alike: What shares words with that one.
        activity: Where to look; None for the whole course.
        excepting: The id of an opening post that is no answer.
    """
    among = _readable(session, member, activity, now, [_is_opening()])
    if among is None:
        return ()
    return _posts(session, alike.pick(among, limit=limit, excepting=excepting))


def _document(session: Session, post: Post, tags: Sequence[str]) -> Document:
    activity = post.thread.activity
    return Document(
        id=post.id,
        kind=KIND,
        course_id=activity.course_id,
        activity_id=activity.id,
        # Replies without one, or a word of the title would find all that was said below it.
        title=_title_of(session, post),
        text=_text(post, tags),
        language=post.language,
        at=post.created_at,
    )


def _text(post: Post, tags: Sequence[str]) -> str:
    """Return what a post is found by: its words, and, where it opens a thread, the tags of that."""
    text = plain_text(post.body_html)
    return f"{text}\n{' '.join(f'#{tag}' for tag in tags)}" if post.is_opening and tags else text


def _title_of(session: Session, post: Post) -> str:
    """Return the title that a post is found by: its thread's, or the one that it had before threads were merged."""
    if post.is_opening:
        return post.thread.title
    if _REPLY in post.iri:
        return ""
    return session.scalar(select(Thread.title).where(Thread.iri == post.iri)) or ""


def _readable(
    session: Session, member: Membership, activity: Activity | None, now: datetime, conditions: Sequence[Condition]
) -> Select[uuid.UUID] | None:
    """Return the query for the ids of posts that the member may read; None where there is no place to look."""
    activities = [activity] if activity else list_activities(session, member)
    sights = look_all(session, member, activities, now=now)
    if not sights:
        return None
    return select(Post.id).join(Post.thread).where(or_(*(sight.readable() for sight in sights)), *conditions)


def _conditions(member: Membership, filters: Filters) -> list[Condition]:
    conditions: list[Condition] = []
    if filters.author_id is not None:
        conditions.append(and_(Post.author_id == filters.author_id, Post.alias.is_(None)))
    if filters.tag is not None:
        tagged = select(ThreadTag.tag).where(ThreadTag.thread_id == Thread.id, ThreadTag.tag == filters.tag)
        conditions.append(tagged.exists())
    if filters.kind is not None:
        conditions.append(Thread.kind == filters.kind)
    if filters.since is not None:
        conditions.append(Post.created_at >= filters.since)
    if filters.before is not None:
        conditions.append(Post.created_at < filters.before)
    if filters.is_unread:
        conditions.append(is_unread(member))
    return conditions


def _is_opening() -> Condition:
    """Return whether a post opens its thread, or opened one that was merged into it."""
    return or_(Post.number == OPENING, Post.iri.not_like(f"%{_REPLY}%"))


def _newest(session: Session, among: Select[uuid.UUID], limit: int, offset: int) -> FoundPosts:
    among = among.where(Post.state.not_in(GONE))
    count = session.scalar(select(func.count()).select_from(among.subquery())) or 0
    newest = among.order_by(Post.created_at.desc(), Post.id).limit(limit).offset(offset)
    posts = _posts(session, session.scalars(newest).all())
    return FoundPosts([FoundPost(post, escape(post.thread.title), escape(post.snippet)) for post in posts], count)


def _posts(session: Session, ids: Sequence[uuid.UUID]) -> Sequence[Post]:
    """Return posts in the order of their ids, with what a list shows of each; one query."""
    rows = session.scalars(
        select(Post)
        .join(Post.thread)
        .where(Post.id.in_(ids))
        .options(
            contains_eager(Post.thread).joinedload(Thread.activity),
            joinedload(Post.author).joinedload(Membership.person),
        )
    )
    found = {post.id: post for post in rows}
    return [found[id_] for id_ in ids if id_ in found]
