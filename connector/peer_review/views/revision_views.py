"""The author's second round: what they mean to change, and the form for the revised work."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.content.drafts import discard_draft
from connector.content.receiving import allow_files
from connector.content.text import BODY_LIMIT
from connector.courses.models import Membership
from connector.peer_review import intending, revising
from connector.peer_review.board import standing
from connector.peer_review.board.standing import Standing
from connector.peer_review.models.reviews import Submission
from connector.peer_review.reviews import feedback as feedback_of
from connector.peer_review.reviews import reviewing
from connector.peer_review.stepper import Revision
from connector.peer_review.views import composing, pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.work_schemas import WorkForm
from connector.peer_review.works import sharing
from connector.peer_review.works.handing_in import Handing
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.pages import render
from connector.web.requests import current_session, now

allow_files(blueprint, ["revise"])


@blueprint.get("/revision")
def revision(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form for the revised work, with the author's list beside it."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    return _page(session, member, activity, _shown(session, member, activity))


@blueprint.post("/revision")
def revise(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Hand the revised work in. What cannot be handed in now is kept as a draft."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    at, typed = now(), request.form.to_dict()
    where = _shown(session, member, activity)
    try:
        files, body = composing.receive(session, member)
        form = WorkForm().load({**typed, "body": body})
        handing = Handing(
            body=form["body"],
            link=form["link"],
            language=form["language"],
            file_ids=[each.id for each in files],
            base=form["base"],
        )
        shows = bool(typed.get("shows_intentions"))
        _settle_all(session, where, typed)
        revising.revise(session, activity, member, handing, shows_intentions=shows, now=at)
        discard_draft(session, member, _place(activity, form["base"]))
    except (ValidationError, InvalidInputError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else error.messages_dict
        session.rollback()
        return _page(session, member, activity, _shown(session, member, activity), typed=typed, errors=errors)
    except ConflictError as error:
        session.rollback()
        place = _place(activity, form["base"])
        composing.keep_as_draft(session, member, place, body, typed.get("link", ""), now=at)
        session.commit()
        where = _shown(session, member, activity)
        return _page(session, member, activity, where, typed={**typed, "body": body}, refusal=error)
    session.commit()
    return redirect(url_for("peer_review.index", activity_id=activity_id, did="revised"), HTTPStatus.SEE_OTHER)


@blueprint.post("/intentions")
def intend(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Note something to change: a comment that was received, or the author's own words."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    where = _shown(session, member, activity)
    review_id, criterion_id, passage_id = (
        request.form.get(name, type=uuid.UUID) for name in ("review", "criterion", "passage")
    )
    body, review = request.form.get("intention", ""), None
    if review_id is not None:
        review = feedback_of.get_received(session, activity, member, review_id)
        body = feedback_of.words_of(session, review, criterion_id, passage_id)
    source = intending.Source(review.id, criterion_id, passage_id) if review is not None else None
    intending.intend(session, _work(where), member, body, source=source, now=now())
    session.commit()
    return _back(activity_id)


@blueprint.post("/intentions/<uuid:intention_id>")
def settle_intention(activity_id: uuid.UUID, intention_id: uuid.UUID) -> ResponseReturnValue:
    """Tick something off, open it again, or take it off the list."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    row = intending.find(session, _work(_shown(session, member, activity)), member, intention_id)
    act = request.form.get("act", "")
    if act == "drop":
        intending.drop(session, row)
    else:
        intending.settle(session, row, is_done=act == "done", now=now())
    session.commit()
    return _back(activity_id)


def _shown(session: Session, member: Membership, activity: Activity) -> Standing:
    """Return where an author is who can read their feedback.

    Raises:
        NotFoundError: They cannot.
    """
    where = standing.look(session, activity, member, now=now())
    if where.received is None or not where.received.release.is_shown:
        raise NotFoundError
    return where


def _work(where: Standing) -> Submission:
    if where.received is None:
        raise NotFoundError
    return where.received.work


def _settle_all(session: Session, where: Standing, typed: dict[str, str]) -> None:
    """Note what the form says about each thing on the list."""
    for row in intending.list_intentions(session, _work(where)):
        if f"outcome-{row.id}" in typed:
            is_done = bool(typed.get(f"done-{row.id}"))
            intending.settle(session, row, is_done=is_done, outcome=typed[f"outcome-{row.id}"], now=now())


def _place(activity: Activity, base: int) -> str:
    return f"revision {activity.id} {base}"


def _page(
    session: Session,
    member: Membership,
    activity: Activity,
    where: Standing,
    *,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
    refusal: ConflictError | None = None,
) -> Response:
    if where.situation.revision is Revision.NONE:
        raise NotFoundError
    work = _work(where)
    shared = sharing.newest(session, activity, where.desk.group) if where.desk.group is not None else None
    base = shared.revision if shared else 0
    is_retyped = typed is not None
    if typed is None:
        source: Any = shared or work
        typed = {"body": source.body, "link": source.link, "language": source.language}
    return render(
        "peer_review/revision.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
        bar=activity_bar(member, activity, "peer_review.index"),
        activity=activity,
        rules=where.rules,
        work=work,
        other=shared if isinstance(refusal, sharing.TextConflictError) else None,
        changes=reviewing.revision_of(session, work),
        intentions=intending.list_intentions(session, work),
        is_open=where.situation.revision in {Revision.OPEN, Revision.HANDED_IN, Revision.REVIEWED}
        and standing.is_revising_open(where.rules, where.dates, now())
        and where.desk.may_change,
        base=base,
        typed=typed,
        errors=errors or {},
        refusal=str(refusal) if refusal else None,
        promise=pages.promise(where.rules.anonymity, of_reviewer=False),
        limit=BODY_LIMIT,
        composer=composing.composer_context(session, member, _place(activity, base), activity, is_retyped=is_retyped),
    )


def _back(activity_id: uuid.UUID) -> ResponseReturnValue:
    page = url_for("peer_review.feedback", activity_id=activity_id, did="noted", _anchor="list")
    return redirect(page, HTTPStatus.SEE_OTHER)
