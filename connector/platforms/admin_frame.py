"""What the administrators' pages of every part share: the door, and the bar."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, g, url_for
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.platforms.models import Tenant
from connector.platforms.operators import find_operator
from connector.web.errors import NotFoundError
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


def admin_blueprint(name: str, import_name: str, *, url_prefix: str, label: Callable[[], str]) -> Blueprint:
    """Return where the administrators' pages of another part stand: behind the door, with a tab that leads to its `index`."""
    blueprint = Blueprint(name, import_name, url_prefix=url_prefix)
    blueprint.record_once(lambda state: add_tab(state.app, f"{name}.index", label))
    blueprint.before_request(let_in)
    return blueprint


def tenant_index(session: Session, name: str, title: str, show: Callable[[Session, Tenant], Response]) -> Response:
    """Return the page of the only organisation, or a list of them to choose from.

    Args:
        name: The blueprint's; its `show` leads to the page of one.
        show: Makes that page.
    """
    tenants = session.scalars(select(Tenant).order_by(Tenant.name)).all()
    if len(tenants) == 1:
        return show(session, tenants[0])
    links = [(tenant.name, url_for(f"{name}.show", tenant_id=tenant.id)) for tenant in tenants]
    return admin_page("platforms/admin/tenants.html", current=f"{name}.index", title=title, tenants=links)


def find_tenant(session: Session, tenant_id: uuid.UUID) -> Tenant:
    """Return an organisation.

    Raises:
        NotFoundError: There is none of this id.
    """
    found = session.get(Tenant, tenant_id)
    if found is None:
        raise NotFoundError
    return found


def admin_page(template: str, *, current: str, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:
    """Return a page under the administrators' bar.

    Args:
        current: The endpoint of the tab that it belongs to.
    """
    more: dict[str, Callable[[], str]] = current_app.extensions.get(_TABS, {})
    tabs = {
        "admin.index": _("LMSs"),
        "admin.list_invites": _("Connect"),
        "admin.list_keys": _("Keys"),
        **{endpoint: label() for endpoint, label in more.items()},
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
