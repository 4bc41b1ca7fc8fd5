"""The pages of the notebook. Each is its owner's: what belongs to somebody else is not there."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.pages import visit_bar
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.notebook import reading, services
from connector.notebook.models import Note
from connector.notebook.pages import form_page, list_page, note_context
from connector.notebook.schemas import AgreeForm, NoteForm
from connector.notebook.writing_out import write_out
from connector.privacy.models import Purpose
from connector.privacy.services import decide, has_agreed
from connector.threads.access import get_post, look, may_read
from connector.threads.models import Post
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load, now
from connector.web.security import no_store
from connector.web.sessions import current_launch, launch_blueprint

blueprint = launch_blueprint("notebook", __name__, url_prefix="/s/<sid>/notebook")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """List one's notes, or those that one looks for."""
    session = current_session()
    return list_page(session, _owner(session))


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show the form for a note, about a post or about nothing."""
    session = current_session()
    member = _owner(session)
    return form_page(session, member, post=_post(session, member, request.args.get("post")))


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Write a note."""
    session = current_session()
    member = _owner(session)
    post = _post(session, member, request.form.get("post"))
    try:
        form = load(NoteForm())
        note = services.add_note(
            session,
            member,
            form["body"],
            key=form["idempotency_key"],
            now=now(),
            activity_id=current_launch().activity_id,
            post=post,
            quotation=form["quotation"],
        )
    except (InvalidInputError, ConflictError) as error:
        session.rollback()  # nothing of what was refused may show on the page
        if prefers_json():
            raise
        return form_page(session, member, post=post, typed=request.form.to_dict(), error=error)
    services.let_go(session, member, note, is_new=True)
    session.commit()
    return _to(note)


@blueprint.get("/<uuid:note_id>")
def show(note_id: uuid.UUID) -> ResponseReturnValue:
    """Show a note."""
    session = current_session()
    member, note = _own(session, note_id)
    return render(
        "notebook/note.html",
        bar=visit_bar(session, member, "notebook.index"),
        places=services.places_to_share(session, member),
        **note_context(session, member, note),
    )


@blueprint.get("/<uuid:note_id>/edit")
def edit(note_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form that changes a note."""
    session = current_session()
    member, note = _own(session, note_id)
    return form_page(session, member, note=note, post=_readable(session, member, note))


@blueprint.post("/<uuid:note_id>/edit")
def change(note_id: uuid.UUID) -> ResponseReturnValue:
    """Change a note."""
    session = current_session()
    member, note = _own(session, note_id)
    post = _readable(session, member, note)
    try:
        form = load(NoteForm())
        services.change_note(session, note, form["body"], now=now(), post=post, quotation=form["quotation"])
    except InvalidInputError as error:
        session.rollback()  # nothing of what was refused may show on the page
        if prefers_json():
            raise
        return form_page(session, member, note=note, post=post, typed=request.form.to_dict(), error=error)
    services.let_go(session, member, note)
    session.commit()
    return _to(note)


@blueprint.post("/<uuid:note_id>/throw-away")
def throw_away(note_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a note."""
    session = current_session()
    _member, note = _own(session, note_id)
    services.throw_away(session, note)
    session.commit()
    return redirect(url_for("notebook.index", done="gone"), HTTPStatus.SEE_OTHER)


@blueprint.get("/copy")
def download() -> ResponseReturnValue:
    """Give the whole notebook to its owner, as a text."""
    session = current_session()
    member = _owner(session)
    notes = reading.list_all(session, member, now=now())
    response: Response = make_response(write_out(notes, member))
    response.headers["Content-Type"] = "text/markdown; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="notebook.md"'
    return no_store(response)


@blueprint.post("/recording")
def agree() -> ResponseReturnValue:
    """Let be recorded, or no longer, that one wrote for oneself."""
    session = current_session()
    member = _owner(session)
    is_agreed = load(AgreeForm())["is_agreed"]
    if is_agreed != has_agreed(session, member.person, Purpose.PRIVATE_EVENTS):
        decide(session, member.person, Purpose.PRIVATE_EVENTS, is_given=is_agreed, now=now())
    session.commit()
    return redirect(url_for("notebook.index", done="agreed"), HTTPStatus.SEE_OTHER)


def _owner(session: Session) -> Membership:
    """Return the member, who has a notebook.

    Raises:
        NotFoundError: They only look on.
    """
    member = current_member(session)
    if not member.can_write:
        raise NotFoundError
    return member


def _own(session: Session, note_id: uuid.UUID) -> tuple[Membership, Note]:
    member = _owner(session)
    return member, services.get_note(session, member, note_id)


def _post(session: Session, member: Membership, named: Any) -> Post | None:
    """Return the post that a note is to be about; None where none is named.

    Raises:
        NotFoundError: There is none that the member may read.
    """
    if not named:
        return None
    try:
        post = session.get(Post, uuid.UUID(str(named)))
    except ValueError as error:
        raise NotFoundError from error
    if post is None or post.thread.activity.course_id != member.course_id:
        raise NotFoundError
    sight = look(session, member, post.thread.activity, now=now())
    found = get_post(session, sight, post.id)
    if not may_read(sight, found):
        raise NotFoundError
    return found


def _readable(session: Session, member: Membership, note: Note) -> Post | None:
    """Return what a note is about, where its owner may still read that."""
    (seen,) = reading.see(session, member, [note], now=now())
    return seen.post


def _to(note: Note) -> ResponseReturnValue:
    return redirect(url_for("notebook.show", note_id=note.id), HTTPStatus.SEE_OTHER)
