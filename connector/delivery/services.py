"""What the rest of the application asks of the outbox: record a statement, add an endpoint, say how much waits."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import tincan
from sqlalchemy import Table, Uuid, bindparam, func, insert, or_, select
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.courses.models import Course, Membership, Person, Recording, Role, TenantPolicy
from connector.delivery.errors import DeliveryError
from connector.delivery.models import ActorMode, Delivery, Endpoint, Kind, Message, State
from connector.delivery.reach import is_private_name
from connector.delivery.rendering import Identity, Rendering, marks, render, target_pseudonym, without_target
from connector.platforms.models import Deployment, Platform, Tenant
from connector.sealing import seal
from xapi.formats import is_iri
from xapi.vocabulary.events import EVENTS

VERSIONS = ("1.0.3", "2.0.0")
"""The xAPI versions that an endpoint may speak."""


class EndpointError(DeliveryError):
    """An endpoint cannot be stored as given; the message names the value."""


# Every act pays for what follows. Plain tables instead of objects, queries that are built once, and the connection
# instead of the session are a third of it.
_MESSAGES, _DELIVERIES = cast("Table", Message.__table__), cast("Table", Delivery.__table__)
_ENDPOINTS, _PLATFORMS = cast("Table", Endpoint.__table__), cast("Table", Platform.__table__)
_DEPLOYMENTS, _COURSES = cast("Table", Deployment.__table__), cast("Table", Course.__table__)
_POLICIES = cast("Table", TenantPolicy.__table__)
_PERSONS, _TARGETS = cast("Table", Person.__table__), cast("Table", Person.__table__).alias("target")
_ADD_MESSAGES, _ADD_DELIVERIES = insert(_MESSAGES), insert(_DELIVERIES)
LISTENING = (
    select(
        _ENDPOINTS.c.id,
        _ENDPOINTS.c.version,
        _ENDPOINTS.c.actor_mode,
        _ENDPOINTS.c.include_events,
        _ENDPOINTS.c.exclude_events,
        _COURSES.c.recording,
        _POLICIES.c.may_record_fully,
        _PLATFORMS.c.issuer,
        _PERSONS.c.pseudonym,
        _PERSONS.c.subject,
        _PERSONS.c.email,
        _PERSONS.c.is_guest,
        _TARGETS.c.id.label("target_id"),
        _TARGETS.c.subject.label("target_subject"),
        _TARGETS.c.email.label("target_email"),
        _TARGETS.c.is_recorded.label("is_target_recorded"),
        _TARGETS.c.is_guest.label("is_target_guest"),
    )
    .select_from(_COURSES)
    .join(_DEPLOYMENTS, _DEPLOYMENTS.c.id == _COURSES.c.deployment_id)
    .join(_PLATFORMS, _PLATFORMS.c.id == _DEPLOYMENTS.c.platform_id)
    .join(_ENDPOINTS, _ENDPOINTS.c.tenant_id == _PLATFORMS.c.tenant_id)
    .outerjoin(_POLICIES, _POLICIES.c.tenant_id == _PLATFORMS.c.tenant_id)
    .join(_PERSONS, _PERSONS.c.id == bindparam("person_id"))
    .outerjoin(_TARGETS, _TARGETS.c.pseudonym == bindparam("target", type_=Uuid()))
    .where(
        _COURSES.c.id == bindparam("course_id"),
        _COURSES.c.recording != Recording.OFF,
        _PERSONS.c.is_recorded,
        _ENDPOINTS.c.is_active,
        or_(_ENDPOINTS.c.platform_id.is_(None), _ENDPOINTS.c.platform_id == _PLATFORMS.c.id),
        or_(_ENDPOINTS.c.course_id.is_(None), _ENDPOINTS.c.course_id == _COURSES.c.id),
    )
)


def record(session: Session, statement: tincan.Statement, *, by: Membership, now: datetime) -> None:
    """Store `statement` for every endpoint that is to hear of it, in the transaction of the act that it tells of.

    What a trainer does as a test student is not recorded, nor what happens in a course, or is done by a person, that is
    not to be recorded. A target who is not to be recorded is left out; where nothing remains then, all of it is.

    Args:
        statement: Built with pseudonyms.
        by: Whose act it is; says which course, and so which tenant.

    Raises:
        InvalidStatementError: The statement breaks the specification.
    """
    if by.role is Role.TEST_STUDENT:
        return
    told: tincan.Statement | None = statement
    session.flush()  # a change of who is recorded counts at once
    connection = session.connection()
    values = {"course_id": by.course_id, "person_id": by.person_id, "target": target_pseudonym(statement)}
    listening = connection.execute(LISTENING, values).all()
    target_id = listening[0].target_id if listening else None
    if target_id is not None and not listening[0].is_target_recorded:
        told, target_id = without_target(statement), None
    if not listening or told is None:
        return
    messages: list[dict[str, Any]] = []
    deliveries: list[dict[str, Any]] = []
    for rendering, endpoint_ids in renderings(listening, told).items():
        row = {"kind": Kind.STATEMENT, "course_id": by.course_id, "person_id": by.person_id, "target_id": target_id}
        body = _body(told, rendering, listening[0], has_target=target_id is not None)
        messages.append({"id": told.id, "rendering": rendering.name, "body": body, "created_at": now, **row})
        way = {"message_id": told.id, "rendering": rendering.name, "state": State.NEW, "attempts": 0, "due_at": now}
        deliveries += [{"endpoint_id": id_, **way} for id_ in endpoint_ids]
    if messages:
        connection.execute(_ADD_MESSAGES, messages)
        connection.execute(_ADD_DELIVERIES, deliveries)


def renderings(listening: Sequence[Any], statement: tincan.Statement) -> dict[Rendering, list[uuid.UUID]]:
    """Return which renderings of a statement go where."""
    marked = None
    found: dict[Rendering, list[uuid.UUID]] = defaultdict(list)
    for row in listening:
        if row.include_events is not None or row.exclude_events is not None:
            marked = marked or marks(statement)
            is_included = row.include_events is None or not marked.isdisjoint(row.include_events)
            if not is_included or not marked.isdisjoint(row.exclude_events or ()):
                continue
        # An organisation's limit holds from the moment that it is set, whatever the course says.
        is_veiled = row.recording is Recording.PSEUDONYMOUS or row.may_record_fully is False
        mode = ActorMode.PSEUDONYMOUS if is_veiled else row.actor_mode
        found[Rendering(row.version, mode)].append(row.id)
    return found


def _body(statement: tincan.Statement, rendering: Rendering, people: Any, *, has_target: bool) -> bytes:
    account = statement.actor.account
    # The LMS has no words for guests: everywhere they go by the pseudonym, under an address of this installation's.
    is_actor = account is not None and account.name == str(people.pseudonym) and not people.is_guest
    has_target = has_target and not people.is_target_guest
    return render(
        statement,
        rendering,
        actor=Identity(people.issuer, people.subject, people.email) if is_actor else None,
        target=Identity(people.issuer, people.target_subject, people.target_email) if has_target else None,
    )


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the deliveries of a course stand; one statement for two endpoints counts twice."""

    waiting: int
    oldest: timedelta | None
    """How long the oldest of them has waited; None where none does."""
    dead: int
    sent: int


