"""The administrators' page about when an organisation works."""

import uuid
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from sqlalchemy.orm import Session

from connector.calendars import services
from connector.calendars.arithmetic import DAYS_IN_WEEK
from connector.calendars.national import holidays
from connector.calendars.schemas import CalendarForm, country_options
from connector.platforms.admin_frame import admin_blueprint, admin_page, find_tenant, tenant_index
from connector.platforms.models import Tenant
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session, load, now

blueprint = admin_blueprint("calendar", __name__, url_prefix="/admin/calendar", label=lambda: _("Calendar"))


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the calendar of the only organisation, or a list of them."""
    return tenant_index(current_session(), "calendar", _("Calendar"), _page)


@blueprint.get("/<uuid:tenant_id>")
def show(tenant_id: uuid.UUID) -> ResponseReturnValue:
    """Show when an organisation works."""
    session = current_session()
    return _page(session, find_tenant(session, tenant_id))


@blueprint.post("/<uuid:tenant_id>")
def change(tenant_id: uuid.UUID) -> ResponseReturnValue:
    """Change when an organisation works."""
    session = current_session()
    tenant = find_tenant(session, tenant_id)
    schema = CalendarForm()
    try:
        form = load(schema)
    except InvalidInputError as error:
        return _page(session, tenant, typed=request.form.to_dict(), errors=error.errors)
    services.change_calendar(
        session,
        tenant.id,
        zone=schema.zone_of(form),
        country=form["country"] or None,
        week=schema.week(form),
        holidays=form["holidays"],
    )
    session.commit()
    return redirect(url_for("calendar.show", tenant_id=tenant.id, saved=1), HTTPStatus.SEE_OTHER)


def _page(
    session: Session,
    tenant: Tenant,
    *,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    settings = services.get_settings(session, tenant.id)
    year = now().year
    return admin_page(
        "calendars/show.html",
        current="calendar.index",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        tenant=tenant,
        typed=typed if typed is not None else _typed(session, tenant, settings),
        errors=errors or {},
        weekdays=[get_locale().days["format"]["wide"][number].capitalize() for number in range(DAYS_IN_WEEK)],
        countries=country_options(),
        coming=_coming(settings.country, year),
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )


def _typed(session: Session, tenant: Tenant, settings: Any) -> dict[str, Any]:
    days = {
        f"day{number}": ", ".join(f"{services.clock_of(start)}-{services.clock_of(end)}" for start, end in hours)
        for number, hours in enumerate(settings.week)
    }
    own = "\n".join(
        f"{each.day.isoformat()} {each.name}".strip() for each in services.list_holidays(session, tenant.id)
    )
    return {"zone": settings.zone, "country": settings.country or "", "holidays": own, **days}


def _coming(country: str | None, year: int) -> list[date]:
    """Return this year's national holidays, and the next year's."""
    return sorted(holidays(country, year) | holidays(country, year + 1))
