"""What the rest of the application asks of the outbox: record a statement, add an endpoint, say how much waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

import tincan
from sqlalchemy import ColumnExpressionArgument, Table, bindparam, func, insert, select
from sqlalchemy.orm import Session, joinedload

from connector.config import Settings
from connector.courses.models import Course, Membership, Role
from connector.delivery.errors import DeliveryError
from connector.delivery.models import Delivery, Endpoint, Kind, Message, State
from connector.platforms.models import Deployment, Platform, Tenant
from connector.sealing import seal
from xapi.statement import to_bytes

VERSIONS = ("1.0.3", "2.0.0")
"""The xAPI versions that an endpoint may speak."""


class EndpointError(DeliveryError):
    """An endpoint cannot be stored as given; the message names the value."""


# Every act pays for what follows. Plain tables instead of objects, and queries that are built once, halve it.
_MESSAGES, _DELIVERIES = cast("Table", Message.__table__), cast("Table", Delivery.__table__)
_ENDPOINTS, _PLATFORMS = cast("Table", Endpoint.__table__), cast("Table", Platform.__table__)
_DEPLOYMENTS, _COURSES = cast("Table", Deployment.__table__), cast("Table", Course.__table__)
_ADD_MESSAGE, _ADD_DELIVERIES = insert(_MESSAGES), insert(_DELIVERIES)
_ACTIVE_ENDPOINTS = (
    select(_ENDPOINTS.c.id)
    .join(_PLATFORMS, _PLATFORMS.c.tenant_id == _ENDPOINTS.c.tenant_id)
    .join(_DEPLOYMENTS, _DEPLOYMENTS.c.platform_id == _PLATFORMS.c.id)
    .join(_COURSES, _COURSES.c.deployment_id == _DEPLOYMENTS.c.id)
    .where(_COURSES.c.id == bindparam("course_id"), _ENDPOINTS.c.is_active)
)


def record(session: Session, statement: tincan.Statement, *, by: Membership, now: datetime) -> None:
    """Store `statement` for every active endpoint of the tenant, in the transaction of the act that it tells of.

    What a trainer does as a test student is not recorded. Nothing is stored for a tenant without an endpoint.

    Args:
        by: Whose act it is; says which course, and so which tenant.

    Raises:
        InvalidStatementError: The statement breaks the specification.
    """
    if by.role is Role.TEST_STUDENT:
        return
    endpoint_ids = session.scalars(_ACTIVE_ENDPOINTS, {"course_id": by.course_id}).all()
    if not endpoint_ids:
        return
    message = {
        "id": statement.id,
        "kind": Kind.STATEMENT,
        "course_id": by.course_id,
        "body": to_bytes(statement),
        "created_at": now,
    }
    session.execute(_ADD_MESSAGE, message)
    session.execute(
        _ADD_DELIVERIES,
        [
            {"message_id": statement.id, "endpoint_id": id_, "state": State.NEW, "attempts": 0, "due_at": now}
            for id_ in endpoint_ids
        ],
    )


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the deliveries of a tenant or of a course stand; one statement for two endpoints counts twice."""

    waiting: int
    oldest: timedelta | None
    """How long the oldest of them has waited; None where none does."""
    dead: int
    sent: int


def backlog(session: Session, of: Tenant | Course, *, now: datetime) -> Backlog:
    """Return how many deliveries of a tenant or of a course wait, were sent, or were given up."""
    counted = select(Delivery.state, func.count()).group_by(Delivery.state)
    oldest = select(func.min(Message.created_at)).join(Delivery, Delivery.message_id == Message.id)
    mine: ColumnExpressionArgument[bool]
    if isinstance(of, Course):
        mine = Message.course_id == of.id
        counted = counted.join(Message, Message.id == Delivery.message_id)
    else:
        mine = Delivery.endpoint_id.in_(select(Endpoint.id).where(Endpoint.tenant_id == of.id))
    figures = dict(session.execute(counted.where(mine)).all())
    waiting = figures.get(State.NEW, 0) + figures.get(State.LEASED, 0)
    since = session.scalar(oldest.where(mine, Delivery.state.in_([State.NEW, State.LEASED]))) if waiting else None
    return Backlog(
        waiting=waiting,
        oldest=None if since is None else now - since,
        dead=figures.get(State.DEAD, 0),
        sent=figures.get(State.DONE, 0),
    )


def add_endpoint(
    session: Session,
    tenant: Tenant,
    settings: Settings,
    *,
    name: str,
    url: str,
    username: str,
    password: str,
    version: str = "1.0.3",
    now: datetime,
) -> Endpoint:
    """Add an LRS that the tenant's statements go to from now on.

    Args:
        url: Where its resources stand, with or without a last slash, without `/statements`.

    Raises:
        EndpointError: The address or the version cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise EndpointError(f"the address must look like https://lrs.example/xapi: {url!r}")
    if parts.username is not None:
        raise EndpointError("name and password do not belong into the address")
    if version not in VERSIONS:
        raise EndpointError(f"the version must be one of {', '.join(VERSIONS)}: {version!r}")
    endpoint = Endpoint(
        tenant=tenant,
        name=name,
        url=url,
        username=username,
        password=seal(settings.secret_key, password.encode()),
        version=version,
        created_at=now,
        due_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def list_endpoints(session: Session) -> Sequence[Endpoint]:
    """Return every endpoint, with its tenant."""
    return session.scalars(select(Endpoint).options(joinedload(Endpoint.tenant)).order_by(Endpoint.name)).all()
