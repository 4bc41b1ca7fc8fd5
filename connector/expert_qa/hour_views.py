"""Hours in which somebody answers: planning one, and its page."""

import uuid
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from connector.activities.pages import activity_bar
from connector.courses.models import Membership
from connector.courses.people import name_of, role_of
from connector.expert_qa import hours, listing
from connector.expert_qa.pages import blueprint, enter, lead, state_names
from connector.expert_qa.question_pages import LIVE_SECONDS
from connector.expert_qa.schemas import HourForm
from connector.threads.access import Sight
from connector.threads.addresses import link_to
from connector.threads.bylines import byline
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.times import zone_here, zone_named


@blueprint.get("/hours/new")
def new_hour(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form for an hour."""
    return _form(lead(current_session(), activity_id), {}, zone=zone_here())


@blueprint.post("/hours")
def plan_hour(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Plan an hour."""
    session = current_session()
    sight = lead(session, activity_id)
    zone = zone_named(request.form.get("zone", ""))
    try:
        form = HourForm(zone=zone, now=sight.now).load(request.form.to_dict())
    except ValidationError as error:
        errors = {name: list(told) for name, told in error.messages_dict.items()}
        return _form(sight, request.form.to_dict(), zone=str(zone), errors=errors)
    host = session.get(Membership, form.pop("host"))
    if host is None:
        raise NotFoundError
    hour = hours.plan(session, sight.activity, sight.member, host=host, now=sight.now, **form)
    session.commit()
    return redirect(url_for("expert_qa.show_hour", activity_id=activity_id, hour_id=hour.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/hours/<uuid:hour_id>")
def show_hour(activity_id: uuid.UUID, hour_id: uuid.UUID) -> ResponseReturnValue:
    """Show an hour, and what was asked for it; those first that most people have."""
    session = current_session()
    sight = enter(session, activity_id)
    hour = hours.get_hour(session, sight.activity, hour_id)
    entries = listing.list_entries(session, sight, hour_id=hour.id)
    entries.sort(key=lambda entry: (entry.answers > 0, -entry.votes, entry.created_at))
    return render(
        "expert_qa/hour.html",
        bar=activity_bar(sight.member, sight.activity, "expert_qa.index"),
        activity=sight.activity,
        member=sight.member,
        hour=hour,
        rows=listing.load_rows(session, entries),
        states=state_names(),
        is_live=hour.begins_at <= sight.now < hour.ends_at,
        is_over=sight.now >= hour.ends_at,
        since=int(sight.now.timestamp()),
        poll_seconds=LIVE_SECONDS,
        name_of=name_of,
        role_of=role_of,
        link=link_to,
        byline=lambda post: byline(post, sight.member),
    )


@blueprint.post("/hours/<uuid:hour_id>/cancel")
def cancel_hour(activity_id: uuid.UUID, hour_id: uuid.UUID) -> ResponseReturnValue:
    """Let an hour not take place."""
    session = current_session()
    sight = lead(session, activity_id)
    hours.cancel(session, hours.get_hour(session, sight.activity, hour_id), sight.member, now=sight.now)
    session.commit()
    return redirect(url_for("expert_qa.index", activity_id=activity_id), HTTPStatus.SEE_OTHER)


def _form(sight: Sight, typed: dict[str, str], *, zone: str, errors: dict[str, list[str]] | None = None) -> Response:
    hosts = hours.list_hosts(current_session(), sight.activity)
    return render(
        "expert_qa/hour_form.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "expert_qa.index"),
        activity=sight.activity,
        typed={"title": _("Ask me anything"), "host": str(sight.member.id), **typed},
        errors=errors or {},
        zone=zone,
        hosts=[(str(each.id), name_of(each)) for each in hosts],
    )
