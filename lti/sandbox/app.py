"""The sandbox LMS as a Flask application."""

import secrets
from http import HTTPStatus
from typing import Any, Final

import requests
from flask import Flask, Response, g, render_template, request
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import NotFound

from lti.sandbox import (
    admin,
    copies,
    deep_linking,
    faults,
    grades,
    group_service,
    launch,
    notices,
    pages,
    registration,
    roster,
    service,
    signin,
    teaching,
    tokens,
)
from lti.sandbox.config import SITE_NAME, SandboxConfig
from lti.sandbox.courses import COURSES
from lti.sandbox.platform import Platform, current_platform
from lti.sandbox.store import Store
from lti.sandbox.tools import PRECONFIGURED

__all__ = ["SandboxConfig", "create_app"]

_PARTS: Final = (
    pages,
    signin,
    launch,
    deep_linking,
    teaching,
    copies,
    tokens,
    roster,
    grades,
    group_service,
    notices,
    registration,
    admin,
    faults,
)


def create_app(config: SandboxConfig, *, http: requests.Session | None = None) -> Flask:
    """Return the LMS, with its database ready.

    Args:
        http: What fetches the tools' key sets; tests hand in one that reaches a tool without a socket.
    """
    store = Store(config.data)
    app = Flask("lti.sandbox")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config.update(
        SECRET_KEY=store.secret("session", lambda: secrets.token_urlsafe(32)),
        # Cookies know no ports: the tool and other applications on this host have sessions too.
        SESSION_COOKIE_NAME="sandbox_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=config.url.startswith("https:"),
        MAX_CONTENT_LENGTH=1_000_000,
    )
    hints = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="lti_message_hint")
    app.extensions["sandbox"] = Platform(config, store, http or requests.Session(), hints)
    for course in COURSES.values():
        for activity in course.activities:
            if activity.score_maximum is not None:
                body = {
                    "label": activity.title,
                    "scoreMaximum": activity.score_maximum,
                    "resourceLinkId": activity.id,
                }
                store.couple_line_item(course.id, activity.id, body, tool_id=PRECONFIGURED)
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
    app.context_processor(_for_every_page)
    app.register_error_handler(HTTPStatus.NOT_FOUND, _not_found)
    app.register_error_handler(HTTPStatus.METHOD_NOT_ALLOWED, service.not_allowed)
    app.after_request(_secure)
    faults.spoil_requests(app)
    return app


def _for_every_page() -> dict[str, Any]:
    platform = current_platform()
    target = platform.storage_target
    storage = {"target": target, "silent": platform.faults.storage == "silent"} if target else None
    return {
        "site_name": SITE_NAME,
        "me": signin.current_person(),
        "mode": platform.mode,
        "storage": storage,
        **_navigation(),
    }


def _navigation() -> dict[str, Any]:
    """Return the tools that stand in every course's menu."""
    platform = current_platform()
    return {"navigation": platform.tools.active() if platform.mode.launch.has_navigation else []}


def _not_found(_error: NotFound) -> tuple[str, int]:
    reason = "Either the address is wrong, or the page belongs to a course that you do not take part in."
    return render_template("error.html", title="There is no such page", reason=reason), HTTPStatus.NOT_FOUND


def _secure(response: Response) -> Response:
    """Let pages be framed by our own only, frame and post to tools only, and be kept by no cache."""
    known = frozenset[str]().union(*(tool.origins for tool in current_platform().tools.all()))
    tools = " ".join(sorted({*known, *g.get("framed", [])}))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; frame-src 'self' {tools}; form-action 'self' {tools}; "
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
