"""Whom a member may address in a text, and by which names."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from connector.activities.models import Activity, GroupMode
from connector.content.models import Everyone
from connector.content.text import normalise_line
from connector.courses.groups import is_used
from connector.courses.models import STAFF, Course, Group, GroupMember, Membership, Person, Role
from connector.web.i18n import gettext as _

_MEET_ALL = STAFF | {Role.EXPERT, Role.OBSERVER}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody, a group or a role, and the name that addresses it."""

    label: str
    """What follows the @; with the member's code behind a # where two have the same name."""
    name: str
    target: uuid.UUID | Everyone
    """The id of the membership or of the group."""
    role: Role | None = None
    """Of people; None for groups and roles."""
    is_group: bool = False


def list_addressees(
    session: Session, course: Course, by: Membership, activity: Activity | None = None
) -> Sequence[Addressee]:
    """Return whom a member may address: two queries.

    Everybody may address people and those who lead the course; groups, their own ones; who leads the course may
    address every group, and everybody at once. Where groups are separate, nobody addresses people of others.

    Args:
        activity: Where the text is written; None where its groups mean nothing.
    """
    people = session.execute(_people(course, _met_by(by, activity))).all()
    names = [(row.id, _name(row.id, row.name), row.role) for row in people]
    groups = [(row.id, normalise_line(row.name)) for row in session.execute(_groups(course, by))]
    # People come first: a group that is called like somebody is not addressed by that name.
    shared = Counter(name.casefold() for _id, name, _role in names)
    shared_by_groups = Counter(name.casefold() for _id, name in groups)
    found = [
        Addressee(name if shared[name.casefold()] == 1 else f"{name}#{_code(id_)}", name, id_, role=role)
        for id_, name, role in names
    ]
    found += [
        Addressee(name, name, id_, is_group=True)
        for id_, name in groups
        if shared_by_groups[name.casefold()] == 1 and not shared[name.casefold()]
    ]
    words = _words()
    roles = [Addressee(word, word, role) for word, role in words.items() if role in _open_to(by)]
    return [*roles, *(each for each in found if each.name and each.label.casefold() not in words)]


def _people(course: Course, met: ColumnElement[bool]) -> Select[uuid.UUID, str | None, Role]:
    return (
        select(Membership.id, Person.name, Membership.role)
        .join(Membership.person)
        .where(
            Membership.course_id == course.id,
            Membership.is_active,
            Membership.role != Role.TEST_STUDENT,
            Person.erased_at.is_(None),
            met,
        )
        .order_by(Person.name, Membership.id)
    )


def _met_by(by: Membership, activity: Activity | None) -> ColumnElement[bool]:
    """Return the condition that `by` meets somebody in an activity: where groups are separate, those of their own."""
    if activity is None or activity.group_mode is not GroupMode.SEPARATE or by.role in _MEET_ALL:
        return true()
    own = (
        select(GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.membership_id == by.id, is_used())
    )
    if activity.group_set_id is not None:
        own = own.where(Group.set_id == activity.group_set_id)
    together = select(GroupMember.membership_id).where(GroupMember.group_id.in_(own))
    return or_(Membership.role.in_(_MEET_ALL), Membership.id.in_(together))


def _groups(course: Course, by: Membership) -> Select[uuid.UUID, str]:
    query = select(Group.id, Group.name).where(Group.course_id == course.id, is_used()).order_by(Group.name)
    if by.role in STAFF:
        return query
    return query.join(GroupMember, GroupMember.group_id == Group.id).where(GroupMember.membership_id == by.id)


def _open_to(by: Membership) -> frozenset[Everyone]:
    return frozenset(Everyone) if by.is_staff else frozenset({Everyone.TRAINERS})


def _words() -> dict[str, Everyone]:
    """Return the words for roles: those of the reader's language, and those that are the same for all."""
    return {
        _("trainers"): Everyone.TRAINERS,
        _("everyone"): Everyone.EVERYONE,
        **{everyone.value: everyone for everyone in Everyone},
    }


def _name(id_: uuid.UUID, name: str | None) -> str:
    return normalise_line(name or "") or _("Member %(code)s", code=_code(id_))


def _code(id_: uuid.UUID) -> str:
    return id_.hex[:4].upper()
