"""What a platform says of itself, before this tool is registered with it.

Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.3 and 3.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from lti import claims
from lti.errors import RegistrationError, ServiceError, ServiceRefusedError
from lti.exchange import exchange, expect_success, json_bytes
from lti.profiles import Profile, profile_for
from lti.values import member, secure_url, text, texts

MAX_DOCUMENT: Final = 256 * 1024
"""Bytes of a configuration, and of an answer."""
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformConfiguration:
    """What a platform says of itself.

    Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.4.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    token_audience: str | None
    product_family_code: str | None
    version: str | None
    scopes: frozenset[str]
    messages: Mapping[str, frozenset[str]]
    """The placements of each message type."""
    variables: frozenset[str]
    """Without the dollar sign; empty if the platform does not tell them."""
    document: Mapping[str, Any]
    """All of it, as it came."""

    @property
    def profile(self) -> Profile:
        """Return what is special about the product."""
        return profile_for(self.product_family_code, self.issuer)


def read_configuration(
    http: requests.Session,
    url: str,
    *,
    registration_token: str | None,
    confirmed_issuer: str | None = None,
    allow_loopback: bool = False,
) -> PlatformConfiguration:
    """Fetch and check what a platform says of itself.

    Args:
        registration_token: Sent along if there is one: Canvas wants to see it.
        confirmed_issuer: An issuer on another host than `url` that an administrator said is right.
        allow_loopback: Whether plain http will do on the machine itself, as for the sandbox.

    Raises:
        RegistrationError: The configuration is out of reach (`configuration_unavailable`) or not JSON
            (`configuration_malformed`); an address is absent or not https (`configuration_url`, `issuer_invalid`,
            `authorization_endpoint_invalid`, `token_endpoint_invalid`, `jwks_uri_invalid`, `registration_endpoint_invalid`);
            or the issuer is on another host, so an administrator has to say that it is right (`issuer_elsewhere`).

    Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.3 and 3.4.
    """
    if not _is_secure(url, allow_loopback=allow_loopback):
        raise RegistrationError("configuration_url", "openid_configuration is not an https address")
    document = call_platform(http, "GET", url, token=registration_token, body=None, what="configuration")
    for name in ("issuer", *_ENDPOINTS):
        if not _is_secure(document.get(name), allow_loopback=allow_loopback):
            raise RegistrationError(f"{name}_invalid", f"{name} is absent or not an https address")
    _check_issuer(document["issuer"], url, confirmed_issuer)
    return _configuration(document)


def call_platform(
    http: requests.Session, method: str, url: str, *, token: str | None, body: Mapping[str, Any] | None, what: str
) -> dict[str, Any]:
    """Send one request of a registration, and return the JSON object that the platform answers.

    Args:
        what: What the codes of the errors begin with.

    Raises:
        RegistrationError: `<what>_unavailable`, `<what>_malformed` or, for a registration, `<what>_refused`.
    """
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        answer = exchange(
            http,
            method,
            url,
            headers=headers,
            body=None if body is None else json_bytes(body),
            maximum=MAX_DOCUMENT,
        )
        expect_success(answer)
    except ServiceError as error:
        is_refused = isinstance(error, ServiceRefusedError) and what == "registration"
        failed = RegistrationError(f"{what}_refused" if is_refused else f"{what}_unavailable", str(error))
        failed.detail = error.detail
        raise failed from error
    try:
        return answer.json_object()
    except ServiceError as error:
        raise RegistrationError(f"{what}_malformed", str(error)) from error


def _is_secure(url: object, *, allow_loopback: bool) -> bool:
    secure = secure_url(url)
    return secure is not None and (allow_loopback or secure.startswith("https:"))


def _check_issuer(issuer: str, url: str, confirmed_issuer: str | None) -> None:
    """Check that a platform speaks for itself: anybody can write another one's issuer into a document.

    Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.4.
    """
    host, issuer_host = urlsplit(url).hostname or "", urlsplit(issuer).hostname or ""
    known = profile_for(None, issuer).configuration_hosts
    if host == issuer_host or issuer == confirmed_issuer or any(f".{host}".endswith(f".{name}") for name in known):
        return
    raise RegistrationError("issuer_elsewhere", f"the configuration on {host} speaks for an issuer on {issuer_host}")


def _configuration(document: Mapping[str, Any]) -> PlatformConfiguration:
    platform = member(document, claims.PLATFORM_CONFIGURATION)
    messages = platform.get("messages_supported")
    return PlatformConfiguration(
        issuer=document["issuer"],
        authorization_endpoint=document["authorization_endpoint"],
        token_endpoint=document["token_endpoint"],
        jwks_uri=document["jwks_uri"],
        registration_endpoint=document["registration_endpoint"],
        token_audience=text(document.get("authorization_server")),
        product_family_code=text(platform.get("product_family_code")),
        version=text(platform.get("version")),
        scopes=frozenset(texts(document.get("scopes_supported"))),
        messages={
            message["type"]: frozenset(texts(message.get("placements")))
            for message in (messages if isinstance(messages, list) else [])
            if isinstance(message, dict) and isinstance(message.get("type"), str)
        },
        variables=frozenset(name.removeprefix("$") for name in texts(platform.get("variables"))),
        document=document,
    )
