"""What the pages about groups share: who may open them, what they tell after a change, and the words for things."""

import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, request, url_for
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session
from werkzeug import Response

from connector.activities.models import Activity
from connector.activities.services import get_activity
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.groups.building import ROLE, SEEN
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.requests import current_session

PREFIX = "/s/<sid>/activities/<uuid:activity_id>/groups"
_TOLD: Mapping[str, Callable[[], str]] = {
    "saved": lambda: _("Saved."),
    "made": lambda: _("The groups are there."),
    "moved": lambda: _("Moved."),
    "placed": lambda: _("They have a group now."),
    "dissolved": lambda: _("Dissolved. What was written stays, and you can bring it back."),
    "restored": lambda: _("It is back."),
    "joined": lambda: _("You are in."),
    "asked": lambda: _("Your trainer is asked. You find the answer here."),
    "withdrawn": lambda: _("You have taken it back."),
    "left": lambda: _("You have left the group."),
}
"""What a page says when a form led to it, by the word in its address."""


def enter(activity_id: uuid.UUID) -> tuple[Session, Membership, Activity]:
    """Return the session, who asks, and the activity that they come from."""
    session = current_session()
    member = current_member(session)
    return session, member, get_activity(session, member, activity_id)


def lead(activity_id: uuid.UUID) -> tuple[Session, Membership, Activity]:
    """Return the same for who leads the course.

    Raises:
        NotFoundError: They do not.
    """
    session, member, activity = enter(activity_id)
    if not member.is_staff:
        raise NotFoundError
    return session, member, activity


def load_lists(schema: Schema, *lists: str) -> dict[str, Any]:
    """Return the request's form, checked; with the fields that may be there several times as lists.

    Raises:
        InvalidInputError: A field is missing or wrong, with a sentence for each.
    """
    typed: dict[str, Any] = request.form.to_dict()
    typed |= {name: request.form.getlist(name) for name in lists}
    try:
        form: dict[str, Any] = schema.load(typed)
    except ValidationError as error:
        # Of a list, marshmallow says which item is wrong.
        told = {
            name: each if isinstance(each, list) else [_("Choose again.")] for name, each in error.messages_dict.items()
        }
        raise InvalidInputError(told) from error
    return form


def to(endpoint: str, activity: Activity, *, told: str, **values: Any) -> Response:
    """Lead to a page that tells what came of a form."""
    address = url_for(endpoint, activity_id=activity.id, told=told, **values)
    return redirect(address, HTTPStatus.SEE_OTHER)


def toasts() -> list[str]:
    """Return what the page tells of the form that led to it."""
    sentence = _TOLD.get(request.args.get("told", ""))
    return [sentence()] if sentence else []


def trait_label(trait: str, set_names: Mapping[str, str]) -> str:
    """Return a trait in words; a set that is gone goes by no name."""
    words = {ROLE: _("Role"), SEEN: _("Been here or not yet")}
    return words.get(trait) or set_names.get(trait) or _("Groups that are gone")
