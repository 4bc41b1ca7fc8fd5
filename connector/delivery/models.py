"""Endpoints, messages and deliveries: the outbox.

An endpoint is also a lane: its `lane_…` columns say which worker may send to it, and until when. A delivery that is
leased belongs to the holder of its endpoint's lane, as long as both name the same token; so one row is renewed and not
a hundred, and two workers never send to one store at a time.

A statement that stores are to know in several renderings has a message for each, under the one id; that a delivery is
unique by id and endpoint keeps each store to one of them.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from connector.courses.models import Course
from connector.db import Identified, Model
from connector.platforms.models import Platform, Tenant

BATCH_LIMIT = 100
"""The most messages that go together: larger batches gain little, and cost some stores deadlocks."""
BYTE_LIMIT = 1_000_000
"""The most bytes that go together."""
PLAIN = "1.0.3/pseudonymous"
"""The rendering that every store understands, and that names nobody."""


class Kind(StrEnum):
    """What a message is, and so who can carry it."""

    STATEMENT = "statement"
    VOID = "void"
    """A statement too: it takes back another one."""


class State(StrEnum):
    """How far a delivery has come."""

    NEW = "new"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"
    """Refused for good: sending the same bytes again would change nothing."""


class ActorMode(StrEnum):
    """How a store is to know people."""

    PSEUDONYMOUS = "pseudonymous"
    """By a random name that can be forgotten."""
    INTEROPERABLE = "interoperable"
    """By issuer and subject, as statements of the LMS itself know them; no e-mail, no name."""
    EMAIL_HASH = "email-hash"
    """By a hash of the e-mail address, where the LMS gave one; else by pseudonym. Whoever knows the address, can tell."""


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
    """The xAPI version to speak, for good: 1.0.3 or 2.0.0."""
    actor_mode: Mapped[ActorMode] = mapped_column(default=ActorMode.PSEUDONYMOUS)
    platform_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("platform.id"))
    """The only platform whose courses it hears of; None for all of the tenant's."""
    platform: Mapped[Platform | None] = relationship()
    course_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course.id"))
    """The only course that it hears of."""
    course: Mapped[Course | None] = relationship()
    include_events: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Keys of events, or IRIs of verbs, activities or their types: of these it hears; None for all."""
    exclude_events: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """The same: of these it does not hear, whatever is included."""
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
    __table_args__ = (
        # Only for the few that are not null: recording an act pays nothing for it.
        Index(
            "ix_message_voids_id",
            "voids_id",
            sqlite_where=text("voids_id IS NOT NULL"),
            postgresql_where=text("voids_id IS NOT NULL"),
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The statement's id."""
    rendering: Mapped[str] = mapped_column(String(32), primary_key=True, default=PLAIN)
    """The xAPI version and the actor mode, as `rendering.name` writes them."""
    kind: Mapped[Kind]
    # No foreign keys to courses and persons, which are never deleted: on PostgreSQL every act would lock rows that others
    # want to change, or to lock at the same time.
    course_id: Mapped[uuid.UUID] = mapped_column(index=True)
    course: Mapped[Course] = relationship(primaryjoin=lambda: foreign(Message.course_id) == Course.id)
    person_id: Mapped[uuid.UUID | None]
    """Whose act it tells of; None where nobody is to know."""
    target_id: Mapped[uuid.UUID | None]
    """The other person that it names."""
    voids_id: Mapped[uuid.UUID | None]
    """The statement that this one takes back."""
    body: Mapped[bytes]
    created_at: Mapped[datetime]


class Delivery(Model):
    """A message on its way to one endpoint."""

    __tablename__ = "delivery"
    __table_args__ = (
        ForeignKeyConstraint(["message_id", "rendering"], ["message.id", "message.rendering"]),
        UniqueConstraint("message_id", "endpoint_id"),
        # Claiming reads this index from its first entry on, however many rows wait or are done.
        Index("ix_delivery_due", "endpoint_id", "state", "due_at", "id"),
    )
    # SQLite counts up by itself only in a column of exactly this type.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    message_id: Mapped[uuid.UUID]
    rendering: Mapped[str] = mapped_column(String(32), default=PLAIN)
    message: Mapped[Message] = relationship()
    # No foreign key: endpoints are never deleted, and every act would lock the one row of the store that all tell.
    endpoint_id: Mapped[uuid.UUID]
    endpoint: Mapped[Endpoint] = relationship(primaryjoin=lambda: foreign(Delivery.endpoint_id) == Endpoint.id)
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


class Reconciliation(Identified, Model):
    """What came of comparing what a store accepted with what it holds."""

    __tablename__ = "reconciliation"
    __table_args__ = (Index("ix_reconciliation_endpoint_id_began_at", "endpoint_id", "began_at"),)
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("endpoint.id"))
    endpoint: Mapped[Endpoint] = relationship()
    since: Mapped[datetime]
    until: Mapped[datetime]
    """Compared is what was accepted after `since` and not after `until`."""
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    error: Mapped[str | None]
    """Why the comparison ended early; None where everything was read."""
    expected: Mapped[int]
    """How many statements the store had accepted."""
    held: Mapped[int]
    """How many of them it holds."""
    voided: Mapped[int]
    """How many of them somebody has voided since."""
    missing: Mapped[int]
    """How many it lacks; they are sent again."""
    unknown: Mapped[int]
    """How many could not be looked up, because the comparison ended early."""
    doubled: Mapped[int]
    """How many statements it holds more than once."""
    foreign: Mapped[int]
    """How many it holds that tell of our events, and that this installation never sent."""
    examples: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """The first ids of those that are missing, unknown, doubled or foreign."""
