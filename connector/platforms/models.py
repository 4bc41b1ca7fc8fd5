"""Tenants, platforms (LMS registrations), deployments, and keys."""

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
