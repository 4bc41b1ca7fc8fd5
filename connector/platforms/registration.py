"""Registrations that come from outside: what an LMS says of itself, and what of it is stored on whose word.

A document about an issuer can be written by anybody who may put a file on some server. So nobody but an operator changes
the addresses of a registration that is in use: whoever could, would be the LMS from then on.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector import sealing
from connector.config import Settings
from connector.platforms.models import Deployment, Platform, Status, Tenant
from connector.platforms.origins import clean_origin
from lti.dynamic_registration import Registered, as_registration
from lti.errors import RegistrationError
from lti.platform_configuration import PlatformConfiguration, call_platform, read_configuration
from lti.profiles import BLACKBOARD, CANVAS, GENERIC, profile_for
from lti.registration import Registration

MOST_WAITING = 20
"""Registrations without an invitation that may wait for an operator: anybody can send them."""
_SECRETS = frozenset({"registration_access_token", "client_secret"})
_ACCOUNT_NAME = "https://canvas.instructure.com/lti/account_name"


class Trust(IntEnum):
    """On whose word a registration is stored."""

    NOBODY = 0
    """It waits for an operator."""
    INVITED = 1
    OPERATOR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An LMS that wants to be registered."""

    url: str
    """Where it says so."""
    configuration: PlatformConfiguration
    is_elsewhere: bool
    """Whether it speaks for an issuer on another host, so that somebody has to confirm it."""

    @property
    def name(self) -> str:
        """Return what to call it: the product, and whose."""
        configuration = self.configuration
        profile = configuration.profile
        product = profile.name if profile is not GENERIC else configuration.product_family_code or ""
        host = urlsplit(self.url if profile is CANVAS else configuration.issuer).netloc
        platform = configuration.document.get("https://purl.imsglobal.org/spec/lti-platform-configuration")
        account = platform.get(_ACCOUNT_NAME) if isinstance(platform, dict) else None
        whose = account.strip() if isinstance(account, str) and account.strip() else host
        return f"{product} ({whose})" if product else whose


def read_offer(http: requests.Session, settings: Settings, url: str, registration_token: str | None) -> Offer:
    """Fetch and check what an LMS says of itself.

    Raises:
        RegistrationError: As `lti.platform_configuration.read_configuration`, but for an issuer on another host.
    """
    is_demo = settings.allow_private_addresses
    try:
        found = read_configuration(http, url, registration_token=registration_token, allow_loopback=is_demo)
    except RegistrationError as error:
        if error.code != "issuer_elsewhere":
            raise
        said = call_platform(http, "GET", url, token=registration_token, body=None, what="configuration")
        found = read_configuration(
            http,
            url,
            registration_token=registration_token,
            confirmed_issuer=str(said.get("issuer")),
            allow_loopback=is_demo,
        )
        return Offer(url=url, configuration=found, is_elsewhere=True)
    return Offer(url=url, configuration=found, is_elsewhere=False)


def store_offer(
    session: Session,
    tenant: Tenant,
    offer: Offer,
    registered: Registered,
    *,
    trust: Trust,
    secret: str,
    now: datetime,
) -> Platform:
    """Store what an offer came to, or bring a known registration up to date.

    Raises:
        RegistrationError: As `store_platform`.
    """
    platform = store_platform(
        session,
        tenant,
        as_registration(offer.configuration, registered),
        name=offer.name,
        product=offer.configuration.product_family_code or offer.configuration.profile.family,
        trust=trust,
        now=now,
    )
    platform.configuration = dict(offer.configuration.document)
    platform.registration = {name: value for name, value in registered.document.items() if name not in _SECRETS}
    platform.registration_url = registered.client_uri
    token = registered.access_token
    platform.registration_token = sealing.seal(secret, token.encode()) if token else None
    own = clean_origin(platform.authorization_url)
    others = (clean_origin(url) for url in (offer.url, platform.issuer))
    platform.frame_origins = sorted({*platform.frame_origins, *(each for each in others if each and each != own)})
    if registered.deployment_id:
        add_deployment(session, platform, registered.deployment_id, now=now)
    return platform


def store_platform(
    session: Session,
    tenant: Tenant,
    registration: Registration,
    *,
    name: str,
    product: str,
    trust: Trust,
    now: datetime,
) -> Platform:
    """Store a registration, or bring the one of the same issuer and client id up to date.

    Raises:
        RegistrationError: It is another tenant's (`platform_known`), its addresses are not those that are in use
            (`endpoints_changed`), one of them cannot stand in a security policy (`endpoint_unusable`), or too many wait for
            an operator (`too_many_waiting`).
    """
    for url in (registration.issuer, registration.authorization_url, registration.token_url, registration.jwks_url):
        if clean_origin(url) is None:
            raise RegistrationError("endpoint_unusable", f"not a usable web address: {url!r}")
    platform = session.scalar(
        select(Platform).where(Platform.issuer == registration.issuer, Platform.client_id == registration.client_id)
    )
    if platform is None:
        return _add(session, tenant, registration, name=name, product=product, trust=trust, now=now)
    if platform.tenant_id != tenant.id and trust is not Trust.OPERATOR:
        raise RegistrationError("platform_known", "the issuer and client id are another organisation's")
    if _endpoints(registration) != _endpoints(platform):
        if trust is Trust.NOBODY or (trust is Trust.INVITED and platform.status is not Status.WAITING):
            raise RegistrationError("endpoints_changed", "the addresses are not those of the stored registration")
        for field, value in _endpoints(registration).items():
            setattr(platform, field, value)
    if trust is not Trust.NOBODY and platform.status is Status.WAITING:
        platform.status = Status.ACTIVE
    platform.product = product
    return platform


def add_deployment(session: Session, platform: Platform, deployment_id: str, *, now: datetime) -> Deployment:
    """Store a deployment that the platform or an administrator named, unless it is known."""
    session.flush()
    known = session.scalar(
        select(Deployment).where(Deployment.platform_id == platform.id, Deployment.deployment_id == deployment_id)
    )
    if known is not None:
        return known
    deployment = Deployment(platform=platform, deployment_id=deployment_id, status=Status.ACTIVE, created_at=now)
    session.add(deployment)
    session.flush()
    return deployment


def _add(
    session: Session,
    tenant: Tenant,
    registration: Registration,
    *,
    name: str,
    product: str,
    trust: Trust,
    now: datetime,
) -> Platform:
    if trust is Trust.NOBODY:
        waiting = session.scalar(select(func.count()).select_from(Platform).where(Platform.status == Status.WAITING))
        if (waiting or 0) >= MOST_WAITING:
            raise RegistrationError("too_many_waiting", f"{waiting} registrations wait for an operator")
    is_central = profile_for(product, registration.issuer) is BLACKBOARD
    platform = Platform(
        tenant=tenant,
        name=name,
        issuer=registration.issuer,
        client_id=registration.client_id,
        product=product,
        status=Status.WAITING if trust is Trust.NOBODY else Status.ACTIVE,
        # One client id serves every institution there, so each of them has to be let in.
        approves_deployments=not is_central,
        frame_origins=[],
        created_at=now,
        **_endpoints(registration),
    )
    session.add(platform)
    try:
        session.flush()
    except IntegrityError as error:
        raise RegistrationError("platform_known", "the issuer and client id were registered just now") from error
    return platform


def _endpoints(of: Registration | Platform) -> dict[str, Any]:
    fields = ("authorization_url", "token_url", "token_audience", "jwks_url")
    return {field: getattr(of, field) for field in fields}
