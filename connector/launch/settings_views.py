"""An activity's settings, for who leads the course: what the picker asked, to be changed later."""

import uuid
from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.activities.services import get_activity
from connector.content.text import BODY_LIMIT, TITLE_LIMIT
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.launch.schemas import MOST_POINTS, ItemForm, zone_named
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("settings", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/settings")


@blueprint.get("")
def show(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the settings as they are."""
    member, activity = _lead(current_session(), activity_id)
    zone = get_timezone()
    typed = {
        "prompt": activity.prompt,
        "opens_at": _local(activity.opens_at, zone),
        "closes_at": _local(activity.closes_at, zone),
        "is_graded": activity.score_maximum is not None,
        "score_maximum": f"{activity.score_maximum or 10:g}",
    }
    return _page(member, activity, typed, zone=str(zone or "UTC"))


@blueprint.post("")
def change(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Change the settings."""
    session = current_session()
    member, activity = _lead(session, activity_id)
    zone = zone_named(request.form.get("zone", ""))
    fixed = {"key": "settings", "kind": activity.kind.value, "title": activity.title}
    try:
        form = ItemForm(zone=zone, now=now(), may_be_past=True).load(request.form.to_dict() | fixed)
    except ValidationError as error:
        return _page(member, activity, request.form.to_dict(), zone=str(zone), errors=error.messages_dict)
    for name in ("prompt", "opens_at", "closes_at", "score_maximum"):
        setattr(activity, name, form[name])
    session.commit()
    return redirect(url_for("settings.show", activity_id=activity.id, saved=1), HTTPStatus.SEE_OTHER)


def _lead(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    member = current_member(session)
    activity = get_activity(session, member, activity_id)
    if not member.is_staff:
        raise NotFoundError
    return member, activity


def _local(moment: datetime | None, zone: tzinfo | None) -> str:
    """Return a time as a form's field takes it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _page(
    member: Membership,
    activity: Activity,
    typed: dict[str, Any],
    *,
    zone: str,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    return render(
        "launch/settings.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "settings.show"),
        activity=activity,
        typed=typed,
        zone=zone,
        errors=errors or {},
        limits={"title": TITLE_LIMIT, "prompt": BODY_LIMIT, "points": MOST_POINTS},
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
