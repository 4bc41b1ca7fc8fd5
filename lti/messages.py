"""The parts of a message as typed values.

What decides about rights or places is read strictly: wrong, and the message is refused. What only adorns is read leniently:
wrong, and it counts as absent, since a learner cannot mend a platform.

Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3 and 5.4.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lti import claims
from lti.errors import LaunchError
from lti.roles import Roles, parse_roles
from lti.values import identifier, is_storable, member, origin, secure_url, text, texts, web_url

# `$Canvas.user.id`, `$ResourceLink.id.history`: names with a dot. A value such as "$5" or "$x" is somebody's own.
_VARIABLE: Final = re.compile(r"\$[A-Za-z][\w-]*(\.[\w<>-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLink:
    """The placement that was opened."""

    id: str
    title: str | None
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The course that was launched from."""

    id: str
    label: str | None
    title: str | None
    types: tuple[str, ...]
    """URIs, or short names as of Moodle: `CourseSection`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What the platform says of itself."""

    guid: str | None
    product_family_code: str | None
    """`moodle`, `canvas`, ...: what differs by product hangs on it."""
    name: str | None
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeEndpoint:
    """Where line items, scores and results of this course are.

    Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.1.
    """

    lineitems: str | None
    lineitem: str | None
    """The one of this placement; absent unless it has exactly one."""
    scopes: frozenset[str]
    """What the platform grants, which may be less than the registration asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepLinkingSettings:
    """What the platform takes from a deep linking response, and where.

    Source: https://www.imsglobal.org/spec/lti-dl/v2p0, 4.4.1.
    """

    return_url: str
    accept_types: tuple[str, ...]
    accept_presentation_document_targets: tuple[str, ...]
    accept_multiple: bool
    accept_lineitem: bool | None
    """None if the platform does not say."""
    auto_create: bool
    title: str | None
    text: str | None
    data: Any
    """Goes back in the response unchanged; None if it was not given."""


def read_roles(message: Mapping[str, Any]) -> Roles:
    """Return the roles; an empty list is a person without one.

    Raises:
        LaunchError: `roles`: the claim is absent, or no list of strings.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3.7.
    """
    values = message.get(claims.ROLES)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise LaunchError("roles", "roles is absent or not a list of strings")
    return parse_roles(filter(is_storable, values))


def read_resource_link(message: Mapping[str, Any]) -> ResourceLink:
    """Return the placement.

    Raises:
        LaunchError: `resource_link`: the claim is absent, not an object, or has no id.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3.5.
    """
    link = member(message, claims.RESOURCE_LINK)
    id_ = identifier(link.get("id"))
    if id_ is None:
        raise LaunchError("resource_link", "resource_link is absent, not an object, or without a proper id")
    return ResourceLink(id=id_, title=text(link.get("title")), description=text(link.get("description")))


def read_context(message: Mapping[str, Any]) -> Context | None:
    """Return the course, or None: a launch may come from outside of any.

    Raises:
        LaunchError: `context`: the claim is not an object, or has no id.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.4.1.
    """
    if message.get(claims.CONTEXT) is None:
        return None
    context = member(message, claims.CONTEXT)
    id_ = identifier(context.get("id"))
    if id_ is None:
        raise LaunchError("context", "context is not an object, or without a proper id")
    return Context(
        id=id_, label=text(context.get("label")), title=text(context.get("title")), types=texts(context.get("type"))
    )


def read_target_link_uri(message: Mapping[str, Any], tool_url: str) -> str | None:
    """Return where the person wants to go, or None if the message leaves it out.

    The login's target_link_uri need not be the same: Moodle may tell the plain address there and the secure one here.

    Raises:
        LaunchError: `target_link_uri`: it does not lie on `tool_url`'s origin.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3.4.
    """
    target = message.get(claims.TARGET_LINK_URI)
    if target is None:
        return None
    if not isinstance(target, str) or origin(target) is None or origin(target) != origin(tool_url):
        raise LaunchError("target_link_uri", "target_link_uri is not an address of this tool")
    return target


def read_for_user(message: Mapping[str, Any]) -> str:
    """Return the id of the person that the message is about, who need not be the one who sends it.

    Raises:
        LaunchError: `for_user`: the claim is absent, or has no user_id.

    Source: https://www.imsglobal.org/spec/lti-sr/v1p0, 3.1.
    """
    user_id = identifier(member(message, claims.FOR_USER).get("user_id"))
    if user_id is None:
        raise LaunchError("for_user", "for_user is absent or without a proper user_id")
    return user_id


def read_deep_linking(message: Mapping[str, Any]) -> DeepLinkingSettings:
    """Return what to send back and where.

    Raises:
        LaunchError: `deep_linking_settings`: the claim is absent, or accept_types is no list of strings;
            `deep_link_return_url`: that is no https address.

    Source: https://www.imsglobal.org/spec/lti-dl/v2p0, 4.4.1.
    """
    settings = member(message, claims.DEEP_LINKING_SETTINGS)
    if not settings:
        raise LaunchError("deep_linking_settings", "deep_linking_settings is absent or not an object")
    return_url = secure_url(settings.get("deep_link_return_url"))
    if return_url is None:
        raise LaunchError("deep_link_return_url", "deep_link_return_url is absent or not an https address")
    accept_types = settings.get("accept_types")
    if not isinstance(accept_types, list) or not all(isinstance(each, str) for each in accept_types):
        raise LaunchError("deep_linking_settings", "accept_types is absent or not a list of strings")
    accept_lineitem = settings.get("accept_lineitem")
    return DeepLinkingSettings(
        return_url=return_url,
        accept_types=tuple(accept_types),
        accept_presentation_document_targets=texts(settings.get("accept_presentation_document_targets")),
        accept_multiple=settings.get("accept_multiple") is True,
        accept_lineitem=accept_lineitem if isinstance(accept_lineitem, bool) else None,
        auto_create=settings.get("auto_create") is True,
        title=text(settings.get("title")),
        text=text(settings.get("text")),
        data=settings.get("data"),
    )


def read_platform(message: Mapping[str, Any]) -> Platform:
    """Return what the platform says of itself, which may be nothing."""
    platform = member(message, claims.TOOL_PLATFORM)
    return Platform(
        guid=identifier(platform.get("guid")),
        product_family_code=text(platform.get("product_family_code")),
        name=text(platform.get("name")),
        version=text(platform.get("version")),
    )


def read_grade_endpoint(message: Mapping[str, Any]) -> GradeEndpoint | None:
    """Return where grades go, or None if the platform offers no such service here."""
    endpoint = member(message, claims.AGS_ENDPOINT)
    lineitems, lineitem = web_url(endpoint.get("lineitems")), web_url(endpoint.get("lineitem"))
    if lineitems is None and lineitem is None:
        return None
    return GradeEndpoint(lineitems=lineitems, lineitem=lineitem, scopes=frozenset(texts(endpoint.get("scope"))))


def read_custom(message: Mapping[str, Any]) -> dict[str, str]:
    """Return the custom parameters.

    The specification promises strings, but Canvas sends numbers as numbers. What comes as the name of a variable was not
    substituted, so it says nothing.

    Source: https://www.imsglobal.org/spec/lti/v1p3, 5.4.6 and Appendix B.
    """
    return {
        name: value
        for name, raw in member(message, claims.CUSTOM).items()
        if is_storable(name) and (value := _custom_value(raw)) is not None and not _VARIABLE.fullmatch(value)
    }


def _custom_value(raw: object) -> str | None:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return str(raw)
    return (text(raw) or "") if isinstance(raw, str) else None
