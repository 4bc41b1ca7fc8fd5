"""The pages about taking part: what is asked for, who did it, and the grades that follow."""

import uuid
from collections.abc import Mapping
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
from connector.content.text import normalise
from connector.courses.access import get_learner
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.grades.services import COMMENT_LIMIT
from connector.grades.words import points_of
from connector.participation import points, rubric, services
from connector.participation.models import Grading
from connector.participation.schemas import LEVELS, MOST_CRITERIA, ExtensionForm, ParticipationForm, read_criteria
from connector.participation.words import PART, read_asks
from connector.threads.access import look
from connector.threads.writings import list_posts
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint
from connector.web.times import in_utc, local_time, zone_here, zone_named

blueprint = launch_blueprint(
    "participation", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/participation"
)


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show who did what, and what would be sent to the gradebook."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    sent = request.args.get("sent", type=int)
    return render(
        "participation/index.html",
        bar=activity_bar(member, activity, "grades.index"),
        activity=activity,
        rule=services.get_participation(session, activity),
        rows=services.propose(session, activity),
        maximum=services.maximum_of(session, activity),
        name_of=name_of,
        points_of=points_of,
        toasts=[] if sent is None else [_("Sent to the gradebook: %(count)s.", count=sent)],
    )


@blueprint.post("/send")
def send(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Send the grades of the learners that were chosen."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    chosen = set(request.form.getlist("member", type=uuid.UUID))
    count = services.send(session, activity, member, chosen, now=now())
    session.commit()
    return redirect(url_for("participation.index", activity_id=activity_id, sent=count), HTTPStatus.SEE_OTHER)


@blueprint.get("/settings")
def settings(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the activity asks for."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    rule = services.get_participation(session, activity)
    typed = {
        "threads": rule.threads,
        "replies": rule.replies,
        "posts": rule.posts,
        "due_at": local_time(rule.due_at),
        "late": rule.late.value,
        "grading": rule.grading.value,
        "has_points": points.has_points(session, activity),
    }
    return _settings_page(member, activity, typed | _typed_criteria(session, activity))


@blueprint.post("/settings")
def change(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Say what the activity asks for."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    criteria, errors = read_criteria(request.form)
    if request.form.get("act") == "more":
        return _settings_page(member, activity, request.form.to_dict(), more=True)
    try:
        form = ParticipationForm(zone=zone_named(request.form.get("zone", ""))).load(request.form.to_dict())
    except ValidationError as error:
        errors |= error.messages_dict
        form = {}
    if form.get("grading") is Grading.RUBRIC and not criteria:
        errors["title-0"] = [_("Give at least one criterion.")]
    if errors:
        return _settings_page(member, activity, request.form.to_dict(), errors=errors)
    with noting(session, member, activity, PART, partial(read_asks, session, activity), now=now()):
        points.set_points(session, activity, member, is_on=form.pop("has_points"), now=now())
        services.set_participation(session, activity, member, **form)
        rubric.set_criteria(session, activity, member, criteria)
    session.commit()
    return redirect(url_for("participation.settings", activity_id=activity_id, saved=1), HTTPStatus.SEE_OTHER)


@blueprint.get("/learners/<uuid:learner_id>")
def learner(activity_id: uuid.UUID, learner_id: uuid.UUID) -> ResponseReturnValue:
    """Show one learner's posts beside the criteria."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    return _learner_page(session, member, activity, get_learner(session, member.course, learner_id))


@blueprint.post("/learners/<uuid:learner_id>")
def mark(activity_id: uuid.UUID, learner_id: uuid.UUID) -> ResponseReturnValue:
    """Mark a learner, and go on to the next."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    chosen = get_learner(session, member.course, learner_id)
    remark = normalise(request.form.get("remark", ""))
    if len(remark) > COMMENT_LIMIT:
        errors = {"remark": [_("This is too long; %(limit)s characters fit.", limit=COMMENT_LIMIT)]}
        return _learner_page(session, member, activity, chosen, typed=request.form, errors=errors)
    levels = {
        each.id: level
        for each in rubric.list_criteria(session, activity)
        if (level := request.form.get(f"level-{each.id}", type=int)) is not None
    }
    rubric.mark(session, activity, chosen, by=member, levels=levels, remark=remark, now=now())
    session.commit()
    if request.form.get("next"):
        after = _next_of(session, activity, chosen)
        page = url_for("participation.learner", activity_id=activity_id, learner_id=after)
    else:
        page = url_for("participation.index", activity_id=activity_id)
    return redirect(page, HTTPStatus.SEE_OTHER)


@blueprint.post("/learners/<uuid:learner_id>/extension")
def extend(activity_id: uuid.UUID, learner_id: uuid.UUID) -> ResponseReturnValue:
    """Give a learner a due date of their own."""
    session = current_session()
    member, activity = lead_activity(session, activity_id)
    chosen = get_learner(session, member.course, learner_id)
    try:
        form = ExtensionForm().load(request.form.to_dict())
    except ValidationError as error:
        return _learner_page(session, member, activity, chosen, typed=request.form, errors=error.messages_dict)
    due_at = in_utc(form["due_at"], zone_named(request.form.get("zone", "")))
    services.extend(session, activity, chosen, by=member, due_at=due_at, now=now())
    session.commit()
    here = url_for("participation.learner", activity_id=activity_id, learner_id=learner_id, saved=1)
    return redirect(here, HTTPStatus.SEE_OTHER)


def _next_of(session: Session, activity: Activity, learner: Membership) -> uuid.UUID:
    """Return whom to mark next: the learner after this one, from the beginning again after the last."""
    ids = [each.member.id for each in services.propose(session, activity)]
    return ids[(ids.index(learner.id) + 1) % len(ids)] if learner.id in ids else (ids or [learner.id])[0]


def _typed_criteria(session: Session, activity: Activity) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for number, criterion in enumerate(rubric.list_criteria(session, activity)):
        typed[f"title-{number}"] = criterion.title
        for place, level in enumerate(criterion.levels):
            typed[f"label-{number}-{place}"] = level["label"]
            typed[f"points-{number}-{place}"] = f"{level['points']:g}"
    return typed


def _settings_page(
    member: Membership,
    activity: Activity,
    typed: dict[str, Any],
    *,
    errors: dict[str, list[str]] | None = None,
    more: bool = False,
) -> Response:
    """Return the form.

    Args:
        typed: What its fields begin with.
        errors: What was wrong, by field.
        more: Whether a criterion more than those with a text was asked for.
    """
    used = [
        number
        for number in range(MOST_CRITERIA)
        if any(typed.get(name) for name in (f"title-{number}", f"label-{number}-0", f"points-{number}-0"))
    ]
    shown = max([*used, -1]) + 1
    return render(
        "participation/settings.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "settings.show"),
        activity=activity,
        typed=typed,
        errors=errors or {},
        zone=zone_here(),
        criteria=min(max(shown + more, 1), MOST_CRITERIA),
        may_have_more=shown + more < MOST_CRITERIA,
        levels=LEVELS,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )


def _learner_page(
    session: Session,
    member: Membership,
    activity: Activity,
    learner: Membership,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    rows = services.propose(session, activity)
    row = next((each for each in rows if each.member.id == learner.id), None)
    sight = look(session, member, activity, now=now())
    return render(
        "participation/learner.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "grades.index"),
        activity=activity,
        learner=learner,
        row=row,
        rule=services.get_participation(session, activity),
        posts=list_posts(session, sight, learner),
        criteria=rubric.list_criteria(session, activity),
        marks=rubric.list_marks(session, activity, learner),
        typed=typed or {},
        errors=errors or {},
        zone=zone_here(),
        limit=COMMENT_LIMIT,
        name_of=name_of,
        points_of=points_of,
        maximum=services.maximum_of(session, activity),
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
