"""What the composer asks for while somebody writes: drafts, a preview, and names to address."""

import uuid
from http import HTTPStatus

from flask import current_app, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.services import find_activity, is_there, is_used
from connector.content import drafts, markdown, mentions
from connector.content.addressees import Addressee
from connector.content.composing import draft_answer
from connector.content.models import Everyone, Mentions
from connector.content.prose import prose
from connector.content.schemas import DraftForm, PreviewForm
from connector.content.text import BODY_LIMIT
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.courses.people import role_in_words
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, load, now
from connector.web.security import no_store
from connector.web.sessions import current_launch, launch_blueprint

blueprint = launch_blueprint("content", __name__, url_prefix="/s/<sid>")
_PLACE_LIMIT = 120


@blueprint.get("/drafts/<place>")
def get_draft(place: str) -> ResponseReturnValue:
    """Return what this member typed at a place."""
    session = current_session()
    return draft_answer(drafts.get_draft(session, current_member(session), _checked(place)))


@blueprint.put("/drafts/<place>")
@blueprint.post("/drafts/<place>")
def save_draft(place: str) -> ResponseReturnValue:
    """Store what this member typed at a place; by POST, since a page that is being closed can send nothing else."""
    session = current_session()
    member = current_member(session)
    form = load(DraftForm())
    try:
        draft = drafts.save_draft(session, member, _checked(place), form["fields"], base=form["base"], now=now())
    except drafts.DraftConflictError as error:
        session.commit()  # the text that came too late is kept as well
        return draft_answer(error.draft, HTTPStatus.CONFLICT)
    for note in current_app.extensions["kring_drafted"]:
        note(session, member, place, form["fields"], now=now())
    session.commit()
    return no_store(jsonify(revision=draft.revision))


@blueprint.delete("/drafts/<place>")
def discard_draft(place: str) -> ResponseReturnValue:
    """Throw away what this member typed at a place."""
    session = current_session()
    drafts.discard_draft(session, current_member(session), _checked(place))
    session.commit()
    return "", HTTPStatus.NO_CONTENT


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """Show a text as it would look, and store nothing."""
    session = current_session()
    member = current_member(session)
    body = load(PreviewForm())["body"]
    if len(body) > BODY_LIMIT:
        raise InvalidInputError({"body": [_("This text is too long to be shown.")]})
    try:
        named = mentions.resolve(
            session, member.course, body, by=member, now=now(), activity=_activity(session, member)
        )
    except InvalidInputError:
        named = Mentions()  # said when it is sent: a preview is for looking
    shown = prose(markdown.render(body, named.labels))
    session.rollback()
    return no_store(make_response(str(shown)))


@blueprint.get("/mentions")
def suggest() -> ResponseReturnValue:
    """Suggest people, groups and roles whose names begin as somebody types."""
    session = current_session()
    member = current_member(session)
    typed = request.args.get("q", "")
    activity = _activity(session, member)
    is_known = is_there(member, activity) if activity else bool(session.scalar(select(is_used(member))))
    found = mentions.suggest(session, member.course, member, typed, activity) if is_known else ()
    options = [{"value": f"@{each.label}", "name": each.name, "note": _note(each)} for each in found]
    if prefers_json():
        return no_store(jsonify(options))
    return render("content/mentions.html", options=options)


def _note(addressee: Addressee) -> str:
    """Return what tells an addressee from others: the role of people, or what else it is."""
    if addressee.target is Everyone.TRAINERS:
        return _("Those who lead the course")
    if addressee.target is Everyone.EVERYONE:
        return _("All people of the course")
    if addressee.is_group:
        return _("Group")
    code = addressee.label.removeprefix(addressee.name).removeprefix("#")
    role = role_in_words(addressee.role) if addressee.role else None
    return " · ".join(filter(None, [role, code]))


def _activity(session: Session, member: Membership) -> Activity | None:
    """Return the activity that somebody writes in: the one that is named, else the one that they came to.

    Raises:
        NotFoundError: The one that is named is not of their course.
    """
    named = request.args.get("activity", type=uuid.UUID) or current_launch().activity_id
    return find_activity(session, member, named) if named else None


def _checked(place: str) -> str:
    if len(place) > _PLACE_LIMIT or not place.isprintable():
        raise NotFoundError
    return place
