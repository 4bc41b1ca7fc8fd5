"""One piece of work for who leads the course, the grades before they are sent, and the export."""

import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.content.text import TITLE_LIMIT
from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.grades.words import points_of
from connector.peer_review import consulting, preparing, rules
from connector.peer_review.board import export as exporting
from connector.peer_review.board import mending
from connector.peer_review.bylines import review_title, work_title
from connector.peer_review.exemplars import exemplars, lending
from connector.peer_review.matching import distributing
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission
from connector.peer_review.results import grading, results
from connector.peer_review.results.releasing import list_reviews
from connector.peer_review.reviews import feedback as feedback_of
from connector.peer_review.reviews import reviewing
from connector.peer_review.views import pages, passage_pages
from connector.peer_review.views.board_words import doubt_words
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.review_views import level_label
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, database, now
from connector.web.security import no_store


@blueprint.get("/works/<uuid:submission_id>")
def one_work(activity_id: uuid.UUID, submission_id: uuid.UUID) -> ResponseReturnValue:
    """Show a piece of work with all that was said about it."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    return work_page(session, member, activity, get_work(session, activity, submission_id))


@blueprint.post("/works/<uuid:submission_id>/score")
def override(activity_id: uuid.UUID, submission_id: uuid.UUID) -> ResponseReturnValue:
    """Let the trainer's own score stand, or take it back."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    work = get_work(session, activity, submission_id)
    typed = request.form.get("score", "").strip().replace(",", ".")
    reason = request.form.get("reason", "")
    try:
        score = _number(typed)
        results.override(session, activity, work, by=member, score=score, reason=reason, now=now())
    except InvalidInputError as error:
        session.rollback()
        return work_page(session, member, activity, work, errors=error.errors)
    session.commit()
    return _back(activity_id, submission_id)


