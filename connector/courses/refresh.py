"""Rosters in the background: courses that are used are read again from time to time, and at once when somebody asks."""

import random
import threading
import uuid
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from connector.config import Settings
from connector.courses.models import Course, Membership
from connector.courses.roster import EmptyRosterError, read_roster, store_roster
from connector.db import Clock, Database, utc_now
from connector.platforms.checks import note
from connector.platforms.lms import open_service
from connector.platforms.models import Check, Deployment, Platform
from lti.errors import LtiError
from lti.profiles import profile_for

EVERY = timedelta(hours=6)
"""How often the roster of a course in use is read."""
IN_USE = timedelta(days=3)
"""How long after the last launch a course counts as in use."""
AFTER_FAILURE = timedelta(minutes=15)
LEASE = timedelta(minutes=10)
"""How long one worker has for one roster; then another one may try."""
_IDLE_SECONDS = 2.0
_JITTER = 0.2

log = structlog.get_logger(__name__)


def run(database: Database, settings: Settings, *, stop: threading.Event, clock: Clock = utc_now) -> None:
    """Read the rosters that are due until `stop` is set."""
    while not stop.is_set():
        course_id = take_due(database, now=clock())
        if course_id is None:
            stop.wait(_IDLE_SECONDS)
        else:
            refresh(database, settings, course_id, clock=clock)


def take_due(database: Database, *, now: datetime) -> uuid.UUID | None:
    """Return a course whose roster is due, and keep other workers from it for a while; None if there is none."""
    due = Course.roster_due_at <= now, Course.memberships_url.is_not(None)
    with database.session(writes=False) as session:
        # Most looks find nothing, and should not take SQLite's write lock for it.
        if session.scalar(select(Course.id).where(*due).limit(1)) is None:
            return None
    oldest = select(Course.id).where(*due).order_by(Course.roster_due_at).limit(1).with_for_update(skip_locked=True)
    with database.session(writes=True) as session:
        taken = session.scalar(
            update(Course)
            .where(Course.id == oldest.scalar_subquery())
            .values(roster_due_at=now + LEASE)
            .returning(Course.id)
        )
        session.commit()
        return taken


def refresh(database: Database, settings: Settings, course_id: uuid.UUID, *, clock: Clock) -> None:
    """Read one course's roster and store it; a failure is kept for the trainer to see, and tried again later."""
    with database.session(writes=False) as session:
        course = _load(session, course_id)
    platform = course.deployment.platform
    try:
        with open_service(database, settings, platform, clock=clock) as service:
            roster = read_roster(service, course, profile_for(platform.product, platform.issuer))
        with database.session(writes=True) as session:
            store_roster(session, _load(session, course_id), roster, now=clock())
            session.commit()
    except (LtiError, EmptyRosterError) as error:
        code = getattr(error, "code", "roster_empty")
        log.warning("roster_failed", course=str(course_id), code=code, detail=str(error))
        _settle(database, course_id, platform, error=code, now=clock())
    else:
        _settle(database, course_id, platform, error=None, now=clock())


def _load(session: Session, course_id: uuid.UUID) -> Course:
    return session.scalars(
        select(Course)
        .where(Course.id == course_id)
        .options(joinedload(Course.deployment).joinedload(Deployment.platform).joinedload(Platform.tenant))
    ).one()


def _settle(database: Database, course_id: uuid.UUID, platform: Platform, *, error: str | None, now: datetime) -> None:
    """Say when the roster is due again: soon after a failure, later after a success, never while nobody comes."""
    wait = EVERY if error is None else AFTER_FAILURE
    with database.session(writes=True) as session:
        launched = session.scalar(
            select(Membership.seen_at)
            .where(Membership.course_id == course_id, Membership.seen_at.is_not(None))
            .order_by(Membership.seen_at.desc())
            .limit(1)
        )
        is_used = launched is not None and now - launched < IN_USE
        due = now + wait * random.uniform(1 - _JITTER, 1 + _JITTER) if is_used else None  # noqa: S311 -- spreads load
        session.execute(update(Course).where(Course.id == course_id).values(roster_due_at=due, roster_error=error))
        note(session, platform.id, Check.ROSTER, ok=error is None, detail=error, now=now)
        session.commit()
