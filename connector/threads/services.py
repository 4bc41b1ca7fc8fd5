"""What members do with threads: begin them, reply, close and reopen."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from connector.activities.models import Activity
from connector.content import mentions
from connector.content.models import Mentions
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.groups.access import find_writable
from connector.threads import finding, limits, statements, telling
from connector.threads.making import make_opening, make_reply, make_thread
from connector.threads.models import Post, PostState, ReadMark, Rules, Thread, ThreadKind, ThreadTag
from connector.threads.watching import watcher_of
from connector.web.errors import AppError, ConflictError, NotFoundError
from connector.web.i18n import gettext as _

# Built once: SQLAlchemy takes longer to make a statement than the database takes to run it.
_THREADS = cast("Table", Thread.__table__)
_TAKE = (
    update(_THREADS)
    .where(
        _THREADS.c.id == bindparam("thread_id"),
        _THREADS.c.closed_at.is_(None),
        _THREADS.c.merged_into_id.is_(None),
        func.coalesce(_THREADS.c.closes_at > bindparam("now"), True),
    )
    .values(post_count=_THREADS.c.post_count + 1)
    .returning(_THREADS.c.post_count)
)
# What is held moves nothing that others see, so that nobody can tell that it waits.
_TAKE_NUMBER = {PostState.HELD: _TAKE, PostState.VISIBLE: _TAKE.values(last_activity_at=bindparam("now"))}
_ADD_MARK = insert(cast("Table", ReadMark.__table__))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewThread:
    """What the author of a thread decides."""

    title: str
    body: str
    kind: ThreadKind = ThreadKind.DISCUSSION
    tags: Sequence[str] = ()
    group_id: uuid.UUID | None = None
    """The group that it is for; None for the whole course."""
    is_private: bool = False
    is_anonymous: bool = False
    language: str | None = None


def start_thread(
    session: Session, activity: Activity, author: Membership, new: NewThread, *, key: uuid.UUID, now: datetime
) -> Thread:
    """Begin a thread, and tell of it. The same form sent again returns the thread that it made.

    Args:
        key: The form's.

    Raises:
        NotFoundError: The member may only look on, may not begin threads here, not in this way or not for this group.
        ConflictError: Not now; the sentence says why.
    """
    key = uuid.uuid5(key, f"{activity.id}\n{new.title}\n{new.body}")
    try:
        opening, named = _make_thread(session, activity, author, new, key=key, now=now)
    except (AppError, IntegrityError) as error:
        return _made_before(session, author, key, error).thread
    record(session, statements.created(opening.thread), by=author, now=now)
    _tell(session, opening, named, now)
    return opening.thread


def post_reply(
    session: Session,
    parent: Post,
    author: Membership,
    body: str,
    *,
    key: uuid.UUID,
    now: datetime,
    is_anonymous: bool = False,
    is_answer: bool = True,
    language: str | None = None,
) -> Post:
    """Answer a post, and tell of it. The same form sent again returns the reply that it made.

    Args:
        parent: One that the author may see.
        key: The form's.
        is_answer: Whether a reply to a question may answer it; False for who asks back.

    Raises:
        NotFoundError: The member may only look on, not hide their name, or the thread is another group's.
        ConflictError: The thread is closed, what is answered is gone, or the member may not write now; the sentence says
            why.
    """
    # What was written is part of the key: a form that was changed after "back" is another reply, and is not lost.
    key = uuid.uuid5(key, f"{parent.id}\n{body}")
    try:
        rules = _check_reply(session, parent, author, is_anonymous=is_anonymous, now=now)
        state = limits.first_state(session, author, parent.thread.activity, rules, is_anonymous=is_anonymous)
        reply = make_reply(parent, author, key, now, language=language, state=state)
        named = _write(session, reply, body, now)
        with session.begin_nested():
            reply.number = _take_number(session, parent.thread, state, now)
            # After the number is taken: replies to one thread wait for each other there, so two get two aliases.
            reply.alias = _alias(session, parent.thread, author) if is_anonymous else None
            session.add(reply)
        set_committed_value(parent.thread, "post_count", reply.number)
        if state is PostState.VISIBLE:
            set_committed_value(parent.thread, "last_activity_at", now)
    except (AppError, IntegrityError) as error:
        return _made_before(session, author, key, error)
    _mark_read(session, reply)
    record(session, statements.replied(reply, is_answer=is_answer), by=author, now=now)
    _tell(session, reply, named, now)
    return reply


def close_thread(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Let nobody reply any more; a thread that is closed already stays as it is.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by)
    still_open = (Thread.id == thread.id) & Thread.closed_at.is_(None)
    session.execute(update(Thread).where(still_open).values(closed_at=now))


def reopen_thread(session: Session, thread: Thread, by: Membership) -> None:
    """Let people reply again.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    _check_staff(by)
    session.execute(update(Thread).where(Thread.id == thread.id).values(closed_at=None))


