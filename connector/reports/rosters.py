"""Whom the keys of facts belong to: looked up when a page is made, and kept nowhere."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Course, Group, GroupMember, Membership, Person, Role


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a course, as facts call them; who hides their name is somebody else there, and not among them."""

    members: Mapping[str, Membership]
    """Everybody who was ever in the course, but for those who were forgotten and test students."""
    groups: Mapping[str, frozenset[uuid.UUID]]
    """The groups that each is in."""

    @property
    def learners(self) -> frozenset[str]:
        """Those who learn in the course now."""
        return frozenset(
            key for key, member in self.members.items() if member.role is Role.LEARNER and member.is_active
        )

    def in_group(self, group_id: uuid.UUID) -> frozenset[str]:
        """Return who is in a group."""
        return frozenset(key for key, groups in self.groups.items() if group_id in groups)


def read_roster(session: Session, course: Course) -> Roster:
    """Return the people of a course."""
    members = session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(Membership.course_id == course.id, Membership.role != Role.TEST_STUDENT, Person.erased_at.is_(None))
        .options(joinedload(Membership.person))
        .order_by(Person.name, Membership.id)
    ).all()
    placed: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for row in session.execute(
        select(GroupMember.membership_id, GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.course_id == course.id, Group.is_active)
    ):
        placed[row.membership_id].add(row.group_id)
    keys = {str(member.person.pseudonym): member for member in members}
    return Roster(keys, {key: frozenset(placed[member.id]) for key, member in keys.items() if member.id in placed})


def list_groups(session: Session, course: Course) -> Sequence[Group]:
    """Return the groups of a course, by name."""
    mine = select(Group).where(Group.course_id == course.id, Group.is_active)
    return session.scalars(mine.order_by(Group.name, Group.id)).all()
