"""The list of questions, asking, and what was asked before."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.content.drafts import discard_draft
from connector.content.receiving import allow_files
from connector.expert_qa import finding, hours, reusing, services
from connector.expert_qa.ask_pages import ask_page, cards_context, find_nameable, find_unlike, list_page
from connector.expert_qa.calibrating import HINTING, INTERRUPTING
from connector.expert_qa.desk import keep_question
from connector.expert_qa.pages import blueprint, enter, enter_to_write
from connector.expert_qa.schemas import AskForm
from connector.expert_qa.services import NewQuestion
from connector.participation.services import note_post
from connector.pool.access import get_entry
from connector.threads.access import Sight, get_thread, look
from connector.threads.addresses import link_to
from connector.threads.composing import is_hiding, receive, settle, thread_place
from connector.threads.models import Thread
from connector.threads.tags import TagList
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load

_TYPED = (
    "title",
    "body",
    "tags",
    "group",
    "anonymous",
    "private",
    "assessed",
    "unlike",
    "unlike_reason",
    "hour",
    "named",
)
allow_files(blueprint, ["post_question"])


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the field to ask in, and the questions."""
    return list_page(enter(current_session(), activity_id))


@blueprint.get("/ask")
def ask(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form for a question, with what was asked before."""
    sight = enter_to_write(activity_id)
    return ask_page(sight, typed={name: request.args[name] for name in ("title", "hour") if name in request.args})


@blueprint.post("/ask")
def ask_on(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form again with everything that was typed: similar questions were looked for, or one is another."""
    return ask_page(enter_to_write(activity_id), typed=_typed())


@blueprint.get("/similar")
def similar(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show what may be the same as a question that is being typed into the list's field."""
    sight = enter(current_session(), activity_id)
    return render("expert_qa/similar.html", is_inside=False, **cards_context(sight, request.args.get("title", ""), ""))


@blueprint.post("/similar")
def similar_to_text(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the same while the text of a question is written."""
    sight = enter(current_session(), activity_id)
    typed = cards_context(sight, request.form.get("title", ""), request.form.get("body", ""))
    return render("expert_qa/similar.html", is_inside=True, **typed)


@blueprint.post("/questions")
def post_question(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a question."""
    session = current_session()
    sight = enter_to_write(activity_id)
    place = thread_place(sight.activity)
    try:
        sent = receive(session, sight.member, is_hidden=is_hiding())
        form = load(AskForm(), instead=sent.instead if request.form.get("body", "").strip() else {})
        nearest = finding.find_nearest(
            session,
            sight.member,
            sight.activity,
            title=form["title"],
            text=form["body"],
            tags=form["tags"],
            now=sight.now,
        )
        is_likely = nearest is not None and nearest.is_calibrated and nearest.chance >= INTERRUPTING
        if is_likely and not form["sure"] and form["unlike"] is None and not prefers_json():
            return ask_page(sight, typed=_typed(), is_asked_again=True)
        thread = services.ask(
            session, sight.activity, sight.member, _new(sight, form), key=form["idempotency_key"], now=sight.now
        )
        finding.note_alike(session, keep_question(session, thread), nearest, at_least=HINTING)
        _learn(session, sight, form)
        settle(session, sight.member, thread.opening, sent, place)
        if not form["anonymous"]:  # nothing that tells their name happens in the moment of a hidden question
            note_post(session, sight.activity, sight.member, now=sight.now)
    except (InvalidInputError, ConflictError) as error:
        session.rollback()  # nothing of what was refused may show on the page
        if prefers_json():
            raise
        errors = error.errors if isinstance(error, InvalidInputError) else {"body": [str(error)]}
        return ask_page(sight, typed=_typed(), errors=errors)
    session.commit()
    return redirect(link_to(thread.opening, done="asked"), HTTPStatus.SEE_OTHER)


@blueprint.post("/similar/<uuid:thread_id>/solves")
def solves(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Note that a question that was asked before has what somebody needed."""
    session = current_session()
    sight = enter_to_write(activity_id)
    thread = _chosen(session, sight, thread_id)
    _choose_same(session, sight, thread)
    reusing.reuse(session, thread, sight.member, now=sight.now)
    session.commit()
    return redirect(url_for("expert_qa.index", activity_id=activity_id, done="solved"), HTTPStatus.SEE_OTHER)


@blueprint.post("/similar/entries/<uuid:entry_id>/solves")
def entry_solves(activity_id: uuid.UUID, entry_id: uuid.UUID) -> ResponseReturnValue:
    """Note that an entry of the knowledge pool has what somebody needed."""
    session = current_session()
    sight = enter_to_write(activity_id)
    entry = get_entry(session, sight.member, entry_id)
    typed = request.form.get("title", "").strip()
    if typed:
        tags = _tags(request.form.get("tags", ""))
        likeness = finding.likeness_of_entry(session, sight.member, entry, typed, tags, now=sight.now)
        finding.note_choice(session, sight.activity, likeness, is_same=True)
    discard_draft(session, sight.member, thread_place(sight.activity))
    reusing.reuse_entry(session, entry, sight.activity, sight.member, now=sight.now)
    session.commit()
    return redirect(url_for("expert_qa.index", activity_id=activity_id, done="solved"), HTTPStatus.SEE_OTHER)


@blueprint.post("/similar/<uuid:thread_id>/follow")
def follow(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody hear of a question that is theirs too."""
    session = current_session()
    sight = enter_to_write(activity_id)
    thread = _chosen(session, sight, thread_id)
    _choose_same(session, sight, thread)
    reusing.follow(session, thread, sight.member, now=sight.now)
    session.commit()
    return redirect(link_to(thread, done="followed"), HTTPStatus.SEE_OTHER)


def _chosen(session: Session, sight: Sight, thread_id: uuid.UUID) -> Thread:
    """Return a question of the course that the member may see, wherever in it.

    Raises:
        NotFoundError: There is none.
    """
    found = session.get(Thread, thread_id)
    if found is None or found.activity.course_id != sight.activity.course_id or not found.activity.is_open:
        raise NotFoundError
    return get_thread(session, look(session, sight.member, found.activity, now=sight.now), thread_id)


def _choose_same(session: Session, sight: Sight, thread: Thread) -> None:
    """Learn from a choice, and let go of the draft: what it was for is there."""
    typed = request.form.get("title", "").strip()
    if typed:
        tags = _tags(request.form.get("tags", ""))
        likeness = finding.likeness_of(session, sight.member, thread, typed, tags, now=sight.now)
        finding.note_choice(session, sight.activity, likeness, is_same=True)
    discard_draft(session, sight.member, thread_place(sight.activity))


def _learn(session: Session, sight: Sight, form: dict[str, Any]) -> None:
    """Learn from somebody who says that their question is another one."""
    other = find_unlike(sight, str(form["unlike"] or ""))
    if other is not None:
        likeness = finding.likeness_of(session, sight.member, other, form["title"], form["tags"], now=sight.now)
        finding.note_choice(session, sight.activity, likeness, is_same=False)


def _new(sight: Sight, form: dict[str, Any]) -> NewQuestion:
    hour = hours.find_open(current_session(), sight.activity, str(form["hour"] or ""), now=sight.now)
    return NewQuestion(
        title=form["title"],
        body=form["body"],
        tags=form["tags"],
        group_id=form["group"],
        is_private=form["private"],
        is_anonymous=form["anonymous"],
        is_assessed=form["assessed"],
        language=form["language"],
        unlike=find_unlike(sight, str(form["unlike"] or "")),
        unlike_reason=form["unlike_reason"],
        hour_id=hour.id if hour else None,
        named_id=find_nameable(sight, form["named"]),
    )


def _typed() -> dict[str, str]:
    return {name: request.form[name] for name in _TYPED if name in request.form}


def _tags(typed: str) -> tuple[str, ...]:
    try:
        found: tuple[str, ...] = TagList().deserialize(typed)
    except ValueError:
        return ()
    return found
