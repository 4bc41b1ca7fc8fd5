"""Third-party initiated login: what a platform asks for first, and the authentication request that answers it.

Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.1; https://www.imsglobal.org/spec/lti/v1p3, 4.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus, urlencode, urlsplit

from lti.errors import LoginError
from lti.registration import Registration
from lti.values import is_storable, text

MAX_PARAMETER: Final = 2048
"""Characters of one parameter."""
MAX_HINT: Final = 8192
"""Characters of a message hint: some platforms pack a signed token into it."""
_MAX_ERROR: Final = 100
_MAX_ERROR_DESCRIPTION: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequest:
    """A platform's wish to launch this tool; nothing in it is signed, so nothing in it may be believed."""

    issuer: str
    login_hint: str
    target_link_uri: str
    client_id: str | None = None
    """None if the platform leaves it out; the issuer must then have one registration only."""
    message_hint: str | None = None
    """Goes back to the platform unchanged, or not at all if it was left out."""
    deployment_id: str | None = None
    storage_target: str | None = None
    """The frame that answers LTI Platform Storage messages: a name, or `_parent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformError:
    """A platform's answer to an authentication request that it refuses.

    Source: https://openid.net/specs/openid-connect-core-1_0.html, 3.2.2.6.
    """

    error: str
    """For programs, such as `login_required`; at most 100 characters of anything."""
    description: str | None
    state: str | None


def read_login(parameters: Mapping[str, str]) -> LoginRequest:
    """Return the login request that `parameters`, of a form or a query, make.

    Raises:
        LoginError: `issuer_missing`, `login_hint_missing` or `target_link_uri_missing`; or some value is
            `<field>_too_long` or, as no database could keep it, `<field>_malformed`.
    """
    return LoginRequest(
        issuer=_required(parameters, "iss", "issuer"),
        login_hint=_required(parameters, "login_hint", "login_hint"),
        target_link_uri=_required(parameters, "target_link_uri", "target_link_uri"),
        client_id=_optional(parameters, "client_id", "client_id") or None,
        message_hint=_optional(parameters, "lti_message_hint", "message_hint", maximum=MAX_HINT),
        deployment_id=_optional(parameters, "lti_deployment_id", "deployment_id") or None,
        storage_target=_optional(parameters, "lti_storage_target", "storage_target") or None,
    )


def authentication_url(
    registration: Registration, login: LoginRequest, *, redirect_uri: str, state: str, nonce: str
) -> str:
    """Return where to send the browser: the registration's address, never one out of the request.

    `redirect_uri` must be one that the platform has registered, to the letter; where the person wants to go is told by the
    id_token. `state` (which comes back beside the id_token) and `nonce` (inside it) are unguessable and usable once.

    Source: https://www.imsglobal.org/spec/security/v1p0, 5.1.1.2.
    """
    parameters = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": redirect_uri,
        "login_hint": login.login_hint,
        "state": state,
        "nonce": nonce,
    }
    if login.message_hint is not None:
        parameters["lti_message_hint"] = login.message_hint
    parts = urlsplit(registration.authorization_url)
    # Some platforms keep a tenant in the query. A parameter of ours must still stand in it only once.
    kept = [pair for pair in parts.query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in parameters]
    return parts._replace(query="&".join([*kept, urlencode(parameters)]), fragment="").geturl()


def read_platform_error(parameters: Mapping[str, str]) -> PlatformError | None:
    """Return the error that stands in place of an id_token, or None if `parameters` do not tell of one."""
    error = text(parameters.get("error"))
    if error is None or parameters.get("id_token"):
        return None
    description = text(parameters.get("error_description"))
    return PlatformError(
        error=error[:_MAX_ERROR],
        description=description[:_MAX_ERROR_DESCRIPTION] if description else None,
        state=text(parameters.get("state")),
    )


def _required(parameters: Mapping[str, str], name: str, field: str) -> str:
    value = _optional(parameters, name, field)
    if not value:
        raise LoginError(f"{field}_missing", f"the login request has no {name}")
    return value


def _optional(parameters: Mapping[str, str], name: str, field: str, *, maximum: int = MAX_PARAMETER) -> str | None:
    value = parameters.get(name)
    if value is None:
        return None
    if len(value) > maximum:
        raise LoginError(f"{field}_too_long", f"{name} has more than {maximum} characters")
    if not is_storable(value):
        raise LoginError(f"{field}_malformed", f"{name} has a character that is no text")
    return value
