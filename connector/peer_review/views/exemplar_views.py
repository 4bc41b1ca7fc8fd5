"""Good examples: asking for them, answering, and reading them."""

import uuid
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.courses.models import Membership
from connector.peer_review.bylines import work_title
from connector.peer_review.exemplars import exemplars, lending
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.views import pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.work_schemas import LendForm
from connector.peer_review.views.work_views import get_work, work_page
from connector.peer_review.works.naming import names_author
from connector.pool.pages import home_of
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, load, now


@blueprint.get("/exemplars")
def show_exemplars(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the good examples; to who leads the course, also what authors were asked about."""
    session = current_session()
    member, activity = pages.enter(session, activity_id)
    if not member.is_staff and not member.can_write:
        raise NotFoundError
    at = now()
    return render(
        "peer_review/exemplars.html",
        bar=activity_bar(member, activity, "peer_review.overview" if member.is_staff else "peer_review.index"),
        activity=activity,
        member=member,
        is_open=exemplars.is_open_to(session, activity, member, now=at),
        found=exemplars.exemplars(session, activity, member, now=at),
        asked=exemplars.list_asked(session, activity, member) if member.is_staff else [],
        title_of=work_title,
    )


@blueprint.post("/works/<uuid:submission_id>/exemplar")
def ask_exemplar(activity_id: uuid.UUID, submission_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the authors of a piece of work whether it may be shown, or show it no longer."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    work = get_work(session, activity, submission_id)
    if request.form.get("act") == "take-back":
        row = exemplars.find(session, work)
        if row is not None:
            exemplars.take_back(session, row)
    else:
        try:
            note, asks_pool = request.form.get("note", ""), "pool" in request.form
            exemplars.ask(session, work, member, note=note, asks_pool=asks_pool, now=now())
        except InvalidInputError as error:
            session.rollback()
            return work_page(session, member, activity, work, errors=error.errors)
    session.commit()
    page = url_for("peer_review.one_work", activity_id=activity_id, submission_id=submission_id, saved=1)
    return redirect(page, HTTPStatus.SEE_OTHER)


@blueprint.post("/works/<uuid:submission_id>/pool")
def lend_exemplar(activity_id: uuid.UUID, submission_id: uuid.UUID) -> ResponseReturnValue:
    """Put a copy of a good example into the knowledge pool, or ask its authors whether it may stand there."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    work = get_work(session, activity, submission_id)
    row = exemplars.find(session, work)
    if row is None:
        raise NotFoundError
    if request.form.get("act") == "ask":
        lending.ask_for_pool(session, row, member, now=now())
        session.commit()
        page = url_for("peer_review.one_work", activity_id=activity_id, submission_id=submission_id, saved=1)
        return redirect(page, HTTPStatus.SEE_OTHER)
    try:
        form = load(LendForm())
        entry = lending.lend(session, row, _place(session, member), member, **form, now=now())
    except (InvalidInputError, ConflictError) as error:
        session.rollback()
        errors = error.errors if isinstance(error, InvalidInputError) else {"title": [error.learner or str(error)]}
        return work_page(session, member, activity, work, errors=errors)
    session.commit()
    return redirect(url_for("pool.show", entry_id=entry.id, done="lent"), HTTPStatus.SEE_OTHER)


@blueprint.get("/exemplars/mine")
def show_consent(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show an author what would be shown, and ask whether it may be."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    row = _mine(session, activity, member)
    return _consent_page(activity, member, row)


@blueprint.post("/exemplars/mine")
def answer_exemplar(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Agree, with or without one's name, decline, or take it back."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    row = _mine(session, activity, member)
    said = request.form.get("answer", "")
    if said not in {"anonymous", "named", "no"}:
        return _consent_page(activity, member, row, errors={"answer": [_("Choose one.")]})
    given = {"agrees": said != "no", "shows_name": said == "named", "for_pool": "pool" in request.form}
    exemplars.answer(session, row, member, **given, now=now())
    session.commit()
    page = url_for("peer_review.show_consent", activity_id=activity_id, saved=1)
    return redirect(page, HTTPStatus.SEE_OTHER)


def _place(session: Session, member: Membership) -> Activity:
    """Return where an entry is talked about.

    Raises:
        ConflictError: Nowhere in the course.
    """
    try:
        return home_of(session, member)
    except NotFoundError as error:
        raise ConflictError(_("The knowledge pool needs an activity in which people talk.")) from error


def _mine(session: Session, activity: Activity, member: Membership) -> Exemplar:
    row = exemplars.find_mine(session, activity, member)
    if row is None:
        raise NotFoundError
    return row


def _consent_page(
    activity: Activity, member: Membership, row: Exemplar, *, errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    said = row.answer_of(member.id)
    answer = None if said is None else "no" if not said.agrees else "named" if said.shows_name else "anonymous"
    return render(
        "peer_review/consent.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "peer_review.index"),
        activity=activity,
        row=row,
        answer=answer,
        for_pool="pool" in request.form if errors else said is not None and said.for_pool,
        is_together=len(row.submission.authors) > 1,
        is_named=names_author(row.submission),
        errors=errors or {},
        toasts=[_("Saved. You can change it at any time.")] if "saved" in request.args else [],
    )
