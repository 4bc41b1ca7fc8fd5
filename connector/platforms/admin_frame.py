"""What the administrators' pages of every part share: the door, and the bar."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, url_for
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from connector.platforms.operators import find_operator
from connector.web.i18n import gettext as _
from connector.web.pages import render

_TABS = "kring_admin_tabs"


def let_in() -> ResponseReturnValue | None:
    """Let operators in; others learn how to sign in, and nothing of what is here. Stands before each request."""
    g.operator = find_operator()
    if g.operator is None:
        return render("platforms/admin/signed_out.html", status=HTTPStatus.UNAUTHORIZED)
    return None


def add_tab(app: App, endpoint: str, label: Callable[[], str]) -> None:
    """Let a page of another part stand in the bar."""
    app.extensions.setdefault(_TABS, {})[endpoint] = label


def admin_page(template: str, *, current: str, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:
    """Return a page under the administrators' bar.

    Args:
        current: The endpoint of the tab that it belongs to.
    """
    more: dict[str, Callable[[], str]] = current_app.extensions.get(_TABS, {})
    tabs = {
        "admin.index": _("LMSs"),
        "admin.list_invites": _("Registration links"),
        "admin.list_keys": _("Keys"),
        **{endpoint: label() for endpoint, label in more.items()},
        "manual.show": _("By hand"),
    }
    bar = {
        "title": _("Administration"),
        "subtitle": _("signed in until %(time)s", time=format_time(g.operator.expires_at, "HH:mm")),
        "home_url": url_for("admin.index"),
        "tabs": [
            {"url": url_for(endpoint), "label": label, "current": endpoint == current}
            for endpoint, label in tabs.items()
        ],
    }
    return render(template, status=status, bar=bar, **context)