def backlog(session: Session, course: Course, *, now: datetime) -> Backlog:
    """Return how many deliveries of a course wait, were sent, or were given up."""
    mine = Message.course_id == course.id
    states = select(Delivery.state, func.count()).join(Delivery.message).where(mine).group_by(Delivery.state)
    figures = dict(session.execute(states).all())
    waiting = figures.get(State.NEW, 0) + figures.get(State.LEASED, 0)
    oldest = select(func.min(Message.created_at)).select_from(Delivery).join(Delivery.message)
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
    actor_mode: ActorMode = ActorMode.PSEUDONYMOUS,
    platform: Platform | None = None,
    course: Course | None = None,
    include_events: Sequence[str] | None = None,
    exclude_events: Sequence[str] | None = None,
    now: datetime,
) -> Endpoint:
    """Add an LRS that the tenant's statements go to from now on.

    Args:
        url: Where its resources stand, with or without a last slash, without `/statements`.
        platform: The only one that it hears of.
        course: The only one that it hears of.
        include_events: Keys of events, or IRIs of verbs, activities or their types, that it hears of; None for all.
        exclude_events: The same, that it does not hear of.

    Raises:
        EndpointError: A value cannot be used.
    """
    _check_address(url, settings)
    if version not in VERSIONS:
        raise EndpointError(f"the version must be one of {', '.join(VERSIONS)}: {version!r}")
    _check_scope(tenant, platform, course)
    _check_events(include_events, exclude_events)
    endpoint = Endpoint(
        tenant=tenant,
        name=name,
        url=url,
        username=username,
        password=seal(settings.secret_key, password.encode()),
        version=version,
        actor_mode=actor_mode,
        platform=platform,
        course=course,
        include_events=None if include_events is None else list(include_events),
        exclude_events=None if exclude_events is None else list(exclude_events),
        created_at=now,
        due_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def change_endpoint(
    endpoint: Endpoint,
    settings: Settings,
    *,
    url: str | None = None,
    username: str | None = None,
    password: str | None = None,
) -> None:
    """Change where an LRS is, or as whom it is spoken to; None leaves a value as it is.

    Raises:
        EndpointError: The address cannot be used, or the endpoint is the embedded one, which looks after itself.
    """
    if endpoint.is_embedded:
        raise EndpointError("the embedded LRS has its address and password from kring migrate")
    if url is not None:
        _check_address(url, settings)
        endpoint.url = url
    if username is not None:
        endpoint.username = username
    if password is not None:
        endpoint.password = seal(settings.secret_key, password.encode())


def _check_address(url: str, settings: Settings) -> None:
    """Raise `EndpointError` where an address is none, or one that requests may not reach."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not parts.hostname or parts.query or parts.fragment:
        raise EndpointError(f"the address must look like https://lrs.example/xapi: {url!r}")
    if parts.username is not None:
        raise EndpointError("name and password do not belong into the address")
    if is_private_name(parts.hostname) and not settings.allow_private_addresses:
        raise EndpointError(f"private addresses are reached only under KRING_ALLOW_PRIVATE_ADDRESSES=1: {url!r}")


def _check_scope(tenant: Tenant, platform: Platform | None, course: Course | None) -> None:
    """Raise `EndpointError` where platform and course are not within the tenant, or not within each other."""
    if platform is not None and platform.tenant_id != tenant.id:
        raise EndpointError(f"the platform is not of {tenant.name}: {platform.name}")
    if course is None:
        return
    if course.deployment.platform.tenant_id != tenant.id:
        raise EndpointError(f"the course is not of {tenant.name}: {course.title}")
    if platform is not None and course.deployment.platform_id != platform.id:
        raise EndpointError(f"the course is not of {platform.name}: {course.title}")


def _check_events(*lists: Sequence[str] | None) -> None:
    """Raise `EndpointError` where something can be neither an event's key nor an IRI."""
    for word in (word for words in lists for word in words or ()):
        if word not in EVENTS and not is_iri(word):
            raise EndpointError(f"there is no such event, and no such IRI: {word!r}")
