"""How delivery goes, endpoint by endpoint and statement by statement: for operators, their pages and their monitoring."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from connector.delivery.models import Delivery, Endpoint, Message, State

_WAITING = (State.NEW, State.LEASED)


class Condition(StrEnum):
    """How a lane is."""

    WELL = "well"
    FAILING = "failing"
    """It waits between attempts, which grow rarer, and recovers by itself."""
    PAUSED = "paused"
    """Somebody has to mend the address or the credentials; it is only probed meanwhile."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the deliveries to one endpoint stand."""

    endpoint: Endpoint
    waiting: int
    oldest: timedelta | None
    """How long the oldest of them has waited; None where none does."""
    dead: int

    @property
    def condition(self) -> Condition:
        """How its lane is."""
        return condition(self.endpoint)


def condition(endpoint: Endpoint) -> Condition:
    """Return how an endpoint's lane is."""
    if not endpoint.is_active:
        return Condition.OFF
    if endpoint.paused_reason is not None:
        return Condition.PAUSED
    return Condition.FAILING if endpoint.failures else Condition.WELL


def standings(session: Session, *, now: datetime) -> list[Standing]:
    """Return how delivery to every endpoint goes, by tenant and name; what is done costs nothing, however much it is."""
    endpoints = session.scalars(
        select(Endpoint).options(joinedload(Endpoint.tenant)).order_by(Endpoint.tenant_id, Endpoint.name, Endpoint.id)
    ).all()
    waiting, first, dead = _counts(session)
    since = dict(
        session.execute(
            select(Delivery.endpoint_id, Message.created_at).join(Delivery.message).where(Delivery.id.in_(first))
        ).all()
    )
    return [
        Standing(
            endpoint=one,
            waiting=waiting.get(one.id, 0),
            oldest=now - since[one.id] if one.id in since else None,
            dead=dead.get(one.id, 0),
        )
        for one in endpoints
    ]


def _counts(session: Session) -> tuple[dict[uuid.UUID, int], list[int], dict[uuid.UUID, int]]:
    """Return how much waits for each endpoint, which delivery has waited longest at each, and how much was given up."""
    waiting: dict[uuid.UUID, int] = {}
    first: dict[uuid.UUID, int] = {}
    dead: dict[uuid.UUID, int] = {}
    # Ids go up with time, and stand in the index that is read here.
    rows = session.execute(
        select(Delivery.endpoint_id, Delivery.state, func.count(), func.min(Delivery.id))
        .where(Delivery.endpoint_id.in_(select(Endpoint.id)), Delivery.state.in_((*_WAITING, State.DEAD)))
        .group_by(Delivery.endpoint_id, Delivery.state)
    )
    for endpoint_id, state, count, lowest in rows:
        if state is State.DEAD:
            dead[endpoint_id] = count
        else:
            waiting[endpoint_id] = waiting.get(endpoint_id, 0) + count
            first[endpoint_id] = min(lowest, first.get(endpoint_id, lowest))
    return waiting, list(first.values()), dead


def find_messages(session: Session, statement_id: uuid.UUID) -> Sequence[Message]:
    """Return a statement as it was written down, in each of its renderings; empty where it is unknown."""
    return session.scalars(select(Message).where(Message.id == statement_id).order_by(Message.rendering)).all()


def find_deliveries(session: Session, statement_id: uuid.UUID) -> Sequence[Delivery]:
    """Return a statement's ways to its endpoints."""
    mine = select(Delivery).where(Delivery.message_id == statement_id).order_by(Delivery.id)
    return session.scalars(mine.options(joinedload(Delivery.endpoint))).all()


def list_dead(session: Session, endpoint: Endpoint, *, limit: int = 50) -> Sequence[Delivery]:
    """Return what was given up for an endpoint last."""
    return session.scalars(
        select(Delivery)
        .where(Delivery.endpoint_id == endpoint.id, Delivery.state == State.DEAD)
        .order_by(Delivery.due_at.desc(), Delivery.id.desc())
        .limit(limit)
    ).all()
