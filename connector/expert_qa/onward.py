"""Sends questions on their way to experts, says when they need none any more, and puts into words how far they have come.

What happens on the way is the routing's; here stands what the pages of questions tell it and ask of it.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.experts.models import Expert
from connector.routing import services as routing
from connector.routing.models import OPEN_STATES, Request
from connector.routing.services import Progress
from connector.threads.models import Post, Thread
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import in_words

_MOST_LOADS = 50


def is_called(session: Session, member: Membership, thread: Thread) -> bool:
    """Return whether a member was made an expert of the course, or was asked this question as one; one query."""
    is_expert = select(Expert.member_id).where(Expert.member_id == member.id, Expert.standing.is_not(None))
    was_asked = select(Request.id).where(
        Request.member_id == member.id,
        Request.thread_id == thread.id,
        Request.state.in_(OPEN_STATES),
        Request.is_peer.is_(False),
    )
    return bool(session.scalar(select(or_(is_expert.exists(), was_asked.exists()))))


@dataclass(frozen=True, slots=True)
class Load:
    """How much one expert has to do."""

    member: Membership
    open: int
    """Questions that they were asked, and have neither answered nor passed on."""
    capacity: int | None
    """How many a week they want; None for any number."""
    is_away: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """What somebody said when they brought another one in."""

    to: str | None
    """The name of the other; None where that is the reader."""
    note: str


def notes(session: Session, thread: Thread, reader: Membership) -> Sequence[Passed]:
    """Return what was said with a question when it was passed on: to the reader, or to anybody where they lead the course."""
    found = (
        select(Request)
        .where(Request.thread_id == thread.id, Request.note != "")
        .order_by(Request.asked_at, Request.id)
        .options(joinedload(Request.member).joinedload(Membership.person))
    )
    if not reader.is_staff:
        found = found.where(Request.member_id == reader.id)
    return [
        Passed(None if each.member_id == reader.id else name_of(each.member), each.note)
        for each in session.scalars(found)
    ]


def begin(session: Session, thread: Thread, *, named: uuid.UUID | None, now: datetime) -> None:
    """Look for experts, from the moment on when others can read a question.

    Args:
        named: The membership that its author asks for, if there is one.
    """
    routing.begin(session, thread, now=now, named=named)


def pause(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let the clock stand while who asked adds something."""
    routing.pause(session, thread, now=now)


def resume(session: Session, thread: Thread, *, now: datetime) -> None:
    """Let the clock go on."""
    routing.resume(session, thread, now=now)


def answered(session: Session, thread: Thread, post: Post, *, now: datetime) -> None:
    """Note an answer."""
    routing.answered(session, thread, post, now=now)


def resolved(session: Session, thread: Thread, *, now: datetime) -> None:
    """Note that nobody need answer any more."""
    routing.resolved(session, thread, now=now)


def reopened(session: Session, thread: Thread, *, now: datetime) -> None:
    """Look for experts again; a question that nobody was asked yet is not sent out by it."""
    if thread.id in routing.progress(session, [thread.id]):
        routing.reopened(session, thread, now=now)


def merged(session: Session, thread: Thread, into: Thread, *, now: datetime) -> None:
    """Note that a question became part of another: who was asked goes on with that one."""
    routing.merged(session, thread, into, now=now)


def line(session: Session, thread: Thread, *, now: datetime) -> str:
    """Return who was asked, and by when an answer is expected, in a sentence; empty where nobody was."""
    return lines(session, [thread], now=now).get(thread.id, "")


def lines(session: Session, threads: Sequence[Thread], *, now: datetime) -> Mapping[uuid.UUID, str]:
    """Return the same of many questions, by thread; three queries for any number."""
    found = routing.progress(session, [each.id for each in threads]) if threads else {}
    claimants = _members(session, {each.claimed_by for each in found.values() if each.claimed_by})
    return {id_: _sentence(each, claimants, now) for id_, each in found.items() if each.resolved_at is None}


def asked_of(session: Session, activity: Activity, member: Membership) -> Collection[uuid.UUID]:
    """Return the threads of an activity that a member was asked to answer and has not; one query."""
    found = (
        select(Request.thread_id)
        .join(Thread, Thread.id == Request.thread_id)
        .where(Thread.activity_id == activity.id, Request.member_id == member.id, Request.state.in_(OPEN_STATES))
    )
    return set(session.scalars(found))


def loads(session: Session, activity: Activity, *, now: datetime) -> Sequence[Load]:
    """Return how much every expert who was asked here has to do, the most first; one query."""
    counted = (
        select(Request.member_id, func.count().label("open"))
        .join(Thread, Thread.id == Request.thread_id)
        .where(Thread.activity_id == activity.id, Request.is_peer.is_(False), Request.state.in_(OPEN_STATES))
        .group_by(Request.member_id)
        .subquery()
    )
    rows = session.execute(
        select(Membership, counted.c.open, Expert.weekly_capacity, Expert.away_until)
        .join(counted, counted.c.member_id == Membership.id)
        .outerjoin(Expert, Expert.member_id == Membership.id)
        .order_by(counted.c.open.desc(), Membership.id)
        .limit(_MOST_LOADS)
        .options(joinedload(Membership.person))
    )
    return [Load(member, count, capacity, bool(away and away > now)) for member, count, capacity, away in rows]


def _members(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Membership]:
    if not ids:
        return {}
    found = select(Membership).where(Membership.id.in_(list(ids))).options(joinedload(Membership.person))
    return {each.id: each for each in session.scalars(found)}


def _sentence(found: Progress, claimants: Mapping[uuid.UUID, Membership], now: datetime) -> str:
    """Return where a question is. Peers are counted, never named."""
    claimant = claimants.get(found.claimed_by) if found.claimed_by else None
    if claimant is not None:
        return _("%(name)s is going to answer.", name=name_of(claimant))
    experts = sum(not each.is_peer for each in found.asked)
    peers = len(found.asked) - experts
    told = [
        ngettext("%(num)s expert", "%(num)s experts", experts) if experts else "",
        ngettext("%(num)s colleague", "%(num)s colleagues", peers) if peers else "",
    ]
    asked = _(" and ").join(each for each in told if each)
    due = found.first_answer_due
    if found.overdue_at is not None:
        return _("It takes longer than it should: the trainers see to it.")
    if due is None or due <= now:
        return _("Sent to %(people)s.", people=asked) if asked else ""
    if not asked:
        return _("The trainers see to it; a first answer is expected before %(time)s.", time=in_words(due))
    return _("Sent to %(people)s; a first answer is expected before %(time)s.", people=asked, time=in_words(due))
