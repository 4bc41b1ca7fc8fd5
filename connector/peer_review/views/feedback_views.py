"""The author's pages: the result, what was said, and an answer to it."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import Membership
from connector.peer_review import intending
from connector.peer_review.board import standing
from connector.peer_review.bylines import reviewer_name
from connector.peer_review.models.reviews import Review
from connector.peer_review.results import releasing
from connector.peer_review.results.releasing import Received
from connector.peer_review.reviews import conversing
from connector.peer_review.reviews import feedback as feedback_of
from connector.peer_review.reviews.reviewing import get_review
from connector.peer_review.stepper import Revision
from connector.peer_review.views import pages, passage_pages
from connector.peer_review.views.learner_pages import why_no_feedback
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.review_views import level_label
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now, writing_session


@blueprint.get("/feedback")
def feedback(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show an author what their work came to and what was said about it, or when it opens."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    where = standing.look(session, activity, member, now=now())
    received = where.received
    if received is None:
        raise NotFoundError
    if received.release.is_shown and request.method == "GET":
        _note(activity, member, received)
    authorship = received.work.authorship(member.id)
    anonymity = where.rules.anonymity

    def name(review: Review) -> str:
        return reviewer_name(review, member, anonymity)

    others = [each for each in received.reviews if not each.is_own]
    result = received.result if received.release.is_shown else None
    intentions = intending.list_intentions(session, received.work)
    return render(
        "peer_review/feedback.html",
        bar=activity_bar(member, activity, "peer_review.index"),
        activity=activity,
        where=where,
        received=received,
        result=result,
        exception=authorship if authorship is not None and authorship.own_score is not None else None,
        reviews=others,
        aspects=feedback_of.aspects(received.reviews, member),
        lines=feedback_of.explanation(result, others, name) if result else [],
        interval=feedback_of.interval_in_words(received, where.rules.needed) if result else "",
        name=name,
        intentions=intentions,
        noted_down={(each.review_id, each.criterion_id, each.passage_id) for each in intentions if each.review_id},
        noted=passage_pages.show_sent(session, received.work, others, request.args.get("text", type=int)),
        may_revise=where.situation.revision in {Revision.OPEN, Revision.HANDED_IN},
        second_counts=any((each.submission_version or 0) > (received.work.revised_from or 0) for each in others)
        if received.work.revised_from
        else False,
        messages=conversing.list_messages(session, [each.id for each in others]),
        new_key=uuid.uuid4,
        level_label=level_label,
        why_not=why_no_feedback(where),
        limit=feedback_of.REASON_LIMIT,
        toasts=_toasts(),
    )


@blueprint.post("/received/<uuid:review_id>/rate")
def rate(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Say how useful a review was."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    review = feedback_of.get_received(session, activity, member, review_id)
    chosen = request.form.get("usefulness", 0, type=int)
    feedback_of.rate(session, review, _received(session, activity, member), chosen, by=member, now=now())
    session.commit()
    return _back(activity_id, review_id, "rated")


@blueprint.post("/received/<uuid:review_id>/appeal")
def appeal(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a trainer to look at a review."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    review = feedback_of.get_received(session, activity, member, review_id)
    received = _received(session, activity, member)
    feedback_of.appeal(session, review, received, request.form.get("reason", ""), by=member, now=now())
    session.commit()
    return _back(activity_id, review_id, "appealed")


@blueprint.post("/received/<uuid:review_id>/say")
def say(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Write to a reviewer."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    review = feedback_of.get_received(session, activity, member, review_id)
    if not _received(session, activity, member).release.is_shown:
        raise NotFoundError
    key = request.form.get("idempotency_key", uuid.uuid4(), type=uuid.UUID)
    conversing.say(session, review, member, request.form.get("message", ""), key=key, now=now())
    session.commit()
    return _back(activity_id, review_id, "said")


@blueprint.post("/reviews/<uuid:review_id>/say")
def answer(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Answer an author who wrote about a review."""
    session = current_session()
    member, activity = pages.write_review(session, activity_id)
    review = get_review(session, activity, member, review_id)
    key = request.form.get("idempotency_key", uuid.uuid4(), type=uuid.UUID)
    conversing.say(session, review, member, request.form.get("message", ""), key=key, now=now())
    session.commit()
    page = url_for("peer_review.write", activity_id=activity_id, review_id=review_id, _anchor="conversation")
    return redirect(page, HTTPStatus.SEE_OTHER)


def _received(session: Session, activity: Activity, member: Membership) -> Received:
    received = standing.look(session, activity, member, now=now()).received
    if received is None:
        raise NotFoundError
    return received


def _note(activity: Activity, member: Membership, received: Received) -> None:
    """Note that the author was shown it, where that is news; in a session of its own."""
    if releasing.is_news(received, member):
        with writing_session() as session:
            releasing.note_shown(session, activity, received, member, now=now())
            session.commit()


def _back(activity_id: uuid.UUID, review_id: uuid.UUID, did: str) -> ResponseReturnValue:
    page = url_for("peer_review.feedback", activity_id=activity_id, did=did, _anchor=f"review-{review_id}")
    return redirect(page, HTTPStatus.SEE_OTHER)


def _toasts() -> list[str]:
    told = {
        "noted": _("On your list."),
        "rated": _("Thank you: this helps your colleagues to write better reviews."),
        "said": _("Sent. Your reviewer is told that somebody wrote, and not who."),
        "appealed": _("Your trainer has been told. The reviewer has not."),
    }
    found = told.get(request.args.get("did", ""))
    return [found] if found else []
