"""Hours in which somebody answers what was asked for them before."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import STAFF, Membership, Role
from connector.expert_qa.models import Hour, Question
from connector.expert_qa.services import send_on
from connector.threads.models import Thread
from connector.web.errors import NotFoundError


def plan(
    session: Session,
    activity: Activity,
    by: Membership,
    *,
    title: str,
    host: Membership,
    begins_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Hour:
    """Plan an hour.

    Raises:
        NotFoundError: The member does not lead the course, or the host is none of those who answer in it.
    """
    if not by.is_staff or host.course_id != activity.course_id or host.role not in STAFF | {Role.EXPERT}:
        raise NotFoundError
    hour = Hour(activity_id=activity.id, host=host, title=title, begins_at=begins_at, ends_at=ends_at, created_at=now)
    session.add(hour)
    session.flush()
    return hour


def list_coming(session: Session, activity: Activity, *, now: datetime) -> Sequence[Hour]:
    """Return the hours that are not over, the next one first."""
    coming = select(Hour).where(Hour.activity_id == activity.id, Hour.ends_at > now).order_by(Hour.begins_at, Hour.id)
    return session.scalars(coming.options(joinedload(Hour.host).joinedload(Membership.person))).all()


def get_hour(session: Session, activity: Activity, hour_id: uuid.UUID) -> Hour:
    """Return an hour.

    Raises:
        NotFoundError: There is none in the activity.
    """
    hour = session.get(Hour, hour_id, options=[joinedload(Hour.host).joinedload(Membership.person)])
    if hour is None or hour.activity_id != activity.id:
        raise NotFoundError
    return hour


def find_open(session: Session, activity: Activity, id_: str, *, now: datetime) -> Hour | None:
    """Return the hour that a question can still be asked for; None where there is none of that name."""
    try:
        hour = get_hour(session, activity, uuid.UUID(id_))
    except (ValueError, NotFoundError):
        return None
    return hour if now < hour.ends_at else None


def list_hosts(session: Session, activity: Activity) -> Sequence[Membership]:
    """Return those who can answer in an hour: experts, and those who lead the course."""
    hosts = select(Membership).where(
        Membership.course_id == activity.course_id, Membership.is_active, Membership.role.in_(STAFF | {Role.EXPERT})
    )
    return session.scalars(hosts.options(joinedload(Membership.person)).order_by(Membership.created_at)).all()


def cancel(session: Session, hour: Hour, by: Membership, *, now: datetime) -> None:
    """Let an hour not take place: what was asked for it goes on to experts.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not by.is_staff:
        raise NotFoundError
    hour.ends_at = min(hour.ends_at, now)
    for question in _pass_on(session, hour, now=now):
        question.hour_id = None
    session.flush()
    session.delete(hour)
    session.flush()


def pass_on_ended(session: Session, *, now: datetime) -> int:
    """Send what ended hours left unanswered on to experts, and return how many hours those were."""
    ended = select(Hour).where(Hour.ends_at <= now, Hour.passed_on_at.is_(None))
    hours = session.scalars(ended.with_for_update(skip_locked=True)).all()
    for hour in hours:
        hour.passed_on_at = now
        _pass_on(session, hour, now=now)
    session.flush()
    return len(hours)


def _pass_on(session: Session, hour: Hour, *, now: datetime) -> Sequence[Question]:
    """Send what an hour left unanswered on to experts, and return all that was asked for it."""
    asked = select(Question).where(Question.hour_id == hour.id).options(joinedload(Question.thread))
    found = session.scalars(asked).all()
    for question in found:
        thread: Thread = question.thread
        is_done = question.resolved_at or question.answered_at or thread.accepted_id or thread.merged_into_id
        if not is_done:
            send_on(session, thread, question, now=now)
    return found
