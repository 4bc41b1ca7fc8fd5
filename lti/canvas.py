"""What Canvas wants to hear of a tool beyond the specification: its placements, and the key that an administrator pastes.

Source: https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_dev_key_config;
https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.registration.
"""

from collections.abc import Mapping
from typing import Any, Final

from lti import claims
from lti.profiles import CANVAS
from lti.tool import Tool

NAVIGATION: Final = "course_navigation"
"""Where the tool itself is opened."""
SELECTIONS: Final = ("assignment_selection", "link_selection", "editor_button")
"""Where a teacher chooses something of ours to place."""
SCOPES: Final = (
    claims.SCOPE_LINE_ITEM,
    claims.SCOPE_RESULT_READONLY,
    claims.SCOPE_SCORE,
    claims.SCOPE_MEMBERSHIP_READONLY,
)
"""What every Canvas knows: a pasted key with a scope that it does not know is refused as a whole."""
WIDTH: Final = 1000
HEIGHT: Final = 800
"""Pixels of the window in which a teacher chooses."""

_OWN: Final = "https://canvas.instructure.com/lti/"


def registration_extras(tool: Tool) -> dict[str, Any]:
    """Return the members that Canvas adds to a tool configuration. Without a privacy level it shares no names."""
    return {_OWN + "privacy_level": "public", _OWN + "tool_id": tool.id, _OWN + "vendor": tool.name}


def registration_messages(tool: Tool, supported: Mapping[str, frozenset[str]]) -> list[dict[str, Any]]:
    """Return the messages to register; a placement that this Canvas does not know would make it refuse all of them.

    `supported` has the placements by message type; no placements at all mean that the platform does not tell them.
    """
    icon = {"icon_uri": tool.logo_url} if tool.logo_url else {}
    messages: list[dict[str, Any]] = []
    if _knows(supported, claims.RESOURCE_LINK_REQUEST, NAVIGATION):
        messages.append(
            {
                "type": claims.RESOURCE_LINK_REQUEST,
                "target_link_uri": tool.launch_url,
                "label": tool.name,
                "placements": [NAVIGATION],
                "custom_parameters": {"placement": NAVIGATION},
                _OWN + "course_navigation/default_enabled": False,
                _OWN + "visibility": "members",
                _OWN + "display_type": "full_width_in_context",
                **icon,
            }
        )
    selections = [name for name in SELECTIONS if _knows(supported, claims.DEEP_LINKING_REQUEST, name)]
    if selections:
        messages.append(
            {
                "type": claims.DEEP_LINKING_REQUEST,
                "target_link_uri": tool.launch_url,
                "label": tool.add_label,
                "placements": selections,
                _OWN + "launch_width": WIDTH,
                _OWN + "launch_height": HEIGHT,
                **icon,
            }
        )
    return messages


def canvas_configuration(tool: Tool) -> dict[str, Any]:
    """Return the JSON of an LTI developer key, for administrators who register by hand."""
    icon = {"icon_url": tool.logo_url} if tool.logo_url else {}
    navigation = {
        "placement": NAVIGATION,
        "message_type": claims.RESOURCE_LINK_REQUEST,
        "target_link_uri": tool.launch_url,
        "text": tool.name,
        "enabled": True,
        "default": "disabled",
        "visibility": "members",
        "windowTarget": "_self",
        "custom_fields": {"placement": NAVIGATION},
    }
    selections = [
        {
            "placement": name,
            "message_type": claims.DEEP_LINKING_REQUEST,
            "target_link_uri": tool.launch_url,
            "text": tool.add_label,
            "enabled": True,
            **icon,
        }
        for name in SELECTIONS
        if name != "editor_button" or icon  # the editor shows nothing but the icon
    ]
    settings = {"text": tool.name, "selection_width": WIDTH, "selection_height": HEIGHT, **icon}
    return {
        "title": tool.name,
        "description": tool.description,
        "oidc_initiation_url": tool.login_url,
        "target_link_uri": tool.launch_url,
        "redirect_uris": [tool.launch_url],
        "scopes": [scope for scope in SCOPES if scope in tool.scopes],
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": tool.domain,
                "tool_id": tool.id,
                "privacy_level": "public",
                "settings": settings | {"placements": [navigation, *selections]},
            }
        ],
        "public_jwk_url": tool.jwks_url,
        "custom_fields": dict(CANVAS.custom_parameters),
    }


def _knows(supported: Mapping[str, frozenset[str]], message_type: str, placement: str) -> bool:
    placements = supported.get(message_type, frozenset())
    return placement in placements or not any(supported.values())
