"""The operators' pages about deliveries: how each LRS does, what was given up and why, and the buttons that mend it."""

import uuid
from http import HTTPStatus

from flask import Blueprint, Response, redirect, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from connector.delivery import mending, watching
from connector.delivery.models import Endpoint
from connector.delivery.reconcile import last_reconciliation
from connector.platforms.admin_frame import add_tab, admin_page, let_in
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session, now

blueprint = Blueprint("outbox", __name__, url_prefix="/admin/outbox")
blueprint.before_request(let_in)


@blueprint.record_once
def _stand_in_the_bar(state: BlueprintSetupState) -> None:
    add_tab(state.app, "outbox.index", lambda: _("Delivery"))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the LRSs, and how delivery to each goes."""
    rows = watching.standings(current_session(), now=now())
    return admin_page("delivery/outbox.html", current="outbox.index", rows=rows)


@blueprint.get("/<uuid:endpoint_id>")
def show(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Show one LRS: what waits, what was given up and why, and whether it holds what it accepted."""
    session = current_session()
    rows = [row for row in watching.standings(session, now=now()) if row.endpoint.id == endpoint_id]
    if not rows:
        raise NotFoundError
    return admin_page(
        "delivery/endpoint.html",
        current="outbox.index",
        now=now(),
        row=rows[0],
        endpoint=rows[0].endpoint,
        dead=watching.list_dead(session, rows[0].endpoint),
        proof=last_reconciliation(session, rows[0].endpoint),
    )


@blueprint.post("/<uuid:endpoint_id>/retry")
def retry(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Try an LRS at once, and send again what was given up for it."""
    session = current_session()
    endpoint = _endpoint(endpoint_id)
    mending.revive(session, endpoint=endpoint, now=now())
    mending.wake(session, endpoint, now=now())
    session.commit()
    return _back(endpoint_id)


@blueprint.post("/<uuid:endpoint_id>/off")
def switch_off(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Send an LRS nothing more."""
    return _switch(endpoint_id, is_active=False)


@blueprint.post("/<uuid:endpoint_id>/on")
def switch_on(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Send an LRS statements again."""
    return _switch(endpoint_id, is_active=True)


def _switch(endpoint_id: uuid.UUID, *, is_active: bool) -> Response:
    session = current_session()
    mending.switch(session, _endpoint(endpoint_id), is_active=is_active, now=now())
    session.commit()
    return _back(endpoint_id)


def _endpoint(endpoint_id: uuid.UUID) -> Endpoint:
    endpoint = current_session().get(Endpoint, endpoint_id)
    if endpoint is None:
        raise NotFoundError
    return endpoint


def _back(endpoint_id: uuid.UUID) -> Response:
    response = redirect(url_for("outbox.show", endpoint_id=endpoint_id), HTTPStatus.SEE_OTHER)
    return Response(response.get_data(), response.status_code, response.headers)
