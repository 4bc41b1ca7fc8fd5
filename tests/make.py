"""Builds rows. Every builder adds to the session and flushes; what a test does not care about is made up."""

import itertools
import uuid
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind, Placement
from connector.courses.models import Course, Membership, Person, Role
from connector.platforms.models import Deployment, Platform, Tenant

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PUBLIC_URL = "http://localhost"

T = TypeVar("T")

_numbers = itertools.count(1)


def _add(session: Session, row: T) -> T:
    session.add(row)
    session.flush()
    return row


def tenant(session: Session, *, name: str = "Kring") -> Tenant:
    """Build a tenant."""
    id_ = uuid.uuid4()
    return _add(session, Tenant(id=id_, name=name, iri=f"{PUBLIC_URL}/tenants/{id_}", created_at=NOW))


def platform(session: Session, *, tenant: Tenant | None = None, issuer: str | None = None, **more: object) -> Platform:
    """Build an active platform."""
    number = next(_numbers)
    issuer = issuer or f"https://lms{number}.example"
    values: dict[str, object] = {
        "name": f"LMS {number}",
        "client_id": f"client-{number}",
        "authorization_url": f"{issuer}/auth",
        "token_url": f"{issuer}/token",
        "jwks_url": f"{issuer}/jwks",
    }
    owner = tenant or globals()["tenant"](session)
    return _add(session, Platform(tenant=owner, issuer=issuer, created_at=NOW, **(values | more)))


def deployment(session: Session, *, platform: Platform | None = None, deployment_id: str = "1") -> Deployment:
    """Build an active deployment."""
    owner = platform or globals()["platform"](session)
    return _add(session, Deployment(platform=owner, deployment_id=deployment_id, created_at=NOW))


def course(session: Session, *, deployment: Deployment | None = None, title: str = "Onboarding") -> Course:
    """Build a course."""
    id_, number = uuid.uuid4(), next(_numbers)
    return _add(
        session,
        Course(
            id=id_,
            deployment=deployment or globals()["deployment"](session),
            context_id=f"context-{number}",
            title=title,
            label=f"C{number}",
            iri=f"{PUBLIC_URL}/courses/{id_}",
            created_at=NOW,
        ),
    )


def person(session: Session, *, platform: Platform, name: str | None = None, **more: object) -> Person:
    """Build somebody that `platform` knows."""
    number = next(_numbers)
    values: dict[str, object] = {"subject": f"user-{number}", "email": None, "locale": "en"}
    return _add(session, Person(platform=platform, name=name or f"Person {number}", created_at=NOW, **(values | more)))


def member(
    session: Session, *, course: Course | None = None, role: Role = Role.LEARNER, name: str | None = None
) -> Membership:
    """Build a person and their membership in `course`."""
    course = course or globals()["course"](session)
    somebody = person(session, platform=course.deployment.platform, name=name)
    return _add(session, Membership(course=course, person=somebody, role=role, created_at=NOW, seen_at=NOW))


def activity(session: Session, *, course: Course | None = None, title: str = "Share how you work") -> Activity:
    """Build a discussion, placed in `course`."""
    id_, number = uuid.uuid4(), next(_numbers)
    course = course or globals()["course"](session)
    row = Activity(
        id=id_,
        course=course,
        kind=Kind.DISCUSSION,
        title=title,
        prompt="",
        iri=f"{PUBLIC_URL}/activities/{id_}",
        created_at=NOW,
    )
    session.add(row)
    session.add(
        Placement(deployment=course.deployment, resource_link_id=f"link-{number}", activity=row, created_at=NOW)
    )
    session.flush()
    return row
