"""The people of an activity's course, for who leads it."""

import uuid
from http import HTTPStatus

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from connector.activities.leading import lead_activity
from connector.activities.pages import activity_bar
from connector.courses.people import list_people, name_of, role_of
from connector.courses.roster import want_roster
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("people", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/people")


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """List the people of the course, with what the roster says."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    return render(
        "activities/people.html",
        bar=activity_bar(member, activity, "people.index"),
        course=member.course,
        people=list_people(session, member.course),
        name_of=name_of,
        role_of=role_of,
        refresh_url=url_for("people.refresh", activity_id=activity_id),
        groups_url=url_for("groups.index", activity_id=activity_id),
        guests_url=url_for("guests.index", activity_id=activity_id),
        is_waiting=member.course.roster_due_at is not None and member.course.roster_due_at <= now(),
    )


@blueprint.post("")
def refresh(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Let the worker read the roster again."""
    session = current_session()
    member, _ = lead_activity(session, activity_id)
    want_roster(session, member.course, now=now())
    session.commit()
    return redirect(url_for("people.index", activity_id=activity_id), HTTPStatus.SEE_OTHER)