@blueprint.post("/works/<uuid:submission_id>/authors/<uuid:author_id>")
def set_own_score(activity_id: uuid.UUID, submission_id: uuid.UUID, author_id: uuid.UUID) -> ResponseReturnValue:
    """Let one of a group's people get another score for the work than the others, or the same again."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    work = get_work(session, activity, submission_id)
    typed = request.form.get("score", "").strip().replace(",", ".")
    try:
        mending.set_own_score(
            session, work, author_id, by=member, score=_number(typed), reason=request.form.get("reason", ""), now=now()
        )
    except InvalidInputError as error:
        session.rollback()
        errors = {f"{name}-{author_id}": said for name, said in error.errors.items()}
        return work_page(session, member, activity, work, errors=errors)
    session.commit()
    return _back(activity_id, submission_id)


@blueprint.post("/given/<uuid:review_id>/exclude")
def exclude(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Leave a review out of the result, or count it again."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    review = distributing.get_given(session, activity, member, review_id)
    reason = request.form.get("reason", "").strip()
    if request.form.get("act") == "exclude" and not reason:
        work = get_work(session, activity, review.submission_id)
        return work_page(session, member, activity, work, errors={f"reason-{review.id}": [_("Say why.")]})
    results.exclude(
        session, activity, review, by=member, reason=reason if request.form.get("act") == "exclude" else "", now=now()
    )
    session.commit()
    return _back(activity_id, review.submission_id)


@blueprint.post("/given/<uuid:review_id>/settle")
def settle(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Note that what an author asked has been looked at."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    review = distributing.get_given(session, activity, member, review_id)
    feedback_of.settle(session, review, by=member, now=now())
    session.commit()
    return _back(activity_id, review.submission_id)


@blueprint.get("/grades")
def grades(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would go to the gradebook."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    found = rules.get_rules(session, activity)
    sent = request.args.get("sent", type=int)
    return render(
        "peer_review/grades.html",
        bar=activity_bar(member, activity, "grades.index"),
        activity=activity,
        rules=found,
        rows=grading.propose(session, activity, found),
        maximum=grading.work_maximum(activity),
        name_of=name_of,
        points_of=points_of,
        bands=pages.band_words(),
        remarks=pages.remark_words(),
        toasts=[] if sent is None else [_("Sent to the gradebook: %(count)s.", count=sent)],
    )


@blueprint.post("/grades")
def send_grades(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Send the grades of the learners that were chosen."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    chosen = set(request.form.getlist("member", type=uuid.UUID))
    count = grading.send(session, activity, member, chosen, now=now())
    session.commit()
    return redirect(url_for("peer_review.grades", activity_id=activity_id, sent=count), HTTPStatus.SEE_OTHER)


@blueprint.get("/export.<any(csv, json):form>")
def export(activity_id: uuid.UUID, form: str) -> ResponseReturnValue:
    """Send everything as a file: work, reviews, results, distributions and rules."""
    session = current_session()
    _member, activity = pages.lead(session, activity_id)
    activity_id, at = activity.id, now()

    def lines() -> Iterator[str]:
        with database().session(writes=False) as own:
            place = own.get_one(Activity, activity_id)
            yield from exporting.as_csv(own, place) if form == "csv" else exporting.as_json(own, place, at)

    media = "text/csv" if form == "csv" else "application/json"
    response = Response(stream_with_context(lines()), mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="peer-review.{form}"'
    return no_store(response)


def get_work(session: Session, activity: Activity, submission_id: uuid.UUID) -> Submission:
    """Return a piece of work of an activity.

    Raises:
        NotFoundError: There is none.
    """
    work = session.get(
        Submission,
        submission_id,
        options=[
            joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Submission.group),
            selectinload(Submission.authors).joinedload(Author.member).joinedload(Membership.person),
        ],
    )
    if work is None or work.activity_id != activity.id:
        raise NotFoundError
    return work


def work_page(
    session: Session,
    member: Membership,
    activity: Activity,
    work: Submission,
    *,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    """Return the page of one piece of work, for who leads the course."""
    reviews = list_reviews(session, work)
    others = [each for each in reviews if not each.is_own]
    result = session.get(WorkResult, work.id)
    open_ = session.scalars(
        select(Review)
        .where(Review.submission_id == work.id, Review.state == ReviewState.OPEN, Review.is_own.is_(False))
        .options(joinedload(Review.reviewer).joinedload(Membership.person))
    ).all()
    can_consult = consulting.can_be_asked_for(work, [*reviews, *open_])
    return render(
        "peer_review/one_work.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "peer_review.overview"),
        activity=activity,
        rules=rules.get_rules(session, activity),
        work=work,
        result=result,
        reviews=reviews,
        noted=passage_pages.show_sent(session, work, reviews, request.args.get("text", work.version, type=int)),
        open_reviews=open_,
        why=pages.reasons_why(),
        lines=feedback_of.explanation(result, others, review_title) if result else [],
        doubts=doubt_words(result.doubts) if result else [],
        methods=pages.method_names(),
        level_label=level_label,
        name_of=name_of,
        by_of=review_title,
        title=work_title(work),
        revision=reviewing.revision_of(session, work),
        can_consult=can_consult,
        able=consulting.list_able(session, activity, now=now()),
        drafters=preparing.list_drafters(session, activity, work, now=now()) if can_consult else (),
        drafted=preparing.names_of(session, [*others, *open_]),
        member=member,
        **_exemplar(session, activity, work),
        can_be_exemplar=exemplars.can_be_asked_about(work) and rules.get_rules(session, activity).forgotten_at is None,
        note_limit=exemplars.NOTE_LIMIT,
        typed=request.form if errors else {},
        errors=errors or {},
        toasts=[_("Saved.")] if "saved" in request.args and not errors else [],
    )


def _exemplar(session: Session, activity: Activity, work: Submission) -> dict[str, Any]:
    """Return what the page says of a piece of work as a good example."""
    row = exemplars.find(session, work)
    is_waiting = row is not None and row.may_be_lent and row.entry_id is None
    return {
        "exemplar": row,
        "is_pool_ready": is_waiting and lending.is_ready(session, activity, now=now()),
        "title_limit": TITLE_LIMIT,
    }


def _number(typed: str) -> float | None:
    """Return the score that was typed; None for an empty field.

    Raises:
        InvalidInputError: It is no number.
    """
    if not typed:
        return None
    try:
        return float(typed)
    except ValueError as error:
        raise InvalidInputError({"score": [_("Give a number from 0 to 100.")]}) from error


def _back(activity_id: uuid.UUID, submission_id: uuid.UUID) -> ResponseReturnValue:
    page = url_for("peer_review.one_work", activity_id=activity_id, submission_id=submission_id, saved=1)
    return redirect(page, HTTPStatus.SEE_OTHER)
