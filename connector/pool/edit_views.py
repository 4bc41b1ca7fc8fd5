"""Writing in the pool: new entries, changes, and proposals of those who may not change."""

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from connector.content.drafts import discard_draft
from connector.courses.access import current_member
from connector.pool import reading, services
from connector.pool.access import check_keeper, get_entry, may_keep, may_propose
from connector.pool.making import Text, entry_tags
from connector.pool.pages import blueprint, form_page, home_of, typed_of_request
from connector.pool.schemas import EntryForm, review_at_of
from connector.pool.services import REVIEW_AFTER
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.requests import current_session, load, now


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show the form for a new entry."""
    session = current_session()
    member = current_member(session)
    check_keeper(member)
    home_of(session, member)
    return form_page(session, member, None, {"review_on": (now() + REVIEW_AFTER).date().isoformat()})


@blueprint.post("/new")
def write() -> ResponseReturnValue:
    """Write an entry."""
    session = current_session()
    member = current_member(session)
    check_keeper(member)
    place = home_of(session, member)
    try:
        form, text, review_at = _read()
        at = review_at or now() + REVIEW_AFTER
        entry = services.write(session, place, member, text, review_at=at, key=form["idempotency_key"], now=now())
    except InvalidInputError as error:
        session.rollback()
        return form_page(session, member, None, typed_of_request(), error)
    discard_draft(session, member, f"pool {member.course_id}")
    session.commit()
    return redirect(url_for("pool.show", entry_id=entry.id, done="saved"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:entry_id>/edit")
def edit(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form that changes an entry, or proposes to."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    if not may_keep(member) and not may_propose(member):
        raise NotFoundError
    own = None if may_keep(member) else reading.own_proposal(session, entry, member)
    tags = entry_tags(session, [entry.id]).get(entry.id, [])
    review_at = entry.review_at if entry.review_at > now() else now() + timedelta(days=180)
    typed = {
        "title": own.title if own else entry.title,
        "body": own.body if own else entry.body,
        "reason": own.reason if own else "",
        "tags": ", ".join(tags),
        "language": entry.language or "",
        "version": str(entry.version),
        "review_on": review_at.date().isoformat(),
    }
    return form_page(session, member, entry, typed)


@blueprint.post("/<uuid:entry_id>/edit")
def change(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Change an entry, or propose to."""
    session = current_session()
    member = current_member(session)
    entry = get_entry(session, member, entry_id)
    if not may_keep(member) and not may_propose(member):
        raise NotFoundError
    try:
        form, text, review_at = _read()
        if may_keep(member):
            services.change(session, entry, member, text, version=form["version"], review_at=review_at, now=now())
        else:
            services.propose(session, entry, member, text, form["reason"], now=now())
    except (InvalidInputError, ConflictError) as error:
        session.rollback()
        return form_page(session, member, entry, typed_of_request(), error)
    discard_draft(session, member, f"pool {entry.id}")
    session.commit()
    done = "saved" if may_keep(member) else "proposed"
    return redirect(url_for("pool.show", entry_id=entry.id, done=done), HTTPStatus.SEE_OTHER)


def _read() -> tuple[dict[str, Any], Text, Any]:
    """Return the form, the text in it, and when to look at it again.

    Raises:
        InvalidInputError: A field is wrong.
    """
    form = load(EntryForm())
    try:
        review_at = review_at_of(form, now=now())
    except ValidationError as error:
        raise InvalidInputError({"review_on": [str(each) for each in error.messages]}) from error
    text = Text(title=form["title"], body=form["body"], tags=form["tags"], language=form["language"])
    return form, text, review_at
