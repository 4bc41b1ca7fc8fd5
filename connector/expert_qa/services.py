"""What members do with questions, beside what they do with every thread: ask, ask back, resolve, reopen, show, hide a name."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import STAFF, Membership, Role
from connector.delivery.services import record
from connector.expert_qa import onward, statements
from connector.expert_qa.desk import keep_question, tell_asker
from connector.expert_qa.models import Hour, Question
from connector.pool import solving
from connector.threads import changing, services
from connector.threads.models import Post, PostState, Thread, ThreadKind
from connector.threads.services import NewThread
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

INFO_WANTED, NUDGED, SHOWN = "question info", "question nudge", "question shown"
"""What notices are called: that something is missing, that nobody has said whether it helped, that all can read it now."""
KNOWING = STAFF | {Role.EXPERT}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    """What who asks decides."""

    title: str
    body: str
    tags: Sequence[str] = ()
    group_id: uuid.UUID | None = None
    is_private: bool = False
    is_anonymous: bool = False
    is_assessed: bool = False
    """Whether it is about work that is graded."""
    language: str | None = None
    unlike: Thread | None = None
    """A question that it looks like, and is not."""
    unlike_reason: str = ""
    hour_id: uuid.UUID | None = None
    """The hour that it is for."""
    named_id: uuid.UUID | None = None
    """The membership of somebody in the directory, who is asked before others."""


def ask(
    session: Session, activity: Activity, author: Membership, new: NewQuestion, *, key: uuid.UUID, now: datetime
) -> Thread:
    """Ask a question, and look for experts; the same form sent again returns the question that it made.

    Raises:
        NotFoundError: The member may only look on, or not ask in this way.
        ConflictError: Not now; the sentence says why.
    """
    thread = services.start_thread(
        session,
        activity,
        author,
        NewThread(
            title=new.title,
            body=new.body,
            kind=ThreadKind.QUESTION,
            tags=new.tags,
            group_id=new.group_id,
            is_private=new.is_private or new.is_assessed,
            is_anonymous=new.is_anonymous,
            language=new.language,
        ),
        key=key,
        now=now,
    )
    question = keep_question(session, thread)
    if question.sent_on_at is None:
        question.is_assessed = new.is_assessed
        question.unlike_id = new.unlike.id if new.unlike else None
        question.unlike_reason = new.unlike_reason if new.unlike else ""
        question.hour_id, question.named_id = new.hour_id, new.named_id
        session.flush()
        send_on(session, thread, question, now=now)
    return thread


def send_on(session: Session, thread: Thread, question: Question, *, now: datetime) -> None:
    """Look for experts, once, if others can read the question and no hour waits for it.

    A question between its author and those who lead the course goes nowhere else.
    """
    hour = session.get(Hour, question.hour_id) if question.hour_id else None
    is_kept = thread.is_private or (hour is not None and now < hour.ends_at)
    if question.sent_on_at is None and thread.opening.state is PostState.VISIBLE and not is_kept:
        question.sent_on_at = now
        session.flush()
        onward.begin(session, thread, named=question.named_id, now=now)


def may_ask_back(session: Session, member: Membership, thread: Thread) -> bool:
    """Return whether a member may say that a question lacks something: who should know, or was asked, but not who asked."""
    if not member.can_write or thread.author_id == member.id:
        return False
    return member.role in KNOWING or onward.is_called(session, member, thread)


def ask_info(session: Session, thread: Thread, by: Membership, wanted: str, *, now: datetime) -> None:
    """Say what a question lacks: who asked is told, and nobody waits for an answer meanwhile.

    Args:
        wanted: Plain text.

    Raises:
        NotFoundError: The member is none of those who answer.
        ConflictError: The question is solved or closed.
        ValueError: Nothing is said.
    """
    if not wanted.strip():
        raise ValueError("to ask back needs words")
    if not may_ask_back(session, by, thread):
        raise NotFoundError
    question = keep_question(session, thread)
    if question.resolved_at or thread.accepted_id or thread.closed_at:
        raise ConflictError(_("This question is solved or closed, so nothing was asked."))
    is_paused = question.info_asked_at is not None
    question.info_asked_at, question.info_asked_by_id, question.info_wanted = now, by.id, wanted
    session.flush()
    session.refresh(question, ["info_asked_by"])
    record(session, statements.info_requested(thread, by, now), by=by, now=now)
    tell_asker(session, thread, INFO_WANTED, by=by.id, now=now)
    if not is_paused:
        onward.pause(session, thread, now=now)


def give_info(session: Session, thread: Thread, by: Membership, text: str, *, now: datetime) -> None:
    """Add to a question what it lacked, below what it says.

    Args:
        text: Markdown.

    Raises:
        NotFoundError: Somebody else asked.
        ConflictError: The thread is closed.
    """
    if thread.author_id != by.id:
        raise NotFoundError
    changing.edit_post(session, thread.opening, by, f"{thread.opening.body}\n\n{text}", now=now)
    go_on(session, thread, now=now)


def go_on(session: Session, thread: Thread, *, now: datetime) -> None:
    """Note that who asked has added something: the question waits for an answer again."""
    question = session.get(Question, thread.id)
    if question is not None and question.info_asked_at is not None:
        _forget_info(question)
        session.flush()
        onward.resume(session, thread, now=now)


def may_resolve(member: Membership, thread: Thread) -> bool:
    """Return whether a member may say that a question is solved, or is not: who asked, and who leads the course."""
    return member.can_write and (member.is_staff or thread.author_id == member.id)


def resolve(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Say that no further answer is needed, though none here was accepted.

    Raises:
        NotFoundError: Somebody else asked, and the member does not lead the course.
    """
    if not may_resolve(by, thread):
        raise NotFoundError
    question = keep_question(session, thread)
    if question.resolved_at is not None:
        return
    settle(session, thread, question, now=now)
    record(session, statements.resolved(thread, by, now, reason=statements.ASKER), by=by, now=now)


