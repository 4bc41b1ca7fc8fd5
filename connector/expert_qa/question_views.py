"""One question: its page, and what is done with it beside answering."""

import uuid
from http import HTTPStatus

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.content.receiving import allow_files
from connector.expert_qa import finding, pooling, services
from connector.expert_qa.desk import keep_question
from connector.expert_qa.pages import blueprint, enter, enter_to_write, lead
from connector.expert_qa.question_pages import question_page
from connector.expert_qa.reading import Asked, read_question
from connector.expert_qa.schemas import MoreForm, WantedForm
from connector.moderation import moving
from connector.notifications.services import read_about
from connector.pool.access import get_entry
from connector.threads import marking
from connector.threads.access import Sight, ThreadMovedError, get_post, get_thread
from connector.threads.addresses import link_to
from connector.threads.composing import edit_place, receive, settle
from connector.threads.models import Post, Thread
from connector.threads.tagged import tags_of
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json
from connector.web.requests import current_session, load, writing_session

allow_files(blueprint, ["add_more"])


@blueprint.get("/threads/<uuid:thread_id>")
def show(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Show a question with its answers, and note that they were seen."""
    session = current_session()
    sight = enter(session, activity_id)
    try:
        thread = get_thread(session, sight, thread_id)
    except ThreadMovedError as moved:
        return redirect(link_to(moved.thread), HTTPStatus.SEE_OTHER)
    parent = _parent(session, sight, thread)
    asked = read_question(
        session,
        sight,
        thread,
        page=request.args.get("page", 1, type=int),
        post=parent.number if parent else request.args.get("post", type=int),
    )
    is_looked_at = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    if is_looked_at and (not asked.was_visited_today or any(said.is_new for said in asked.shown)):
        _note(sight, asked)
    # The inbox leads to the form that asks back, which is folded away otherwise.
    return question_page(sight, asked, parent=parent, form="wanted" if "wanted" in request.args else "answer")


@blueprint.get("/posts/<uuid:post_id>")
def find_post(activity_id: uuid.UUID, post_id: uuid.UUID) -> ResponseReturnValue:
    """Lead to a post, wherever it stands now."""
    session = current_session()
    sight = enter(session, activity_id)
    elsewhere = session.scalar(select(Post.activity_id).where(Post.id == post_id, Post.activity_id != activity_id))
    if elsewhere is not None:
        sight = enter(session, elsewhere)
    return redirect(link_to(get_post(session, sight, post_id)), HTTPStatus.SEE_OTHER)


@blueprint.post("/threads/<uuid:thread_id>/info")
def ask_info(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Say what a question lacks."""
    session = current_session()
    sight, thread = _question(activity_id, thread_id)
    if not services.may_ask_back(session, sight.member, thread):
        raise NotFoundError
    try:
        form = load(WantedForm())
        services.ask_info(session, thread, sight.member, form["wanted"], now=sight.now)
    except (InvalidInputError, ConflictError) as error:
        return _refuse(sight, thread_id, error, "wanted")
    session.commit()
    return _back(thread, "wanted")


@blueprint.post("/threads/<uuid:thread_id>/more")
def add_more(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Add to one's question what it lacked."""
    session = current_session()
    sight, thread = _question(activity_id, thread_id)
    if thread.author_id != sight.member.id:
        raise NotFoundError
    try:
        sent = receive(session, sight.member, is_hidden=thread.opening.is_anonymous)
        form = load(MoreForm(), instead=sent.instead)
        services.give_info(session, thread, sight.member, form["body"], now=sight.now)
        settle(session, sight.member, thread.opening, sent, more_place(thread))
    except (InvalidInputError, ConflictError) as error:
        return _refuse(sight, thread_id, error, "more")
    session.commit()
    return _back(thread, "more")


@blueprint.post("/threads/<uuid:thread_id>/resolve")
def resolve(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Say that no further answer is needed."""
    session = current_session()
    sight, thread = _question(activity_id, thread_id)
    services.resolve(session, thread, sight.member, now=sight.now)
    session.commit()
    return _back(thread, "resolved")


@blueprint.post("/threads/<uuid:thread_id>/reopen")
def reopen(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a question is not solved after all."""
    session = current_session()
    sight, thread = _question(activity_id, thread_id)
    services.reopen(session, thread, sight.member, now=sight.now)
    session.commit()
    return _back(thread, "reopened")


@blueprint.post("/threads/<uuid:thread_id>/show")
def open_to_all(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Let everybody read a question that only the trainers read."""
    session = current_session()
    sight, thread = _question(activity_id, thread_id)
    services.show(session, thread, sight.member, now=sight.now)
    session.commit()
    return _back(thread, "shown")


@blueprint.post("/threads/<uuid:thread_id>/hide")
def hide_name(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Take one's name from a question."""
    session = current_session()
    sight, thread = _question(activity_id, thread_id)
    services.hide_asker(session, thread, sight.member)
    session.commit()
    return _back(thread, "hidden")


@blueprint.post("/threads/<uuid:thread_id>/pool")
def point_to_pool(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Say that an entry of the knowledge pool answers a question, as who leads the course."""
    session = current_session()
    sight = lead(session, activity_id)
    thread = get_thread(session, sight, thread_id)
    try:
        entry_id = uuid.UUID(request.form.get("entry", ""))
    except ValueError as error:
        raise NotFoundError from error
    entry = get_entry(session, sight.member, entry_id)
    pooling.point(session, thread, entry, sight.member, now=sight.now)
    session.commit()
    return _back(thread, "pooled")


@blueprint.post("/threads/<uuid:thread_id>/alike")
def decide_alike(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Make two questions one, or say that they are not the same, as who leads the course."""
    session = current_session()
    sight = lead(session, activity_id)
    thread = get_thread(session, sight, thread_id)
    question = keep_question(session, thread)
    other = question.alike
    if other is None:
        raise NotFoundError
    tags = tags_of(session, [thread.id]).get(thread.id, [])
    likeness = finding.likeness_of(session, sight.member, other, thread.title, tags, now=sight.now)
    is_same = request.form.get("same") == "1"
    if is_same and other.activity_id != thread.activity_id:
        raise ConflictError(_("The other question stands in another activity of the course. Move one of them first."))
    finding.note_choice(session, sight.activity, likeness, is_same=is_same)
    question.alike_id, question.alike_chance = None, None
    session.flush()
    if is_same:
        moving.merge(session, thread, other, sight.member, _("It was asked before."), now=sight.now)
        session.commit()
        return _back(other, "merged")
    session.commit()
    return _back(thread, "parted")


def more_place(thread: Thread) -> str:
    """Return the name of the draft for what a question lacked."""
    return f"more {edit_place(thread.opening)}"


def _question(activity_id: uuid.UUID, thread_id: uuid.UUID) -> tuple[Sight, Thread]:
    sight = enter_to_write(activity_id)
    return sight, get_thread(current_session(), sight, thread_id)


def _parent(session: Session, sight: Sight, thread: Thread) -> Post | None:
    """Return the post that the form is to comment on; None for the form for an answer."""
    answered = request.args.get("to", type=uuid.UUID)
    parent = get_post(session, sight, answered) if answered else None
    if parent is not None and parent.thread_id != thread.id:
        raise NotFoundError
    return parent if parent and not parent.is_opening else None


def _refuse(
    sight: Sight, thread_id: uuid.UUID, error: InvalidInputError | ConflictError, form: str
) -> ResponseReturnValue:
    """Show the question again with what is wrong, and with what was typed."""
    session = current_session()
    session.rollback()  # nothing of what was refused may show on the page
    if prefers_json():
        raise error
    thread = get_thread(session, sight, thread_id)
    typed = {name: request.form.get(name, "") for name in ("wanted", "body")}
    asked = read_question(session, sight, thread)
    return question_page(sight, asked, error=error, form=form, typed_form=typed)


def _back(thread: Thread, done: str) -> ResponseReturnValue:
    return redirect(link_to(thread, done=done), HTTPStatus.SEE_OTHER)


def _note(sight: Sight, asked: Asked) -> None:
    """Note that the new posts of a page were seen; in a session of its own, so that reading takes no write lock."""
    with writing_session() as session:
        marking.mark_read(session, sight, asked.thread, [said.post.id for said in asked.shown if said.is_new])
        read_about(session, sight.member.id, [asked.thread.id], now=sight.now)
        session.commit()
