"""The first run in a course: choose, name, look at it as a learner would, publish."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.kinds import kinds
from connector.activities.models import Activity, GroupMode
from connector.authoring import services
from connector.authoring.checks import check_course
from connector.authoring.ideas import fill, find_template, list_templates
from connector.authoring.schemas import BeginForm
from connector.content import markdown
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, normalise
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.groups.mode import list_sets_in_use
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.pages import render
from connector.web.requests import current_session, now, settings
from connector.web.sessions import launch_blueprint
from connector.web.times import zone_here, zone_named

blueprint = launch_blueprint("authoring", __name__, url_prefix="/s/<sid>")
_KEY = "begin"


@blueprint.get("/begin")
def choose() -> ResponseReturnValue:
    """Show what an activity can begin with."""
    member = _lead(current_session())
    return render(
        "authoring/choose.html",
        bar=_bar(member),
        course=member.course,
        templates=list_templates(),
        kinds=list(kinds().values()),
    )


@blueprint.get("/begin/new")
def new() -> ResponseReturnValue:
    """Show the form for an activity, filled in as the template says."""
    session = current_session()
    member = _lead(session)
    template = find_template(request.args.get("template", -1, type=int))
    typed = {"kind": request.args.get("kind", ""), "group_mode": "none"}
    if template is not None:
        typed |= fill({"title": "", "prompt": ""}, template)
        if template.idea.is_in_groups and list_sets_in_use(session, member.course_id):
            typed["group_mode"] = GroupMode.SEPARATE.value
    return _form(session, member, typed, zone=zone_here())


@blueprint.post("/begin/new")
def prepare() -> ResponseReturnValue:
    """Make an activity that learners do not see yet."""
    session = current_session()
    member = _lead(session)
    typed = request.form.to_dict()
    zone = zone_named(typed.get("zone", ""))
    try:
        form = BeginForm(zone=zone, now=now()).load({**typed, "key": _KEY})
        key = form["idempotency_key"]
        activity = services.prepare(session, member, form, key=key, public_url=settings().public_url, now=now())
    except (ValidationError, InvalidInputError) as error:
        session.rollback()
        errors = error.errors if isinstance(error, InvalidInputError) else error.messages_dict
        return _form(session, _lead(session), typed, zone=str(zone), errors=errors)
    session.commit()
    return redirect(url_for("authoring.preview", activity_id=activity.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/begin/<uuid:activity_id>")
def preview(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show a prepared activity as learners will see it, and whether all is there that it needs."""
    session = current_session()
    member = _lead(session)
    return _preview(session, member, services.get_prepared(session, member, activity_id))


@blueprint.post("/begin/<uuid:activity_id>/publish")
def publish(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Let everybody find it."""
    session = current_session()
    member = _lead(session)
    activity = services.get_prepared(session, member, activity_id)
    try:
        services.publish(session, activity, member, now=now())
    except ConflictError as error:
        return _preview(session, member, activity, problem=str(error))
    session.commit()
    return redirect(url_for("course.index", published=1), HTTPStatus.SEE_OTHER)


@blueprint.post("/begin/<uuid:activity_id>/discard")
def discard(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Throw it away."""
    session = current_session()
    member = _lead(session)
    activity = services.get_prepared(session, member, activity_id)
    try:
        services.discard(session, activity)
    except ConflictError as error:
        return _preview(session, member, activity, problem=str(error))
    session.commit()
    return redirect(url_for("course.index"), HTTPStatus.SEE_OTHER)


def _lead(session: Session) -> Membership:
    """Return the member of this visit.

    Raises:
        NotFoundError: They do not lead the course.
    """
    member = current_member(session)
    if not member.is_staff:
        raise NotFoundError
    return member


def _form(
    session: Session,
    member: Membership,
    typed: dict[str, Any],
    *,
    zone: str,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    return render(
        "authoring/new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=_bar(member),
        typed=typed,
        kinds=list(kinds().values()),
        sets=list_sets_in_use(session, member.course_id),
        zone=zone,
        errors=errors or {},
        key=typed.get("idempotency_key") or uuid.uuid4(),
        limits={"title": TITLE_LIMIT, "prompt": BODY_LIMIT},
    )


def _preview(session: Session, member: Membership, activity: Activity, *, problem: str = "") -> Response:
    prompt = normalise(activity.prompt)
    return render(
        "authoring/preview.html",
        status=HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        bar=_bar(member),
        activity=activity,
        parts=kinds()[activity.kind],
        rules=services.tell(session, activity),
        prompt=Markup(markdown.render(prompt)) if prompt else None,  # noqa: S704 -- sanitised there
        checks=check_course(session, member.course, settings()),
        problem=problem,
        now=now(),
    )


def _bar(member: Membership) -> dict[str, Any]:
    return {"title": member.course.title, "subtitle": None, "home_url": url_for("course.index")}
