"""The sandbox LMS as a Flask application."""

import secrets
from http import HTTPStatus
from typing import Any, cast

import requests
from flask import Flask, Response, render_template, request
from itsdangerous import URLSafeTimedSerializer
from joserfc.jwk import RSAKey
from werkzeug.exceptions import NotFound

from lti.sandbox import grades, launch, pages, roster, signin, tokens
from lti.sandbox.config import SITE_NAME, SandboxConfig
from lti.sandbox.courses import COURSES
from lti.sandbox.modes import mode_named
from lti.sandbox.platform import Platform, SandboxRegistration, current_platform
from lti.sandbox.store import Store

__all__ = ["SandboxConfig", "create_app"]


def create_app(config: SandboxConfig, *, http: requests.Session | None = None) -> Flask:
    """Return the LMS, with its database ready.

    Args:
        http: What fetches the tool's key set; tests hand in one that reaches a tool without a socket.

    Raises:
        NotImplementedError: Nobody has written that mode yet.
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
    app.extensions["sandbox"] = Platform(
        config=config,
        mode=mode_named(config.mode),
        store=store,
        http=http or requests.Session(),
        registration=_registration(config, store),
        hints=URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="lti_message_hint"),
    )
    for course in COURSES.values():
        for activity in course.activities:
            if activity.score_maximum is not None:
                body = {
                    "label": activity.title,
                    "scoreMaximum": activity.score_maximum,
                    "resourceLinkId": activity.id,
                }
                store.couple_line_item(course.id, activity.id, body)
    for module in (pages, signin, launch, tokens, roster, grades):
        app.register_blueprint(module.blueprint)
    app.context_processor(_for_every_page)
    app.register_error_handler(HTTPStatus.NOT_FOUND, _not_found)
    app.after_request(_secure)
    return app


def _registration(config: SandboxConfig, store: Store) -> SandboxRegistration:
    pem = store.secret("platform key", lambda: RSAKey.generate_key(2048).as_pem(private=True).decode())
    registration = (
        SandboxRegistration(RSAKey.import_key(pem))
        .set_iss(config.url)
        .set_client_id(config.client_id)
        .set_deployment_id(config.deployment_id)
        .set_launch_url(config.tool_launch_url)
        .set_oidc_login_url(config.tool_login_url)
        .set_tool_key_set_url(config.tool_jwks_url)
    )
    return cast("SandboxRegistration", registration)


def _for_every_page() -> dict[str, Any]:
    tool_origin = current_platform().config.tool_origin
    return {"site_name": SITE_NAME, "me": signin.current_person(), "tool_origin": tool_origin}


def _not_found(_error: NotFound) -> tuple[str, int]:
    reason = "Either the address is wrong, or the page belongs to a course that you do not take part in."
    return render_template("error.html", title="There is no such page", reason=reason), HTTPStatus.NOT_FOUND


def _secure(response: Response) -> Response:
    """Let pages be framed by our own only, frame and post to the tool only, and be kept by no cache."""
    tool = current_platform().config.tool_origin
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; frame-src 'self' {tool}; form-action 'self' {tool}; "
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
