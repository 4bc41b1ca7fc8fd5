"""The page of points: the rules in words, and one's own figures; those of others only where these show theirs."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.activities.services import get_activity
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.participation import points
from connector.participation.points import For
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("points", __name__, url_prefix="/s/<sid>/activities/<uuid:activity_id>/points")


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the rules, the reader's own points, and those of people who show theirs."""
    session = current_session()
    member, activity = _enter(session, activity_id)
    shown = points.list_shown(session, activity)
    is_learner = member.role in points.LEARNERS
    ids = [*(each.id for each in shown), *([member.id] if is_learner else [])]
    found = points.points_of(session, activity, list(dict.fromkeys(ids)))
    return render(
        "participation/points.html",
        bar=activity_bar(member, activity, f"{activity.kind}.index"),
        activity=activity,
        rules=_rules(),
        most=points.A_WEEK,
        own=found[member.id] if is_learner else None,
        is_shown=member.id in {each.id for each in shown},
        others=[(each, found[each.id].total) for each in shown if each.id != member.id],
        name_of=name_of,
        toasts=[_("Saved.")] if "saved" in request.args else [],
    )


@blueprint.post("")
def show(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Let the others see one's own points, or no longer."""
    session = current_session()
    member, activity = _enter(session, activity_id)
    points.show_points(session, activity, member, is_shown=bool(request.form.get("is_shown")), now=now())
    session.commit()
    return redirect(url_for("points.index", activity_id=activity_id, saved=1), HTTPStatus.SEE_OTHER)


def _enter(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    """Return the member, and an activity that has points.

    Raises:
        NotFoundError: It has none, or is not of their course.
    """
    member = current_member(session)
    activity = get_activity(session, member, activity_id)
    if not points.has_points(session, activity):
        raise NotFoundError
    return member, activity


def _rules() -> list[tuple[str, int, For]]:
    """Return what earns points, in words, and how many."""
    hours = int(points.WAITED.total_seconds() // 3600)
    words = {
        For.FIRST: _("Your first contribution here"),
        For.HELPFUL: ngettext(
            "A post of yours that %(num)s other member called helpful",
            "A post of yours that %(num)s other members called helpful",
            points.HELPED,
        ),
        For.ACCEPTED: _("An answer of yours that solved somebody else's question"),
        For.WAITING: _(
            "The first reply to a thread of somebody else's that had waited for %(hours)s hours", hours=hours
        ),
    }
    return [(words[each], points.WORTH[each], each) for each in For]
