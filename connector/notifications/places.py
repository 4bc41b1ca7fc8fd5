"""What a subscription is about: found through the door of whoever owns it, so that nobody follows what they may not see."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import tincan
from flask import current_app
from sqlalchemy.orm import Session

from connector.activities.services import find_activity
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.notifications.models import Level, Scope
from connector.notifications.services import set_level
from connector.web.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something that can be followed."""

    title: str
    endpoint: str
    """Where it is shown within a visit."""
    values: Mapping[str, Any] = field(default_factory=dict)
    tell: Callable[[bool, datetime], tincan.Statement] | None = None
    """Makes the statement that the member follows it, or no longer does; None where none is made."""


Door: TypeAlias = Callable[[Session, Membership, uuid.UUID], Place]
"""Raises `NotFoundError` for what the member may not see."""


def get_place(session: Session, member: Membership, scope: Scope, id_: uuid.UUID) -> Place:
    """Return a place that a member may see.

    Raises:
        NotFoundError: It does not exist, or is not theirs to see.
    """
    door = _doors().get(scope)
    if door is None:
        raise NotFoundError
    return door(session, member, id_)


def subscribe(
    session: Session, member: Membership, scope: Scope, id_: uuid.UUID, level: Level | None, *, now: datetime
) -> Place:
    """Note what a member wants to be told of a place, and tell of it where they begin or cease to follow a thread.

    Raises:
        NotFoundError: The place does not exist, or is not theirs to see.
    """
    place = get_place(session, member, scope, id_)
    before = set_level(session, member.id, scope, id_, level, now=now)
    follows, followed = level is Level.EVERYTHING, before is Level.EVERYTHING
    if place.tell is not None and follows != followed:
        record(session, place.tell(follows, now), by=member, now=now)
    return place


def _doors() -> Mapping[Scope, Door]:
    """Return the doors: those of courses and activities, and what the application adds."""
    more: Mapping[Scope, Door] = current_app.extensions.get("kring_places", {})
    return {Scope.COURSE: _course, Scope.ACTIVITY: _activity, **more}


def _course(_session: Session, member: Membership, id_: uuid.UUID) -> Place:
    if id_ != member.course_id:
        raise NotFoundError
    return Place(title=member.course.title, endpoint="course.index")


def _activity(session: Session, member: Membership, id_: uuid.UUID) -> Place:
    activity = find_activity(session, member, id_)
    if not activity.is_open:
        raise NotFoundError
    return Place(title=activity.title, endpoint=f"{activity.kind}.index", values={"activity_id": activity.id})
