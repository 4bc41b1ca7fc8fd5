"""The pages of a discussion: its threads, one thread, and what members add to it."""

import uuid
from http import HTTPStatus

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue

from connector.activities.pages import activity_bar
from connector.content.receiving import allow_files
from connector.courses.people import name_of
from connector.delivery.services import backlog
from connector.discussion.list_pages import list_page, new_thread_page
from connector.discussion.overview import get_overview
from connector.discussion.pages import enter, enter_any_to_write, enter_to_write, new_place
from connector.discussion.schemas import ReplyForm, ThreadForm
from connector.discussion.starters import starters
from connector.discussion.thread_pages import thread_page
from connector.moderation.reading import count_waiting
from connector.notebook import services as notebook
from connector.participation.services import note_post
from connector.threads import marking, reading, services
from connector.threads.access import Sight, ThreadMovedError, get_post, get_thread, look
from connector.threads.addresses import link_to
from connector.threads.bylines import byline
from connector.threads.composing import is_hiding, receive, reply_place, settle
from connector.threads.services import NewThread
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load, now, writing_session
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("discussion", __name__, url_prefix="/s/<sid>/discussions/<uuid:activity_id>")
allow_files(blueprint, ["post_thread", "post_reply", "change"])


@blueprint.get("")
def index(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the threads, those first that wait for the reader."""
    sight, _activity = enter(current_session(), activity_id)
    return list_page(sight, typed=_starter())


@blueprint.get("/new")
def new_thread(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form for a new thread."""
    sight = enter_to_write(activity_id)
    return new_thread_page(sight, typed=_starter() or _note_copy(sight))


@blueprint.post("/threads")
def post_thread(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a thread."""
    session = current_session()
    sight = enter_to_write(activity_id)
    place = new_place(sight.activity, request.form.get("note"))
    try:
        sent = receive(session, sight.member, is_hidden=is_hiding())
        form = load(ThreadForm(), instead=sent.instead)
        new = NewThread(
            title=form["title"],
            body=form["body"],
            kind=form["kind"],
            tags=form["tags"],
            group_id=form["group"],
            is_private=form["private"],
            is_anonymous=form["anonymous"],
            language=form["language"],
        )
        key = form["idempotency_key"]
        thread = services.start_thread(session, sight.activity, sight.member, new, key=key, now=sight.now)
        settle(session, sight.member, thread.opening, sent, place)
        if form["note"] is not None:
            notebook.keep_receipt(session, sight.member, form["note"], thread, now=sight.now)
        if not form["anonymous"]:  # nothing that tells their name happens in the moment of a hidden post
            note_post(session, sight.activity, sight.member, now=sight.now)
    except (InvalidInputError, ConflictError) as error:
        session.rollback()  # nothing of what was refused may show on the page
        if prefers_json():
            raise
        return new_thread_page(sight, typed=request.form.to_dict(), errors=_errors(error))
    session.commit()
    return redirect(link_to(thread.opening), HTTPStatus.SEE_OTHER)


@blueprint.get("/threads/<uuid:thread_id>")
def show(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Show a page of a thread, and note that its posts were seen."""
    session = current_session()
    sight, _activity = enter(session, activity_id)
    try:
        thread = get_thread(session, sight, thread_id)
    except ThreadMovedError as moved:
        return redirect(link_to(moved.thread), HTTPStatus.SEE_OTHER)
    answered = request.args.get("to", type=uuid.UUID)
    parent = get_post(session, sight, answered) if answered else None
    if parent is not None and parent.thread_id != thread.id:
        raise NotFoundError
    page = reading.read_thread(
        session,
        sight,
        thread,
        page=request.args.get("page", 1, type=int),
        post=parent.number if parent else request.args.get("post", type=int),
        branch=request.args.get("branch", type=int),
    )
    if page.has_news and _is_looked_at():
        _note(sight, page)
    return thread_page(sight, page, parent=parent)


@blueprint.post("/threads/<uuid:thread_id>/replies")
def post_reply(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Add a reply to a thread."""
    session = current_session()
    sight = enter_any_to_write(activity_id)
    try:
        thread = get_thread(session, sight, thread_id)
    except ThreadMovedError as moved:
        if prefers_json():
            raise
        there = look(session, sight.member, moved.thread.activity, now=sight.now)
        told = _("Somebody who leads the course has moved this thread here. Your text was not posted: do it here.")
        return _refuse(there, moved.thread.id, ConflictError(told))
    try:
        sent = receive(session, sight.member, is_hidden=is_hiding())
        form = load(ReplyForm(), instead=sent.instead)
        answers_opening = form["parent"] in {None, thread.opening.id}
        parent = thread.opening if answers_opening else get_post(session, sight, form["parent"])
        if parent.thread_id != thread.id:
            raise NotFoundError
        reply = services.post_reply(
            session,
            parent,
            sight.member,
            form["body"],
            key=form["idempotency_key"],
            now=sight.now,
            is_anonymous=form["anonymous"],
            language=form["language"],
        )
        settle(session, sight.member, reply, sent, reply_place(parent))
        if not form["anonymous"]:
            note_post(session, sight.activity, sight.member, now=sight.now)
    except (InvalidInputError, ConflictError) as error:
        session.rollback()  # nothing of what was refused may show on the page
        if prefers_json():
            raise
        return _refuse(sight, thread_id, error)
    session.commit()
    return redirect(link_to(reply), HTTPStatus.SEE_OTHER)


@blueprint.post("/threads/<uuid:thread_id>/close")
def close_thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody reply to a thread any more."""
    session = current_session()
    sight, _activity = enter(session, activity_id)
    thread = get_thread(session, sight, thread_id)
    services.close_thread(session, thread, sight.member, now=now())
    session.commit()
    return redirect(link_to(thread), HTTPStatus.SEE_OTHER)


@blueprint.post("/threads/<uuid:thread_id>/reopen")
def reopen_thread(activity_id: uuid.UUID, thread_id: uuid.UUID) -> ResponseReturnValue:
    """Let people reply to a thread again."""
    session = current_session()
    sight, _activity = enter(session, activity_id)
    thread = get_thread(session, sight, thread_id)
    services.reopen_thread(session, thread, sight.member)
    session.commit()
    return redirect(link_to(thread), HTTPStatus.SEE_OTHER)


@blueprint.get("/overview")
def overview(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the figures to who leads the course."""
    session = current_session()
    sight, activity = enter(session, activity_id)
    return render(
        "discussion/overview.html",
        bar=activity_bar(sight.member, activity, "discussion.overview"),
        activity=activity,
        overview=get_overview(session, activity, sight.member, now=sight.now),
        waiting=count_waiting(session, sight),
        backlog=backlog(session, sight.member.course, now=sight.now),
        link=link_to,
        byline=lambda post: byline(post, sight.member),
        name_of=name_of,
    )


def _refuse(sight: Sight, thread_id: uuid.UUID, error: InvalidInputError | ConflictError) -> ResponseReturnValue:
    """Show the thread again with what is wrong, on the page that its kind of activity has for it."""
    page: ResponseReturnValue = current_app.extensions["kring_thread_pages"][sight.activity.kind](
        sight, thread_id, error
    )
    return page


def _starter() -> dict[str, str]:
    openings = starters()
    chosen = request.args.get("starter", type=int)
    return openings[chosen] if chosen is not None and 0 <= chosen < len(openings) else {}


def _note_copy(sight: Sight) -> dict[str, str]:
    """Return what the form begins with where a note is to be shared: the member's own words, and what they choose."""
    asked = request.args.get("note", type=uuid.UUID)
    if asked is None:
        return {}
    note = notebook.get_note(current_session(), sight.member, asked)
    return {"note": str(note.id), "body": note.body}


def _errors(error: InvalidInputError | ConflictError) -> dict[str, list[str]]:
    return error.errors if isinstance(error, InvalidInputError) else {"body": [str(error)]}


def _is_looked_at() -> bool:
    """Whether somebody will see this answer: browsers also ask ahead of a click that may never come."""
    return request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def _note(sight: Sight, page: reading.Reading) -> None:
    """Note that the new posts of a page were seen; in a session of its own, so that reading takes no write lock."""
    with writing_session() as session:
        marking.mark_read(session, sight, page.thread, [shown.post.id for shown in page.posts if shown.is_new])
        session.commit()
