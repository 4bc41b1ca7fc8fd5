"""lti1p3platform joined to Flask: the registration, the adapter it lacks, and the checks that it leaves out."""

import secrets
from collections.abc import Mapping, Sequence
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

from lti.sandbox.catalogue import Catalogue
from lti.sandbox.config import SandboxConfig
from lti.sandbox.modes import Mode, mode_named
from lti.sandbox.store import Store
from lti.sandbox.switches import Faults
from lti.sandbox.tools import Tool, Tools

_KEY = "platform key"
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


class SignatureError(Exception):
    """The tool did not sign this; the message says what is wrong."""


class SandboxConf(LTI1P3PlatformConfAbstract):
    """The platform's side of the registration of one tool.

    The library writes the assertion that it reads to the object itself, so every request makes its own.
    """

    def init_platform_config(self, *, platform: "Platform", tool: Tool) -> None:
        """Take the registration from the platform, which keeps it with the tool's keys."""
        self._platform = platform
        self.tool = tool
        self._registration = platform.registration(tool)

    def get_registration_by_params(self, **_params: Any) -> SandboxRegistration:
        """Return the registration of this tool."""
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

    def read_signed(self, token: str) -> dict[str, Any]:
        """Return the claims of what the tool has signed.

        Raises:
            SignatureError: The signature is not one of the tool's keys, or the token has expired.
        """
        try:
            try:
                claims = self.tool_validate_and_decode(token)
            except (LtiException, jwt.InvalidSignatureError):
                # The library keeps the first key set for ever, but a tool rotates its keys.
                self._registration.set_tool_key_set(None)
                claims = self.tool_validate_and_decode(token)
        except (LtiException, jwt.PyJWTError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise SignatureError(str(error)) from error
        return cast("dict[str, Any]", claims)

    def access_token(self, scopes: Sequence[str], seconds: int) -> str:
        """Return a token that lets this tool use the services for so long."""
        claims = {"sub": self.tool.client_id, "iss": self._platform.config.iss, "scopes": " ".join(scopes)}
        key = self._registration.get_platform_private_key()
        return str(self._registration.encode_and_sign(claims, key, expiration=seconds))

    def sign(self, claims: Mapping[str, Any], seconds: int) -> str:
        """Return a message of the platform, signed, that is good for so long."""
        return str(self._registration.platform_encode_and_sign(dict(claims), expiration=seconds))

    def validate_token(self, token: str, allowed_scopes: list[str] | None = None, audience: str | None = None) -> bool:
        """Return True for an access token of ours that holds one of `allowed_scopes`, and note whose it is.

        Raises:
            LtiServiceException: 401 for whatever is no token of ours, 403 for one that does not reach so far.
        """
        try:
            is_allowed = super().validate_token(token, allowed_scopes, audience)
            holder = jwt.decode(token, options={"verify_signature": False}).get("sub", "")
        except (jwt.PyJWTError, LtiException) as error:
            raise LtiServiceException(f"The access token is not valid: {error}", 401) from error
        tool = self._platform.tools.of_client(holder)
        if tool is None:
            raise LtiServiceException("The access token is not of a tool that is active here", 401)
        if not is_allowed:
            status = 401 if self._platform.mode.name == "moodle" else 403
            raise LtiServiceException(f"The access token lacks a scope: {' or '.join(allowed_scopes or ())}", status)
        self.tool = tool
        return True


class Platform:
    """One running sandbox: what its views and services work with."""

    def __init__(
        self, config: SandboxConfig, store: Store, http: requests.Session, hints: URLSafeTimedSerializer
    ) -> None:
        self.config = config
        self.mode: Mode = mode_named(config.mode)
        self.store = store
        self.http = http
        self.tools = Tools(config, self.mode, store)
        self.catalogue = Catalogue(store)
        self.faults = Faults()
        self._hints = hints
        self._registrations: dict[int, tuple[Tool, SandboxRegistration]] = {}
        self._key = self._read_key()

    def _read_key(self) -> RSAKey:
        pem = self.store.secret(_KEY, lambda: RSAKey.generate_key(2048).as_pem(private=True).decode())
        return RSAKey.import_key(pem)

    def rotate_key(self) -> None:
        """Sign with a new key from now on; the old one is gone from the key set, and with it what it signed."""
        self.store.forget_secret(_KEY)
        self._key = self._read_key()
        self._registrations.clear()

    def registration(self, tool: Tool) -> SandboxRegistration:
        """Return the registration of a tool as lti1p3platform knows it; it holds the tool's keys."""
        known = self._registrations.get(tool.id)
        if known is None or known[0] != tool:
            registration = (
                SandboxRegistration(self._key)
                .set_iss(self.config.iss)
                .set_client_id(tool.client_id)
                .set_deployment_id(tool.deployment_id)
                .set_launch_url(tool.target_link_uri)
                .set_oidc_login_url(tool.login_url)
                .set_tool_key_set_url(tool.jwks_url)
            )
            known = self._registrations[tool.id] = (tool, cast("SandboxRegistration", registration))
        return known[1]

    @property
    def storage_target(self) -> str | None:
        """The frame that is announced to keep data for tools, or None."""
        chosen, habit = self.faults.storage, self.mode.launch.storage_target
        if chosen == "off":
            return None
        return (habit or "post_message_forwarding") if chosen == "silent" else (chosen or habit)

    def conf(self, tool: Tool | None = None) -> SandboxConf:
        """Return lti1p3platform's configuration, for one request; without a tool, for whichever tool asks."""
        return SandboxConf(platform=self, tool=tool or self.tools.main)

    def ticket(self, purpose: str, content: Mapping[str, Any]) -> str:
        """Return a text that leaves the LMS and comes back unchanged; no two are the same."""
        return str(self._hints.dumps([purpose, secrets.token_hex(8), dict(content)]))

    def read_ticket(self, purpose: str, ticket: str, *, seconds: int = _HINT_SECONDS) -> dict[str, Any] | None:
        """Return the content of a ticket, or None for one that is not ours, or too old."""
        try:
            found, _unique, content = self._hints.loads(ticket, max_age=seconds)
        except BadData:
            return None
        return cast("dict[str, Any]", content) if found == purpose else None


def current_platform() -> Platform:
    """Return the sandbox that this application is."""
    return cast("Platform", current_app.extensions["sandbox"])
