"""Who may see a post, all members at once: what `access` says of one reader, turned round.

Who tells members of something picks them here. It never decides what they see: that is asked of `access` again, for each
reader, when a notice is shown or mailed.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from connector.courses.models import STAFF, Membership
from connector.groups.access import readers
from connector.threads.models import OPENING, Post, PostState, Thread


def readers_of(
    session: Session, post: Post, among: Collection[uuid.UUID] | None = None, *, now: datetime
) -> set[uuid.UUID]:
    """Return the ids of those who may read a post now; four queries at most, however many they are.

    Args:
        among: Ids of the memberships that it is about; None for everybody.
    """
    thread = post.thread
    opening = post if post.is_opening else thread.opening
    if thread.merged_into_id is not None or {post.state, opening.state} != {PostState.VISIBLE}:
        return set()
    everybody = readers(thread.activity, thread.group_id)
    if thread.is_private or (thread.opens_at is not None and thread.opens_at > now):
        everybody = everybody.where(Membership.role.in_(STAFF))
    if among is not None:
        everybody = everybody.where(Membership.id.in_(list(among)))
    found = set(session.scalars(everybody)) | ({thread.author_id} if among is None else {thread.author_id} & set(among))
    return (
        found
        if _is_shown_to_all(session, post, now)
        else _who_has_written(session, thread, found) | (found & {post.author_id})
    )


def _is_shown_to_all(session: Session, post: Post, now: datetime) -> bool:
    """Return whether a post is seen by those who have not written in the thread."""
    thread = post.thread
    has_come = thread.shows_from is not None and thread.shows_from <= now
    if thread.shows_after_posts == 0 or has_come or post.number == OPENING:
        return True
    role = session.scalar(select(Membership.role).where(Membership.id == post.author_id))
    return role in STAFF


def _who_has_written(session: Session, thread: Thread, found: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the found who lead the course or have written enough in the thread to see what others wrote."""
    leads = select(Membership.id).where(Membership.course_id == thread.activity.course_id, Membership.role.in_(STAFF))
    written = (
        select(Post.author_id)
        .where(Post.thread_id == thread.id, Post.state == PostState.VISIBLE)
        .group_by(Post.author_id)
        .having(func.count() >= thread.shows_after_posts)
    )
    enough = select(Membership.id).where(or_(Membership.id.in_(leads), Membership.id.in_(written)))
    return found & set(session.scalars(enough))
