"""Invitations to people from outside, the codes that their mailboxes get, and the browsers that they confirmed."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.notifications.models import Mail
from connector.threads.models import Thread


class Declined(StrEnum):
    """Why a guest does not answer."""

    OTHER_TOPIC = "other-topic"
    NO_TIME = "no-time"
    CONFLICT = "conflict"
    """They are too close to the matter or to somebody in it."""
    OTHER = "other"


class Invitation(Identified, Model):
    """Somebody from outside who is asked to answer: one question, or those of an activity."""

    __tablename__ = "guest_invitation"
    __table_args__ = (Index("ix_guest_invitation_activity_id_created_at", "activity_id", "created_at"),)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    activity: Mapped[Activity] = relationship()
    """Where it was sent from; a question may have moved since."""
    thread_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"), index=True)
    """The one question; None for all of the activity's that are for everybody."""
    thread: Mapped[Thread | None] = relationship(foreign_keys=[thread_id])
    invited_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    invited_by: Mapped[Membership] = relationship(foreign_keys=[invited_by_id])
    name: Mapped[str | None]
    """As whoever invited them wrote it; None once the guest is forgotten."""
    address: Mapped[str | None]
    """Where the mails go, and nothing else: no statement, page of the course or export of others has it."""
    note: Mapped[str] = mapped_column(Text, default="")
    """What the guest is told beside the question, in plain text."""
    locale: Mapped[str]
    """The language of the mails and pages, until the guest chooses another."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    serial: Mapped[int] = mapped_column(default=1)
    """Which link it is: each time it is sent again, the one before is worth nothing any more."""
    link_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the link's secret: a copy of the database opens nothing."""
    mail_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"))
    """The mail that the link travels in."""
    mail: Mapped[Mail | None] = relationship()
    sent_at: Mapped[datetime | None]
    """When it was known that the mail server took it; mails are forgotten before invitations are."""
    bounced_at: Mapped[datetime | None]
    """When somebody said that the mail came back, after the mail server had taken it."""
    opened_at: Mapped[datetime | None]
    """When a browser was confirmed by a code."""
    agreed_at: Mapped[datetime | None]
    """When the guest said that they take part; before, nothing of what they do is kept."""
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), unique=True)
    """Who they are in the course since they agreed: never active there, so that no list or visit has them."""
    member: Mapped[Membership | None] = relationship(foreign_keys=[member_id])
    answered_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    """When they last asked for more information."""
    asked_thread_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"))
    """Of which question they asked it."""
    told_at: Mapped[datetime | None]
    """Up to when they were told, by mail, of what was written since they asked."""
    declined_at: Mapped[datetime | None]
    declined: Mapped[Declined | None]
    suggestion: Mapped[str] = mapped_column(Text, default="")
    """Whom to ask instead, in the guest's words, for who leads the course."""
    revoked_at: Mapped[datetime | None]


class GuestCode(Identified, Model):
    """A code on its way to a guest's mailbox; what it is follows from its id and the installation's secret."""

    __tablename__ = "guest_code"
    __table_args__ = (Index("ix_guest_code_invitation_id_created_at", "invitation_id", "created_at"),)
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("guest_invitation.id", ondelete="CASCADE"))
    invitation: Mapped[Invitation] = relationship()
    code_hash: Mapped[str] = mapped_column(String(64))
    """Keyed with the installation's secret: there are so few codes that a plain hash would tell."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class GuestDevice(Identified, Model):
    """A browser that a guest confirmed, for one invitation."""

    __tablename__ = "guest_device"
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("guest_invitation.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of what the browser's cookie holds."""
    created_at: Mapped[datetime]
