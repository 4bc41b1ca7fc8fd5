"""Where the author of a private thread sees what the course would see of it, and agrees or not."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from connector.activities.pages import activity_bar
from connector.activities.services import get_threaded
from connector.content import markdown
from connector.content.text import BODY_LIMIT, TITLE_LIMIT, is_blank
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import name_of, role_of
from connector.moderation import proposing
from connector.moderation.models import Answer, Proposal
from connector.moderation.publishing import ALIAS, Copy, Part, draft_copy, publish
from connector.threads.addresses import link_to
from connector.threads.bylines import alias_name
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("proposals", __name__, url_prefix="/s/<sid>/discussions/<uuid:activity_id>/proposals")
ANONYMOUS, NAMED = "anonymous", "named"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the author wants of the copy."""

    way: str
    """`ANONYMOUS`, `NAMED`, or empty where nothing was chosen yet."""
    title: str | None
    bodies: Mapping[uuid.UUID, str]


@blueprint.get("/<uuid:proposal_id>")
def show(activity_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Show what is wished, and the form with which the author chooses."""
    session = current_session()
    proposal = _find(session, activity_id, proposal_id)
    if proposal.answer is not Answer.WAITING:
        return _to_thread(proposal)
    return _form_page(session, proposal, Typed("", None, {}))


@blueprint.post("/<uuid:proposal_id>")
def look_over(activity_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Show exactly what the others would see; or go back to change it."""
    session = current_session()
    proposal = _find(session, activity_id, proposal_id)
    if proposal.answer is not Answer.WAITING:
        return _to_thread(proposal)
    typed = _typed()
    if request.form.get("again"):
        return _form_page(session, proposal, typed)
    copy = _draft(session, proposal, typed)
    errors = _errors(typed, copy)
    if errors:
        return _form_page(session, proposal, typed, errors=errors)
    return _look_page(proposal, typed, copy)


@blueprint.post("/<uuid:proposal_id>/publish")
def agree(activity_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Open what the author has just looked at to the course."""
    session = current_session()
    proposal = _find(session, activity_id, proposal_id)
    typed = _typed()
    copy = _draft(session, proposal, typed)
    if errors := _errors(typed, copy):
        return _form_page(session, proposal, typed, errors=errors)
    try:
        made = publish(session, proposal, copy, seen=request.form.get("seen", ""), now=now())
    except ConflictError as error:
        session.rollback()
        proposal = _find(session, activity_id, proposal_id)
        if proposal.answer is not Answer.WAITING:
            return _to_thread(proposal)
        return _look_page(proposal, typed, _draft(session, proposal, typed), conflict=error.learner)
    session.commit()
    there = link_to(made)
    return redirect(there, HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:proposal_id>/decline")
def decline(activity_id: uuid.UUID, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the thread private."""
    session = current_session()
    proposal = _find(session, activity_id, proposal_id)
    proposing.decline(session, proposal, now=now())
    session.commit()
    return _to_thread(proposal)


def _find(session: Session, activity_id: uuid.UUID, proposal_id: uuid.UUID) -> Proposal:
    """Return what is wished of the member's own thread.

    Raises:
        NotFoundError: It is nobody's, somebody else's, or stands elsewhere.
        NotOpenError: The activity is switched off.
    """
    member = current_member(session)
    get_threaded(session, member, activity_id)
    proposal = proposing.get_proposal(session, member, proposal_id)
    if proposal.thread.activity_id != activity_id:
        raise NotFoundError
    return proposal


def _typed() -> Typed:
    form = request.form
    way = form.get("way", "")
    bodies = {}
    for name, text in form.items():
        if name.startswith("body-"):
            try:
                bodies[uuid.UUID(name.removeprefix("body-"))] = text
            except ValueError:
                continue
    return Typed(way if way in {ANONYMOUS, NAMED} else "", form.get("title"), bodies)


def _draft(session: Session, proposal: Proposal, typed: Typed) -> Copy:
    return draft_copy(session, proposal, is_anonymous=typed.way != NAMED, title=typed.title, bodies=typed.bodies)


def _errors(typed: Typed, copy: Copy) -> dict[str, list[str]]:
    errors = {}
    if not typed.way:
        errors["way"] = [_("Choose whether your name stands there.")]
    if is_blank(copy.title):
        errors["title"] = [_("Give it a title.")]
    elif len(copy.title) > TITLE_LIMIT:
        errors["title"] = [_("This is too long; %(limit)s characters fit.", limit=TITLE_LIMIT)]
    for number, part in enumerate(copy.parts):
        name = f"body-{part.original.id}"
        if part.is_own and number == 0 and is_blank(part.body):
            errors[name] = [_("Write something first.")]
        elif part.is_own and len(part.body) > BODY_LIMIT:
            errors[name] = [_("This is too long; %(limit)s characters fit.", limit=BODY_LIMIT)]
    return errors


def _form_page(
    session: Session, proposal: Proposal, typed: Typed, *, errors: dict[str, list[str]] | None = None
) -> Response:
    """Return the form; it shows the texts as they stand in the private thread, or as they were typed."""
    whole = draft_copy(session, proposal, is_anonymous=False)
    return render(
        "moderation/proposal.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        typed=typed,
        title=typed.title if typed.title is not None else proposal.thread.title,
        text_of=lambda part: typed.bodies.get(part.original.id, part.body),
        copy=whole,
        errors=errors or {},
        limits={"title": TITLE_LIMIT, "body": BODY_LIMIT},
        **_shared(proposal, is_anonymous=typed.way == ANONYMOUS),
    )


def _look_page(proposal: Proposal, typed: Typed, copy: Copy, *, conflict: str | None = None) -> Response:
    return render(
        "moderation/proposal_look.html",
        status=HTTPStatus.CONFLICT if conflict else HTTPStatus.OK,
        typed=typed,
        copy=copy,
        conflict=conflict,
        kept={
            "way": typed.way,
            "title": typed.title or "",
            "seen": copy.seen,
            **{f"body-{id_}": text for id_, text in typed.bodies.items()},
        },
        shown=lambda part: Markup(markdown.render(part.body)),  # noqa: S704 -- sanitised there
        **_shared(proposal, is_anonymous=copy.is_anonymous),
    )


def _shared(proposal: Proposal, *, is_anonymous: bool) -> dict[str, Any]:
    member = current_member(current_session())
    return {
        "bar": activity_bar(member, proposal.thread.activity, "discussion.index"),
        "proposal": proposal,
        "thread": proposal.thread,
        "member": member,
        "name_of": name_of,
        "called": lambda part: _called(part, member, is_anonymous=is_anonymous),
        "role_of": lambda part: role_of(part.original.author),
    }


def _called(part: Part, member: Membership, *, is_anonymous: bool) -> str:
    """Return the name that a post of the copy stands under."""
    return (
        alias_name(ALIAS)
        if part.is_own and is_anonymous
        else name_of(part.original.author if not part.is_own else member)
    )


def _to_thread(proposal: Proposal) -> ResponseReturnValue:
    thread = proposal.thread
    there = link_to(thread)
    return redirect(there, HTTPStatus.SEE_OTHER)
