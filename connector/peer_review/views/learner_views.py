"""The pages of a peer review for who takes part: where they are, and their own work."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.content.comparing import Piece, compare
from connector.content.markdown import render as render_markdown
from connector.content.models import Draft
from connector.content.receiving import allow_files
from connector.content.text import BODY_LIMIT
from connector.courses.models import Membership, Role
from connector.courses.people import name_of
from connector.delivery.services import record
from connector.groups.reading import list_sign_ups
from connector.peer_review import consulting, preparing, rubrics, rules, statements
from connector.peer_review.board import standing
from connector.peer_review.board.standing import draft_place
from connector.peer_review.exemplars import exemplars
from connector.peer_review.matching import checking
from connector.peer_review.models.groups import SharedText
from connector.peer_review.models.reviews import WorkState
from connector.peer_review.models.setup import Anonymity, Product
from connector.peer_review.stepper import Door
from connector.peer_review.views import composing, pages, practice_pages
from connector.peer_review.views.learner_pages import how_late, lead_on, steps
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.work_schemas import WorkForm
from connector.peer_review.works import handing_in, naming, sharing, units
from connector.peer_review.works.handing_in import Handing
from connector.peer_review.works.sharing import TextConflictError
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now, writing_session

allow_files(blueprint, ["hand_in"])


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show where the reader is and what comes next; to others, what it is about."""
    session = current_session()
    member, activity = pages.enter(session, activity_id)
    shared: dict[str, Any] = {
        "bar": activity_bar(member, activity, "peer_review.index"),
        "activity": activity,
        "prompt": render_markdown(activity.prompt),
        "toasts": _toasts(),
        "asked": consulting.list_asked(session, activity, member) if member.can_write else (),
    }
    shared["drafts"] = preparing.list_mine(session, activity, member) if member.can_write else ()
    is_told = member.is_staff and shared["asked"]
    shared["drafters"] = preparing.names_of(session, shared["asked"]) if is_told else {}
    chosen = rules.get_rules(session, activity)
    shared["promise_of_review"] = pages.promise_kept(chosen, of_reviewer=True)
    if member.is_staff or not member.can_write or member.role is Role.EXPERT:
        return render(
            "peer_review/about.html",
            member=member,
            rules=chosen,
            rubric=rubrics.find_rubric(session, activity),
            products=pages.product_names(),
            givings=pages.giving_names(),
            **shared,
        )
    if rules.get_participant(session, activity, member).opened_at is None:
        _note_opened(activity, member, chosen.anonymity)
    if chosen.product is Product.PRACTICE:
        return practice_pages.own_page(session, member, activity, shared)
    where = standing.look(session, activity, member, now=now())
    return render(
        "peer_review/index.html",
        where=where,
        steps=steps(where),
        lead=lead_on(where, activity, can_sign_up=where.desk.unit is None and bool(list_sign_ups(session, member))),
        name_of=name_of,
        member=member,
        has_checks=checking.is_on(session, activity),
        exemplar=exemplars.find_mine(session, activity, member),
        has_exemplars=bool(exemplars.exemplars(session, activity, member, now=now())),
        promise_of_work=pages.promise_kept(chosen, of_reviewer=False),
        may_change=where.situation.handing_in in {Door.OPEN, Door.LATE},
        **shared,
    )


