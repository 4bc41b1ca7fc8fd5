"""The Platform Notification Service: tools say where they want to hear of something, and hear of it.

Source: https://www.imsglobal.org/spec/lti-pns/v1p0.
"""

import contextlib
import secrets
import time
from datetime import UTC, datetime
from typing import Any, Final

import requests
from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue
from lti1p3platform.exceptions import LtiServiceException

from lti import claims
from lti.sandbox import service
from lti.sandbox.courses import Course
from lti.sandbox.platform import Platform, current_platform
from lti.sandbox.tools import Tool

blueprint = Blueprint("notices", __name__)
blueprint.register_error_handler(404, service.not_found)

_TYPES: Final = (claims.HELLO_WORLD_NOTICE, claims.CONTEXT_COPY_NOTICE)
_KIND: Final = "notice handler"
_TIMEOUT: Final = (3.05, 10)
_SECONDS: Final = 300


@blueprint.route("/notices/<int:tool_id>", methods=["GET", "PUT"])
def notices(tool_id: int) -> ResponseReturnValue:
    """Tell a tool where its notices go, or take an address for one type of them; an empty one ends it."""
    platform = current_platform()
    if not platform.mode.service.has_notices or request.method == "HEAD":
        abort(404)
    try:
        tool = _owner(tool_id)
        if request.method == "PUT":
            return jsonify(_subscribe(platform, tool, request.get_json(force=True, silent=True)))
    except LtiServiceException as error:
        return service.problem(error.message, error.status_code)
    handlers = [{"notice_type": kind, "handler": url} for kind, url in _handlers(platform, tool).items()]
    return jsonify(client_id=tool.client_id, deployment_id=tool.deployment_id, notice_handlers=handlers)


def _owner(tool_id: int) -> Tool:
    tool = service.authorize()
    if tool.id != tool_id:
        raise LtiServiceException("These notices are another tool's", 403)
    return tool


def _subscribe(platform: Platform, tool: Tool, body: Any) -> dict[str, str]:
    kind, url = (body.get("notice_type"), body.get("handler")) if isinstance(body, dict) else (None, None)
    if kind not in _TYPES:
        raise LtiServiceException(f"notice_type must be one of {', '.join(_TYPES)}", 400)
    if not isinstance(url, str) or (url and not url.startswith(("https://", "http://"))):
        raise LtiServiceException("handler must be a URL", 400)
    name = f"{tool.id}/{kind}"
    platform.store.keep(_KIND, name, url)
    if kind == claims.HELLO_WORLD_NOTICE and url:
        _send(platform, tool, url, kind, {})
    return {"notice_type": str(kind), "handler": url}


def _handlers(platform: Platform, tool: Tool) -> dict[str, str]:
    found = {kind: platform.store.find(_KIND, f"{tool.id}/{kind}") for kind in _TYPES}
    return {kind: url for kind, url in found.items() if url}


def tell_of_copy(platform: Platform, course: Course) -> None:
    """Tell the tools that ask for it that `course` was made from another."""
    context = {
        "id": course.id,
        "label": course.label,
        "title": course.title,
        "type": list(platform.mode.launch.context_types),
    }
    body = {claims.CONTEXT: context, claims.ORIGIN_CONTEXTS: [course.history[0]]}
    for tool in platform.tools.active() if platform.mode.service.has_notices else []:
        url = _handlers(platform, tool).get(claims.CONTEXT_COPY_NOTICE)
        if url:
            _send(platform, tool, url, claims.CONTEXT_COPY_NOTICE, body)


def _send(platform: Platform, tool: Tool, url: str, kind: str, body: dict[str, Any]) -> None:
    """Post a notice; who does not take it at once never hears of it again, as in Canvas."""
    notice = {"id": secrets.token_hex(16), "timestamp": datetime.now(UTC).isoformat(), "type": kind}
    message = {
        "iss": platform.config.iss,
        "aud": tool.client_id,
        "nonce": secrets.token_urlsafe(16),
        "nbf": int(time.time()) - 1,
        claims.VERSION: claims.LTI_VERSION,
        claims.DEPLOYMENT_ID: tool.deployment_id,
        claims.NOTICE: notice,
        **body,
    }
    token = platform.conf(tool).sign(message, _SECONDS)
    with contextlib.suppress(requests.RequestException):
        platform.http.post(url, json={"notices": [{"jwt": token}]}, timeout=_TIMEOUT, allow_redirects=False)
