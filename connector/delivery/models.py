"""Endpoints, messages and deliveries: the outbox.

An endpoint is also a lane: its `lane_…` columns say which worker may send to it, and until when. A delivery that is
leased belongs to the holder of its endpoint's lane, as long as both name the same token; so one row is renewed and not
a hundred, and two workers never send to one store at a time.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Course
from connector.db import Identified, Model
from connector.platforms.models import Tenant

BATCH_LIMIT = 100
"""The most messages that go together: larger batches gain little, and cost some stores deadlocks."""
BYTE_LIMIT = 1_000_000
"""The most bytes that go together."""


class Kind(StrEnum):
    """What a message is, and so who can carry it."""

    STATEMENT = "statement"


class State(StrEnum):
    """How far a delivery has come."""

    NEW = "new"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"
    """Refused for good: sending the same bytes again would change nothing."""


class Endpoint(Identified, Model):
    """A learning record store to deliver to, and its lane."""

    __tablename__ = "endpoint"
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    tenant: Mapped[Tenant] = relationship()
    name: Mapped[str]
    url: Mapped[str]
    """Where the store's resources stand, without `/statements`."""
    username: Mapped[str]
    password: Mapped[bytes]
    """Sealed with the installation's secret."""
    version: Mapped[str]
    """The xAPI version to speak: 1.0.3 or 2.0.0."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether new statements go there; what waits for an endpoint that is switched off goes on waiting."""
    is_embedded: Mapped[bool] = mapped_column(default=False)
    """Whether it is this installation's own store, on this machine: its requests reach loopback, and nothing else."""
    created_at: Mapped[datetime]

    paused_reason: Mapped[str | None]
    """Why somebody has to mend the address or the credentials; None while all is well."""
    last_error: Mapped[str | None]
    last_status: Mapped[int | None]
    succeeded_at: Mapped[datetime | None]
    """When the store last accepted something."""
    accepted: Mapped[int] = mapped_column(BigInteger, default=0)
    """How many messages the store has accepted, ever: counted as they go, because nobody wants to count millions."""

    lane_token: Mapped[uuid.UUID | None]
    lane_until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    """Nothing is sent before: the lane's back-off."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row the whole lane failed."""
    batch_limit: Mapped[int] = mapped_column(default=BATCH_LIMIT)
    """How many messages go together; halved where the store stumbles over a batch, grows again with success."""
    byte_limit: Mapped[int] = mapped_column(default=BYTE_LIMIT)
    """How many bytes go together; halved for good where the store says that it was too much."""


class Message(Model):
    """Something to deliver: its bytes, made once and never again, so that a retry is the same request."""

    __tablename__ = "message"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The statement's id."""
    kind: Mapped[Kind]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), index=True)
    course: Mapped[Course] = relationship()
    body: Mapped[bytes]
    created_at: Mapped[datetime]


class Delivery(Model):
    """A message on its way to one endpoint."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "endpoint_id"),
        # Claiming reads this index from its first entry on, however many rows wait or are done.
        Index("ix_delivery_due", "endpoint_id", "state", "due_at", "id"),
    )
    # SQLite counts up by itself only in a column of exactly this type.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"))
    message: Mapped[Message] = relationship()
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("endpoint.id"))
    endpoint: Mapped[Endpoint] = relationship()
    state: Mapped[State]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    """Not sent before; when it was stored, until it fails on its own account."""
    lease_token: Mapped[uuid.UUID | None]
    """The lane's token while a worker holds the row."""
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    """Why this very message failed; None where only the whole lane did."""
    done_at: Mapped[datetime | None]
    """When it was accepted, or given up."""
