"""Who can be told of something, and what they want to hear of the place that it happens in."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from connector.courses.models import Membership, Person, Role
from connector.notifications.models import Level, Scope, Subscription

MAILED_ROLES: Final = frozenset({Role.LEARNER, Role.TRAINER, Role.ASSISTANT, Role.EXPERT})
"""Observers look on, and test students are a trainer's second self: the bell is enough for them."""
DEFAULTS: Final[Mapping[Role, Level]] = {
    Role.LEARNER: Level.THREADS,
    Role.TRAINER: Level.THREADS,
    Role.ASSISTANT: Level.THREADS,
    Role.EXPERT: Level.MENTIONS,
    Role.OBSERVER: Level.MENTIONS,
    Role.TEST_STUDENT: Level.THREADS,
}
"""What holds for a course until somebody says otherwise."""

Places = Sequence[tuple[Scope, uuid.UUID]]
"""A place and the wider ones that it stands in, the narrowest first."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member who can be told of something."""

    id: uuid.UUID
    """Of the membership."""
    person_id: uuid.UUID
    is_mailed: bool
    """Whether mail can reach them."""
    level: Level
    """What they want to be told of the place that it happens in."""


def find_recipients(
    session: Session, course_id: uuid.UUID, places: Places, who: ColumnElement[bool]
) -> Mapping[uuid.UUID, Recipient]:
    """Return those members of a course who can be told of what happens in a place, with what they want to hear of it; one query.

    Args:
        who: A condition on `Membership`.
    """
    said = and_(Subscription.member_id == Membership.id, _within(places))
    rows = session.execute(
        _people(course_id).add_columns(Subscription.scope, Subscription.level).outerjoin(Subscription, said).where(who)
    )
    rank = {scope: number for number, (scope, _id) in enumerate(places)}
    found: dict[uuid.UUID, Recipient] = {}
    narrowest: dict[uuid.UUID, int] = {}
    for row in rows:
        place = rank.get(row.scope, len(rank))
        if place < narrowest.get(row.id, len(rank) + 1):
            narrowest[row.id] = place
            found[row.id] = _recipient(row, row.level or DEFAULTS[row.role])
    return found


def followers(session: Session, places: Places) -> set[uuid.UUID]:
    """Return the ids of those who want to be told of everything in a place or in a wider one, as far as they said so there.

    Few, of many: whoever tells of something that only they hear of begins with them, and looks at their `level` then.
    """
    said = select(Subscription.member_id).where(_within(places), Subscription.level == Level.EVERYTHING)
    return set(session.scalars(said))


def _people(course_id: uuid.UUID) -> Select[uuid.UUID, Role, uuid.UUID, str | None]:
    return (
        select(Membership.id, Membership.role, Membership.person_id, Person.email)
        .join(Membership.person)
        .where(Membership.course_id == course_id, Membership.is_active, Person.erased_at.is_(None))
    )


def _recipient(row: Any, level: Level) -> Recipient:
    return Recipient(row.id, row.person_id, bool(row.email) and row.role in MAILED_ROLES, level)


def _within(places: Places) -> ColumnElement[bool]:
    return Subscription.scope_id.in_([id_ for _scope, id_ in places])  # an id says of what it is
