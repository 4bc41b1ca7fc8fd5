"""The queue itself: take a lane, claim a batch, settle it, leave.

Nothing here sends or commits. Every write after `take` first renews the lane's lease under the lane's token, in the same
transaction; a worker whose lease has run out gets `LeaseLostError` and can mark nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnExpressionArgument, case, func, or_, select, update
from sqlalchemy.orm import Session

from connector.delivery import queries
from connector.delivery.destinations import Parcel, Setback, Step
from connector.delivery.errors import DestinationClosedError, DestinationDownError, LeaseLostError
from connector.delivery.models import BATCH_LIMIT, Delivery, Endpoint, State
from connector.delivery.retry import FARTHEST, MAX_AGE, Chance, back_off

_UNTRACKED = {"synchronize_session": False}
"""No session here holds objects that an UPDATE could leave stale."""
_REASON_LENGTH = 500
_PATIENCE, _LONG_PATIENCE = 3, 10
"""How often a message may fail alone before it loses its place, also where it was not looked at: outages keep the order."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The right to send to one endpoint."""

    endpoint_id: uuid.UUID
    token: uuid.UUID
    lease: timedelta
    """How long the right lasts from the last renewal on; longer than a request can take."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed together."""

    parcels: Sequence[Parcel]
    byte_limit: int


class _Limits(NamedTuple):
    failures: int
    paused_reason: str | None
    batch_limit: int
    byte_limit: int


def is_due(session: Session, *, now: datetime) -> bool:
    """Return whether a lane could be taken: a read, so that idle workers never wait for the write lock."""
    return session.scalar(select(Endpoint.id).where(*_takeable(now)).limit(1)) is not None


def take(session: Session, *, now: datetime, lease: timedelta) -> Lane | None:
    """Take the lane that has waited longest among those with something due; None where there is none.

    What the last holder left leased waits again: it died, or its lease ran out. Times too far ahead are put right.
    """
    token = uuid.uuid4()
    due = (
        select(Endpoint.id)
        .where(*_takeable(now))
        .order_by(Endpoint.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    endpoint_id = session.scalar(
        update(Endpoint)
        .where(Endpoint.id.in_(select(due.c.id)))
        .values(lane_token=token, lane_until=now + lease)
        .returning(Endpoint.id)
        .execution_options(**_UNTRACKED)
    )
    if endpoint_id is None:
        return None
    lane = Lane(endpoint_id, token, lease)
    _put_back(session, lane)
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint_id == endpoint_id, Delivery.state == State.NEW, Delivery.due_at > now + FARTHEST)
        .values(due_at=now)
        .execution_options(**_UNTRACKED)
    )
    return lane


def claim(session: Session, lane: Lane, *, now: datetime) -> Batch:
    """Lease the next deliveries of the lane; an empty batch where nothing is due.

    Raises:
        LeaseLostError: The lane is no longer ours.
    """
    endpoint = _hold(session, lane, now)
    # A lane that failed is tried with one message: it costs little, and shows whether a batch or the store was at fault.
    limit = 1 if endpoint.failures and endpoint.paused_reason is None else endpoint.batch_limit
    claimed = {"of": lane.endpoint_id, "now": now, "most": limit, "token": lane.token}
    rows = session.connection().execute(queries.CLAIM, claimed).all()
    return Batch(_parcels(session, rows), endpoint.byte_limit)


def settle(session: Session, lane: Lane, step: Step, *, now: datetime, chance: Chance) -> None:
    """Store what `step` says about its deliveries, and renew the lease.

    Raises:
        LeaseLostError: The lane is no longer ours; nothing was stored.
    """
    changes: dict[str, Any] = {}
    if step.done:
        grown = Endpoint.batch_limit + len(step.done)
        changes = {
            "failures": 0,
            "paused_reason": None,
            "last_error": None,
            "last_status": None,
            "succeeded_at": now,
            "accepted": Endpoint.accepted + len(step.done),
            "batch_limit": case((grown < BATCH_LIMIT, grown), else_=BATCH_LIMIT),
        }
    if step.byte_limit is not None:
        changes["byte_limit"] = case(
            (Endpoint.byte_limit > step.byte_limit, step.byte_limit), else_=Endpoint.byte_limit
        )
    endpoint = _hold(session, lane, now, changes)
    if step.done:
        session.connection().execute(queries.DONE, {"ids": list(step.done), "token": lane.token, "now": now})
    for setback in step.postponed:
        # Only where the store accepts others does its age speak against a message.
        is_hopeless = endpoint.failures == 0 and now - setback.parcel.created_at > MAX_AGE
        wait = back_off(setback.parcel.attempts, chance=chance, retry_after=setback.retry_after)
        _set_back(session, lane, setback, _dead(now) if is_hopeless else {"state": State.NEW, "due_at": now + wait})
    for setback in step.dead:
        _set_back(session, lane, setback, _dead(now))


