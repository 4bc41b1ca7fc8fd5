"""lti1p3platform joined to Flask: the registration, the adapter it lacks, and the checks that it leaves out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import jwt
import requests
from flask import Request, current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc.jwk import RSAKey
from lti1p3platform.exceptions import LtiException, LtiServiceException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request as PlatformRequest

from lti.sandbox.config import SandboxConfig
from lti.sandbox.courses import Activity
from lti.sandbox.modes import Mode
from lti.sandbox.people import Person
from lti.sandbox.store import Store

_FETCH_TIMEOUT = (3.05, 10)
_HINT_SECONDS = 600


class FlaskRequest(PlatformRequest):
    """A Flask request as lti1p3platform reads one.

    Args:
        query: What stands for the request's query; the services hand over numbers and known names only.
    """

    def __init__(self, request: Request, *, query: Mapping[str, Any] | None = None) -> None:
        self._query = request.args.to_dict() if query is None else dict(query)
        super().__init__(request)

    def build_metadata(self, request: Request) -> dict[str, Any]:
        """Return the parts of the request that the library asks for."""
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": self._query,
            "headers": request.headers,
            "content_type": request.mimetype,
            "path": request.path,
            "json": request.get_json(force=True, silent=True) if request.method in {"POST", "PUT"} else None,
        }

    @property
    def json(self) -> dict[str, Any]:
        """The body.

        Raises:
            LtiServiceException: It is no JSON object. Told here, not earlier: a missing token comes first.
        """
        body = self.request["json"]
        if not isinstance(body, dict):
            raise LtiServiceException("The body must be a JSON object", 400)
        return body


class SandboxRegistration(Registration):
    """The registration, with the platform's key read once.

    The library reads the PEM text for each signature, and once more for the key's id; OpenSSL checks the primes each
    time, which takes a twentieth of a second.
    """

    def __init__(self, key: RSAKey) -> None:
        self.set_platform_private_key(key.private_key)
        self.set_platform_public_key(key.as_pem(private=False).decode())

    def get_kid(self) -> str:
        """Return the key's id: the same from its public half."""
        return str(self.get_jwk(self.get_platform_public_key())["kid"])


class AssertionRefusedError(Exception):
    """The tool did not prove who it is; the message says what is wrong."""


class SandboxConf(LTI1P3PlatformConfAbstract):
    """The platform's side of the one registration.

    The library writes the assertion that it reads to the object itself, so every request makes its own.
    """

    def init_platform_config(self, *, platform: "Platform") -> None:
        """Take the registration from the platform, which keeps it with the tool's keys."""
        self._platform = platform
        self._registration = platform.registration

    def get_registration_by_params(self, **_params: Any) -> SandboxRegistration:
        """Return the only registration."""
        return self._registration

    def fetch_public_key(self, key_set_url: str) -> dict[str, Any]:
        """Fetch the tool's key set; the library would also keep an error page as the keys.

        Raises:
            LtiException: There is no key set at that URL.
        """
        try:
            response = self._platform.http.get(key_set_url, timeout=_FETCH_TIMEOUT, allow_redirects=False)
            response.raise_for_status()
            key_set = response.json()
        except requests.RequestException as error:
            raise LtiException(f"The key set at {key_set_url} cannot be fetched: {error}") from error
        if not isinstance(key_set, dict) or not isinstance(key_set.get("keys"), list):
            raise LtiException(f"There is no key set at {key_set_url}")
        return cast("dict[str, Any]", key_set)

    def grant(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer of the token endpoint: the scopes asked for that exist, and a token that holds them.

        Raises:
            AssertionRefusedError: The client assertion is not a proper one of this tool.

        Source: https://www.imsglobal.org/spec/security/v1p0, 4.1.1.
        """
        try:
            try:
                token = self.get_access_token(form)
            except (LtiException, jwt.InvalidSignatureError):
                # The library keeps the first key set for ever, but a tool rotates its keys.
                self._registration.set_tool_key_set(None)
                token = self.get_access_token(form)
        except (LtiException, jwt.PyJWTError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise AssertionRefusedError(f"The client assertion is not valid: {error}") from error
        self._check_assertion(self._jwt["body"], now=time.time())
        return cast("dict[str, Any]", token)

    def _check_assertion(self, claims: dict[str, Any], *, now: float) -> None:
        """Check what the library does not: it looks at the signature, and at exp only where there is one."""
        config = self._platform.config
        for name in ("iss", "sub"):
            if claims.get(name) != config.client_id:
                raise AssertionRefusedError(f"{name} is {claims.get(name)!r}, not the client id")
        audience = claims.get("aud")
        if config.token_url not in (audience if isinstance(audience, list) else [audience]):
            raise AssertionRefusedError(f"aud is {audience!r}, not {config.token_url!r}")
        expires = claims.get("exp")
        if not isinstance(expires, int | float) or expires <= now:
            raise AssertionRefusedError("exp is missing or past")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not jti:
            raise AssertionRefusedError("jti is missing")
        if not self._platform.store.use_assertion(jti, expires=expires, now=now):
            raise AssertionRefusedError("jti was used before")

    def validate_token(self, token: str, allowed_scopes: list[str] | None = None, audience: str | None = None) -> bool:
        """Return True for an access token of ours that holds one of `allowed_scopes`.

        Raises:
            LtiServiceException: 401 for whatever is no token of ours, 403 for one that does not reach so far.
        """
        try:
            is_allowed = super().validate_token(token, allowed_scopes, audience)
        except (jwt.PyJWTError, LtiException) as error:
            raise LtiServiceException(f"The access token is not valid: {error}", 401) from error
        if not is_allowed:
            raise LtiServiceException(f"The access token lacks a scope: {' or '.join(allowed_scopes or ())}", 403)
        return True


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One running sandbox: what its views and services work with."""

    config: SandboxConfig
    mode: Mode
    store: Store
    http: requests.Session
    registration: SandboxRegistration
    hints: URLSafeTimedSerializer

    def conf(self) -> SandboxConf:
        """Return lti1p3platform's configuration, for one request."""
        return SandboxConf(platform=self)

    def message_hint(self, person: Person, activity: Activity) -> str:
        """Return the hint that brings a launch back to this activity."""
        return str(self.hints.dumps([person.id, activity.id]))

    def read_hint(self, hint: str) -> tuple[str, str] | None:
        """Return the ids of the person and the activity of a hint, or None for one that is not ours or too old."""
        try:
            person_id, activity_id = self.hints.loads(hint, max_age=_HINT_SECONDS)
        except BadData:
            return None
        return person_id, activity_id


def current_platform() -> Platform:
    """Return the sandbox that this application is."""
    return cast("Platform", current_app.extensions["sandbox"])
