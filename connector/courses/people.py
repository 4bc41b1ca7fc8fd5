"""What pages say of people: names, roles, lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.groups import is_used
from connector.courses.models import Course, Group, GroupMember, Membership, Person, Role
from connector.web.i18n import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody in a list of people."""

    member: Membership
    groups: tuple[str, ...]


def name_of(member: Membership) -> str:
    """Return what pages call a member; where the LMS keeps names to itself, an alias that stays the same."""
    if member.person.erased_at is not None:
        return _("Former member")
    return member.person.name or _("Member %(code)s", code=member.id.hex[:4].upper())


def role_of(member: Membership) -> str | None:
    """Return a member's role in words; None for learners, who are most."""
    return _("Invited expert") if member.person.is_guest else role_in_words(member.role)


def role_in_words(role: Role) -> str | None:
    """Return what pages call a role; None for learners."""
    if role is Role.LEARNER:
        return None
    roles = {
        Role.TRAINER: _("Trainer"),
        Role.ASSISTANT: _("Assistant"),
        Role.EXPERT: _("Expert"),
        Role.OBSERVER: _("Observer"),
        Role.TEST_STUDENT: _("Test student"),
    }
    return roles[role]


def list_people(session: Session, course: Course) -> Sequence[Listed]:
    """Return everybody of a course, those who left last; by name. Who was invited from outside is none of them."""
    members = session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.course_id == course.id, Person.is_guest.is_(False))
        .options(joinedload(Membership.person))
        .order_by(Membership.is_active.desc(), Person.name, Membership.id)
    ).all()
    enrolled = session.execute(
        select(GroupMember.membership_id, Group.name)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == course.id, is_used())
        .order_by(Group.name)
    )
    groups: dict[object, list[str]] = {}
    for membership_id, name in enrolled:
        groups.setdefault(membership_id, []).append(name)
    return [Listed(member=member, groups=tuple(groups.get(member.id, ()))) for member in members]
