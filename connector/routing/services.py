"""Questions on their way to an answer: what the pages of questions tell this folder, and what they show of it.

Each function works in the caller's transaction and does nothing where there is nothing to do: whoever sends the same form
again, or tells of the same answer twice, changes nothing.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.courses.models import Role
from connector.db import stored
from connector.routing import clockwork, waves
from connector.routing.answering import claim, decline, pass_on, suggest, whom_else
from connector.routing.asking import change, close_open, settle
from connector.routing.desk import make_desk, open_desk
from connector.routing.models import OPEN_STATES, Case, Refusal, RoutingRules, State, Wave
from connector.routing.progress import Asked, Progress, progress
from connector.threads.models import Post, PostState, Thread

__all__ = [
    "Asked",
    "Progress",
    "Refusal",
    "State",
    "answered",
    "begin",
    "change_rules",
    "claim",
    "decline",
    "hurry",
    "merged",
    "pass_on",
    "pause",
    "progress",
    "reopened",
    "resolved",
    "resume",
    "suggest",
    "whom_else",
]


def begin(session: Session, thread: Thread, *, now: datetime, named: uuid.UUID | None = None) -> None:
    """Send a question on its way: to two experts and three peers at once, and to others when nobody answers.

    A question that others cannot read yet has an owner too, and goes out as soon as they can.

    Args:
        named: The membership that the asker asks for, if there is one; anybody who may not be asked is left out silently.
    """

    def make() -> Case:
        return Case(
            thread_id=thread.id, owner_id=thread.author_id, wave=Wave.NONE, begun_at=now, running_since=now, spent=0
        )

    if open_desk(session, thread, now=now) is not None:
        return
    case = stored(session, select(Case).where(Case.thread_id == thread.id), make)
    waves.advance(make_desk(session, thread, case, now=now), named=named)


def pause(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let the time stand still: the asker must say more first."""
    desk = open_desk(session, thread, now=now)
    if desk is None or desk.case.resolved_at is not None or desk.case.is_paused:
        return
    clockwork.stop(desk.case, desk.calendar, now)
    for request in desk.requests:
        request.silent_at = None
    settle(desk)


def resume(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let the time run again."""
    desk = open_desk(session, thread, now=now)
    if desk is None or not desk.case.is_paused:
        return
    desk.case.running_since = now
    for request in desk.requests:
        if request.state is State.CLAIMED or (request.state is State.ASKED and request.is_named):
            request.silent_at = clockwork.silent_at(now, desk.calendar)
    settle(desk)


def answered(session: Session, thread: Thread, post: Post, *, now: datetime) -> None:
    """Note that an answer came: whoever was asked as a peer is free, and nobody else is asked.

    Only answers to the question itself that others can read count, and none of the asker's own. Of an answer without a name
    nothing is noted but that it came: what became of its author's request would tell who wrote it.
    """
    desk = open_desk(session, thread, now=now)
    is_own = post.author_id == thread.author_id
    if desk is None or is_own or post.depth != 1 or post.state is not PostState.VISIBLE:
        return
    case = desk.case
    if case.resolved_at is not None:
        return
    request = None if post.is_anonymous else desk.request_of(post.author_id)
    if request is not None:
        change(desk, request, State.ANSWERED)
    is_experts = not post.is_anonymous and (post.author.role is not Role.LEARNER or (request and not request.is_peer))
    close_open(desk, peers_only=not is_experts)
    if case.answered_at is None:
        case.answered_at = now
    settle(desk, by=post.author_id)


def hurry(session: Session, thread: Thread, *, now: datetime) -> None:
    """Ask the next ones at once: somebody whose answer the question waited for was never reached."""
    desk = open_desk(session, thread, now=now)
    if desk is not None:
        waves.hurry(desk)


def resolved(session: Session, thread: Thread, *, now: datetime) -> None:
    """Note that a question is solved, closed or taken back: nobody is asked any more."""
    desk = open_desk(session, thread, now=now)
    if desk is not None:
        waves.finish(desk)


def reopened(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let a question that was solved be open again: its time begins anew, and those are asked who were not yet."""
    desk = open_desk(session, thread, now=now)
    if desk is None:
        begin(session, thread, now=now)
        return
    case = desk.case
    if case.resolved_at is None:
        return
    case.resolved_at = case.answered_at = case.escalated_at = case.overdue_at = case.nudged_at = None
    case.wave, case.spent, case.begun_at, case.running_since = Wave.NONE, 0, now, now
    waves.advance(desk)


def merged(session: Session, thread: Thread, into: Thread, *, now: datetime) -> None:
    """Note that a question became part of another: who was asked goes on with that one, if nobody has answered it."""
    desk, target = open_desk(session, thread, now=now), open_desk(session, into, now=now)
    if desk is None:
        return
    open_ones = [each for each in desk.requests if each.state in OPEN_STATES]
    waves.finish(desk)
    if target is None or target.case.resolved_at is not None or target.case.answered_at is not None:
        return
    waves.take_over(target, open_ones)


def change_rules(session: Session, activity_id: uuid.UUID, *, answer_hours: int, resolve_hours: int) -> None:
    """Set how many working hours a first answer and a solution may take; for questions on their way from their next step on."""
    row = session.get(RoutingRules, activity_id)
    if row is None:
        row = RoutingRules(activity_id=activity_id)
        session.add(row)
    row.answer_hours, row.resolve_hours = answer_hours, max(answer_hours, resolve_hours)
    session.flush()
