"""What people agreed to, what a course records, and what was done to forget somebody."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Course, Membership, Person, Recording
from connector.db import Identified, Model
from connector.delivery.models import Endpoint
from connector.platforms.models import Tenant


class Purpose(StrEnum):
    """What a person may agree to."""

    LEARNING_RECORD = "learning-record"
    """That statements tell what they do; taken for given until they say otherwise."""
    PRIVATE_EVENTS = "private-events"
    """That statements also tell of what nobody else sees; not given until they say so."""


class Consent(Identified, Model):
    """What a person once said about a purpose; the newest counts, the others are its history."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id_purpose", "person_id", "purpose", "decided_at"),)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship()
    purpose: Mapped[Purpose]
    is_given: Mapped[bool]
    decided_at: Mapped[datetime]


class RecordingChange(Identified, Model):
    """That somebody changed what of a course's acts is recorded."""

    __tablename__ = "recording_change"
    __table_args__ = (Index("ix_recording_change_course_id_changed_at", "course_id", "changed_at"),)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    course: Mapped[Course] = relationship()
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    by: Mapped[Membership] = relationship()
    changed_at: Mapped[datetime]
    before: Mapped[Recording]
    after: Mapped[Recording]


class Erasure(Identified, Model):
    """That somebody was forgotten: when, and nothing about whom. Who asked for it, is given the id."""

    __tablename__ = "erasure"
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    tenant: Mapped[Tenant] = relationship()
    erased_at: Mapped[datetime]


class ErasureReceipt(Identified, Model):
    """What was done about the statements that one store had, or was to get."""

    __tablename__ = "erasure_receipt"
    __table_args__ = (UniqueConstraint("erasure_id", "endpoint_id"),)
    erasure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("erasure.id"))
    erasure: Mapped[Erasure] = relationship()
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("endpoint.id"))
    endpoint: Mapped[Endpoint] = relationship()
    delivered: Mapped[int] = mapped_column(default=0)
    """How many of the person's statements the store had accepted; each is voided."""
    dropped: Mapped[int] = mapped_column(default=0)
    """How many were on their way, and are no longer sent."""
    uncertain: Mapped[int] = mapped_column(default=0)
    """How many of those dropped had been tried, so that the store may have them; these are voided too."""
    named: Mapped[int] = mapped_column(default=0)
    """How many statements of others the store accepted that name the person by more than a pseudonym, as the one whom
    the act was for. They are the others' acts and are not voided: only the store's own means remove them."""


class ErasureVoid(Model):
    """A voiding statement that belongs to a receipt."""

    __tablename__ = "erasure_void"
    receipt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("erasure_receipt.id"), primary_key=True)
    message_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The voiding statement's id."""
