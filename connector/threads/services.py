"""What members do with threads: begin them, reply, close and reopen."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content import mentions
from connector.content.models import Mentions
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.groups.access import find_writable
from connector.threads import finding, limits, statements, telling
from connector.threads.models import OPENING, Post, PostState, ReadMark, Rules, Thread, ThreadKind, ThreadTag
from connector.threads.watching import watcher_of
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _


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
    if earlier := _earlier(session, author, key):
        return earlier.thread
    rules = limits.get_rules(session, activity)
    limits.check_writer(session, author, activity, rules, now=now)
    limits.check_starter(author, rules)
    _check_ways(session, author, rules, is_anonymous=new.is_anonymous, is_private=new.is_private)
    # A private thread is between two sides, whatever groups there are.
    group = None if new.is_private else find_writable(session, author, activity, new.group_id, begins=True)
    id_ = uuid.uuid4()
    thread = Thread(
        id=id_,
        activity=activity,
        iri=f"{activity.iri}/threads/{id_}",
        kind=new.kind,
        title=new.title,
        author=author,
        group_id=group.id if group else None,
        is_private=new.is_private,
        created_at=now,
        last_activity_at=now,
        post_count=OPENING,
        shows_after_posts=0,
    )
    opening = Post(
        id=uuid.uuid4(),
        activity_id=activity.id,
        thread=thread,
        iri=thread.iri,
        author=author,
        alias=1 if new.is_anonymous else None,
        key=key,
        number=OPENING,
        depth=0,
        language=new.language,
        state=limits.first_state(session, author, activity, rules, is_anonymous=new.is_anonymous),
        created_at=now,
        version=1,
    )
    named = mentions.resolve(session, activity.course, new.body, by=author, activity=activity, now=now)
    opening.write(new.body, named)
    try:
        with session.begin_nested():
            session.add_all([thread, opening])
            session.flush()  # what refers to the thread comes after it
            session.add_all(ThreadTag(thread_id=id_, tag=tag) for tag in new.tags)
    except IntegrityError:
        return _winner(session, author, key).thread
    session.add(ReadMark(member_id=author.id, post_id=opening.id))
    session.flush()
    record(session, statements.created(thread), by=author, now=now)
    _tell(session, opening, named, now)
    return thread


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
    thread, activity = parent.thread, parent.thread.activity
    # What was written is part of the key: a form that was changed after "back" is another reply, and is not lost.
    key = uuid.uuid5(key, f"{parent.id}\n{body}")
    if earlier := _earlier(session, author, key):
        return earlier
    if parent.state in {PostState.REMOVED, PostState.WITHDRAWN}:
        raise ConflictError(_("What you answer is not there any more, so your reply was not posted."))
    rules = limits.get_rules(session, activity)
    limits.check_writer(session, author, activity, rules, now=now)
    _check_ways(session, author, rules, is_anonymous=is_anonymous)
    if thread.author_id != author.id:  # who changed groups goes on with what they began
        find_writable(session, author, activity, thread.group_id, begins=False)
    id_ = uuid.uuid4()
    reply = Post(
        id=id_,
        activity_id=activity.id,
        thread=thread,
        iri=f"{thread.iri}/replies/{id_}",
        parent=parent,
        author=author,
        key=key,
        depth=parent.depth + 1,
        language=language,
        state=limits.first_state(session, author, activity, rules, is_anonymous=is_anonymous),
        created_at=now,
        version=1,
    )
    named = mentions.resolve(session, activity.course, body, by=author, activity=activity, now=now)
    reply.write(body, named)
    try:
        with session.begin_nested():
            reply.number = _take_number(session, thread, now)
            # After the number is taken: replies to one thread wait for each other there, so two get two aliases.
            reply.alias = _alias(session, thread, author) if is_anonymous else None
            session.add(reply)
    except IntegrityError:
        return _winner(session, author, key)
    session.add(ReadMark(member_id=author.id, post_id=reply.id))
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


def _tell(session: Session, post: Post, named: Mentions, now: datetime) -> None:
    """Keep whom a new post addresses, tell everybody concerned of it, and let it be found."""
    if named.targets:
        mentions.note_mentions(session, named, post.thread.activity.course, telling.HOLDER, post.id, now=now)
        telling.record_mentions(session, post, named.members, now=now)
    telling.tell_of_post(session, post, now=now)
    finding.index_posts(session, [post])
    if watcher := watcher_of(post.thread.activity):
        watcher.came(session, post, now)


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


def _take_number(session: Session, thread: Thread, now: datetime) -> int:
    """Return the next number of an open thread; replies to one thread wait for each other here."""
    number: int | None = session.scalar(
        update(Thread)
        .where(
            Thread.id == thread.id,
            Thread.closed_at.is_(None),
            Thread.merged_into_id.is_(None),
            func.coalesce(Thread.closes_at > now, True),
        )
        .values(post_count=Thread.post_count + 1, last_activity_at=now)
        .returning(Thread.post_count)
    )
    if number is None:
        raise ConflictError(_("This thread has been closed, so your reply was not posted."))
    return number


def _alias(session: Session, thread: Thread, author: Membership) -> int:
    """Return the number that a member goes by in a thread: the one they have, or the next."""
    mine = select(Post.alias).where(Post.thread_id == thread.id, Post.author_id == author.id, Post.alias.is_not(None))
    if (known := session.scalar(mine.limit(1))) is not None:
        return known
    return (session.scalar(select(func.max(Post.alias)).where(Post.thread_id == thread.id)) or 0) + 1


def _earlier(session: Session, author: Membership, key: uuid.UUID) -> Post | None:
    return session.scalar(select(Post).where(Post.author_id == author.id, Post.key == key))


def _winner(session: Session, author: Membership, key: uuid.UUID) -> Post:
    """Return what another request made of the same form at the same time."""
    return session.scalars(select(Post).where(Post.author_id == author.id, Post.key == key)).one()
