"""What an inbox shows: the questions that wait for somebody, and why for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.services import list_activities
from connector.courses.models import STAFF, Membership, Person
from connector.routing.models import OPEN_STATES, Case, Request, State
from connector.routing.reasons import in_words
from connector.threads.access import look_all
from connector.threads.bylines import Byline, byline
from connector.threads.models import OPENING, Post, Thread

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A question that waits for somebody."""

    thread: Thread
    opening: Post
    by: Byline
    reasons: Sequence[str]
    """Why it came to them, in words; empty where they own it without having been asked."""
    note: str
    """What who brought them in says to them; empty for nothing."""
    is_asked: bool
    may_ask_back: bool
    """Whether they can say what it lacks: fellow learners say so in a comment."""
    is_claimed: bool
    """Whether they have taken it on."""
    is_own: bool
    """Whether it is theirs to see to."""
    is_answered: bool
    is_paused: bool
    due_at: datetime | None


def list_waiting(session: Session, member: Membership, *, now: datetime) -> Sequence[Waiting]:
    """Return the questions that wait for a member, the most pressing first: what they were asked, and what they own.

    The same number of queries however many they are; nothing that the member may not see.
    """
    activities = list_activities(session, member)
    sights = look_all(session, member, activities, now=now)
    if not sights:
        return []
    mine = and_(Request.thread_id == Thread.id, Request.member_id == member.id)
    asked = select(Request.thread_id).where(Request.member_id == member.id, Request.state.in_(OPEN_STATES))
    owned = select(Case.thread_id).where(Case.owner_id == member.id, Case.resolved_at.is_(None))
    rows = session.execute(
        select(Thread, Post, Case, Request)
        .join(Case, Case.thread_id == Thread.id)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .outerjoin(Request, mine)
        # Each by its own index: as one condition, every open question of the course is looked at.
        .where(Case.resolved_at.is_(None), Thread.id.in_(union(asked, owned)))
        .where(Thread.author_id != member.id, or_(*(sight.threads() for sight in sights)))
        .order_by(Case.answer_due_at.is_(None), Case.answer_due_at, Thread.created_at)
        .limit(MOST)
        .options(joinedload(Thread.activity), joinedload(Post.author).joinedload(Membership.person))
    )
    return [
        Waiting(
            thread=thread,
            opening=opening,
            by=byline(opening, member),
            reasons=in_words(request.why) if request is not None and request.state in OPEN_STATES else [],
            note=request.note if request is not None and request.state in OPEN_STATES else "",
            is_asked=request is not None and request.state in OPEN_STATES,
            may_ask_back=request is None or not request.is_peer,
            is_claimed=request is not None and request.state is State.CLAIMED,
            is_own=case.owner_id == member.id,
            is_answered=case.answered_at is not None,
            is_paused=case.is_paused,
            due_at=case.answer_due_at,
        )
        for thread, opening, case, request in rows
    ]


def list_leaders(session: Session, member: Membership) -> Sequence[Membership]:
    """Return the others who lead the member's course, by name."""
    return session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.course_id == member.course_id, Membership.role.in_(STAFF), Membership.is_active)
        .where(Membership.id != member.id, Person.erased_at.is_(None))
        .order_by(Person.name, Membership.id)
        .options(contains_eager(Membership.person))
    ).all()


def end_of(day: date | None, zone: ZoneInfo) -> datetime | None:
    """Return when a day is over in a zone: whoever is away until Friday is back on Saturday."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), zone)
