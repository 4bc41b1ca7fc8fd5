"""From an id_token to a Launch: verified, typed, and refused with a code where it breaks a rule.

Whether the state is known and unused, the browser the same and the deployment allowed takes a database, so it is the caller's
to check.

Source: https://www.imsglobal.org/spec/lti/v1p3, 5; https://www.imsglobal.org/spec/security/v1p0, 5.1.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lti import claims as names
from lti import messages
from lti.errors import LaunchError
from lti.keys import PlatformKeys
from lti.messages import Context, DeepLinkingSettings, GradeEndpoint, Platform, ResourceLink
from lti.registration import Registration
from lti.roles import Roles
from lti.tokens import open_token
from lti.values import identifier, member, text, web_url

MESSAGE_TYPES: Final = frozenset(
    {
        names.RESOURCE_LINK_REQUEST,
        names.DEEP_LINKING_REQUEST,
        names.SUBMISSION_REVIEW_REQUEST,
        names.DATA_PRIVACY_REQUEST,
    }
)
"""The messages that are understood; what to do with each is the caller's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a platform says, once it is believed. All text is as the platform sent it: escape it."""

    message_type: str
    issuer: str
    client_id: str
    deployment_id: str
    subject: str | None
    """Who the person is to this platform; None if the launch is anonymous."""
    roles: Roles
    target_link_uri: str
    """Always an address of this tool."""
    resource_link: ResourceLink | None
    """Always there for a resource link launch."""
    context: Context | None
    """The course; None for a launch from outside of any."""
    name: str | None
    given_name: str | None
    family_name: str | None
    email: str | None
    """To write to, never to know a person by."""
    locale: str | None
    custom: dict[str, str]
    return_url: str | None
    """Where to send the person back. Moodle's holds the session key: neither store nor log it."""
    document_target: str | None
    """`iframe`, `frame` or `window`."""
    platform: Platform
    memberships_url: str | None
    """Where the course's roster is; None if the platform does not offer it."""
    ags: GradeEndpoint | None
    for_user_id: str | None
    """Whose submission is reviewed, or whose data a privacy launch is about."""
    deep_linking: DeepLinkingSettings | None
    """Always there for a deep linking request."""
    claims: Mapping[str, Any]
    """All claims, unchecked but for the signature."""


def validate_launch(
    id_token: str, *, registration: Registration, nonce: str, keys: PlatformKeys, tool_url: str, now: datetime
) -> Launch:
    """Check an id_token and return what it says; claims that nobody knows are ignored.

    `nonce` is the value sent with the login, usable once. `tool_url` is any address of this tool, of which the origin counts.

    Raises:
        LaunchError: Something in the token is refused. The codes are those of `open_token`, and: `version`, `message_type`,
            `deployment_missing`, `sub`, `roles`, `target_link_uri`, `resource_link`, `context`, `for_user`,
            `deep_linking_settings`, `deep_link_return_url`.
        KeySetError: The platform's key cannot be had.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3; https://www.imsglobal.org/spec/security/v1p0, 5.1.3.
    """
    message = open_token(id_token, registration=registration, nonce=nonce, keys=keys, now=now)
    try:
        return _read(message, registration, tool_url)
    except LaunchError as error:
        error.return_url = _return_url(message)
        raise


def _read(message: Mapping[str, Any], registration: Registration, tool_url: str) -> Launch:
    message_type = _message_type(message)
    deployment_id = _deployment_id(message)
    subject = _subject(message, registration)
    presentation = member(message, names.LAUNCH_PRESENTATION)
    roster = member(message, names.NRPS_SERVICE)
    is_about_somebody = message_type in (names.SUBMISSION_REVIEW_REQUEST, names.DATA_PRIVACY_REQUEST)
    is_deep_linking = message_type == names.DEEP_LINKING_REQUEST
    return Launch(
        message_type=message_type,
        issuer=registration.issuer,
        client_id=registration.client_id,
        deployment_id=deployment_id,
        subject=subject,
        roles=messages.read_roles(message),
        target_link_uri=_target_link_uri(message, message_type, tool_url),
        resource_link=_resource_link(message, message_type),
        context=messages.read_context(message),
        name=text(message.get("name")),
        given_name=text(message.get("given_name")),
        family_name=text(message.get("family_name")),
        email=text(message.get("email")),
        locale=text(presentation.get("locale")) or text(message.get("locale")),
        custom=messages.read_custom(message),
        return_url=_return_url(message),
        document_target=text(presentation.get("document_target")),
        platform=messages.read_platform(message),
        memberships_url=web_url(roster.get("context_memberships_url")),
        ags=messages.read_grade_endpoint(message),
        for_user_id=messages.read_for_user(message) if is_about_somebody else None,
        deep_linking=messages.read_deep_linking(message) if is_deep_linking else None,
        claims=message,
    )


def _message_type(message: Mapping[str, Any]) -> str:
    message_type = message.get(names.MESSAGE_TYPE)
    if message.get(names.VERSION) != names.LTI_VERSION:
        raise LaunchError("version", f"version is not {names.LTI_VERSION}")
    if not isinstance(message_type, str) or message_type not in MESSAGE_TYPES:
        raise LaunchError("message_type", "message_type is absent, or none that this tool knows")
    return message_type


def _deployment_id(message: Mapping[str, Any]) -> str:
    deployment_id = identifier(message.get(names.DEPLOYMENT_ID))
    if deployment_id is None:
        raise LaunchError("deployment_missing", "deployment_id is absent or no proper id")
    return deployment_id


def _subject(message: Mapping[str, Any], registration: Registration) -> str | None:
    """Return who the person is; only a claim that is left out makes a launch anonymous, not one that is wrong.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3.6.
    """
    if message.get("sub") is None and registration.allow_anonymous:
        return None
    subject = identifier(message.get("sub"))
    if subject is None:
        raise LaunchError("sub", "sub is absent or no proper id")
    return subject


def _target_link_uri(message: Mapping[str, Any], message_type: str, tool_url: str) -> str:
    """Return the target, or the tool itself for messages that the specifications let go without one."""
    target = messages.read_target_link_uri(message, tool_url)
    if target is None and message_type in (names.RESOURCE_LINK_REQUEST, names.SUBMISSION_REVIEW_REQUEST):
        raise LaunchError("target_link_uri", "target_link_uri is absent")
    return target or tool_url


def _resource_link(message: Mapping[str, Any], message_type: str) -> ResourceLink | None:
    is_required = message_type == names.RESOURCE_LINK_REQUEST
    is_given = message_type == names.SUBMISSION_REVIEW_REQUEST and message.get(names.RESOURCE_LINK) is not None
    return messages.read_resource_link(message) if is_required or is_given else None


def _return_url(message: Mapping[str, Any]) -> str | None:
    return web_url(member(message, names.LAUNCH_PRESENTATION).get("return_url"))
