"""The operators' pages about deliveries: how each LRS does, what was given up and why, and the buttons that mend it."""

import json
import uuid
from http import HTTPStatus

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from connector.delivery import mending, watching
from connector.delivery.models import ActorMode, Endpoint
from connector.delivery.reconcile import last_reconciliation
from connector.platforms.admin_frame import admin_blueprint, admin_page
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session, now

blueprint = admin_blueprint("outbox", __name__, url_prefix="/admin/outbox", label=lambda: _("Delivery"))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List the LRSs, and how delivery to each goes."""
    rows = watching.standings(current_session(), now=now())
    return admin_page("delivery/outbox.html", current="outbox.index", rows=rows, now=now())


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
        modes=_modes(),
    )


@blueprint.get("/statements/<uuid:statement_id>")
def show_statement(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Show one statement: where it went, what was answered last, and its bytes in each rendering."""
    session = current_session()
    messages = watching.find_messages(session, statement_id)
    if not messages:
        raise NotFoundError
    texts = [
        {"rendering": each.rendering, "text": json.dumps(json.loads(each.body), indent=2, ensure_ascii=False)}
        for each in messages
    ]
    ways = watching.find_deliveries(session, statement_id)
    return admin_page(
        "delivery/statement.html", current="outbox.index", statement_id=statement_id, ways=ways, messages=texts
    )


@blueprint.post("/statements/<uuid:statement_id>/retry")
def retry_statement(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Send one statement again, to each LRS that it was given up for."""
    session = current_session()
    mending.revive(session, statement_id=statement_id, now=now())
    session.commit()
    return _to(url_for("outbox.show_statement", statement_id=statement_id))


@blueprint.post("/<uuid:endpoint_id>/retry")
def retry(endpoint_id: uuid.UUID) -> ResponseReturnValue:
    """Try an LRS at once, and send again what was given up for it."""
    session = current_session()
    endpoint = _endpoint(endpoint_id)
    mending.revive(session, endpoint=endpoint, now=now())
    mending.wake(session, endpoint, now=now())
    session.commit()
    return _to(url_for("outbox.show", endpoint_id=endpoint_id))


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
    return _to(url_for("outbox.show", endpoint_id=endpoint_id))


def _endpoint(endpoint_id: uuid.UUID) -> Endpoint:
    endpoint = current_session().get(Endpoint, endpoint_id)
    if endpoint is None:
        raise NotFoundError
    return endpoint


def _modes() -> dict[str, str]:
    """Return in words how a store is to know people."""
    return {
        ActorMode.PSEUDONYMOUS.value: _("a random number"),
        ActorMode.INTEROPERABLE.value: _("their number in the LMS"),
        ActorMode.EMAIL_HASH.value: _("a hash of their e-mail address"),
    }


def _to(url: str) -> Response:
    response = redirect(url, HTTPStatus.SEE_OTHER)
    return Response(response.get_data(), response.status_code, response.headers)
