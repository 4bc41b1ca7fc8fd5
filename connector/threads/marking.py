"""What a member has read: marked post by post, so that every device knows it, and taken back where they want."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, Uuid, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.db import Model
from connector.delivery.services import record
from connector.notifications.services import read_about, read_place
from connector.threads import statements
from connector.threads.access import Sight
from connector.threads.models import Post, ReadMark, Thread, Visit
from connector.threads.news import is_unread
from connector.threads.outline import get_outline


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
        read_about(session, reader.id, posts, now=now)
    visit = _insert(session, Visit).values(member_id=reader.id, thread_id=thread.id, day=now.date())
    noted = visit.on_conflict_do_update(
        index_elements=[Visit.member_id, Visit.thread_id], set_={"day": now.date()}, where=Visit.day < now.date()
    )
    # Nothing comes back where the day's first visit was told already.
    if session.scalar(noted.returning(_hides(thread, reader))) is False:
        record(session, statements.viewed(thread, reader, now), by=reader, now=now)


def _hides(thread: Thread, reader: Membership) -> ColumnElement[bool]:
    """Return whether somebody wrote under an alias in a thread.

    Their visits to it are not told: who writes lands on the page of what they wrote, so the first visit to a new thread,
    by name and in the same second, would tell who began it.
    """
    mine = select(Post.id).where(Post.thread_id == thread.id, Post.author_id == reader.id, Post.alias.is_not(None))
    return mine.correlate(None).exists()


def mark_all_read(session: Session, sight: Sight, threads: Collection[uuid.UUID] | None = None) -> None:
    """Note that a member wants to see nothing as new any more.

    Args:
        threads: Ids of the threads that it is about; None for all of the activity.
    """
    unseen = select(literal(sight.member.id, Uuid()), Post.id).join(Post.thread).order_by(Post.id)
    unseen = unseen.where(sight.posts(), is_unread(sight.member))
    if threads is not None:
        unseen = unseen.where(Post.thread_id.in_(list(threads)))
    marks = _insert(session, ReadMark).from_select(["member_id", "post_id"], unseen)
    session.execute(marks.on_conflict_do_nothing())
    read_place(session, sight.member.id, sight.activity.id, threads, now=sight.now)


def mark_unread_from(session: Session, sight: Sight, post: Post) -> None:
    """Let a post, and what is read after it in its thread, be new again; one's own posts are never new."""
    numbers = get_outline(session, sight, post.thread).from_here(post.number)
    below = select(Post.id).where(
        Post.thread_id == post.thread_id, Post.number.in_(numbers), Post.author_id != sight.member.id
    )
    session.execute(delete(ReadMark).where(ReadMark.member_id == sight.member.id, ReadMark.post_id.in_(below)))


def _insert(session: Session, kind: type[Model]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT; both databases spell it alike, and SQLAlchemy has one for each."""
    return sqlite.insert(kind) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(kind)