def _make_thread(
    session: Session, activity: Activity, author: Membership, new: NewThread, *, key: uuid.UUID, now: datetime
) -> tuple[Post, Mentions]:
    """Store a thread with its opening post, and return that with whom it addresses.

    Raises:
        NotFoundError: As `start_thread`.
        ConflictError: As `start_thread`.
        IntegrityError: The same form made one before.
    """
    rules = limits.check_writer(session, author, activity, now=now)
    limits.check_starter(author, rules)
    _check_ways(session, author, rules, is_anonymous=new.is_anonymous, is_private=new.is_private)
    # A private thread is between two sides, whatever groups there are.
    group = None if new.is_private else find_writable(session, author, activity, new.group_id, begins=True)
    thread = make_thread(
        activity,
        author,
        new.title,
        kind=new.kind,
        group_id=group.id if group else None,
        is_private=new.is_private,
        now=now,
    )
    state = limits.first_state(session, author, activity, rules, is_anonymous=new.is_anonymous)
    opening = make_opening(thread, key, is_anonymous=new.is_anonymous, language=new.language, state=state)
    named = _write(session, opening, new.body, now)
    with session.begin_nested():
        session.add_all([thread, opening])
        session.flush()  # what refers to the thread comes after it
        session.add_all(ThreadTag(thread_id=thread.id, tag=tag) for tag in new.tags)
    _mark_read(session, opening)
    return opening, named


def _write(session: Session, post: Post, body: str, now: datetime) -> Mentions:
    """Give a post its text, and return whom that addresses."""
    activity = post.thread.activity
    named = mentions.resolve(session, activity.course, body, by=post.author, activity=activity, now=now)
    post.write(body, named)
    return named


def _mark_read(session: Session, post: Post) -> None:
    """Note that its author has seen a post that was stored."""
    session.connection().execute(_ADD_MARK, {"member_id": post.author_id, "post_id": post.id})


def _tell(session: Session, post: Post, named: Mentions, now: datetime) -> None:
    """Keep whom a new post addresses, tell everybody concerned of it, and let it be found."""
    if named.targets:
        mentions.note_mentions(session, named, post.author, telling.HOLDER, post.id, now=now)
        telling.record_mentions(session, post, named.members, now=now)
    telling.tell_of_post(session, post, now=now)
    finding.index_posts(session, [post], are_new=True)
    if watcher := watcher_of(post.thread.activity):
        watcher.came(session, post, now)


def _check_reply(session: Session, parent: Post, author: Membership, *, is_anonymous: bool, now: datetime) -> Rules:
    """Check that a member may answer a post now, and return the rules of its activity.

    Raises:
        NotFoundError: As `post_reply`.
        ConflictError: As `post_reply`, but for the thread's being closed, which is seen where its number is taken.
    """
    if parent.state in {PostState.REMOVED, PostState.WITHDRAWN}:
        raise ConflictError(_("What you answer is not there any more, so your reply was not posted."))
    thread, activity = parent.thread, parent.thread.activity
    rules = limits.check_writer(session, author, activity, now=now)
    _check_ways(session, author, rules, is_anonymous=is_anonymous)
    if thread.author_id != author.id:  # who changed groups goes on with what they began
        find_writable(session, author, activity, thread.group_id, begins=False)
    return rules


def _check_ways(
    session: Session, author: Membership, rules: Rules, *, is_anonymous: bool, is_private: bool = False
) -> None:
    if is_anonymous and not limits.may_hide(session, author, rules):
        raise NotFoundError
    if is_private and not rules.allows_private:
        raise NotFoundError


def _check_staff(member: Membership) -> None:
    if not member.is_staff:
        raise NotFoundError


def _take_number(session: Session, thread: Thread, state: PostState, now: datetime) -> int:
    """Return the next number of an open thread; replies to one thread wait for each other here."""
    number: int | None = session.connection().scalar(_TAKE_NUMBER[state], {"thread_id": thread.id, "now": now})
    if number is None:
        raise ConflictError(_("This thread has been closed, so your reply was not posted."))
    return number


def _alias(session: Session, thread: Thread, author: Membership) -> int:
    """Return the number that a member goes by in a thread: the one they have, or the next."""
    mine = select(Post.alias).where(Post.thread_id == thread.id, Post.author_id == author.id, Post.alias.is_not(None))
    if (known := session.scalar(mine.limit(1))) is not None:
        return known
    return (session.scalar(select(func.max(Post.alias)).where(Post.thread_id == thread.id)) or 0) + 1


def _made_before(session: Session, author: Membership, key: uuid.UUID, error: Exception) -> Post:
    """Return what a form made that is refused now, maybe in another request at the same time.

    It is asked for then alone: forms that are not refused have seldom been sent before.

    Args:
        error: The refusal; raised again where the form made nothing.
    """
    made = session.scalar(select(Post).where(Post.author_id == author.id, Post.key == key))
    if made is None:
        raise error
    return made
