"""Passages that works, or reviews, have in common, side by side, for who leads the course."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.activities.pages import activity_bar
from connector.courses.people import name_of
from connector.peer_review.board import alike
from connector.peer_review.bylines import work_title
from connector.peer_review.models.reviews import Review, Submission
from connector.peer_review.views import pages
from connector.peer_review.views.pages import blueprint
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session


@blueprint.get("/alike")
def show_alike(activity_id: uuid.UUID) -> ResponseReturnValue:
    """List what has passages in common."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    return render(
        "peer_review/alike.html",
        bar=activity_bar(member, activity, "peer_review.overview"),
        activity=activity,
        works=alike.list_works(session, activity, member),
        reviews=alike.list_reviews(session, activity, member),
        name=_name,
        limit=alike.MOST,
    )


@blueprint.get("/alike/<any(works, reviews):what>")
def compare(activity_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Show two of them side by side."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    one, other = (request.args.get(name, type=uuid.UUID) for name in ("one", "other"))
    if one is None or other is None:
        page = url_for("peer_review.show_alike", activity_id=activity_id)
        return redirect(page, HTTPStatus.SEE_OTHER)
    look = alike.compare_works if what == "works" else alike.compare_reviews
    found = look(session, activity, member, one, other)
    return render(
        "peer_review/compared.html",
        bar=activity_bar(member, activity, "peer_review.overview"),
        activity=activity,
        found=found,
        what=what,
        name=_name,
    )


def _name(row: Submission | Review) -> str:
    """Return whose it is, as who leads the course knows them."""
    if isinstance(row, Submission):
        return work_title(row)
    reviewer, work = name_of(row.reviewer), work_title(row.submission)
    return _("%(reviewer)s about the work of %(author)s", reviewer=reviewer, author=work)
