"""Which stores are read, which of them a course's reports are made from, and how old its figures are."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.courses.models import Course
from connector.db import stored
from connector.delivery.models import Endpoint
from connector.platforms.models import Deployment, Platform
from connector.reports.models import Feed, Source

EVERY = timedelta(minutes=2)
"""How often a store is read."""


def source_of(session: Session, course: Course) -> Endpoint | None:
    """Return the store that a course's reports are made from: the one that is nearest to it, of which it hears all.

    A course is read from one store only, so that what two stores hold is not counted twice.
    """
    place = session.execute(
        select(Platform.id, Platform.tenant_id)
        .join(Deployment, Deployment.platform_id == Platform.id)
        .where(Deployment.id == course.deployment_id)
    ).one()
    found = session.scalars(
        select(Endpoint)
        .where(Endpoint.tenant_id == place.tenant_id)
        .where(or_(Endpoint.platform_id.is_(None), Endpoint.platform_id == place.id))
        .where(or_(Endpoint.course_id.is_(None), Endpoint.course_id == course.id))
    )
    return min(found, key=_rank, default=None)


def list_read(session: Session) -> Sequence[Endpoint]:
    """Return the stores that some course's reports may be made from: of those that hear of the same, the best."""
    best: dict[tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None], Endpoint] = {}
    for endpoint in session.scalars(select(Endpoint).order_by(Endpoint.created_at, Endpoint.id)):
        place = (endpoint.tenant_id, endpoint.platform_id, endpoint.course_id)
        if place not in best or _rank(endpoint) < _rank(best[place]):
            best[place] = endpoint
    return [endpoint for endpoint in best.values() if endpoint.is_active]


def find_feed(session: Session, endpoint: Endpoint, course: Course) -> Feed | None:
    """Return what a store holds of a course; None where nothing was ever read."""
    return session.scalar(select(Feed).where(Feed.endpoint_id == endpoint.id, Feed.course_id == course.id))


def ensure_source(session: Session, endpoint: Endpoint, *, now: datetime) -> Source:
    """Return how far a store has been read; one that was never read is due at once."""
    return stored(
        session,
        select(Source).where(Source.endpoint_id == endpoint.id),
        lambda: Source(endpoint=endpoint, due_at=now, seen=0, kept=0),
    )


def ensure_feed(session: Session, endpoint_id: uuid.UUID, course_id: uuid.UUID) -> Feed:
    """Return where the facts of a course from a store stand."""
    return stored(
        session,
        select(Feed).where(Feed.endpoint_id == endpoint_id, Feed.course_id == course_id),
        lambda: Feed(endpoint_id=endpoint_id, course_id=course_id),
    )


def _rank(endpoint: Endpoint) -> tuple[bool, bool, bool, bool, datetime, uuid.UUID]:
    hears_all = endpoint.include_events is None and endpoint.exclude_events is None
    nearness = (endpoint.course_id is None, endpoint.platform_id is None)
    return (not endpoint.is_active, *nearness, not hears_all, endpoint.created_at, endpoint.id)
