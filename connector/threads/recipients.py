"""Who may see a post, all members at once: what `access` says of one reader, turned round.

Who tells members of something picks them here. It never decides what they see: that is asked of `access` again, for each
reader, when a notice is shown or mailed.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from connector.courses.models import STAFF, Membership
from connector.groups.access import readers
from connector.threads.models import Post, PostState


def readers_of(
    session: Session, post: Post, among: Collection[uuid.UUID] | None = None, *, now: datetime
) -> set[uuid.UUID]:
    """Return the ids of those who may read a post now; one query, however many they are.

    Args:
        among: Ids of the memberships that it is about; None for everybody.
    """
    found = select(Membership.id).where(reads(post, now=now))
    return set(session.scalars(found if among is None else found.where(Membership.id.in_(list(among)))))


def reads(post: Post, *, now: datetime) -> ColumnElement[bool]:
    """Return the condition on `Membership` for those who may read a post now."""
    thread = post.thread
    opening = post if post.is_opening else thread.opening
    if thread.merged_into_id is not None or {post.state, opening.state} != {PostState.VISIBLE}:
        return false()
    everybody = [readers(thread.activity, thread.group_id)]
    if thread.is_private or (thread.opens_at is not None and thread.opens_at > now):
        everybody.append(Membership.role.in_(STAFF))
    may_see = or_(and_(*everybody), Membership.id == thread.author_id)
    return may_see if _is_shown_to_all(post, now) else and_(may_see, _has_written(post))


def _is_shown_to_all(post: Post, now: datetime) -> bool:
    """Return whether a post is seen by those who have not written in the thread."""
    thread = post.thread
    has_come = thread.shows_from is not None and thread.shows_from <= now
    return thread.shows_after_posts == 0 or has_come or post.is_opening or post.author.is_staff


def _has_written(post: Post) -> ColumnElement[bool]:
    """Return the condition for those who lead the course or have written enough in the thread to see what others wrote."""
    thread = post.thread
    written = (
        select(Post.author_id)
        .where(Post.thread_id == thread.id, Post.state == PostState.VISIBLE)
        .group_by(Post.author_id)
        .having(func.count() >= thread.shows_after_posts)
    )
    return or_(Membership.role.in_(STAFF), Membership.id == post.author_id, Membership.id.in_(written))
