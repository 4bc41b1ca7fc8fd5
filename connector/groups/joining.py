"""Signing up: learners choose a group, begin one, or leave; where it takes an agreement, who leads the course gives it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Group, GroupMember, GroupSet, Joining, Membership
from connector.groups.models import GroupWish
from connector.groups.placing import place
from connector.groups.services import add_group, change_set, lock
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _


def join(session: Session, member: Membership, group_id: uuid.UUID, *, now: datetime) -> bool:
    """Take a member into a group of their choice, out of the one of its set that they are in.

    Returns:
        Whether they are in; False where somebody must agree first.

    Raises:
        ConflictError: The group is full or dissolved, or nobody signs up any more.
        NotFoundError: There is no such group to sign up for.
    """
    group = session.get(Group, group_id)
    if group is None or group.set_id is None:
        raise NotFoundError
    group_set = _open_set(session, member, group.set_id)
    session.refresh(group)
    if group_id in _own_groups(session, group_set, member):
        return True
    _check_room(session, group_set, group)
    if group_set.joining is Joining.ASKED:
        _wish(session, group_set, member, now=now, group=group)
        return False
    place(session, group_set, {member: group}, now=now)
    return True


def begin(session: Session, member: Membership, set_id: uuid.UUID, name: str, *, now: datetime) -> bool:
    """Begin a group and take its first member in.

    Returns:
        Whether it is there; False where somebody must agree first.

    Raises:
        ConflictError: Nobody signs up any more.
        InvalidInputError: There is a group of this name, or there are too many.
        NotFoundError: There is no such set, or learners begin no groups in it.
    """
    group_set = _open_set(session, member, set_id)
    if not group_set.may_start:
        raise NotFoundError
    if group_set.joining is Joining.ASKED:
        _wish(session, group_set, member, now=now, name=name)
        return False
    place(session, group_set, {member: add_group(session, group_set, name)}, now=now)
    return True


def leave(session: Session, member: Membership, set_id: uuid.UUID, *, now: datetime) -> None:
    """Take a member out of their group of a set, and their wish back.

    Raises:
        ConflictError: Nobody signs up any more, so nobody leaves.
        NotFoundError: There is no such set to sign up in.
    """
    group_set = _open_set(session, member, set_id)
    place(session, group_set, {member: None}, now=now)
    withdraw(session, member, set_id)


def withdraw(session: Session, member: Membership, set_id: uuid.UUID) -> None:
    """Take a member's wish back, where they have one."""
    session.execute(delete(GroupWish).where(GroupWish.set_id == set_id, GroupWish.member_id == member.id))


def list_wishes(session: Session, group_set: GroupSet) -> Sequence[GroupWish]:
    """Return the wishes of those who are still in the course, the oldest first."""
    return session.scalars(
        select(GroupWish)
        .join(GroupWish.member)
        .where(GroupWish.set_id == group_set.id, Membership.is_active)
        .options(joinedload(GroupWish.member).joinedload(Membership.person), joinedload(GroupWish.group))
        .order_by(GroupWish.created_at, GroupWish.id)
    ).all()


def decide(
    session: Session, by: Membership, set_id: uuid.UUID, wish_id: uuid.UUID, *, agrees: bool, now: datetime
) -> None:
    """Fulfil a wish, or drop it. One that is settled already stays so.

    Raises:
        ConflictError: The group is full or dissolved.
        InvalidInputError: There is a group of the wanted name by now.
        NotFoundError: There is no such set made here, or the member does not lead the course.
    """
    group_set = change_set(session, by, set_id)
    wish = session.get(GroupWish, wish_id, options=[joinedload(GroupWish.member).joinedload(Membership.person)])
    if wish is None or wish.set_id != group_set.id:
        return
    if agrees and wish.member.is_active:
        group = wish.group
        if group is None:
            group = add_group(session, group_set, wish.name or "")
        _check_room(session, group_set, group)
        place(session, group_set, {wish.member: group}, now=now)
    session.execute(delete(GroupWish).where(GroupWish.id == wish_id))


def count_places(session: Session, group_set: GroupSet) -> Mapping[uuid.UUID, int]:
    """Return how many people who are still in the course are in each group of a set."""
    rows = session.execute(
        select(GroupMember.group_id, func.count())
        .join(Group, Group.id == GroupMember.group_id)
        .join(Membership, Membership.id == GroupMember.membership_id)
        .where(Group.set_id == group_set.id, Membership.is_active)
        .group_by(GroupMember.group_id)
    )
    return dict(rows.all())


def _open_set(session: Session, member: Membership, set_id: uuid.UUID) -> GroupSet:
    """Return a set that a member may sign up in, locked."""
    group_set = session.get(GroupSet, set_id)
    is_theirs = group_set is not None and group_set.course_id == member.course_id and group_set.is_own
    if group_set is None or not is_theirs or member.is_staff or not member.can_write:
        raise NotFoundError
    lock(session, group_set)
    if not group_set.is_active or group_set.joining is Joining.PLACED:
        raise ConflictError(_("Nobody can sign up for these groups any more."), code="sign_up_closed")
    return group_set


def _own_groups(session: Session, group_set: GroupSet, member: Membership) -> Sequence[uuid.UUID]:
    return session.scalars(
        select(Group.id)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(Group.set_id == group_set.id, Group.is_active, GroupMember.membership_id == member.id)
    ).all()


def _check_room(session: Session, group_set: GroupSet, group: Group) -> None:
    if not group.is_active:
        raise ConflictError(_("This group was dissolved in the meantime. Choose another one."), code="group_dissolved")
    if group_set.capacity is not None and count_places(session, group_set).get(group.id, 0) >= group_set.capacity:
        raise ConflictError(_("This group is full. Choose another one."), code="group_full")


def _wish(
    session: Session,
    group_set: GroupSet,
    member: Membership,
    *,
    now: datetime,
    group: Group | None = None,
    name: str | None = None,
) -> None:
    """Store what a member wishes, in the place of an earlier wish."""
    withdraw(session, member, group_set.id)
    session.add(
        GroupWish(
            set_id=group_set.id, member_id=member.id, group_id=group.id if group else None, name=name, created_at=now
        )
    )
    session.flush()
