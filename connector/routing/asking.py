"""Asking people: the request, its notice and its statement; and who owns the question then, and what happens next."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from connector.courses.models import Membership
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.routing import clockwork, statements
from connector.routing.desk import Desk
from connector.routing.models import OPEN_STATES, Request, State
from connector.routing.owning import find_owner
from connector.routing.ranking.evidence import Ranked, Reason
from connector.routing.reasons import reasons_of, to_json

ASKED: Final = "question asked"
CLAIMED: Final = "question claimed"
ESCALATED: Final = "question escalated"
HANDED_OVER: Final = "question handed over"
OVERDUE: Final = "question overdue"
UNSOLVED: Final = "question unsolved"


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody says to whom they bring in."""

    text: str
    by_id: uuid.UUID
    """Their membership."""


def ask(
    desk: Desk,
    member: Membership,
    reasons: Sequence[Reason],
    *,
    is_peer: bool = False,
    is_named: bool = False,
    note: Note | None = None,
) -> Request:
    """Ask a member, unless they were asked before: then their request is open again.

    Args:
        is_named: Whether somebody chose this very person; their silence hands the question over.
        note: What somebody tells them with it.
    """
    request = desk.request_of(member.id)
    if request is None:
        request = Request(
            id=uuid.uuid4(),
            thread_id=desk.thread.id,
            thread=desk.thread,
            member_id=member.id,
            member=member,
            rank=len(desk.requests),
            wave=desk.case.wave,
        )
        desk.requests.append(request)
        desk.session.add(request)
    request.why = to_json(reasons)
    request.is_peer, request.is_named = is_peer, is_named
    request.note, request.noted_by_id = (note.text, note.by_id) if note and note.text else ("", None)
    request.state, request.refusal = State.ASKED, None
    request.asked_at = request.at = desk.now
    request.silent_at = clockwork.silent_at(desk.now, desk.calendar) if is_named else None
    desk.session.flush()
    clockwork.set_timers(desk.case, desk.requests, desk.rules, desk.calendar)
    record(desk.session, statements.routed(request, desk.case.answer_due_at), by=member, now=desk.now)
    tell(desk, [member.id], ASKED)
    return request


def ask_all(desk: Desk, chosen: Sequence[Ranked], *, is_peer: bool) -> None:
    """Ask those whom the ranking chose."""
    members = load_members(desk, [each.candidate.id for each in chosen])
    for each in chosen:
        ask(desk, members[each.candidate.id], reasons_of(each), is_peer=is_peer)


def load_members(desk: Desk, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Membership]:
    """Return members by their ids, with what statements tell of them."""
    if not ids:
        return {}
    found = desk.session.scalars(
        select(Membership).where(Membership.id.in_(ids)).options(joinedload(Membership.person))
    )
    return {each.id: each for each in found}


def change(desk: Desk, request: Request, state: State) -> None:
    """Note what became of a request."""
    request.state, request.at = state, desk.now
    if state not in OPEN_STATES:
        request.silent_at = None


def close_open(desk: Desk, *, peers_only: bool = False) -> None:
    """Let nobody be waited for any more: somebody has answered."""
    for each in desk.requests:
        if each.state in OPEN_STATES and (each.is_peer or not peers_only):
            change(desk, each, State.EXPIRED)


def settle(desk: Desk, *, by: uuid.UUID | None = None) -> None:
    """Give the question to who owns it now, and note what happens next.

    Args:
        by: Whose act it was; they are not told of what they did.
    """
    case, before = desk.case, desk.case.owner_id
    case.owner_id = find_owner(desk)
    clockwork.set_timers(case, desk.requests, desk.rules, desk.calendar)
    desk.session.flush()
    if case.owner_id != before and case.resolved_at is None:
        request = desk.request_of(case.owner_id)
        is_told = request is not None and request.at == desk.now
        if not is_told and case.owner_id != desk.thread.author_id:
            tell(desk, [case.owner_id], HANDED_OVER, by=by)


def tell(desk: Desk, ids: Collection[uuid.UUID], what: str, *, by: uuid.UUID | None = None) -> None:
    """Tell members something about the question; opening it reads it."""
    notify(
        desk.session,
        ids,
        what,
        about=desk.thread.opening.id,
        activity=desk.thread.activity,
        by=by,
        thread_id=desk.thread.id,
        now=desk.now,
    )
