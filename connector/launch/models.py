"""What a launch leaves behind between its steps. Every row is usable once and short-lived."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.platforms.models import Platform


class LoginState(Model):
    """An authentication request on its way: binds state, nonce, platform and browser together."""

    __tablename__ = "login_state"
    state_hash: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    platform: Mapped[Platform] = relationship()
    browser_hash: Mapped[str]
    """SHA-256 of the secret that the browser keeps, in a cookie or in the platform's storage."""
    storage_target: Mapped[str | None]
    login_hint: Mapped[str]
    message_hint: Mapped[str | None]
    target_link_uri: Mapped[str]
    is_retry: Mapped[bool]
    """Whether this login was begun again in a tab of its own; a second retry would go round in circles."""
    deep_link_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deep_link.id", ondelete="SET NULL"))
    """The choosing that waits in the frame for what happens in the tab."""
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PendingLaunch(Model):
    """A valid launch whose browser must still prove itself by the platform's storage."""

    __tablename__ = "pending_launch"
    ticket_hash: Mapped[str] = mapped_column(primary_key=True)
    browser_hash: Mapped[str]
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    platform: Mapped[Platform] = relationship()
    membership_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    may_export: Mapped[bool] = mapped_column(default=False)
    endpoint: Mapped[str]
    """The page that the launch leads to, and `values` for its address."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    locale: Mapped[str | None]
    return_origin: Mapped[str]
    is_lms_admin: Mapped[bool]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Relaunch(Model):
    """A launch to be begun again in a new tab, where cookies are our own."""

    __tablename__ = "relaunch"
    ticket_hash: Mapped[str] = mapped_column(primary_key=True)
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    platform: Mapped[Platform] = relationship()
    login_hint: Mapped[str]
    message_hint: Mapped[str | None]
    target_link_uri: Mapped[str]
    deep_link_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("deep_link.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DeepLink(Identified, Model):
    """A trainer's choosing of what to place in a course: asked for by the LMS once, and answered once."""

    __tablename__ = "deep_link"
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    member: Mapped[Membership] = relationship()
    """Who chooses, and where; nobody else may."""
    request: Mapped[bytes]
    """What the LMS takes and where the answer goes, sealed: the address holds the person's session key in the LMS."""
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """The forms as they were typed, each with the id that its activity gets."""
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    """Opens the page in the LMS's frame that waits for what happens in a tab."""
    is_in_tab: Mapped[bool]
    """Whether the choosing went on in a tab: the answer is then the frame's to send."""
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """Since when it is settled: the items are activities, or nothing was chosen."""
    sent_at: Mapped[datetime | None]
    """When a page that sends the answer by itself was given out; the next one asks first."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
