"""Two posts that have much of their words in common, beside each other, for those who lead the course."""

import uuid
from http import HTTPStatus

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from connector.activities.pages import activity_bar
from connector.moderation import alikes
from connector.moderation.pages import lead
from connector.threads.bylines import byline
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("alikes", __name__, url_prefix="/s/<sid>/discussions/<uuid:activity_id>/alike")


@blueprint.get("/<uuid:alike_id>")
def show(activity_id: uuid.UUID, alike_id: uuid.UUID) -> ResponseReturnValue:
    """Show two posts, with the passages that they share."""
    session = current_session()
    sight = lead(session, activity_id)
    alike = alikes.get_alike(session, sight.member, activity_id, alike_id)
    return render(
        "moderation/alike.html",
        bar=activity_bar(sight.member, sight.activity, "moderation.index"),
        activity=sight.activity,
        alike=alike,
        compared=alikes.compare(alike),
        byline=lambda post: byline(post, sight.member),
    )


@blueprint.post("/<uuid:alike_id>/settle")
def settle(activity_id: uuid.UUID, alike_id: uuid.UUID) -> ResponseReturnValue:
    """Note that somebody has looked at it."""
    session = current_session()
    sight = lead(session, activity_id)
    alikes.settle(session, alikes.get_alike(session, sight.member, activity_id, alike_id), now=sight.now)
    session.commit()
    return redirect(url_for("moderation.index", activity_id=activity_id, done=1), HTTPStatus.SEE_OTHER)
