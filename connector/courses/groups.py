"""Groups of a course, as the LMS has them. Those that were made here are not the LMS's to change: they are left alone."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select
from sqlalchemy.orm import Session

from connector.courses.models import Course, Group, GroupMember, GroupSet, Membership
from lti.groups import Group as ListedGroup


def is_used() -> ColumnElement[bool]:
    """Return the condition on `Group` that people still belong to it: neither it nor its set was dissolved."""
    used = select(GroupSet.id).where(GroupSet.is_active)
    return and_(Group.is_active, or_(Group.set_id.is_(None), Group.set_id.in_(used)))


def store_groups(
    session: Session,
    course: Course,
    listed: Sequence[ListedGroup],
    set_names: Mapping[str, str],
    enrolments: Mapping[uuid.UUID, Sequence[str]],
) -> None:
    """Bring a course's groups in line with the LMS's; one that is gone becomes inactive.

    Args:
        set_names: Names of sets of groups by the LMS's id.
        enrolments: The LMS's ids of each person's groups, by our id of the person.
    """
    sets = _store_sets(session, course, listed, set_names)
    of_lms = select(Group).where(Group.course_id == course.id, Group.lms_id.is_not(None))
    known = {row.lms_id: row for row in session.scalars(of_lms)}
    for group in listed:
        row = known.pop(group.id, None)
        if row is None:
            row = Group(id=uuid.uuid4(), course_id=course.id, lms_id=group.id, name="", is_active=True)
            session.add(row)
        row.name = group.name or group.id
        row.set_id = sets.get(group.set_id) if group.set_id else None
        row.is_active = True
    for row in known.values():
        row.is_active = False
    session.flush()
    _store_members(session, course, enrolments)


def _store_sets(
    session: Session, course: Course, listed: Sequence[ListedGroup], set_names: Mapping[str, str]
) -> dict[str, uuid.UUID]:
    """Bring the sets in line with the LMS's, and return our ids by the LMS's."""
    of_lms = select(GroupSet).where(GroupSet.course_id == course.id, GroupSet.lms_id.is_not(None))
    known = {row.lms_id: row for row in session.scalars(of_lms)}
    found: dict[str, uuid.UUID] = {}
    for lms_id in dict.fromkeys(group.set_id for group in listed if group.set_id in set_names):
        if lms_id is None:
            continue
        row = known.pop(lms_id, None)
        if row is None:
            row = GroupSet(id=uuid.uuid4(), course_id=course.id, lms_id=lms_id, name="")
            session.add(row)
        row.name, row.is_active = set_names[lms_id] or lms_id, True
        found[lms_id] = row.id
    for row in known.values():
        row.is_active = False
    session.flush()
    return found


def _store_members(session: Session, course: Course, enrolments: Mapping[uuid.UUID, Sequence[str]]) -> None:
    groups = {
        row.lms_id: row.id
        for row in session.scalars(
            select(Group).where(Group.course_id == course.id, Group.is_active, Group.lms_id.is_not(None))
        )
    }
    rows = session.scalars(select(Membership).where(Membership.course_id == course.id))
    members = {row.person_id: row.id for row in rows}
    wanted = {
        (groups[lms_id], members[person_id])
        for person_id, lms_ids in enrolments.items()
        for lms_id in lms_ids
        if lms_id in groups and person_id in members
    }
    in_course = select(Group.id).where(Group.course_id == course.id, Group.lms_id.is_not(None))
    session.execute(delete(GroupMember).where(GroupMember.group_id.in_(in_course)))
    if wanted:
        session.execute(insert(GroupMember), [{"group_id": group, "membership_id": member} for group, member in wanted])
