"""What every batch asks of the database: built once, and for tables instead of objects, which halves the worker's work."""

from typing import cast

from sqlalchemy import Integer, Table, bindparam, select, update

from connector.delivery.models import Delivery, Message, State

_WAYS, _MESSAGES = cast("Table", Delivery.__table__), cast("Table", Message.__table__)
_DUE = (
    select(_WAYS.c.id)
    .where(
        _WAYS.c.endpoint_id == bindparam("of"),
        _WAYS.c.state == State.NEW,
        _WAYS.c.due_at <= bindparam("now"),
    )
    .order_by(_WAYS.c.due_at, _WAYS.c.id)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
    .cte("due")  # a subquery that locks may be run twice by PostgreSQL's planner; a CTE is run once
)
CLAIM = (
    update(_WAYS)
    .where(_WAYS.c.id.in_(select(_DUE.c.id)))
    .values(state=State.LEASED, lease_token=bindparam("token"), attempts=_WAYS.c.attempts + 1)
    .returning(_WAYS.c.due_at, _WAYS.c.id, _WAYS.c.message_id, _WAYS.c.attempts, _WAYS.c.last_error)
)
"""Leases the next deliveries `of` an endpoint under the lane's `token`: at most so many."""
BODIES = (
    select(_WAYS.c.id, _MESSAGES.c.body, _MESSAGES.c.created_at, _MESSAGES.c.voids_id)
    .join_from(_WAYS, _MESSAGES)
    .where(_WAYS.c.id.in_(bindparam("ids", expanding=True)))
)
"""What the deliveries with these `ids` carry."""
DONE = (
    update(_WAYS)
    .where(_WAYS.c.id.in_(bindparam("ids", expanding=True)), _WAYS.c.lease_token == bindparam("token"))
    .values(state=State.DONE, lease_token=None, last_status=None, last_error=None, done_at=bindparam("now"))
)
"""Marks the deliveries with these `ids` as accepted, as far as they are still the lane's."""
