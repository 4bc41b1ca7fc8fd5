"""Asks the author of a private thread whether it may be opened to the course, and takes their answer."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Membership
from connector.delivery.services import record
from connector.moderation.log import check_staff, log
from connector.moderation.models import Act, Answer, Deed, Proposal
from connector.notifications.services import notify
from connector.threads import statements
from connector.threads.models import PostState, Thread
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _
from xapi.vocabulary.events import POST_REMOVED

ASKED, ANSWERED = "proposed", "proposal-answered"
"""What notices are called: that one is asked, and that somebody has answered."""


def find_proposal(session: Session, thread: Thread) -> Proposal | None:
    """Return what was proposed about a private thread, if anything was."""
    return session.scalar(select(Proposal).where(Proposal.thread_id == thread.id).options(joinedload(Proposal.copy)))


def get_proposal(session: Session, author: Membership, proposal_id: uuid.UUID) -> Proposal:
    """Return what was proposed about a private thread of the member's own.

    Raises:
        NotFoundError: There is none, or the thread is somebody else's, whoever asks; or it is gone.
    """
    found = session.scalar(
        select(Proposal)
        .join(Thread, Thread.id == Proposal.thread_id)
        .where(Proposal.id == proposal_id, Thread.author_id == author.id)
        .where(Thread.is_private, Thread.merged_into_id.is_(None), Thread.forgotten_at.is_(None))
        .options(joinedload(Proposal.thread), joinedload(Proposal.copy))
    )
    if found is None:
        raise NotFoundError
    return found


def may_propose(by: Membership, thread: Thread) -> bool:
    """Return whether a thread is one that its author can be asked about: a learner's, with those who lead the course."""
    is_there = thread.opening.state is PostState.VISIBLE
    return by.is_staff and thread.is_private and is_there and not thread.author.is_staff and thread.author.is_active


def propose(session: Session, thread: Thread, by: Membership, note: str, *, now: datetime) -> Proposal:
    """Ask the author of a private thread whether a copy of it may stand in the course. Nobody else learns that.

    Args:
        note: Why, for the author.

    Raises:
        NotFoundError: The member does not lead the course, or the thread is not private.
        ConflictError: The author was asked before.
    """
    check_staff(by, thread.activity)
    if not may_propose(by, thread):
        raise NotFoundError
    if find_proposal(session, thread) is not None:
        raise ConflictError(_("They were asked already."))
    proposal = Proposal(id=uuid.uuid4(), thread_id=thread.id, by=by, note=note, proposed_at=now, answer=Answer.WAITING)
    session.add(proposal)
    session.flush()
    log(session, thread.activity, Deed.PROPOSED, by, now=now, thread=thread, reason=note)
    here = thread.activity
    notify(session, [thread.author_id], ASKED, about=proposal.id, activity=here, by=by.id, thread_id=thread.id, now=now)
    return proposal


def take_back(session: Session, thread: Thread, by: Membership) -> None:
    """Ask no longer, as long as the author has not answered.

    Raises:
        NotFoundError: The member does not lead the course, or nothing waits for an answer.
    """
    check_staff(by, thread.activity)
    waiting = delete(Proposal).where(Proposal.thread_id == thread.id, Proposal.answer == Answer.WAITING)
    if session.execute(waiting.returning(Proposal.id)).first() is None:
        raise NotFoundError


def decline(session: Session, proposal: Proposal, *, now: datetime) -> None:
    """Say no: the thread stays private, and nobody is asked again.

    Raises:
        ConflictError: It was answered before.
    """
    answer(session, proposal, Answer.DECLINED, now=now)


def answer(session: Session, proposal: Proposal, said: Answer, *, now: datetime, copy: Thread | None = None) -> None:
    """Note what the author said, in the log and for who asked; a log of a hidden author's names nobody.

    Raises:
        ConflictError: It was answered before.
    """
    if proposal.answer is not Answer.WAITING:
        raise ConflictError(_("You have answered already."))
    proposal.answer, proposal.answered_at, proposal.copy = said, now, copy
    session.flush()
    thread = proposal.thread
    deed = Deed.PUBLISHED if said is Answer.PUBLISHED else Deed.DECLINED
    # By who asked: the author of the thread may be hidden from those who lead the course as well.
    log(session, thread.activity, deed, proposal.by, now=now, thread=thread, target=copy)
    notify(
        session,
        [proposal.by_id],
        ANSWERED,
        about=proposal.id,
        activity=thread.activity,
        by=None,
        thread_id=thread.id,
        now=now,
    )


def undo(session: Session, act: Act, by: Membership, *, now: datetime) -> None:
    """Take the copy from the course's sight: only its author and those who lead the course still see it.

    Raises:
        NotFoundError: The member does not lead the course, or the act was none of this.
        ConflictError: It was undone before.
    """
    check_staff(by, act.activity)
    copy = act.target
    if act.deed is not Deed.PUBLISHED or copy is None:
        raise NotFoundError
    if act.undone_at is not None:
        raise ConflictError(_("This was undone already."))
    proposal = session.scalars(select(Proposal).where(Proposal.copy_id == copy.id)).one()
    act.undone_at = proposal.undone_at = now
    copy.is_private = True
    session.flush()
    record(session, statements.about(POST_REMOVED, copy.opening, by, now), by=by, now=now)
