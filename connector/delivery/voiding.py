"""Takes statements back, as far as xAPI lets anybody: by statements that say so."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import tincan
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from connector.delivery.models import PLAIN, Delivery, Kind, Message, State
from connector.platforms.models import Tenant
from xapi.schema import VOIDED
from xapi.statement import actor, to_bytes

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A statement that one store has, or may have."""

    statement_id: uuid.UUID
    course_id: uuid.UUID
    endpoint_id: uuid.UUID


def void(session: Session, told: Sequence[Told], tenant: Tenant, *, now: datetime) -> dict[Told, uuid.UUID]:
    """Store voiding statements for the stores that have what is to be voided, and return the id of each.

    The installation speaks in them, not the person whose statement it was. A lane has one request at a time, so what a
    worker sends just now arrives before them. A statement is voided once, however often it is asked for.
    """
    for start in range(0, len(told), _CHUNK):
        _void(session, told[start : start + _CHUNK], tenant, now)
    return {one: void_id(one.statement_id) for one in told}


def void_id(statement_id: uuid.UUID) -> uuid.UUID:
    """Return the id of the statement that voids a statement."""
    return uuid.uuid5(statement_id, VOIDED)


def _void(session: Session, told: Sequence[Told], tenant: Tenant, now: datetime) -> None:
    ids = {void_id(one.statement_id) for one in told}
    stored = set(session.scalars(select(Message.id).where(Message.id.in_(ids))))
    waiting = {
        (row.message_id, row.endpoint_id)
        for row in session.execute(
            select(Delivery.message_id, Delivery.endpoint_id).where(Delivery.message_id.in_(ids))
        )
    }
    messages = {void_id(one.statement_id): one for one in told if void_id(one.statement_id) not in stored}
    _insert(session, Message, [_message(id_, one, tenant, now) for id_, one in messages.items()])
    ways = {(void_id(one.statement_id), one.endpoint_id) for one in told} - waiting
    _insert(session, Delivery, [_delivery(message_id, endpoint_id, now) for message_id, endpoint_id in sorted(ways)])


def _insert(session: Session, model: type[Message | Delivery], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def _message(id_: uuid.UUID, told: Told, tenant: Tenant, now: datetime) -> dict[str, Any]:
    statement = tincan.Statement(
        id=id_,
        actor=actor(tenant.iri, "kring"),
        verb=tincan.Verb(id=VOIDED, display=tincan.LanguageMap({"en-US": "voided"})),
        object=tincan.StatementRef(id=told.statement_id),
        timestamp=now,
        version=None,
    )
    return {
        "id": id_,
        "rendering": PLAIN,
        "kind": Kind.VOID,
        "course_id": told.course_id,
        "person_id": None,
        "target_id": None,
        "voids_id": told.statement_id,
        "body": to_bytes(statement),
        "created_at": now,
    }


def _delivery(message_id: uuid.UUID, endpoint_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "rendering": PLAIN,
        "endpoint_id": endpoint_id,
        "state": State.NEW,
        "attempts": 0,
        "due_at": now,
    }
