"""What happens to a question when time passes: wave after wave, and what is mended when people or threads went.

A tick may come late, twice, or in several workers at once: each looks at the question under its lock, does what is due by
the calendar, and finds nothing left to do the next time.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.courses.models import Membership, Person
from connector.delivery.services import record
from connector.routing import clockwork, statements
from connector.routing.asking import (
    ESCALATED,
    OVERDUE,
    UNSOLVED,
    Note,
    ask,
    ask_all,
    change,
    close_open,
    load_members,
    settle,
    tell,
)
from connector.routing.desk import Desk, helpers, make_desk
from connector.routing.gathering import rank_candidates
from connector.routing.models import OPEN_STATES, Case, Request, State, Wave
from connector.routing.owning import find_owner, trainer_of
from connector.routing.ranking.choice import choose_experts, choose_peers
from connector.routing.ranking.evidence import Reason
from connector.routing.reasons import NAMED, STANDBY, TRAINER, from_json
from connector.threads.limits import is_open
from connector.threads.models import PostState, Thread
from connector.threads.recipients import readers_of

EXPERTS, PEERS, NEXT_EXPERTS = 2, 3, 2
HIDDEN_FOR = timedelta(minutes=10)
"""How long until it is looked again whether others can read a question."""

Standby: TypeAlias = Callable[[Session, Thread, datetime], Collection[uuid.UUID]]
"""Calls in experts from outside when the time for an answer is over, and returns the memberships that are asked with it."""


def advance(desk: Desk, *, named: uuid.UUID | None = None, standby: Sequence[Standby] = ()) -> None:
    """Do what is due for a question now.

    Args:
        named: Whom the asker asks for, when it begins.
        standby: Who calls in experts from outside.
    """
    if _is_gone(desk.thread, now=desk.now):
        finish(desk)
        return
    _leave_gone(desk)
    _leave_silent(desk)
    if desk.case.wave == Wave.NONE and not _is_readable(desk):
        settle(desk)
        desk.case.due_at = desk.now + HIDDEN_FOR if desk.case.running_since else None
        desk.session.flush()
        return
    while clockwork.is_wave_due(desk.case, desk.rules, desk.calendar, desk.now):
        desk.case.wave += 1
        _WAVES[Wave(desk.case.wave)](desk, named, standby)
    if desk.case.nudged_at is None and clockwork.is_resolution_due(desk.case, desk.rules, desk.calendar, desk.now):
        desk.case.nudged_at = desk.now
        # Who asked is asked after an answer, by the page of the question: twice would be once too often.
        tell(desk, {find_owner(desk)} - {desk.thread.author_id}, UNSOLVED)
    settle(desk)


def hurry(desk: Desk) -> None:
    """Let the next wave come now, up to those who lead the course: somebody who was waited for was never reached."""
    case = desk.case
    is_waiting = case.resolved_at is None and case.answered_at is None and not case.is_paused
    if is_waiting and Wave.NONE < case.wave < Wave.TRAINER and not _is_gone(desk.thread, now=desk.now):
        case.wave += 1
        _WAVES[Wave(case.wave)](desk, None, ())
        settle(desk)


def finish(desk: Desk) -> None:
    """Let nothing more happen to a question."""
    case = desk.case
    if case.resolved_at is not None:
        return
    if case.running_since is not None:
        clockwork.stop(case, desk.calendar, desk.now)
    case.resolved_at = desk.now
    close_open(desk)
    clockwork.set_timers(case, desk.requests, desk.rules, desk.calendar)
    desk.session.flush()


def take_over(desk: Desk, requests: Iterable[Request]) -> None:
    """Go on with those who were asked the same in another thread."""
    for each in requests:
        if desk.request_of(each.member_id) is None and each.member_id != desk.thread.author_id:
            note = Note(each.note, each.noted_by_id) if each.noted_by_id else None
            ask(desk, each.member, from_json(each.why), is_peer=each.is_peer, is_named=each.is_named, note=note)
    settle(desk)


def ask_next(desk: Desk, *, most: int) -> None:
    """Ask the next experts."""
    ranked = rank_candidates(desk.session, desk.thread, desk.calendar, now=desk.now)
    ask_all(desk, choose_experts(ranked, most=most), is_peer=False)


# --- the waves ------------------------------------------------------------------------------------------------------------
def _first(desk: Desk, named: uuid.UUID | None, _standby: Sequence[Standby]) -> None:
    """Ask two experts and three peers; somebody who was asked for by name instead of the experts; a trainer where there is none."""
    ranked = rank_candidates(desk.session, desk.thread, desk.calendar, now=desk.now)
    chosen = _named(desk, named)
    if chosen is not None:
        ask(desk, chosen, [Reason(NAMED)], is_named=True)
        ranked = [each for each in ranked if each.candidate.id != chosen.id]
    experts = [] if chosen else choose_experts(ranked, most=EXPERTS)
    ask_all(desk, experts, is_peer=False)
    ask_all(desk, choose_peers(ranked, most=PEERS), is_peer=True)
    if not experts and chosen is None:
        _ask_trainer(desk)


def _next(desk: Desk, _named: uuid.UUID | None, _standby: Sequence[Standby]) -> None:
    """Ask two more experts, unless somebody is at work on it."""
    if desk.claimed() is None:
        ask_next(desk, most=NEXT_EXPERTS)


def _trainer(desk: Desk, _named: uuid.UUID | None, _standby: Sequence[Standby]) -> None:
    """Ask who leads the course."""
    desk.case.escalated_at = desk.now
    _ask_trainer(desk, is_escalated=True)
    severity = statements.UNANSWERED
    record(
        desk.session,
        statements.escalated(desk.thread, desk.now, severity=severity),
        by=desk.thread.opening.author,
        now=desk.now,
    )


def _standby(desk: Desk, _named: uuid.UUID | None, standby: Sequence[Standby]) -> None:
    """Call in experts from outside, and tell who asked that it takes longer, and who sees to it."""
    desk.case.overdue_at = desk.now
    ids = {id_ for call in standby for id_ in call(desk.session, desk.thread, desk.now)}
    for member in load_members(desk, ids).values():
        if desk.request_of(member.id) is None and member.id != desk.thread.author_id:
            ask(desk, member, [Reason(STANDBY)])
    record(
        desk.session,
        statements.escalated(desk.thread, desk.now, severity=statements.OVERDUE),
        by=desk.thread.opening.author,
        now=desk.now,
    )
    tell(desk, [desk.thread.author_id], OVERDUE)


_WAVES: dict[Wave, Callable[[Desk, uuid.UUID | None, Sequence[Standby]], None]] = {
    Wave.FIRST: _first,
    Wave.NEXT: _next,
    Wave.TRAINER: _trainer,
    Wave.STANDBY: _standby,
}


def _ask_trainer(desk: Desk, *, is_escalated: bool = False) -> None:
    leader = trainer_of(desk, helpers(desk))
    if leader is None:
        return
    if desk.request_of(leader.member.id) is None:
        ask(desk, leader.member, [Reason(TRAINER)])
    if is_escalated:
        tell(desk, [leader.member.id], ESCALATED)


def _named(desk: Desk, named: uuid.UUID | None) -> Membership | None:
    """Return whom the asker asks for, if they are here and can read the question."""
    if named is None or named == desk.thread.author_id:
        return None
    if named not in readers_of(desk.session, desk.thread.opening, [named], now=desk.now):
        return None
    found = load_members(desk, [named]).get(named)
    return found if found is not None and found.is_active and found.can_write else None


# --- mending ----------------------------------------------------------------------------------------------------------------
def _leave_gone(desk: Desk) -> None:
    """Wait no longer for those who left the course."""
    open_ids = [each.member_id for each in desk.requests if each.state in OPEN_STATES]
    if not open_ids:
        return
    here = set(
        desk.session.scalars(
            select(Membership.id)
            .join(Membership.person)
            .where(Membership.id.in_(open_ids), Membership.is_active, Person.erased_at.is_(None))
        )
    )
    gone = [each for each in desk.requests if each.state in OPEN_STATES and each.member_id not in here]
    _hand_over(desk, gone)


def _leave_silent(desk: Desk) -> None:
    """Wait no longer for those who were chosen, or said that they would answer, and did not."""
    if desk.case.running_since is None:
        return
    silent = [each for each in desk.requests if each.state in OPEN_STATES and each.silent_at is not None]
    _hand_over(desk, [each for each in silent if each.silent_at is not None and each.silent_at <= desk.now])


def _hand_over(desk: Desk, requests: Sequence[Request]) -> None:
    for each in requests:
        change(desk, each, State.HANDED_OVER)
    missing = [each for each in requests if not each.is_peer]
    if missing and desk.case.wave < Wave.TRAINER and desk.case.answered_at is None:
        ask_next(desk, most=len(missing))


def _is_gone(thread: Thread, *, now: datetime) -> bool:
    """Return whether nobody can answer any more."""
    is_lost = thread.merged_into_id is not None or thread.forgotten_at is not None
    return is_lost or thread.opening.state in {PostState.REMOVED, PostState.WITHDRAWN} or not is_open(thread, now=now)


def _is_readable(desk: Desk) -> bool:
    """Return whether anybody but the asker, and those who lead the course, could read the question now or ever will."""
    thread = desk.thread
    is_coming = thread.opens_at is not None and thread.opens_at > desk.now
    return thread.opening.state is PostState.VISIBLE and not is_coming


def release(session: Session, member: Membership, *, now: datetime) -> None:
    """Let others see to what somebody was asked or owns, who is away from now on; what they have taken on stays theirs."""
    asked = select(Request.thread_id).where(Request.member_id == member.id, Request.state == State.ASKED)
    theirs = (
        select(Case)
        .where(Case.resolved_at.is_(None), or_(Case.owner_id == member.id, Case.thread_id.in_(asked)))
        .order_by(Case.thread_id)  # in order, so that two who leave never wait for each other
        .with_for_update()
    )
    for case in session.scalars(theirs).all():
        desk = make_desk(session, session.get_one(Thread, case.thread_id), case, now=now)
        request = desk.request_of(member.id)
        if request is not None and request.state is State.ASKED:
            _hand_over(desk, [request])
        settle(desk, by=member.id)
