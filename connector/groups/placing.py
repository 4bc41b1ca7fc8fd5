"""Who is in which group: people are put into one, moved to another, or taken out; each step is told of."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Group, GroupMember, GroupSet, Membership
from connector.delivery.services import record
from connector.groups import statements
from connector.groups.access import forget
from connector.groups.models import GroupWish

_CHUNK = 500
Changes = Mapping[Group, Collection[Membership]]

T = TypeVar("T")


def place(
    session: Session, group_set: GroupSet, wanted: Mapping[Membership, Group | None], *, now: datetime
) -> Mapping[Membership, Group | None]:
    """Put members into groups of a set that is locked, and return those for whom something changed.

    In a set made here a person is in one group at most, so whoever is in another one leaves it. Wishes are settled by it.

    Args:
        wanted: Active groups of the set; None takes a member out of the one that they are in.
    """
    groups = {group.id: group for group in wanted.values() if group is not None}
    before = {row[0]: row[1] for row in _places(session, group_set, [member.id for member in wanted])}
    groups |= {group.id: group for group in before.values()}
    changed = {
        member: group
        for member, group in wanted.items()
        if (group.id if group else None) != (before[member.id].id if member.id in before else None)
    }
    left: defaultdict[Group, list[Membership]] = defaultdict(list)
    joined: defaultdict[Group, list[Membership]] = defaultdict(list)
    for member, group in changed.items():
        if member.id in before:
            left[before[member.id]].append(member)
        if group is not None:
            joined[group].append(member)
    _store(session, group_set, left, joined)
    tell(session, left=left, joined=joined, now=now)
    forget(session)
    return changed


def tell(session: Session, *, left: Changes | None = None, joined: Changes | None = None, now: datetime) -> None:
    """Tell who left which group, and who came into which one."""
    for group, members in (left or {}).items():
        for member in members:
            record(session, statements.left(group, member, now), by=member, now=now)
    for group, members in (joined or {}).items():
        for member in members:
            record(session, statements.joined(group, member, now), by=member, now=now)


def active_members(session: Session, groups: Collection[Group]) -> Mapping[uuid.UUID, Sequence[Membership]]:
    """Return who is in each of some groups and still in the course, by the group's id."""
    found: defaultdict[uuid.UUID, list[Membership]] = defaultdict(list)
    for ids in _chunks([group.id for group in groups]):
        rows = session.execute(
            select(GroupMember.group_id, Membership)
            .join(Membership, Membership.id == GroupMember.membership_id)
            .where(GroupMember.group_id.in_(ids), Membership.is_active)
            .options(joinedload(Membership.person))
            .order_by(Membership.id)
        )
        for group_id, member in rows:
            found[group_id].append(member)
    return found


def find_members(session: Session, course_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Sequence[Membership]:
    """Return those of some people who are in the course now and may do something in it; whoever is not is left out."""
    found: list[Membership] = []
    for chunk in _chunks(sorted(set(ids))):
        rows = session.scalars(
            select(Membership)
            .where(Membership.course_id == course_id, Membership.id.in_(chunk), Membership.is_active)
            .options(joinedload(Membership.person))
            .order_by(Membership.id)
        )
        found += [member for member in rows if member.can_write]
    return found


def _places(session: Session, group_set: GroupSet, ids: Sequence[uuid.UUID]) -> Iterator[tuple[uuid.UUID, Group]]:
    """Yield the group of a set that each member is in."""
    for chunk in _chunks(ids):
        rows = session.execute(
            select(GroupMember.membership_id, Group)
            .join(Group, Group.id == GroupMember.group_id)
            .where(Group.set_id == group_set.id, Group.is_active, GroupMember.membership_id.in_(chunk))
        )
        yield from ((row[0], row[1]) for row in rows)


def _store(session: Session, group_set: GroupSet, left: Changes, joined: Changes) -> None:
    for group, members in left.items():
        for chunk in _chunks([member.id for member in members]):
            gone = (GroupMember.group_id == group.id, GroupMember.membership_id.in_(chunk))
            session.execute(delete(GroupMember).where(*gone))
    rows = [
        {"group_id": group.id, "membership_id": member.id} for group, members in joined.items() for member in members
    ]
    if rows:
        session.execute(insert(GroupMember), rows)
    for chunk in _chunks([member.id for members in (*left.values(), *joined.values()) for member in members]):
        session.execute(delete(GroupWish).where(GroupWish.set_id == group_set.id, GroupWish.member_id.in_(chunk)))


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Part a long list: SQLite takes only so many variables in one statement."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
