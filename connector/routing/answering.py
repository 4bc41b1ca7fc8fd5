"""What those who are asked do with a question: take it on, pass it on, decline, suggest somebody else.

Who may see the question is the caller's to check, as with everything that members do with threads.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connector.courses.models import Membership, Role
from connector.delivery.services import record
from connector.routing import clockwork, statements
from connector.routing.asking import CLAIMED, Note, ask, change, load_members, settle, tell
from connector.routing.desk import Desk, open_desk
from connector.routing.gathering import list_candidates, rank_candidates
from connector.routing.models import OPEN_STATES, Refusal, Request, State, Wave
from connector.routing.ranking.evidence import Reason
from connector.routing.reasons import OWN, PASSED_ON, SUGGESTED, in_words, reasons_for, to_json
from connector.routing.waves import ask_next
from connector.threads.models import Thread
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

MOST_SUGGESTED = 5
PASSED = "passed on"
"""The reason in statements of who passed a question on."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who could be asked too."""

    member: Membership
    reasons: Sequence[str]
    """In words."""


def claim(session: Session, thread: Thread, member: Membership, *, now: datetime) -> None:
    """Take a question on: the others need not hurry.

    Raises:
        NotFoundError: The member asked it, or may only look on.
        ConflictError: It is solved, or somebody else has taken it on.
    """
    desk = _open(session, thread, member, now)
    before = desk.claimed()
    if before is not None and before.member_id != member.id:
        raise ConflictError(_("Somebody else has just taken this question on. You can answer it all the same."))
    if before is not None:
        return
    request = desk.request_of(member.id)
    if request is None:
        request = Request(
            id=uuid.uuid4(),
            thread_id=thread.id,
            thread=thread,
            member_id=member.id,
            member=member,
            rank=len(desk.requests),
            wave=desk.case.wave,
            is_peer=member.role is Role.LEARNER,
            is_named=False,
            why=to_json([Reason(OWN)]),
            asked_at=now,
        )
        desk.requests.append(request)
        session.add(request)
    change(desk, request, State.CLAIMED)
    request.refusal = None
    request.silent_at = clockwork.silent_at(now, desk.calendar) if desk.case.running_since else None
    session.flush()
    record(session, statements.claimed(request), by=member, now=now)
    others = [each.member_id for each in desk.requests if each.state is State.ASKED]
    tell(desk, [thread.author_id, *others], CLAIMED, by=member.id)
    settle(desk, by=member.id)


def decline(session: Session, thread: Thread, member: Membership, reason: Refusal, *, now: datetime) -> None:
    """Say that one does not answer; the next expert is asked in an expert's place.

    Raises:
        NotFoundError: The member was not asked, or has done with it.
        ConflictError: The question is solved.
    """
    desk = _open(session, thread, member, now)
    request = _asked(desk, member)
    change(desk, request, State.DECLINED)
    request.refusal = reason
    session.flush()
    record(session, statements.declined(request, reason.value.replace(" ", "-")), by=member, now=now)
    if not request.is_peer and not member.is_staff and desk.case.wave < Wave.TRAINER and desk.case.answered_at is None:
        ask_next(desk, most=1)
    settle(desk, by=member.id)


def pass_on(
    session: Session, thread: Thread, member: Membership, to: uuid.UUID, *, note: str = "", now: datetime
) -> None:
    """Let somebody else be asked instead of oneself; if they are silent, the question goes on.

    Args:
        to: A membership that `whom_else` could name, or of somebody who leads the course.
        note: Plain text for them and for who leads the course; statements never have it.

    Raises:
        NotFoundError: The member was not asked, or the other may not be.
        ConflictError: The question is solved.
    """
    desk = _open(session, thread, member, now)
    request = _asked(desk, member)
    other = _other(desk, to)
    change(desk, request, State.PASSED)
    record(session, statements.declined(request, PASSED.replace(" ", "-")), by=member, now=now)
    ask(desk, other, [Reason(PASSED_ON)], is_named=True, note=Note(note, member.id))
    settle(desk, by=member.id)


def suggest(
    session: Session, thread: Thread, member: Membership, other: uuid.UUID, *, note: str = "", now: datetime
) -> None:
    """Let somebody be asked beside those who were.

    Args:
        other: A membership that `whom_else` could name.
        note: As for `pass_on`.

    Raises:
        NotFoundError: The member was not asked and does not lead the course, or the other may not be asked.
        ConflictError: The question is solved.
    """
    desk = _open(session, thread, member, now)
    if desk.request_of(member.id) is None and not member.is_staff:
        raise NotFoundError
    ask(desk, _other(desk, other), [Reason(SUGGESTED)], note=Note(note, member.id))
    settle(desk, by=member.id)


def whom_else(session: Session, thread: Thread, member: Membership, *, now: datetime) -> Sequence[Suggestion]:
    """Return who could be asked too, the likeliest first; nobody where the question is no longer on its way."""
    desk = open_desk(session, thread, now=now)
    if desk is None or desk.case.resolved_at is not None:
        return []
    ranked = [
        each for each in rank_candidates(session, thread, desk.calendar, now=now) if each.candidate.id != member.id
    ]
    some = ranked[:MOST_SUGGESTED]
    members = load_members(desk, [each.candidate.id for each in some])
    return [
        Suggestion(members[each.candidate.id], in_words(to_json(reasons_for(each, is_staff=member.is_staff))))
        for each in some
    ]


def _open(session: Session, thread: Thread, member: Membership, now: datetime) -> Desk:
    desk = open_desk(session, thread, now=now)
    if desk is None or not member.can_write or member.role is Role.TEST_STUDENT or member.id == thread.author_id:
        raise NotFoundError
    if desk.case.resolved_at is not None:
        raise ConflictError(_("This question has been solved meanwhile."))
    return desk


def _asked(desk: Desk, member: Membership) -> Request:
    request = desk.request_of(member.id)
    if request is None or request.state not in OPEN_STATES:
        raise NotFoundError
    return request


def _other(desk: Desk, id_: uuid.UUID) -> Membership:
    """Return somebody who can be asked.

    Raises:
        NotFoundError: They may not be, or were asked before.
    """
    other = load_members(desk, [id_]).get(id_)
    if other is None or desk.request_of(id_) is not None or id_ == desk.thread.author_id:
        raise NotFoundError
    is_leader = other.is_staff and other.is_active and other.course_id == desk.thread.activity.course_id
    known = {each.id for each in list_candidates(desk.session, desk.thread, desk.calendar, now=desk.now)}
    if not is_leader and id_ not in known:
        raise NotFoundError
    return other
