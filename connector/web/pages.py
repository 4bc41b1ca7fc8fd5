"""Rendering: pages for people, and what every template may count on."""

from datetime import datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request, url_for
from flask_babel import get_locale

from connector.web import i18n, tracing
from connector.web.i18n import format_datetime


def render(template: str, /, *, status: HTTPStatus | int = HTTPStatus.OK, **context: Any) -> Response:
    """Return a page.

    Args:
        template: Its name below templates/.
        status: The answer's status.
        context: What the template asks for; `bar` is the slim bar's content, where the page has one.
    """
    context.setdefault("bar", None)
    context.setdefault("correlation_id", tracing.correlation_id())
    context.setdefault("is_framed", request.headers.get("Sec-Fetch-Dest") == "iframe")
    context.setdefault("icons_url", url_for("static", filename="icons.svg"))  # once a page, not once an icon
    context.setdefault("platform_origin", g.get("platform_origin", ""))
    words = i18n.page_words()
    context.update({"_": words.gettext, "gettext": words.gettext, "ngettext": words.ngettext})
    page = render_template(template, csrf_token=_csrf_token, locale=str(get_locale() or "en"), **context)
    response = make_response(page, int(status))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Cookie, Accept-Language"
    return response


def init_app(app: Flask) -> None:
    """Let the addresses of static files change with what is in them: an upgrade must not show old styles.

    Where the scripts were not bundled, pages are plain forms, and the log says so.
    """
    folder = Path(app.static_folder or "")
    app.jinja_env.globals["has_bundle"] = has_bundle = (folder / "dist" / "kring.js").is_file()
    if not has_bundle:
        tracing.log.warning("no_bundle", advice="pages are plain forms; install again where npm can be reached")

    @cache
    def version(filename: str) -> str:
        file = folder / filename
        return sha256(file.read_bytes()).hexdigest()[:8] if file.is_file() else ""

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", version(values["filename"]))

    app.url_defaults(add_version)


def prefers_json() -> bool:
    """Whether the answer should be JSON: only where HTML was not asked for."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def in_words(moment: datetime) -> str:
    """Return a time as people write it, with its zone."""
    return format_datetime(moment, "d MMM y, HH:mm z")


def _csrf_token() -> str:
    return str(g.get("csrf_token", ""))
