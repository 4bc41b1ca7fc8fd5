"""Registering this tool with a platform that asks for it: tell it of the tool, and keep what it answers.

Source: https://www.imsglobal.org/spec/lti-dr/v1p0; https://openid.net/specs/openid-connect-registration-1_0.html;
https://www.rfc-editor.org/rfc/rfc7592.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests

from lti import canvas, claims
from lti.errors import RegistrationError
from lti.platform_configuration import PlatformConfiguration, call_platform
from lti.profiles import CANVAS
from lti.registration import Registration
from lti.tool import Tool
from lti.values import identifier, member, secure_url, text, texts

SHARED_CLAIMS: Final = ("iss", "sub", "name", "given_name", "family_name", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a platform answers to a registration, to be kept."""

    client_id: str
    deployment_id: str | None
    """None where it is known from the first launch only, as on Canvas."""
    scopes: frozenset[str]
    """For people to read: what holds is in each launch, since administrators change it, and Moodle echoes it wrongly."""
    client_uri: str | None
    """Where the registration can be read and replaced; None where the platform has no such place."""
    access_token: str | None
    """What opens `client_uri`."""
    document: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Registered(client_id={self.client_id!r})"  # the token must not reach a log


def registration_request(tool: Tool, platform: PlatformConfiguration) -> dict[str, Any]:
    """Return what to tell the platform of this tool: nothing that it does not know, since some then refuse all of it.

    Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.5.
    """
    optional = {
        "client_uri": tool.url,
        "logo_uri": tool.logo_url,
        "policy_uri": tool.policy_url,
        "tos_uri": tool.terms_url,
        "contacts": list(tool.contacts) or None,
    }
    scopes = [scope for scope in tool.scopes if scope in platform.scopes or not platform.scopes]
    is_canvas = platform.profile is CANVAS
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": tool.login_url,
        "redirect_uris": [tool.launch_url],
        "client_name": tool.name,
        "jwks_uri": tool.jwks_url,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        **{name: value for name, value in optional.items() if value},
        claims.TOOL_CONFIGURATION: {
            "domain": tool.domain,
            "description": tool.description,
            "target_link_uri": tool.launch_url,
            "custom_parameters": _custom_parameters(platform),
            "claims": list(SHARED_CLAIMS),
            "messages": canvas.registration_messages(tool, platform.messages)
            if is_canvas
            else _messages(tool, platform),
            **(canvas.registration_extras(tool) if is_canvas else {}),
        },
    }


def register(
    http: requests.Session,
    platform: PlatformConfiguration,
    request: Mapping[str, Any],
    *,
    registration_token: str | None,
) -> Registered:
    """Send the registration. Moodle gives out tokens by which the same call replaces one that exists.

    Raises:
        RegistrationError: The platform refuses it (`registration_refused`, its reason in `detail`), gives no answer to rely on
            (`registration_unavailable`), or no client id (`registration_malformed`).

    Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.6.
    """
    url = platform.registration_endpoint
    return _registered(call_platform(http, "POST", url, token=registration_token, body=request, what="registration"))


def update_registration(http: requests.Session, registered: Registered, request: Mapping[str, Any]) -> Registered:
    """Replace a registration where the platform told how.

    Raises:
        RegistrationError: As `register`; or the platform did not tell how (`registration_not_updatable`).

    Source: https://www.rfc-editor.org/rfc/rfc7592, 2.2.
    """
    if registered.client_uri is None:
        raise RegistrationError("registration_not_updatable", "the platform did not tell where to update")
    body = {**request, "client_id": registered.client_id}
    url, token = registered.client_uri, registered.access_token
    answer = _registered(call_platform(http, "PUT", url, token=token, body=body, what="registration"))
    return Registered(
        client_id=registered.client_id,
        deployment_id=answer.deployment_id or registered.deployment_id,
        scopes=answer.scopes,
        client_uri=answer.client_uri or registered.client_uri,
        access_token=answer.access_token or registered.access_token,
        document=answer.document,
    )


def as_registration(platform: PlatformConfiguration, registered: Registered) -> Registration:
    """Return the registration that the two documents make."""
    return Registration(
        issuer=platform.issuer,
        client_id=registered.client_id,
        authorization_url=platform.authorization_endpoint,
        token_url=platform.token_endpoint,
        jwks_url=platform.jwks_uri,
        token_audience=platform.token_audience or platform.profile.token_audience,
    )


def _custom_parameters(platform: PlatformConfiguration) -> dict[str, str]:
    return {
        name: variable
        for name, variable in platform.profile.custom_parameters.items()
        if not platform.variables or variable.removeprefix("$") in platform.variables
    }


def _messages(tool: Tool, platform: PlatformConfiguration) -> list[dict[str, Any]]:
    """Return the messages to register, of those that the platform knows.

    Source: https://www.imsglobal.org/spec/lti-dr/v1p0, 3.5.1.
    """
    labels = {
        claims.RESOURCE_LINK_REQUEST: tool.name,
        claims.DEEP_LINKING_REQUEST: tool.add_label,
        claims.SUBMISSION_REVIEW_REQUEST: tool.name,
        claims.DATA_PRIVACY_REQUEST: tool.name,
    }
    asked = platform.messages or {claims.RESOURCE_LINK_REQUEST: frozenset(), claims.DEEP_LINKING_REQUEST: frozenset()}
    messages: list[dict[str, Any]] = []
    for type_ in (type_ for type_ in labels if type_ in asked):
        message: dict[str, Any] = {"type": type_, "target_link_uri": tool.launch_url, "label": labels[type_]}
        if tool.logo_url:
            message["icon_uri"] = tool.logo_url
        if type_ == claims.DEEP_LINKING_REQUEST:
            message["placements"] = ["ContentArea"]
        messages.append(message)
    return messages


def _registered(document: Mapping[str, Any]) -> Registered:
    given = document.get("client_id")
    client_id = identifier(str(given) if isinstance(given, int) and not isinstance(given, bool) else given)
    if client_id is None:
        raise RegistrationError("registration_malformed", "the platform's answer has no client_id")
    scope = document.get("scope")
    return Registered(
        client_id=client_id,
        deployment_id=identifier(member(document, claims.TOOL_CONFIGURATION).get("deployment_id")),
        scopes=frozenset(scope.split() if isinstance(scope, str) else texts(scope)),
        client_uri=secure_url(document.get("registration_client_uri")),
        access_token=text(document.get("registration_access_token")),
        document=document,
    )
