"""A course's activities, and the question to its trainer what to take over where the course is a copy."""

import uuid
from collections import defaultdict
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug import Response

from connector.activities import copying
from connector.activities.kinds import KindParts, copy_settings, kinds
from connector.activities.models import Activity, CopyChoice, Kind
from connector.activities.pages import recording_link
from connector.activities.schemas import CopyForm
from connector.activities.services import NotOpenError, find_activity, list_activities
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now
from connector.web.sessions import current_launch, launch_blueprint
from lti.profiles import profile_for

blueprint = launch_blueprint("course", __name__, url_prefix="/s/<sid>")


@blueprint.app_errorhandler(NotOpenError)
def ask_first(error: NotOpenError) -> Response:
    """Lead from an activity that is not open to the page that says why."""
    return redirect(url_for("course.setup", activity_id=error.activity_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/course")
def index() -> ResponseReturnValue:
    """List the activities of the course."""
    session = current_session()
    member = current_member(session)
    activities = list_activities(session, member)
    platform = member.course.deployment.platform
    return render(
        "activities/index.html",
        bar=_bar(member),
        course=member.course,
        member=member,
        activities=activities,
        kinds=kinds(),
        news=_count_news(session, member, [each for each in activities if each.is_open]),
        is_left_out=lambda activity: activity.copy_choice is CopyChoice.NOTHING,
        lms=profile_for(platform.product, platform.issuer).family,
        is_lms_admin=current_launch().is_lms_admin,
        now=now(),
        toasts=[_("Published. Everybody finds it on this page.")] if "published" in request.args else [],
    )


@blueprint.get("/activities/<uuid:activity_id>/setup")
def setup(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the trainer what to take over; tell everybody else that it is not open yet, or not any more."""
    session = current_session()
    member = current_member(session)
    activity = find_activity(session, member, activity_id)
    if activity.is_open:
        return _to_activity(activity)
    if activity.switched_off_at is not None:
        return render("activities/not_open.html", bar=_bar(member), activity=activity, member=member)
    if not member.is_staff:
        is_left_out = activity.copy_choice is CopyChoice.NOTHING
        return render(
            "activities/not_open.html", bar=_bar(member), activity=activity, member=member, is_left_out=is_left_out
        )
    return render(
        "activities/setup.html",
        bar=_bar(member),
        activity=activity,
        origin=activity.copied_from,
        choice=activity.copy_choice or CopyChoice.SETTINGS,
        others=copying.count_waiting(session, member.course) - int(activity.is_waiting),
        now=now(),
    )


@blueprint.post("/activities/<uuid:activity_id>/setup")
def choose(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Take over what the trainer chose."""
    session = current_session()
    member = current_member(session)
    activity = find_activity(session, member, activity_id)
    form = load(CopyForm())
    copying.choose(
        session, activity, form["choice"], member, is_for_all=form["is_for_all"], copier=copy_settings, now=now()
    )
    session.commit()
    if not activity.is_open:
        return redirect(url_for("course.index"), HTTPStatus.SEE_OTHER)
    return _to_activity(activity)


def _to_activity(activity: Activity) -> ResponseReturnValue:
    return redirect(url_for(f"{activity.kind}.index", activity_id=activity.id), HTTPStatus.SEE_OTHER)


def _count_news(session: Session, member: Membership, activities: list[Activity]) -> dict[uuid.UUID, int]:
    """Return how much of each activity a member has not seen: one question to each kind."""
    by_kind: defaultdict[Kind, list[uuid.UUID]] = defaultdict(list)
    for activity in activities:
        by_kind[activity.kind].append(activity.id)
    parts: list[tuple[KindParts, list[uuid.UUID]]] = [(kinds()[kind], ids) for kind, ids in by_kind.items()]
    return {id_: count for part, ids in parts for id_, count in part.count_news(session, member, ids, now()).items()}


def _bar(member: Membership) -> dict[str, Any]:
    titles = {"title": member.course.title, "subtitle": None}
    return {**titles, "home_url": url_for("course.index"), "foot": recording_link(member)}
