"""What members do in a discussion: open threads, reply, close and reopen."""

import uuid
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.discussion import statements
from connector.discussion.models import OPENING, ReadMark, Reply, Thread
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

PostT = TypeVar("PostT", Thread, Reply)


def get_thread(session: Session, activity: Activity, thread_id: uuid.UUID) -> Thread:
    """Return a thread of `activity`, with its author.

    Raises:
        NotFoundError: The discussion has no such thread.
    """
    found = session.scalar(
        select(Thread)
        .where(Thread.id == thread_id, Thread.activity_id == activity.id)
        .options(joinedload(Thread.author).joinedload(Membership.person))
    )
    if found is None:
        raise NotFoundError
    return found


def get_reply(session: Session, thread: Thread, reply_id: uuid.UUID) -> Reply:
    """Return a reply of `thread`, with its author.

    Raises:
        NotFoundError: The thread has no such reply.
    """
    found = session.scalar(
        select(Reply)
        .where(Reply.id == reply_id, Reply.thread_id == thread.id)
        .options(joinedload(Reply.author).joinedload(Membership.person))
    )
    if found is None:
        raise NotFoundError
    return found


def post_thread(
    session: Session, activity: Activity, author: Membership, title: str, body: str, *, key: uuid.UUID, now: datetime
) -> Thread:
    """Open a thread, and tell of it. The same form sent again returns the thread that it made.

    Args:
        key: The form's.

    Raises:
        NotFoundError: The member may only look on.
    """
    _check_writer(author)
    key = uuid.uuid5(key, f"{activity.id}\n{title}\n{body}")
    if earlier := _earlier(session, Thread, author, key):
        return earlier
    thread = Thread(
        id=uuid.uuid4(),
        activity=activity,
        author=author,
        key=key,
        title=title,
        created_at=now,
        last_activity_at=now,
        post_count=OPENING,
    )
    thread.write(body)
    try:
        with session.begin_nested():
            session.add(thread)
    except IntegrityError:
        return _winner(session, Thread, author, key)
    session.add(ReadMark(member_id=author.id, thread_id=thread.id, number=OPENING))
    record(session, statements.created(thread), by=author, now=now)
    return thread


def post_reply(
    session: Session,
    thread: Thread,
    author: Membership,
    body: str,
    *,
    parent_id: uuid.UUID | None,
    key: uuid.UUID,
    now: datetime,
) -> Reply:
    """Add a reply, and tell of it. The same form sent again returns the reply that it made.

    Args:
        parent_id: The reply that it answers; None for the opening post.
        key: The form's.

    Raises:
        ConflictError: The thread is closed.
        NotFoundError: The member may only look on, or the thread has no such parent.
    """
    _check_writer(author)
    # What was written is part of the key: a form that was changed after "back" is another reply, and is not lost.
    key = uuid.uuid5(key, f"{thread.id}\n{parent_id}\n{body}")
    if earlier := _earlier(session, Reply, author, key):
        return earlier
    parent = get_reply(session, thread, parent_id) if parent_id else None
    reply = Reply(
        id=uuid.uuid4(),
        thread_id=thread.id,
        parent_id=parent_id,
        author_id=author.id,
        key=key,
        depth=parent.depth + 1 if parent else 1,
        created_at=now,
    )
    reply.write(body)
    try:
        with session.begin_nested():
            reply.number = _take_number(session, thread, now)
            session.add(reply)
    except IntegrityError:
        return _winner(session, Reply, author, key)
    session.add(ReadMark(member_id=author.id, thread_id=thread.id, number=reply.number))
    record(session, statements.replied(reply), by=author, now=now)
    return reply


def close_thread(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Let nobody reply any more; a thread that is closed already stays as it is.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by)
    is_open = (Thread.id == thread.id) & Thread.closed_at.is_(None)
    session.execute(update(Thread).where(is_open).values(closed_at=now))


def reopen_thread(session: Session, thread: Thread, by: Membership) -> None:
    """Let people reply again.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by)
    session.execute(update(Thread).where(Thread.id == thread.id).values(closed_at=None))


def _check_writer(member: Membership) -> None:
    if not member.can_write:
        raise NotFoundError


def _check_staff(member: Membership) -> None:
    if not member.is_staff:
        raise NotFoundError


def _take_number(session: Session, thread: Thread, now: datetime) -> int:
    """Return the next number of an open thread; replies to one thread wait for each other here."""
    number: int | None = session.scalar(
        update(Thread)
        .where(Thread.id == thread.id, Thread.closed_at.is_(None))
        .values(post_count=Thread.post_count + 1, last_activity_at=now)
        .returning(Thread.post_count)
    )
    if number is None:
        raise ConflictError(_("This thread has been closed, so your reply was not posted."))
    return number


def _earlier(session: Session, kind: type[PostT], author: Membership, key: uuid.UUID) -> PostT | None:
    return session.scalar(select(kind).where(kind.author_id == author.id, kind.key == key))


def _winner(session: Session, kind: type[PostT], author: Membership, key: uuid.UUID) -> PostT:
    """Return what another request made of the same form at the same time."""
    return session.scalars(select(kind).where(kind.author_id == author.id, kind.key == key)).one()
