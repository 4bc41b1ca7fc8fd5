"""What a member has not seen yet: of which posts that can be said, and what came since a page was shown."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.threads.access import Sight
from connector.threads.models import Post, PostState, ReadMark, Thread

GONE = frozenset({PostState.REMOVED, PostState.WITHDRAWN})
"""The states of posts that have no text for readers, so that there is nothing to read."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Posts that came while a page was open."""

    count: int
    first_id: uuid.UUID
    """The oldest of them."""
    first_number: int


def is_unread(reader: Membership) -> ColumnElement[bool]:
    """Return the condition on `Post` that a member has not seen it."""
    marked = select(ReadMark.post_id).where(ReadMark.member_id == reader.id, ReadMark.post_id == Post.id).exists()
    return and_(Post.state.not_in(GONE), ~marked)


def arrivals_in_thread(session: Session, sight: Sight, thread_id: uuid.UUID, *, after: int) -> Arrivals | None:
    """Return what came into a thread since a page was shown, and what the member has not seen elsewhere; one query.

    Args:
        after: The number of the newest post that there was.
    """
    found = session.execute(
        select(func.count().over(), Post.id, Post.number)
        .join(Post.thread)
        .where(Post.thread_id == thread_id, Post.number > after, sight.posts(), is_unread(sight.member))
        .order_by(Post.number)
        .limit(1)
    ).first()
    return Arrivals(*found) if found else None


def arrivals_in_activity(session: Session, sight: Sight, *, since: datetime) -> int:
    """Return how many posts came into an activity that the member has not seen; one query.

    Args:
        since: Aware. Threads that rest since before are not looked into.
    """
    posts = (
        select(func.count(Post.id))
        .join(Post.thread)
        .where(
            Thread.activity_id == sight.activity.id,
            Thread.last_activity_at > since,
            Post.created_at > since,
            sight.posts(),
            is_unread(sight.member),
        )
    )
    return session.scalar(posts) or 0
