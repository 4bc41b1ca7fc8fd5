"""What a trainer does with one click when reviews will be missing."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.peer_review import consulting
from connector.peer_review.board import board
from connector.peer_review.notices import reminding, volunteering
from connector.peer_review.views import pages
from connector.peer_review.views.pages import blueprint
from connector.web.requests import current_session, now


@blueprint.post("/missing")
def fill(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Remind all who owe something, ask volunteers, give more time, let fewer reviews be enough, or ask experts."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    at, act = now(), request.form.get("act", "")
    did, count = "done", None
    if act == "remind":
        everybody = volunteering.everybody(board.look(session, activity, member, now=at))
        did, count = "reminded", reminding.remind(session, activity, member, everybody, now=at)
    elif act == "volunteers":
        did, count = "asked", volunteering.ask_volunteers(session, activity, member, now=at)
    elif act == "time":
        volunteering.give_time(session, activity, member, now=at)
    elif act == "fewer":
        volunteering.need_fewer(session, activity, member)
    elif act == "experts":
        works, chosen = (request.form.getlist(name, type=uuid.UUID) for name in ("work", "expert"))
        given = consulting.ask(session, activity, member, works, member_id=chosen[0] if chosen else None, now=at)
        did, count = "consulted", len(given)
    session.commit()
    page = url_for("peer_review.overview", activity_id=activity_id, did=did, count=count)
    return redirect(page, HTTPStatus.SEE_OTHER)
