"""What an operator can do about deliveries: try at once, try again, switch an endpoint off and on."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnExpressionArgument, select, update
from sqlalchemy.orm import Session

from connector.delivery.errors import DeliveryError
from connector.delivery.models import Delivery, Endpoint, State

_UNTRACKED = {"synchronize_session": "fetch"}


class UnknownEndpointError(DeliveryError):
    """No endpoint, or more than one, is meant; the message says which."""


def get_endpoint(session: Session, words: str) -> Endpoint:
    """Return the endpoint that is called so, or whose id begins so.

    Raises:
        UnknownEndpointError: There is none, or there are several.
    """
    wanted = words.strip().lower()
    found = session.scalars(select(Endpoint).where(Endpoint.name == words.strip())).all()
    if not found and wanted:
        found = [one for one in session.scalars(select(Endpoint)) if str(one.id).startswith(wanted)]
    if not found:
        raise UnknownEndpointError(f"there is no such LRS: {words!r}; kring lrs list names them")
    if len(found) > 1:
        raise UnknownEndpointError(f"more than one LRS is called {words!r}: give the beginning of its id")
    return found[0]


def wake(session: Session, endpoint: Endpoint, *, now: datetime) -> None:
    """Let an endpoint be tried at once, as if nothing had failed; a worker that is just sending to it goes on."""
    session.execute(
        update(Endpoint)
        .where(Endpoint.id == endpoint.id)
        .values(paused_reason=None, failures=0, last_error=None, last_status=None, due_at=now)
        .execution_options(**_UNTRACKED)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint_id == endpoint.id, Delivery.state == State.NEW, Delivery.due_at > now)
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def revive(
    session: Session, *, endpoint: Endpoint | None = None, statement_id: uuid.UUID | None = None, now: datetime
) -> int:
    """Let what was given up wait again, and return how much that was: the same bytes, with as many attempts as at first.

    Args:
        endpoint: Only what was meant for it.
        statement_id: Only this statement.
    """
    which: list[ColumnExpressionArgument[bool]] = [Delivery.state == State.DEAD]
    if endpoint is not None:
        which.append(Delivery.endpoint_id == endpoint.id)
    if statement_id is not None:
        which.append(Delivery.message_id == statement_id)
    changes: dict[str, Any] = {"state": State.NEW, "attempts": 0, "due_at": now, "done_at": None, "last_error": None}
    ids = session.scalars(
        update(Delivery)
        .where(*which)
        .values(changes)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ids)


def switch(session: Session, endpoint: Endpoint, *, is_active: bool, now: datetime) -> None:
    """Switch an endpoint on or off; what waits for one that is off goes on waiting, and nothing new is added."""
    endpoint.is_active = is_active
    session.flush()
    if is_active:
        wake(session, endpoint, now=now)
