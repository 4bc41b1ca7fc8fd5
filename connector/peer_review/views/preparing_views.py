"""Drafts of reviews that somebody else sends: asked for by a trainer, let go, and what became of one."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from connector.activities.pages import activity_bar
from connector.content.comparing import compare
from connector.peer_review import preparing
from connector.peer_review.filling import SUMMARY, fields_of
from connector.peer_review.matching import distributing
from connector.peer_review.models.reviews import Review
from connector.peer_review.views import pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.review_views import level_label
from connector.peer_review.views.work_views import get_work
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now


@blueprint.post("/works/<uuid:submission_id>/draft")
def ask_draft(activity_id: uuid.UUID, submission_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody draft a review of a piece of work, or take what nobody has sent back."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    work = get_work(session, activity, submission_id)
    drafter, sender, review = (request.form.get(name, type=uuid.UUID) for name in ("drafter", "sender", "review"))
    if review is not None:
        distributing.take_back(session, activity, [review], member)
    else:
        nobody = uuid.UUID(int=0)
        preparing.ask(
            session, activity, member, work, drafter_id=drafter or nobody, sender_id=sender or member.id, now=now()
        )
    session.commit()
    page = url_for("peer_review.one_work", activity_id=activity_id, submission_id=submission_id, saved=1)
    return redirect(page, HTTPStatus.SEE_OTHER)


@blueprint.get("/reviews/<uuid:review_id>/draft")
def show_draft(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Show who drafted a review what became of it."""
    session = current_session()
    member, activity = pages.enter(session, activity_id)
    review, draft = preparing.get_sent(session, activity, member, review_id)
    return render(
        "peer_review/drafted.html",
        bar=activity_bar(member, activity, "peer_review.index"),
        activity=activity,
        work=review.submission,
        parts_of=_parts(review, draft.said),
    )


def _parts(review: Review, draft: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return each part of a review: what the draft said, what was sent, and what differs."""
    answers = {each.criterion_id: each for each in review.answers}
    found = []
    for criterion in review.rubric.criteria if review.rubric else ():
        level, comment = fields_of(criterion)
        sent = answers.get(criterion.id)
        found.append(
            {
                "title": criterion.title,
                "before": level_label(criterion, draft.get(level)) if criterion.is_scored else "",
                "after": level_label(criterion, sent.level if sent else None) if criterion.is_scored else "",
                "changes": compare(draft.get(comment, ""), sent.comment if sent else ""),
            }
        )
    changes = compare(draft.get(SUMMARY, ""), review.summary)
    return [*found, {"title": _("To remember"), "before": "", "after": "", "changes": changes}]
