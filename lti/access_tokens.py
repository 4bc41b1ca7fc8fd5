"""Access tokens for a platform's services, by client credentials and a signed assertion.

Source: https://www.imsglobal.org/spec/security/v1p0, 4.1; https://www.rfc-editor.org/rfc/rfc7523, 2.2 and 3.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import requests

from lti.errors import ServiceClosedError, ServiceRefusedError
from lti.exchange import Answer, exchange, expect_success, malformed
from lti.keys import ToolKey, sign
from lti.registration import Registration
from lti.values import secure_url

ASSERTION_LIFE: Final = timedelta(minutes=5)
BACK_DATE: Final = timedelta(seconds=5)
"""Moodle refuses an assertion that comes from its future, by however little."""
MARGIN: Final = timedelta(seconds=60)
"""How long before its end a token is no longer used."""
DEFAULT_LIFE: Final = timedelta(seconds=300)
"""How long a token is used that does not tell its life."""
MAX_LIFE: Final = timedelta(days=1)
MAX_ANSWER: Final = 64 * 1024

_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,16384}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What opens a platform's services for a while."""

    value: str
    use_until: datetime
    """A little before the platform stops to take it."""

    def __repr__(self) -> str:
        return f"AccessToken(use_until={self.use_until!r})"  # the value must not reach a log


class TokenStore(Protocol):
    """Where tokens are kept between requests and processes.

    `registration` is the caller's own name for a registration. An issuer would not do: every Canvas in the cloud has the same
    one, and a token of one institution must never be sent to another.
    """

    def load(self, registration: str, scopes: frozenset[str]) -> AccessToken | None:
        """Return what `save` was given for this registration and exactly these scopes last, or None."""

    def save(self, registration: str, scopes: frozenset[str], token: AccessToken) -> None:
        """Keep `token` in place of what was kept for this registration and these scopes."""

    def drop(self, registration: str, scopes: frozenset[str], token: AccessToken) -> None:
        """Forget `token`, unless another one was kept in its place meanwhile."""


def fetch_token(
    http: requests.Session, registration: Registration, key: ToolKey, scopes: frozenset[str], now: datetime
) -> AccessToken:
    """Ask the platform for a token.

    Raises:
        ServiceClosedError: The platform gives none (`token_refused`), or its token URL is not https (`token_url`).
        ServiceUnavailableError: It gave no answer to rely on.
    """
    if secure_url(registration.token_url) is None:
        raise ServiceClosedError("token_url", "the registration's token URL is not an https address")
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": sign(assertion_claims(registration, now), key),
        "scope": " ".join(sorted(scopes)),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    body = urlencode(form).encode()
    answer = exchange(http, "POST", registration.token_url, headers=headers, body=body, maximum=MAX_ANSWER)
    try:
        expect_success(answer)
    except ServiceRefusedError as error:
        message = f"the platform gives no token ({error})"
        raise ServiceClosedError("token_refused", message, status=error.status, detail=error.detail) from error
    return _token(answer, now)


def assertion_claims(registration: Registration, now: datetime) -> dict[str, Any]:
    """Return what this tool says of itself to get a token.

    `aud` is one string: Brightspace takes no list.

    Source: https://www.imsglobal.org/spec/security/v1p0, 4.1.1.
    """
    return {
        "iss": registration.client_id,
        "sub": registration.client_id,
        "aud": registration.token_audience or registration.token_url,
        "iat": int((now - BACK_DATE).timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
        "jti": str(uuid.uuid4()),
    }


def _token(answer: Answer, now: datetime) -> AccessToken:
    said = answer.json_object()
    value = said.get("access_token")
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise malformed(answer, "has no usable access_token")
    return AccessToken(value=value, use_until=now + _use(said))


def _use(said: Mapping[str, Any]) -> timedelta:
    """Return how long to use a token; some platforms tell its life as a string, others not at all."""
    life = said.get("expires_in")
    if isinstance(life, bool) or not isinstance(life, int | float | str) or not _SECONDS.fullmatch(str(life)):
        return DEFAULT_LIFE
    told = min(timedelta(seconds=float(life)), MAX_LIFE)
    return max(told - MARGIN, min(told, 2 * MARGIN) / 2)
