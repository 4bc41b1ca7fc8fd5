"""Tells everybody of a thread that is there already."""

from datetime import datetime

from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.moderation.log import check_staff
from connector.moderation.services import set_pinned
from connector.threads import telling
from connector.threads.models import PostState, Thread
from connector.web.errors import NotFoundError


def may_announce(session: Session, thread: Thread) -> bool:
    """Return whether there is anybody to tell of a thread, who has not been told."""
    return _is_for_others(thread) and not telling.was_announced(session, thread.opening)


def announce(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Pin a thread, and tell everybody who may read it: what was begun quietly, and what others asked, at any time; once.

    Raises:
        NotFoundError: The member does not lead the course, or the thread is not for others to read.
    """
    check_staff(by, thread.activity)
    if not _is_for_others(thread):
        raise NotFoundError
    if thread.pinned_at is None:
        set_pinned(session, thread, by, is_pinned=True, now=now)
    telling.announce(session, thread.opening, by, now=now)


def _is_for_others(thread: Thread) -> bool:
    return not thread.is_private and thread.opening.state is PostState.VISIBLE
