"""Dynamic registration as each LMS does it: the platform's configuration, and how a tool's request is read.

Source: https://www.imsglobal.org/spec/lti-dr/v1p0; for Moodle, `mod/lti/classes/local/ltiopenid/registration_helper.php` and
messages recorded from 4.5.6; for Canvas, its documentation of Dynamic Registration.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from lti import claims
from lti.sandbox.config import SITE_NAME
from lti.sandbox.platform import Platform
from lti.sandbox.tools import Tool, supported_scopes
from lti.sandbox.variables import supported_variables

_CANVAS: Final = "https://canvas.instructure.com/lti/"
_CLAIMS: Final = ["sub", "iss", "name", "given_name", "family_name", "email"]
_CANVAS_PLACEMENTS: Final = [
    "assignment_edit",
    "assignment_selection",
    "course_assignments_menu",
    "course_navigation",
    "editor_button",
    "link_selection",
    "module_index_menu_modal",
    "submission_type_selection",
]


class RequestRefusedError(Exception):
    """The tool is not registered; the words say why, as this LMS would.

    Args:
        words: For the tool's developer; Moodle answers nothing but them.
    """

    def __init__(self, words: str, *, status: int = 400) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


def configuration(platform: Platform) -> dict[str, Any]:
    """Return the document that tells tools of this platform."""
    config, mode = platform.config, platform.mode
    return {
        "issuer": config.iss,
        "token_endpoint": config.token_url,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": config.jwks_url,
        "authorization_endpoint": config.auth_url,
        "registration_endpoint": f"{config.url}/registration",
        "scopes_supported": [*supported_scopes(mode), "openid"],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": _CLAIMS,
        **({"authorization_server": urlsplit(config.url).netloc} if mode.name == "canvas" else {}),
        claims.PLATFORM_CONFIGURATION: {
            "product_family_code": mode.product_family_code,
            "version": mode.release or mode.version,
            "messages_supported": _messages_supported(platform),
            "variables": supported_variables(mode),
            **(_canvas_configuration() if mode.name == "canvas" else {}),
        },
    }


def _messages_supported(platform: Platform) -> list[dict[str, Any]]:
    link: dict[str, Any] = {"type": claims.RESOURCE_LINK_REQUEST}
    content: dict[str, Any] = {"type": claims.DEEP_LINKING_REQUEST, "placements": ["ContentArea"]}
    if platform.mode.name == "canvas":
        return [
            link | {"placements": ["course_navigation", "link_selection", "assignment_selection"]},
            content | {"placements": ["assignment_selection", "link_selection", "editor_button"]},
        ]
    others = (claims.SUBMISSION_REVIEW_REQUEST, claims.DATA_PRIVACY_REQUEST)
    return [link, content, *({"type": kind} for kind in others if platform.mode.name == "plain")]


def _canvas_configuration() -> dict[str, Any]:
    return {
        "notice_types_supported": [claims.HELLO_WORLD_NOTICE, claims.CONTEXT_COPY_NOTICE],
        f"{_CANVAS}account_name": SITE_NAME,
        f"{_CANVAS}account_lti_guid": "0a3f4d5c6b7e8f9a",
    }


def read_request(platform: Platform, request: Any, tool: Tool) -> Tool:
    """Return the tool as it describes itself.

    Args:
        tool: What is known already: its ids, and where it registers.

    Raises:
        RequestRefusedError: The request is not what this LMS takes.
    """
    if not isinstance(request, dict):
        raise RequestRefusedError("invalid_request" if platform.mode.name == "moodle" else "the body is no JSON object")
    {"moodle": _check_as_moodle, "canvas": _check_as_canvas, "plain": _check}[platform.mode.name](request)
    own = request[claims.TOOL_CONFIGURATION]
    target = own.get("target_link_uri") or f"https://{own['domain']}"
    choosers = [message for message in own.get("messages", []) if message.get("type") == claims.DEEP_LINKING_REQUEST]
    asked = str(request.get("scope", "")).split()
    level = own.get(f"{_CANVAS}privacy_level", "anonymous" if platform.mode.name == "canvas" else None)
    told = own.get("claims", [])
    return Tool(
        id=tool.id,
        name=request["client_name"],
        client_id=tool.client_id,
        deployment_id=tool.deployment_id,
        login_url=request["initiate_login_uri"],
        redirect_uris=tuple(request["redirect_uris"]),
        jwks_url=request["jwks_uri"],
        target_link_uri=target,
        deep_linking_url=(choosers[0].get("target_link_uri") or target) if choosers else "",
        custom={name: str(text) for name, text in own.get("custom_parameters", {}).items()},
        scopes=tuple(scope for scope in supported_scopes(platform.mode) if scope in asked),
        sends_name="name" in told if level is None else level in ("public", "name_only"),
        sends_email="email" in told if level is None else level in ("public", "email_only"),
        is_active=tool.is_active,
        registration_url=tool.registration_url,
    )


def answer(platform: Platform, tool: Tool) -> dict[str, Any]:
    """Return what the tool is told of its registration."""
    is_canvas, is_moodle = platform.mode.name == "canvas", platform.mode.name == "moodle"
    # Moodle cuts what it tells, not what it keeps, at a second `=`.
    custom = {name: text.partition("=")[0] if is_moodle else text for name, text in tool.custom.items()}
    chooser = {"type": claims.DEEP_LINKING_REQUEST, "target_link_uri": tool.deep_linking_url}
    return {
        "client_id": tool.client_id,
        "response_types": ["id_token"],
        "jwks_uri": tool.jwks_url,
        "initiate_login_uri": tool.login_url,
        "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": list(tool.redirect_uris),
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "client_name": tool.name,
        "scope": " ".join(tool.scopes),
        claims.TOOL_CONFIGURATION: {
            **({} if is_canvas else {"version": "1.3.0", "deployment_id": tool.deployment_id}),
            "target_link_uri": tool.target_link_uri,
            "domain": urlsplit(tool.target_link_uri).netloc,
            "messages": [chooser] if tool.deep_linking_url else [],
            "custom_parameters": custom,
            "claims": [
                "sub",
                "iss",
                *(["name", "family_name", "given_name"] if tool.sends_name else []),
                *(["email"] if tool.sends_email else []),
            ],
        },
    }


_REQUIRED = (
    "response_types",
    "initiate_login_uri",
    "redirect_uris",
    "client_name",
    "jwks_uri",
    "token_endpoint_auth_method",
    claims.TOOL_CONFIGURATION,
)


def _check_as_moodle(request: dict[str, Any]) -> None:
    for name in _REQUIRED:
        if name not in request:
            raise RequestRefusedError(f"missing required attribute {name}")
    own = request[claims.TOOL_CONFIGURATION]
    domain = own.get("domain")
    if not domain:
        raise RequestRefusedError("missing_domain")
    if _host(domain) != _host(own.get("target_link_uri") or f"https://{domain}"):
        raise RequestRefusedError("domain_targetlinkuri_mismatch")
    if "id_token" not in request["response_types"]:
        raise RequestRefusedError("invalid_response_types")
    if not isinstance(request["redirect_uris"], list):
        raise RequestRefusedError("invalid_redirect_uris")
    if request["token_endpoint_auth_method"] != "private_key_jwt":  # noqa: S105 -- a method's name
        raise RequestRefusedError("invalid_token_endpoint_auth_method")
    if request.get("application_type") not in (None, "", "web"):
        raise RequestRefusedError("invalid_application_type")


def _host(url: str) -> str:
    """Return host and port without `www.`; a domain may be given with or without its scheme."""
    return urlsplit(url if "://" in url else f"https://{url}").netloc.lower().removeprefix("www.")


def _check_as_canvas(request: dict[str, Any]) -> None:
    faults = [*_shape_faults(request), *_canvas_faults(request.get(claims.TOOL_CONFIGURATION))]
    if faults:
        raise RequestRefusedError("; ".join(faults), status=422)


def _check(request: dict[str, Any]) -> None:
    faults = _shape_faults(request)
    if faults:
        raise RequestRefusedError("; ".join(faults))


def _shape_faults(request: dict[str, Any]) -> list[str]:
    """Return what is wrong with a request by the specification."""
    faults = [f"{name} is missing" for name in _REQUIRED if name not in request]
    if request.get("application_type") != "web":
        faults.append("application_type must be web")
    if "id_token" not in _list(request, "response_types"):
        faults.append("response_types must contain id_token")
    if not {"implicit", "client_credentials"} <= set(_list(request, "grant_types")):
        faults.append("grant_types must contain implicit and client_credentials")
    if not _list(request, "redirect_uris"):
        faults.append("redirect_uris must be a list of URLs")
    if request.get("token_endpoint_auth_method") != "private_key_jwt":
        faults.append("token_endpoint_auth_method must be private_key_jwt")
    faults += [
        f"{name} must be a URL"
        for name in ("initiate_login_uri", "jwks_uri")
        if not str(request.get(name, "")).startswith(("https://", "http://"))
    ]
    if not isinstance(request.get("scope", ""), str):
        faults.append("scope must be a text")
    return faults + _tool_faults(request.get(claims.TOOL_CONFIGURATION))


def _tool_faults(own: Any) -> list[str]:
    if not isinstance(own, dict):
        return [f"{claims.TOOL_CONFIGURATION} must be an object"]
    faults = [f"{name} is missing" for name in ("domain", "target_link_uri", "claims") if not own.get(name)]
    custom = own.get("custom_parameters", {})
    if not isinstance(custom, dict) or not all(isinstance(text, str) for text in custom.values()):
        faults.append("custom_parameters must be an object of texts")
    messages = own.get("messages")
    if not isinstance(messages, list) or not all(isinstance(each, dict) and each.get("type") for each in messages):
        faults.append("messages must be a list of objects with a type")
    return faults


def _canvas_faults(own: Any) -> list[str]:
    if not isinstance(own, dict) or not isinstance(own.get("messages"), list):
        return []
    levels = (None, "public", "name_only", "email_only", "anonymous")
    faults = [] if own.get(f"{_CANVAS}privacy_level") in levels else ["privacy_level is not one that Canvas knows"]
    known = [*_CANVAS_PLACEMENTS, "ContentArea", "RichTextEditor"]
    for message in own["messages"]:
        if not isinstance(message, dict):
            continue
        faults += [f"no placement {each!r}" for each in _list(message, "placements") if each not in known]
        values = message.get("custom_parameters", {})
        if not isinstance(values, dict) or not all(isinstance(text, str) for text in values.values()):
            faults.append("custom_parameters of a message must be an object of texts")
    return faults


def _list(body: dict[str, Any], name: str) -> list[Any]:
    value = body.get(name, [])
    return value if isinstance(value, list) else []
