"""What the pages of the notebook show: the list, one note, and the form for one."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from connector.activities.pages import visit_bar
from connector.content.composing import draft_context
from connector.content.text import BODY_LIMIT
from connector.courses.models import Membership
from connector.notebook import reading
from connector.notebook.models import Note
from connector.notebook.places import edit_place, new_place
from connector.notebook.quoting import LIMIT, words_of
from connector.notebook.reading import Show
from connector.notebook.schemas import LINK, WORDS
from connector.privacy.models import Purpose
from connector.privacy.services import has_agreed
from connector.threads.bylines import byline
from connector.threads.models import Post
from connector.web.errors import ConflictError, InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import now


def list_page(session: Session, member: Membership) -> Response:
    """Return a page of one's notes."""
    show, words = _show(), request.args.get("q", "").strip()
    activity_id = request.args.get("activity", type=uuid.UUID)
    page = request.args.get("page", 1, type=int)
    found = reading.list_notes(session, member, now=now(), show=show, words=words, activity_id=activity_id, page=page)
    asked: Mapping[str, Any] = {"show": show, "q": words, "activity": activity_id}
    return render(
        "notebook/index.html",
        bar=visit_bar(session, member, "notebook.index"),
        found=found,
        show=show,
        shows=_shows(),
        words=words,
        activity_id=activity_id,
        address=lambda **change: _address(**{**asked, **change}),
        may_be_told=member.person.is_recorded,
        is_agreed=has_agreed(session, member.person, Purpose.PRIVATE_EVENTS),
        toasts=_toasts(),
        **_shared(member),
    )


def note_context(session: Session, member: Membership, note: Note) -> dict[str, Any]:
    """Return what the page of a note shows."""
    (seen,) = reading.see(session, member, [note], now=now())
    return {"seen": seen, "note": note, **_shared(member)}


def form_page(
    session: Session,
    member: Membership,
    *,
    note: Note | None = None,
    post: Post | None = None,
    typed: Mapping[str, str] | None = None,
    error: InvalidInputError | ConflictError | None = None,
) -> Response:
    """Return the form for a note.

    Args:
        note: The one that is changed; None for a new one.
        post: What it is about, where that can be read.
        typed: What was sent, where it was refused.
    """
    place = edit_place(note.id) if note else new_place(post.id if post else None)
    return render(
        "notebook/form.html",
        status=error.status if error else HTTPStatus.OK,
        bar=visit_bar(session, member, "notebook.index"),
        note=note,
        post=post,
        typed=typed or _before(note, post),
        errors=error.errors if isinstance(error, InvalidInputError) else {},
        conflict=error.learner if isinstance(error, ConflictError) else None,
        key=uuid.uuid4(),
        limits={"body": BODY_LIMIT, "quotation": LIMIT},
        composer=draft_context(session, member, place, is_retyped=error is not None),
        **_shared(member),
    )


def _before(note: Note | None, post: Post | None) -> dict[str, str]:
    """Return what a form begins with."""
    offered = words_of(post) if post else ""
    if note is None:
        return {"keeps": LINK, "quotation": offered}
    return {"body": note.body, "keeps": WORDS if note.quotation else LINK, "quotation": note.quotation or offered}


def _shared(member: Membership) -> dict[str, Any]:
    return {"member": member, "byline": lambda post: byline(post, member), "path": _path}


def _path(post: Post) -> str:
    return url_for(f"{post.thread.activity.kind}.find_post", activity_id=post.activity_id, post_id=post.id)


def _address(**asked: Any) -> str:
    always = {"show": Show.ALL, "page": 1, "q": ""}
    told = {name: str(value) for name, value in asked.items() if value is not None and value != always.get(name)}
    return url_for("notebook.index", **told)  # type: ignore[arg-type]


def _show() -> Show:
    try:
        return Show(request.args.get("show", ""))
    except ValueError:
        return Show.ALL


def _shows() -> dict[Show, str]:
    return {
        Show.ALL: _("All"),
        Show.POSTS: _("On posts"),
        Show.OWN: _("On their own"),
        Show.SHARED: _("Shared"),
    }


def _toasts() -> list[str]:
    told = {"gone": _("The note is thrown away."), "agreed": _("Saved.")}
    done = request.args.get("done", "")
    return [told[done]] if done in told else []
