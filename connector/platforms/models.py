"""Tenants, platforms (LMS registrations), deployments, who may add them, and keys."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.db import Identified, Model


class Tenant(Identified, Model):
    """An organisation: owns platforms, LRS endpoints and defaults. A fresh installation has one."""

    __tablename__ = "tenant"
    name: Mapped[str]
    iri: Mapped[str] = mapped_column(unique=True)
    """Stable, made when the tenant is; the home page of its people's pseudonymous accounts in statements."""
    created_at: Mapped[datetime]


class Status(StrEnum):
    """Whether a platform or a deployment may launch."""

    ACTIVE = "active"
    WAITING = "waiting"
    DISABLED = "disabled"


class Platform(Identified, Model):
    """One registration of the tool in an LMS: issuer and client id together; all Canvas clouds share an issuer."""

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    tenant: Mapped[Tenant] = relationship()
    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    authorization_url: Mapped[str]
    token_url: Mapped[str]
    token_audience: Mapped[str | None]
    """What the token endpoint wants as audience, where it is not its own URL (Brightspace)."""
    jwks_url: Mapped[str]
    product: Mapped[str] = mapped_column(default="generic")
    """LTI's product family code."""
    status: Mapped[Status] = mapped_column(default=Status.ACTIVE)
    approves_deployments: Mapped[bool] = mapped_column(default=True)
    """Whether a deployment seen for the first time may launch at once."""
    allows_anonymous: Mapped[bool] = mapped_column(default=False)
    frame_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Further origins whose pages may show ours in a frame; the authorization URL's own is always among them."""
    configuration: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the platform said of itself when it registered us, as it came; None where somebody typed it in."""
    registration: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What it answered to the registration, without secrets."""
    registration_url: Mapped[str | None]
    """Where the registration can be read and replaced, if the platform has such a place."""
    registration_token: Mapped[bytes | None]
    """What opens `registration_url`; sealed with the installation's secret."""
    created_at: Mapped[datetime]


class Deployment(Identified, Model):
    """A place in an LMS where the tool was installed, as LTI says."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    platform: Mapped[Platform] = relationship()
    deployment_id: Mapped[str]
    status: Mapped[Status] = mapped_column(default=Status.ACTIVE)
    created_at: Mapped[datetime]
    notices_url: Mapped[str | None]
    """Where to ask for notices of copied courses; None where the LMS offers none."""
    notices_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When to ask for them; None once asked, or where there is nothing to ask."""


class Invite(Identified, Model):
    """The right to register one LMS for a tenant, as a link that an operator hands out."""

    __tablename__ = "invite"
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    tenant: Mapped[Tenant] = relationship()
    token_hash: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str]
    """For whom it is, for the operator to recognise."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    platform_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("platform.id"))
    """What it was used for."""
    platform: Mapped[Platform | None] = relationship()


class AdminLink(Model):
    """A link that signs an operator in, once."""

    __tablename__ = "admin_link"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class AdminSession(Model):
    """An operator who is signed in; the browser's cookie holds the id."""

    __tablename__ = "admin_session"
    id_hash: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Check(StrEnum):
    """Something that works between a platform and us, or does not; in the order in which it can be seen first."""

    TOOL_KEYS = "tool_keys"
    LOGIN = "login"
    KEYS = "keys"
    LAUNCH = "launch"
    DEPLOYMENT = "deployment"
    BROWSER = "browser"
    ROSTER = "roster"
    LINE_ITEM = "line_item"
    SCORE = "score"


class PlatformCheck(Model):
    """When something was last seen to work, and last seen to fail."""

    __tablename__ = "platform_check"
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    check: Mapped[Check] = mapped_column(primary_key=True)
    ok_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    detail: Mapped[str | None]
    """What was seen last: names codes and kinds of roles, no person."""
    count: Mapped[int]
    """How often it was noted; a busy minute counts once."""


class SigningKey(Model):
    """One of the tool's own key pairs; the private half is encrypted with the installation's secret."""

    __tablename__ = "signing_key"
    kid: Mapped[str] = mapped_column(primary_key=True)
    private_pem: Mapped[bytes]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class PlatformKeySet(Model):
    """A platform's public keys, as last fetched."""

    __tablename__ = "platform_key_set"
    url: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    fetched_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]


class ServiceToken(Model):
    """An access token for a platform's services; of one registration and one set of scopes."""

    __tablename__ = "service_token"
    registration: Mapped[str] = mapped_column(primary_key=True)
    """Our own id of the registration: an issuer would not do, as all Canvas clouds share one."""
    scopes_hash: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]
    """Sealed with the installation's secret."""
    use_until: Mapped[datetime]