@blueprint.get("/work")
def work(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form for handing in, with what was handed in before, or what the reader's group kept last."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    return _work_page(session, member, activity)


@blueprint.post("/work")
def hand_in(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Hand work in, or keep it for one's group. What cannot be handed in now is kept as a draft."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    at, typed = now(), request.form.to_dict()
    try:
        files, body = composing.receive(session, member)
        if not typed.get("keeps_names") and _is_blind(session, activity):
            typed["body"] = body  # files that were sent stand in it, whatever becomes of the form
            composing.take_names_out(session, member, files, body)
        form = WorkForm().load({**typed, "body": body})
        handing = Handing(
            body=form["body"],
            link=form["link"],
            language=form["language"],
            file_ids=[each.id for each in files],
            base=form["base"],
        )
        if typed.get("act") == "keep":
            handing_in.keep_for_group(session, activity, member, handing, now=at)
            found = None
        else:
            found = handing_in.hand_in(session, activity, member, handing, now=at)
        composing.let_go(session, member, activity)
    except (ValidationError, InvalidInputError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else error.messages_dict
        typed["may_keep_names"] = "1" if isinstance(error, composing.NamedFilesError) else ""
        session.rollback()
        return _work_page(session, member, activity, typed=typed, errors=errors)
    except ConflictError as error:
        session.rollback()
        place = draft_place(activity, form["base"] if "base" in typed else None)
        composing.keep_as_draft(session, member, place, body, typed.get("link", ""), now=at)
        session.commit()
        return _work_page(session, member, activity, typed={**typed, "body": body}, refusal=error)
    session.commit()
    did = "kept" if found is None else "waits" if found.state is WorkState.WAITING else "handed-in"
    if found is not None and _is_double(session, activity) and naming.names_author(found):
        did = "named"
    return redirect(url_for("peer_review.index", activity_id=activity_id, did=did), HTTPStatus.SEE_OTHER)


@blueprint.post("/work/fresh")
def begin_afresh(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Let go of what the reader typed, and go on with the group's text."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    composing.let_go(session, member, activity)
    session.commit()
    return redirect(url_for("peer_review.work", activity_id=activity_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/work/withdraw")
def withdraw(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Take one's work back."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    handing_in.withdraw(session, activity, member, now=now())
    session.commit()
    return redirect(url_for("peer_review.index", activity_id=activity_id, did="withdrawn"), HTTPStatus.SEE_OTHER)


def _work_page(
    session: Session,
    member: Membership,
    activity: Activity,
    *,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
    refusal: ConflictError | None = None,
) -> Response:
    chosen = rules.get_rules(session, activity)
    if chosen.product is Product.PRACTICE:
        raise NotFoundError
    dates = units.dates_for(session, activity, chosen, member)
    desk = units.desk_of(session, activity, chosen, member)
    found = desk.work
    door = standing.handing_door(chosen, dates, found, now())
    texts = sharing.list_texts(session, activity, desk.group) if desk.group is not None else []
    revision = None if desk.group is None else texts[0].revision if texts else 0
    stale = composing.find_stale(session, member, activity, revision) if revision is not None else None
    if typed is None and stale is not None and "mine" in request.args:
        typed = dict(stale.fields)
    source: Any = texts[0] if texts else found
    is_retyped = typed is not None
    if typed is None:
        typed = {"body": source.body, "link": source.link, "language": source.language} if source else {}
    other = texts[0] if isinstance(refusal, TextConflictError) else None
    return render(
        "peer_review/work.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
        bar=activity_bar(member, activity, "peer_review.index"),
        activity=activity,
        prompt=render_markdown(activity.prompt),
        rules=chosen,
        dates=dates,
        desk=desk,
        work=found,
        texts=texts,
        revision=revision,
        stale=None if refusal or "mine" in request.args else stale,
        other=other,
        changes=_changes(texts, typed, other, stale),
        is_handed_in=found is not None and found.state in {WorkState.HANDED_IN, WorkState.WAITING},
        is_waiting=found is not None and found.state is WorkState.WAITING,
        is_author=found is not None and member.id in found.author_ids,
        is_open=door in {Door.OPEN, Door.LATE} and desk.may_change,
        is_late=door is Door.LATE,
        how_late=how_late(chosen, Door.LATE),
        member=member,
        name_of=name_of,
        typed=typed,
        errors=errors or {},
        refusal=str(refusal) if refusal else None,
        promise=pages.promise(chosen.anonymity, of_reviewer=False),
        limit=BODY_LIMIT,
        product=chosen.product,
        Product=Product,
        composer=composing.composer_context(
            session, member, draft_place(activity, revision), activity, is_retyped=is_retyped
        ),
    )


def _changes(
    texts: Sequence[SharedText], typed: Mapping[str, Any], other: SharedText | None, stale: Draft | None
) -> Sequence[Piece]:
    """Return in what somebody's text differs from their group's, where both were written at the same time.

    Args:
        other: The group's, where theirs was refused for it.
        stale: Their draft, where it was begun before the group's changed.
    """
    before = other.body if other else texts[0].body if texts and stale else ""
    after = typed.get("body", "") if other else stale.fields.get("body", "") if stale else ""
    return compare(before, after) if other or stale else ()


def _note_opened(activity: Activity, member: Membership, anonymity: Anonymity) -> None:
    """Note that somebody came for the first time; in a session of its own, so that reading takes no write lock."""
    at: datetime = now()
    with writing_session() as session:
        row = rules.keep_participant(session, activity, member)
        if row.opened_at is None:
            row.opened_at = at
            session.flush()
            record(session, statements.opened(activity, member, anonymity, at), by=member, now=at)
        session.commit()


def _is_blind(session: Session, activity: Activity) -> bool:
    return rules.get_rules(session, activity).anonymity is not Anonymity.NONE


def _is_double(session: Session, activity: Activity) -> bool:
    return rules.get_rules(session, activity).anonymity is Anonymity.DOUBLE


def _toasts() -> list[str | tuple[str, str]]:
    told: dict[str, str | tuple[str, str]] = {
        "handed-in": _("Handed in. You can change it until the date."),
        "named": (
            _("Handed in. Your name seems to stand in the text: reviewers would see it. You can change it."),
            "warn",
        ),
        "waits": _("Handed in. Your trainer says whether it counts, and you will be told."),
        "kept": _("Kept for your group. It is not handed in yet."),
        "revised": _("Handed in. The same reviewers look at it once more."),
        "withdrawn": _("Taken back. Your text is still here."),
        "saved": _("Saved. You can go on later, on any device."),
        "drafted": _("Handed over. You will see here what became of it."),
        "declined": _("Somebody else is asked. Thank you for saying so."),
        "sent": _("Your review is sent. Thank you."),
    }
    found = told.get(request.args.get("did", ""))
    return [found] if found else []
