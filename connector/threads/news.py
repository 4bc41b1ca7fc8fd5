"""What a member has not seen yet: of which posts that can be said, and what came since a page was shown."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
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


def arrivals_in_thread(
    session: Session, sight: Sight, thread_id: uuid.UUID, *, after: int, since: datetime
) -> Arrivals | None:
    """Return what came into a thread since a page was shown, and what the member has not seen elsewhere; one query.

    Args:
        after: The number of the newest post that there was.
        since: When the page was shown; aware. What was held or removed and is let stand since has an earlier number.
    """
    came = or_(Post.number > after, _is_shown_since(sight, since))
    found = session.execute(
        select(func.count().over(), Post.id, Post.number)
        .join(Post.thread)
        .where(Post.thread_id == thread_id, came, sight.posts(), is_unread(sight.member))
        .order_by(Post.number)
        .limit(1)
    ).first()
    return Arrivals(*found) if found else None


def arrivals_in_activity(session: Session, sight: Sight, *, since: datetime) -> int:
    """Return how many posts came into an activity that the member has not seen; one query.

    Args:
        since: Aware. Threads that rest since before are not looked into, but for posts that are let stand since.
    """
    shown = _is_shown_since(sight, since)
    moving = or_(Thread.last_activity_at > since, Thread.id.in_(select(Post.thread_id).where(shown)))
    posts = (
        select(func.count(Post.id))
        .join(Post.thread)
        .where(
            Thread.activity_id == sight.activity.id,
            moving,
            or_(Post.created_at > since, Post.shown_at > since),
            sight.posts(),
            is_unread(sight.member),
        )
    )
    return session.scalar(posts) or 0


def _is_shown_since(sight: Sight, since: datetime) -> ColumnElement[bool]:
    return and_(Post.activity_id == sight.activity.id, Post.shown_at > since)  # as the index has it
