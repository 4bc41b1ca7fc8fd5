"""Who may see what belongs to a post, such as its files."""

import uuid

from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.threads.access import get_post, look, may_read
from connector.threads.models import Post, Thread
from connector.web.errors import NotFoundError
from connector.web.requests import now


def open_post(session: Session, member: Membership, post_id: uuid.UUID) -> None:
    """Check that a member may read a post now.

    Raises:
        NotFoundError: There is none that they may.
    """
    post = session.get(Post, post_id, options=[joinedload(Post.thread).joinedload(Thread.activity)])
    if post is None or post.thread.activity.course_id != member.course_id:
        raise NotFoundError
    sight = look(session, member, post.thread.activity, now=now())
    if not may_read(sight, get_post(session, sight, post_id)):
        raise NotFoundError