def fail(
    session: Session,
    lane: Lane,
    error: DestinationDownError | DestinationClosedError,
    *,
    now: datetime,
    chance: Chance,
) -> datetime:
    """Give the lane up after `error`, with what it still holds, and return when it may be taken again.

    Raises:
        LeaseLostError: The lane is no longer ours; nothing was stored.
    """
    endpoint = _hold(session, lane, now)
    failures = endpoint.failures + 1
    changes: dict[str, Any] = {"failures": failures, "last_error": _cut(str(error)), "last_status": error.status}
    retry_after = None
    if isinstance(error, DestinationClosedError):
        changes["paused_reason"] = _cut(str(error))
    else:
        retry_after = error.retry_after
        changes["paused_reason"] = None
        if error.is_batch_suspect:
            changes["batch_limit"] = max(1, endpoint.batch_limit // 2)
        if error.is_batch_suspect or error.status is not None:
            _postpone_culprit(session, lane, error, now=now, chance=chance)
    due_at = now + back_off(failures, chance=chance, retry_after=retry_after)
    _put_back(session, lane)
    _hold(session, lane, now, {**changes, "due_at": due_at, "lane_token": None, "lane_until": None})
    return due_at


def leave(session: Session, lane: Lane, *, now: datetime) -> None:
    """Give the lane back; the others come first now.

    Raises:
        LeaseLostError: The lane is no longer ours; nothing was stored.
    """
    _hold(session, lane, now, {"due_at": now, "lane_token": None, "lane_until": None})
    _put_back(session, lane)


def _takeable(now: datetime) -> list[ColumnExpressionArgument[bool]]:
    """Return the conditions for a lane that nobody holds and that has something due: left-overs too, and times too far."""
    beyond = now + FARTHEST
    mine, waits = Delivery.endpoint_id == Endpoint.id, Delivery.state == State.NEW
    earliest = select(func.min(Delivery.due_at)).where(mine).correlate(Endpoint)
    latest = select(func.max(Delivery.due_at)).where(mine, waits).correlate(Endpoint)
    return [
        Endpoint.is_active,
        or_(Endpoint.due_at <= now, Endpoint.due_at > beyond),
        or_(Endpoint.lane_until.is_(None), Endpoint.lane_until <= now, Endpoint.lane_until > beyond),
        or_(
            earliest.where(waits).scalar_subquery() <= now,
            earliest.where(Delivery.state == State.LEASED).scalar_subquery().is_not(None),
            latest.scalar_subquery() > beyond,
        ),
    ]


def _hold(session: Session, lane: Lane, now: datetime, changes: Mapping[str, Any] | None = None) -> _Limits:
    """Renew the lease, apply `changes` to the endpoint, and return its limits. Locks the row until the commit."""
    row = session.execute(
        update(Endpoint)
        .where(Endpoint.id == lane.endpoint_id, Endpoint.lane_token == lane.token, Endpoint.lane_until > now)
        .values({"lane_until": now + lane.lease, **(changes or {})})
        .returning(Endpoint.failures, Endpoint.paused_reason, Endpoint.batch_limit, Endpoint.byte_limit)
        .execution_options(**_UNTRACKED)
    ).one_or_none()
    if row is None:
        raise LeaseLostError("the lease of the lane has run out")
    return _Limits(*row)


def _parcels(session: Session, rows: Sequence[Any]) -> list[Parcel]:
    """Return the claimed rows with their bodies, in the order of the lane: RETURNING promises none."""
    if not rows:
        return []
    bodies = session.connection().execute(queries.BODIES, {"ids": [row.id for row in rows]})
    messages = {message.id: message for message in bodies}
    return [
        Parcel(
            id=row.id,
            message_id=row.message_id,
            body=messages[row.id].body,
            created_at=messages[row.id].created_at,
            attempts=row.attempts,
            is_suspect=row.last_error is not None,
            voids_id=messages[row.id].voids_id,
        )
        for row in sorted(rows, key=lambda row: (row.due_at, row.id))
    ]


def _postpone_culprit(
    session: Session, lane: Lane, error: DestinationDownError, *, now: datetime, chance: Chance
) -> None:
    """Move the one message that the store stumbled over again and again out of the way of the others."""
    held = session.execute(
        select(Delivery.id, Delivery.attempts)
        .where(Delivery.endpoint_id == lane.endpoint_id, Delivery.state == State.LEASED)
        .limit(2)
    ).all()
    patience = _PATIENCE if error.is_batch_suspect else _LONG_PATIENCE
    if len(held) == 1 and held[0].attempts >= patience:
        due_at = now + back_off(held[0].attempts, chance=chance, retry_after=error.retry_after)
        changes = {"state": State.NEW, "due_at": due_at, "last_error": _cut(str(error)), "last_status": error.status}
        _release(session, lane, Delivery.id == held[0].id, changes)


def _put_back(session: Session, lane: Lane) -> None:
    """Let the lane's leased deliveries wait again, at their old place; the caller holds the lane's row."""
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint_id == lane.endpoint_id, Delivery.state == State.LEASED)
        .values(state=State.NEW, lease_token=None)
        .execution_options(**_UNTRACKED)
    )


def _release(session: Session, lane: Lane, which: ColumnExpressionArgument[bool], changes: Mapping[str, Any]) -> None:
    session.execute(
        update(Delivery)
        .where(which, Delivery.lease_token == lane.token)
        .values({"lease_token": None, "last_status": None, **changes})
        .execution_options(**_UNTRACKED)
    )


def _set_back(session: Session, lane: Lane, setback: Setback, changes: Mapping[str, Any]) -> None:
    why = {"last_error": _cut(setback.reason), "last_status": setback.status}
    _release(session, lane, Delivery.id == setback.parcel.id, {**why, **changes})


def _dead(now: datetime) -> dict[str, Any]:
    return {"state": State.DEAD, "done_at": now}


def _cut(reason: str) -> str:
    return reason[:_REASON_LENGTH]
