"""An activity's settings, for who leads the course: what the picker asked, to be changed later."""

import uuid
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.changes import noting
from connector.activities.leading import lead_activity
from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.authoring.schemas import MOST_POINTS, ItemForm
from connector.authoring.settings_words import PART, read_settings
from connector.content.text import BODY_LIMIT, TITLE_LIMIT
from connector.courses.models import Membership
from connector.grades.services import want_column
from connector.groups.mode import GroupModeForm, list_set_choices, set_group_mode, typed_mode
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint
from connector.web.times import local_time, zone_here, zone_named

blueprint = launch_blueprint("settings", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/settings")


@blueprint.get("")
def show(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the settings as they are."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    typed = {
        "prompt": activity.prompt,
        "opens_at": local_time(activity.opens_at),
        "closes_at": local_time(activity.closes_at),
        "is_graded": activity.score_maximum is not None,
        "score_maximum": f"{activity.score_maximum or 10:g}",
        **typed_mode(activity),
    }
    return _page(session, member, activity, typed, zone=zone_here())


@blueprint.post("")
def change(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Change the settings."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    zone = zone_named(request.form.get("zone", ""))
    fixed = {"key": "settings", "kind": activity.kind.value, "title": activity.title}
    try:
        form = ItemForm(zone=zone, now=now(), may_be_past=True).load(request.form.to_dict() | fixed)
        groups = GroupModeForm().load(request.form.to_dict())
        with noting(session, member, activity, PART, partial(read_settings, session, activity), now=now()):
            if "group_mode" in groups:
                set_group_mode(session, activity, member, mode=groups["group_mode"], set_id=groups["group_set"])
            for name in ("prompt", "opens_at", "closes_at", "score_maximum"):
                setattr(activity, name, form[name])
            session.flush()
    except (ValidationError, InvalidInputError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else error.messages_dict
        return _page(session, member, activity, request.form.to_dict(), zone=str(zone), errors=errors)
    if activity.score_maximum is not None:
        want_column(session, activity, activity.score_maximum, now=now())
    session.commit()
    return redirect(url_for("settings.show", activity_id=activity.id, saved=1), HTTPStatus.SEE_OTHER)


def _page(
    session: Session,
    member: Membership,
    activity: Activity,
    typed: dict[str, Any],
    *,
    zone: str,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    return render(
        "authoring/settings.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "settings.show"),
        activity=activity,
        sets=list_set_choices(session, activity),
        typed=typed,
        zone=zone,
        errors=errors or {},
        limits={"title": TITLE_LIMIT, "prompt": BODY_LIMIT, "points": MOST_POINTS},
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
