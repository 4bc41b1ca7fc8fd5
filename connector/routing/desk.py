"""One question on its way, with all that deciding about it needs: taken under a lock, so that acts follow each other."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.calendars.arithmetic import Calendar
from connector.calendars.services import calendar_of
from connector.courses.models import STAFF, Course, Membership, Person, Role
from connector.experts.models import Expert
from connector.platforms.models import Deployment, Platform
from connector.routing.models import ANSWER_HOURS, RESOLVE_HOURS, Case, Request, RoutingRules, State
from connector.threads.models import Thread

_IDLE = frozenset({Role.OBSERVER, Role.TEST_STUDENT})
"""Roles that answer for nothing."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who can own a question."""

    member: Membership
    is_away: bool
    cases: int
    """How many open questions they own."""


@dataclass(slots=True)
class Desk:
    """A question on its way, at a moment."""

    session: Session
    thread: Thread
    case: Case
    requests: list[Request]
    """In the order in which people were asked."""
    rules: RoutingRules
    calendar: Calendar
    now: datetime

    def request_of(self, member_id: uuid.UUID) -> Request | None:
        """Return the request to a member; None where they were not asked."""
        return next((each for each in self.requests if each.member_id == member_id), None)

    def claimed(self) -> Request | None:
        """Return the request that somebody has claimed last; None where nobody has."""
        claims = [each for each in self.requests if each.state is State.CLAIMED]
        return max(claims, key=lambda each: each.at, default=None)


def open_desk(session: Session, thread: Thread, *, now: datetime) -> Desk | None:
    """Return a question on its way, locked until the transaction ends; None where it was never sent."""
    case = session.scalar(
        select(Case).where(Case.thread_id == thread.id).with_for_update().execution_options(populate_existing=True)
    )
    return None if case is None else make_desk(session, thread, case, now=now)


def make_desk(session: Session, thread: Thread, case: Case, *, now: datetime) -> Desk:
    """Return what deciding about a case needs."""
    requests = session.scalars(
        select(Request)
        .where(Request.thread_id == thread.id)
        .order_by(Request.rank)
        .options(joinedload(Request.member))
        .execution_options(populate_existing=True)
    ).all()
    return Desk(
        session,
        thread,
        case,
        list(requests),
        rules_of(session, thread.activity_id),
        working_calendar(session, thread),
        now,
    )


def working_calendar(session: Session, thread: Thread) -> Calendar:
    """Return the calendar of the organisation that a question's course belongs to."""
    tenant_id = session.scalar(
        select(Platform.tenant_id)
        .join(Deployment, Deployment.platform_id == Platform.id)
        .join(Course, Course.deployment_id == Deployment.id)
        .join(Activity, Activity.course_id == Course.id)
        .where(Activity.id == thread.activity_id)
    )
    return calendar_of(session, tenant_id or uuid.UUID(int=0))


def rules_of(session: Session, activity_id: uuid.UUID) -> RoutingRules:
    """Return how fast questions of an activity are to be answered: what somebody set, or a row that is not stored."""
    found = session.get(RoutingRules, activity_id)
    return found or RoutingRules(activity_id=activity_id, answer_hours=ANSWER_HOURS, resolve_hours=RESOLVE_HOURS)


def helpers(desk: Desk) -> dict[uuid.UUID, Helper]:
    """Return those who can own the question: who leads the course, and who was asked, as far as they are here."""
    asked = [each.member_id for each in desk.requests]
    owned = (
        select(Case.owner_id, func.count().label("cases"))
        .where(Case.resolved_at.is_(None), Case.thread_id != desk.thread.id)
        .group_by(Case.owner_id)
        .subquery()
    )
    rows = desk.session.execute(
        select(Membership, Expert.away_until, owned.c.cases)
        .join(Membership.person)
        .outerjoin(Expert, Expert.member_id == Membership.id)
        .outerjoin(owned, owned.c.owner_id == Membership.id)
        .where(Membership.course_id == desk.thread.activity.course_id, Person.erased_at.is_(None))
        .where(Membership.is_active, Membership.role.not_in(_IDLE), Membership.id != desk.thread.author_id)
        .where(or_(Membership.role.in_(STAFF), Membership.id.in_(asked)))
    )
    now = desk.now
    return {
        member.id: Helper(member, is_away=away is not None and away > now, cases=cases or 0)
        for member, away, cases in rows
    }
