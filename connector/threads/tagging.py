"""Who gives threads their tags; a thread is found by them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from connector.courses.models import Membership
from connector.threads.finding import index_posts
from connector.threads.models import Thread, ThreadTag
from connector.threads.tagged import tags_of
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
    index_posts(session, [thread.opening])


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
