"""The pages about what trainers want of a course."""

import uuid
from collections.abc import Mapping
from datetime import UTC, timedelta
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from connector.reports.asking import Asked, ask
from connector.reports.definitions import DEFINITIONS, REPORTS, of_report, report_title
from connector.reports.goals import add_goal, list_standings, remove_goal
from connector.reports.pages import bar_of, sections
from connector.reports.schemas import WISH_LIMIT, GoalForm
from connector.reports.tables import in_words
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("report_goals", __name__, url_prefix="/s/<sid>/reports/goals")

_USUAL = timedelta(weeks=4)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what is wanted, and where it stands; and a form for more."""
    asked = ask(current_session())
    today = now().astimezone(UTC).date()
    return _page(asked, {"since": today.isoformat(), "due": (today + _USUAL).isoformat()}, {})


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Note one more."""
    session = current_session()
    asked = ask(session)
    try:
        form = GoalForm().load(request.form.to_dict())
    except ValidationError as error:
        return _page(asked, request.form.to_dict(), error.messages_dict)
    add_goal(session, asked.member, **form, now=now())
    session.commit()
    return redirect(url_for("report_goals.index", saved=1), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:goal_id>/remove")
def remove(goal_id: uuid.UUID) -> ResponseReturnValue:
    """Remove one."""
    session = current_session()
    remove_goal(session, ask(session).member, goal_id)
    session.commit()
    return redirect(url_for("report_goals.index"), HTTPStatus.SEE_OTHER)


def _page(asked: Asked, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> Response:
    session = current_session()
    choices = [
        (each.key, f"{report_title(report)}: {each.title()}") for report in REPORTS for each in of_report(report)
    ]
    return render(
        "reports/goals.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=bar_of(session, asked.member),
        asked=asked,
        sections=sections(asked, "goals"),
        standings=list_standings(session, asked.member.course, asked.roster, now=now()),
        definitions=DEFINITIONS,
        choices=choices,
        typed=typed,
        errors=errors,
        limit=WISH_LIMIT,
        in_words=in_words,
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )
