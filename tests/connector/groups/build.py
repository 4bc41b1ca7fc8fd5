"""Builds groups."""

import random
import uuid

from sqlalchemy import select

from connector.courses.models import Group, GroupMember, GroupSet, Role
from tests import make


def lms_set(session, course, name="Teams", groups=("Team 1", "Team 2")):
    """A set from the LMS with empty groups; returns them by name."""
    row = GroupSet(course_id=course.id, lms_id=str(uuid.uuid4()), name=name)
    session.add(row)
    made = {each: Group(course=course, lms_id=str(uuid.uuid4()), set=row, name=each, is_active=True) for each in groups}
    session.add_all(made.values())
    session.flush()
    return made


def put(session, group, *members):
    session.add_all([GroupMember(group_id=group.id, membership_id=member.id) for member in members])
    session.flush()


def learners(session, course, count, role=Role.LEARNER):
    return [make.member(session, course=course, role=role) for _ in range(count)]


def inside(session, group):
    """The ids of those who are in a group."""
    rows = session.scalars(select(GroupMember.membership_id).where(GroupMember.group_id == group.id))
    return set(rows.all())


def groups_of_set(session, group_set):
    rows = session.scalars(select(Group).where(Group.set_id == group_set.id).order_by(Group.name)).all()
    return [row for row in rows if row.is_active]


def ids(count, seed=1):
    numbers = random.Random(seed)  # noqa: S311 -- test data
    return [uuid.UUID(int=numbers.getrandbits(128)) for _ in range(count)]
