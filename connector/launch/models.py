"""What a launch leaves behind between its steps. Every row is usable once and short-lived."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.db import Model
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
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PendingLaunch(Model):
    """A valid launch whose browser must still prove itself by the platform's storage."""

    __tablename__ = "pending_launch"
    ticket_hash: Mapped[str] = mapped_column(primary_key=True)
    browser_hash: Mapped[str]
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    platform: Mapped[Platform] = relationship()
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
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
    expires_at: Mapped[datetime] = mapped_column(index=True)