def settle(session: Session, thread: Thread, question: Question, *, now: datetime) -> None:
    """Note that a question is solved, however that came."""
    question.resolved_at = now
    _forget_info(question)
    session.flush()
    onward.resolved(session, thread, now=now)


def reopen(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Say that a question is not solved after all.

    Raises:
        NotFoundError: Somebody else asked, and the member does not lead the course.
    """
    if not may_resolve(by, thread):
        raise NotFoundError
    question = keep_question(session, thread)
    if question.resolved_at is None and thread.accepted_id is None:
        return
    thread.accepted_id = None
    unsettle(session, thread, question, now=now)
    record(session, statements.reopened(thread, by, now), by=by, now=now)


def unsettle(session: Session, thread: Thread, question: Question, *, now: datetime) -> None:
    """Note that a question is open again, and that the knowledge pool does not answer it."""
    solving.part(session, thread)
    question.resolved_at, question.reopened_at = None, now
    session.flush()
    onward.reopened(session, thread, now=now)


def may_show(member: Membership, thread: Thread, question: Question) -> bool:
    """Return whether a member may let everybody read a question about graded work, as its form said that it would be.

    What was written in private otherwise is opened as a copy, and only when its author agrees: see moderation.
    """
    is_theirs = thread.author_id == member.id or member.is_staff
    return thread.is_private and question.is_assessed and member.can_write and is_theirs


def show(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Let everybody read a question that was between its author and those who lead the course.

    Raises:
        NotFoundError: That is not for the member to say.
    """
    question = keep_question(session, thread)
    if not may_show(by, thread, question):
        raise NotFoundError
    open_up(session, thread, question, by=by.id, now=now)


def open_up(session: Session, thread: Thread, question: Question, *, by: uuid.UUID | None, now: datetime) -> None:
    """Let everybody read a question, and look for experts if it still needs them."""
    thread.is_private = False
    session.flush()
    tell_asker(session, thread, SHOWN, by=by, now=now)
    if question.resolved_at is None and thread.accepted_id is None:
        send_on(session, thread, question, now=now)


def hide_asker(session: Session, thread: Thread, by: Membership) -> None:
    """Take the name of who asked from a question that was answered: from all that they wrote in it.

    What was answered stays of use to others; who asked it need not be known for that.

    Raises:
        NotFoundError: Somebody else asked.
    """
    if thread.author_id != by.id or not by.can_write:
        raise NotFoundError
    if thread.opening.alias is not None:
        return
    mine = (Post.thread_id == thread.id, Post.author_id == by.id)
    known = session.scalar(select(func.max(Post.alias)).where(*mine))
    last = session.scalar(select(func.max(Post.alias)).where(Post.thread_id == thread.id)) or 0
    session.execute(update(Post).where(*mine, Post.alias.is_(None)).values(alias=known or last + 1))
    session.refresh(thread.opening)


def _forget_info(question: Question) -> None:
    question.info_asked_at, question.info_asked_by_id, question.info_wanted = None, None, ""
