"""Registrations: adding them, finding them, and what the LTI library needs to know of them."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import stored
from connector.platforms.models import Deployment, Platform, Status, Tenant
from lti.registration import Registration


class RegistrationError(Exception):
    """A registration cannot be stored; the message says why."""


class UnknownPlatformError(Exception):
    """No registration can answer a login; the message is a code."""


def has_tenant(session: Session) -> bool:
    """Whether the installation has been set up before."""
    return session.scalar(select(Tenant.id).limit(1)) is not None


def ensure_tenant(session: Session, settings: Settings, *, now: datetime) -> Tenant:
    """Return the installation's first tenant; a fresh installation gets one."""
    tenant = session.scalar(select(Tenant).order_by(Tenant.created_at).limit(1))
    if tenant is None:
        tenant = Tenant(name="Kring", iri=f"{settings.public_url}/tenants/1", created_at=now)
        session.add(tenant)
        session.flush()
    return tenant


def add_platform(
    session: Session,
    tenant: Tenant,
    *,
    name: str,
    issuer: str,
    client_id: str,
    authorization_url: str,
    token_url: str,
    jwks_url: str,
    product: str = "generic",
    now: datetime,
) -> Platform:
    """Store a registration.

    Raises:
        RegistrationError: A URL cannot be used, or the platform is registered already.
    """
    for url in (issuer, authorization_url, token_url, jwks_url):
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise RegistrationError(f"not a web address: {url}")
    platform = Platform(
        tenant=tenant,
        name=name,
        issuer=issuer,
        client_id=client_id,
        authorization_url=authorization_url,
        token_url=token_url,
        jwks_url=jwks_url,
        product=product,
        frame_origins=[],
        created_at=now,
    )
    session.add(platform)
    try:
        session.flush()
    except IntegrityError as error:
        raise RegistrationError(f"{issuer} with client id {client_id} is registered already") from error
    return platform


def list_platforms(session: Session) -> list[Platform]:
    """Return every registration, oldest first."""
    return list(session.scalars(select(Platform).order_by(Platform.created_at)))


def find_platform(session: Session, issuer: str, client_id: str | None) -> Platform:
    """Return the registration that a login is for.

    Raises:
        UnknownPlatformError: `unknown_platform`, `ambiguous_platform` (several match), or `platform_not_active`.
    """
    query = select(Platform).where(Platform.issuer == issuer)
    if client_id is not None:
        query = query.where(Platform.client_id == client_id)
    found = list(session.scalars(query))
    if not found:
        raise UnknownPlatformError("unknown_platform")
    # Registrations that wait for approval come from anybody: they must not make those in use ambiguous.
    found = [platform for platform in found if platform.status is Status.ACTIVE] or found
    if len(found) > 1:
        raise UnknownPlatformError("ambiguous_platform")
    if found[0].status is not Status.ACTIVE:
        raise UnknownPlatformError("platform_not_active")
    return found[0]


def get_deployment(session: Session, platform: Platform, deployment_id: str, *, now: datetime) -> Deployment:
    """Return the deployment; one seen for the first time is stored, and waits where the platform says so."""
    return stored(
        session,
        select(Deployment).where(Deployment.platform_id == platform.id, Deployment.deployment_id == deployment_id),
        lambda: Deployment(
            platform=platform,
            deployment_id=deployment_id,
            status=Status.ACTIVE if platform.approves_deployments else Status.WAITING,
            created_at=now,
        ),
    )


def registration_of(platform: Platform) -> Registration:
    """Return what the LTI library needs to know of a platform."""
    return Registration(
        issuer=platform.issuer,
        client_id=platform.client_id,
        authorization_url=platform.authorization_url,
        token_url=platform.token_url,
        token_audience=platform.token_audience,
        jwks_url=platform.jwks_url,
        allow_anonymous=platform.allows_anonymous,
    )


def origin_of(url: str) -> str:
    """Return the scheme, host and port of a stored URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def frame_origins(session: Session) -> list[str]:
    """Return the origins of every active platform: for pages that come before we know which one launches."""
    origins: set[str] = set()
    for platform in session.scalars(select(Platform).where(Platform.status == Status.ACTIVE)):
        origins.add(origin_of(platform.authorization_url))
        origins.update(platform.frame_origins)
    return sorted(origins)
