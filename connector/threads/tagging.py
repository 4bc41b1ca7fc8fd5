"""The tags of threads: who gives them, and which there are."""

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.threads.models import Thread, ThreadTag
from connector.threads.tags import MOST_TAGS
from connector.web.errors import NotFoundError


def set_tags(session: Session, thread: Thread, by: Membership, tags: Sequence[str]) -> None:
    """Replace a thread's tags.

    Args:
        tags: In lower case, at most `MOST_TAGS`.

    Raises:
        NotFoundError: The thread is somebody else's, and the member does not lead the course.
    """
    if not by.can_write or (thread.author_id != by.id and not by.is_staff):
        raise NotFoundError
    session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread.id))
    session.add_all(ThreadTag(thread_id=thread.id, tag=tag) for tag in tags)
    session.flush()


def tags_of(session: Session, thread_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the tags of threads, in the order of the alphabet; one query."""
    found: dict[uuid.UUID, list[str]] = {}
    rows = session.execute(
        select(ThreadTag.thread_id, ThreadTag.tag)
        .where(ThreadTag.thread_id.in_(list(thread_ids)))
        .order_by(ThreadTag.tag)
    )
    for thread_id, tag in rows:
        found.setdefault(thread_id, []).append(tag)
    return found


def add_tags(session: Session, threads: Iterable[Thread], by: Membership, tags: Sequence[str]) -> None:
    """Add tags to threads, as far as each has room for them.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    threads = list(threads)
    if not by.is_staff:
        raise NotFoundError
    known = tags_of(session, [thread.id for thread in threads])
    for thread in threads:
        merged = list(dict.fromkeys([*known.get(thread.id, ()), *tags]))
        set_tags(session, thread, by, merged[:MOST_TAGS])
