"""Sets and groups that are made here: the doors to them, and what who leads a course changes in them.

Whatever changes who is in a group of a set locks the set first, so that of two who want the last place one gets it, and
nobody signs up for a group while it dissolves.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Course, Group, GroupMember, GroupSet, Joining, Membership
from connector.groups.access import forget
from connector.groups.models import GroupWish
from connector.groups.naming import fold, free_name
from connector.groups.placing import active_members, tell
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

MOST_GROUPS = 1_000
"""How many groups one set can have."""
MOST_SETS = 200
"""How many sets one course can have."""


def find_set(session: Session, by: Membership, set_id: uuid.UUID) -> GroupSet:
    """Return a set of the member's course, from the LMS or made here.

    Raises:
        NotFoundError: There is none, or the member does not lead the course.
    """
    found = session.get(GroupSet, set_id)
    if found is None or found.course_id != by.course_id or not by.is_staff:
        raise NotFoundError
    return found


def find_group(session: Session, by: Membership, group_id: uuid.UUID) -> Group:
    """Return a group of the member's course, with its set.

    Raises:
        NotFoundError: There is none, or the member does not lead the course.
    """
    found = session.get(Group, group_id, options=[joinedload(Group.set)])
    if found is None or found.course_id != by.course_id or not by.is_staff:
        raise NotFoundError
    return found


def change_set(session: Session, by: Membership, set_id: uuid.UUID) -> GroupSet:
    """Return a set that was made here, locked for a change.

    Raises:
        NotFoundError: There is none, it is the LMS's, or the member does not lead the course.
    """
    found = find_set(session, by, set_id)
    if not found.is_own:
        raise NotFoundError
    lock(session, found)
    return found


def change_group(session: Session, by: Membership, group_id: uuid.UUID) -> Group:
    """Return a group that was made here, its set locked for a change.

    Raises:
        NotFoundError: There is none, it is the LMS's, or the member does not lead the course.
    """
    found = find_group(session, by, group_id)
    if found.set is None or not found.set.is_own:
        raise NotFoundError
    lock(session, found.set)
    session.refresh(found)
    return found


def lock(session: Session, group_set: GroupSet) -> None:
    """Let nobody else change the set or who is in its groups until this transaction ends, and read it anew."""
    session.flush()
    session.refresh(group_set, with_for_update=True)


def lock_sets(session: Session, by: Membership) -> None:
    """Let nobody else make or name a set in the course until this transaction ends."""
    # Rows that refer to the course can still be added meanwhile.
    session.execute(select(Course.id).where(Course.id == by.course_id).with_for_update(key_share=True))


def list_groups(session: Session, group_set: GroupSet, *, also_dissolved: bool = False) -> Sequence[Group]:
    """Return the groups of a set, in no order."""
    query = select(Group).where(Group.set_id == group_set.id).execution_options(populate_existing=True)
    return session.scalars(query if also_dissolved else query.where(Group.is_active)).all()


def check_set_name(session: Session, by: Membership, name: str, *, but: GroupSet | None = None) -> None:
    """Raise `InvalidInputError` where the course has another set of this name, or has too many."""
    lock_sets(session, by)
    rows = session.execute(
        select(GroupSet.id, GroupSet.name).where(GroupSet.course_id == by.course_id, GroupSet.is_active)
    ).all()
    others = [row for row in rows if but is None or row.id != but.id]
    if fold(name) in {fold(row.name) for row in others}:
        raise InvalidInputError({"name": [_("The course has a set of this name already.")]})
    if len(others) >= MOST_SETS:
        raise InvalidInputError({"name": [_("At most %(most)s sets fit in a course.", most=MOST_SETS)]})


def rename_set(session: Session, by: Membership, set_id: uuid.UUID, name: str) -> GroupSet:
    """Give a set another name.

    Raises:
        InvalidInputError: Another one has it.
        NotFoundError: See `change_set`.
    """
    group_set = change_set(session, by, set_id)
    check_set_name(session, by, name, but=group_set)
    group_set.name = name
    return group_set


def set_sign_up(
    session: Session, by: Membership, set_id: uuid.UUID, *, joining: Joining, capacity: int | None, may_start: bool
) -> GroupSet:
    """Say how people come into the groups of a set. Who is in a group stays, also where it is too full now.

    Raises:
        NotFoundError: See `change_set`.
    """
    group_set = change_set(session, by, set_id)
    group_set.joining, group_set.capacity, group_set.may_start = joining, capacity, may_start
    if joining is Joining.PLACED:
        session.execute(delete(GroupWish).where(GroupWish.set_id == group_set.id))
    return group_set


def add_group(session: Session, group_set: GroupSet, name: str) -> Group:
    """Add a group to a set that is locked.

    Raises:
        ConflictError: The set is not used any more.
        InvalidInputError: The set has a group of this name, or is full.
    """
    if not group_set.is_active:
        raise ConflictError(_("These groups are not used any more."))
    groups = list_groups(session, group_set)
    _check_group_name(groups, name)
    if len(groups) >= MOST_GROUPS:
        raise InvalidInputError({"name": [_("At most %(most)s groups fit in a set.", most=MOST_GROUPS)]})
    group = Group(course_id=group_set.course_id, set_id=group_set.id, lms_id=None, name=name, is_active=True)
    session.add(group)
    session.flush()
    forget(session)
    return group


def rename_group(session: Session, by: Membership, group_id: uuid.UUID, name: str) -> Group:
    """Give a group another name.

    Raises:
        InvalidInputError: Another one of its set has it.
        NotFoundError: See `change_group`.
    """
    group = change_group(session, by, group_id)
    siblings = select(Group).where(Group.set_id == group.set_id, Group.is_active, Group.id != group.id)
    _check_group_name(session.scalars(siblings).all(), name)
    group.name = name
    forget(session)
    return group


def _check_group_name(others: Collection[Group], name: str) -> None:
    if fold(name) in {fold(each.name) for each in others}:
        raise InvalidInputError({"name": [_("There is a group of this name already.")]})


def dissolve_group(session: Session, by: Membership, group_id: uuid.UUID, *, now: datetime) -> Group:
    """Use a group no more. It keeps its members, for its return, and what was written in it.

    Raises:
        NotFoundError: See `change_group`.
    """
    group = change_group(session, by, group_id)
    if group.is_active:
        group.is_active = False
        session.execute(delete(GroupWish).where(GroupWish.group_id == group.id))
        tell(session, left={group: active_members(session, [group])[group.id]}, now=now)
        forget(session)
    return group


def restore_group(session: Session, by: Membership, group_id: uuid.UUID, *, now: datetime) -> Group:
    """Use a dissolved group again, with those of its people who are in no other group of the set.

    Raises:
        NotFoundError: See `change_group`.
    """
    group = change_group(session, by, group_id)
    if group.is_active:
        return group
    siblings = [each for each in list_groups(session, _set_of(group)) if each.id != group.id]
    taken = select(GroupMember.membership_id).where(GroupMember.group_id.in_([each.id for each in siblings]))
    session.execute(
        delete(GroupMember)
        .where(GroupMember.group_id == group.id, GroupMember.membership_id.in_(taken))
        .execution_options(synchronize_session=False)
    )
    group.name = free_name(group.name, [each.name for each in siblings])
    group.is_active = True
    tell(session, joined={group: active_members(session, [group])[group.id]}, now=now)
    forget(session)
    return group


def dissolve_set(session: Session, by: Membership, set_id: uuid.UUID, *, now: datetime) -> GroupSet:
    """Use a set and its groups no more; all of it stays, for its return.

    Raises:
        NotFoundError: See `change_set`.
    """
    group_set = change_set(session, by, set_id)
    if group_set.is_active:
        group_set.is_active = False
        session.execute(delete(GroupWish).where(GroupWish.set_id == group_set.id))
        _tell_of_set(session, group_set, now=now)
    return group_set


def restore_set(session: Session, by: Membership, set_id: uuid.UUID, *, now: datetime) -> GroupSet:
    """Use a set again that was dissolved, as it was.

    Raises:
        NotFoundError: See `change_set`.
    """
    group_set = change_set(session, by, set_id)
    if not group_set.is_active:
        lock_sets(session, by)
        rows = session.scalars(select(GroupSet.name).where(GroupSet.course_id == by.course_id, GroupSet.is_active))
        group_set.name = free_name(group_set.name, rows.all())
        group_set.is_active = True
        _tell_of_set(session, group_set, now=now)
    return group_set


def _tell_of_set(session: Session, group_set: GroupSet, *, now: datetime) -> None:
    """Tell that everybody came into their group, or left it, with the whole set."""
    groups = list_groups(session, group_set)
    members = active_members(session, groups)
    changed = {group: members[group.id] for group in groups}
    tell(session, **({"joined": changed} if group_set.is_active else {"left": changed}), now=now)
    forget(session)


def _set_of(group: Group) -> GroupSet:
    if group.set is None:
        raise NotFoundError
    return group.set
