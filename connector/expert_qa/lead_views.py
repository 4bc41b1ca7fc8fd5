"""For who leads the course: how questions fare, what one learner wrote, and how questions are asked."""

import uuid
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from connector.activities.changes import noting
from connector.activities.pages import activity_bar
from connector.courses.access import get_learner
from connector.courses.people import name_of
from connector.expert_qa import onward
from connector.expert_qa.desk import get_desk, set_desk
from connector.expert_qa.desk_words import PART, read_desk
from connector.expert_qa.figures import get_figures
from connector.expert_qa.pages import blueprint, lead, state_names
from connector.expert_qa.schemas import STARTERS_LIMIT, DeskForm
from connector.moderation.reading import count_waiting
from connector.threads.access import Sight
from connector.threads.addresses import link_to
from connector.threads.bylines import byline
from connector.threads.writings import list_posts
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.times import local_time, zone_here, zone_named


@blueprint.get("/overview")
def overview(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show how questions fare, and what would help."""
    session = current_session()
    sight = lead(session, activity_id)
    return render(
        "expert_qa/overview.html",
        bar=activity_bar(sight.member, sight.activity, "expert_qa.overview"),
        activity=sight.activity,
        figures=get_figures(session, sight),
        loads=onward.loads(session, sight.activity, now=sight.now),
        waiting=count_waiting(session, sight),
        states=state_names(),
        link=link_to,
        byline=lambda post: byline(post, sight.member),
        name_of=name_of,
    )


@blueprint.get("/review/<uuid:learner_id>")
def review(activity_id: uuid.UUID, learner_id: uuid.UUID) -> ResponseReturnValue:
    """List what a learner of the course asked and answered: the LMS opens it from its gradebook."""
    session = current_session()
    sight = lead(session, activity_id)
    learner = get_learner(session, sight.activity.course, learner_id)
    posts = list_posts(session, sight, learner)
    return render(
        "expert_qa/review.html",
        bar=activity_bar(sight.member, sight.activity, "expert_qa.review"),
        learner=learner,
        posts=posts,
        asked=sum(post.is_opening for post in posts),
        answered=sum(post.depth == 1 for post in posts),
        link=link_to,
        name_of=name_of,
    )


@blueprint.get("/settings")
def settings(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show how questions are asked."""
    sight = lead(current_session(), activity_id)
    desk = get_desk(current_session(), sight.activity)
    typed = {
        "assessed_until": local_time(desk.assessed_until),
        "nudge_days": str(desk.nudge_days),
        "starters": desk.starters,
    }
    return _settings_page(sight, typed, zone=zone_here())


@blueprint.post("/settings")
def change_settings(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Say how questions are asked."""
    session = current_session()
    sight = lead(session, activity_id)
    zone = zone_named(request.form.get("zone", ""))
    try:
        form = DeskForm(zone=zone).load(request.form.to_dict())
    except ValidationError as error:
        errors = {name: list(told) for name, told in error.messages_dict.items()}
        return _settings_page(sight, request.form.to_dict(), zone=str(zone), errors=errors)
    read = partial(read_desk, session, sight.activity)
    with noting(session, sight.member, sight.activity, PART, read, now=sight.now):
        set_desk(session, sight.activity, sight.member, **form)
    session.commit()
    return redirect(url_for("expert_qa.settings", activity_id=activity_id, saved=1), HTTPStatus.SEE_OTHER)


def _settings_page(
    sight: Sight, typed: dict[str, Any], *, zone: str, errors: dict[str, list[str]] | None = None
) -> Response:
    return render(
        "expert_qa/settings.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(sight.member, sight.activity, "settings.show"),
        activity=sight.activity,
        typed=typed,
        errors=errors or {},
        zone=zone,
        limit=STARTERS_LIMIT,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
