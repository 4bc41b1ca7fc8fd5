"""What the pages about groups show: sets, the groups of one, and the people in one."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Group, GroupMember, GroupSet, Joining, Membership, Person, Role
from connector.groups.building import trait_values
from connector.groups.joining import list_wishes
from connector.groups.mixing import unevenness
from connector.groups.models import GroupWish
from connector.groups.naming import by_name
from connector.groups.services import list_groups
from connector.web.paging import turn_to

PAGE = 50
"""How many people one page lists."""
FIRST = 4
"""How many people of a group a list of groups names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    """A set in the list of a course's sets."""

    set: GroupSet
    groups: int
    people: int
    wishes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group in a list, with those who are in it and still in the course."""

    group: Group
    people: int
    first: Sequence[Membership]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPage:
    """A set, for who leads the course."""

    rows: Sequence[GroupRow]
    dissolved: Sequence[Group]
    rest: int
    """How many learners are in none of its groups."""
    wishes: Sequence[GroupWish]
    evenness: Sequence[tuple[str, int]]
    """What was spread, and by how much the groups differ in it now, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """Some of the people of a group, or of those who are in none."""

    people: Sequence[Membership]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """A set that a member may sign up in."""

    set: GroupSet
    rows: Sequence[GroupRow]
    wish: GroupWish | None
    current_id: uuid.UUID | None
    """The member's group in it."""

    def is_full(self, row: GroupRow) -> bool:
        """Whether nobody else fits into a group."""
        return self.set.capacity is not None and row.people >= self.set.capacity


def list_sets(session: Session, course_id: uuid.UUID) -> Sequence[SetRow]:
    """Return all sets of a course by name, dissolved ones as well."""
    sets = session.scalars(select(GroupSet).where(GroupSet.course_id == course_id)).all()
    in_course = Group.course_id == course_id
    groups = _count(session, select(Group.set_id, func.count()).where(in_course, Group.is_active))
    people = _count(
        session,
        select(Group.set_id, func.count(GroupMember.membership_id.distinct()))
        .join(GroupMember, GroupMember.group_id == Group.id)
        .join(Membership, Membership.id == GroupMember.membership_id)
        .where(in_course, Group.is_active, Membership.is_active),
    )
    waiting = select(GroupWish.set_id, func.count()).join(GroupWish.member).where(Membership.is_active)
    wishes = dict(session.execute(waiting.group_by(GroupWish.set_id)).all())
    names = {row.id: row for row in sets}
    return [
        SetRow(set=each, groups=groups[each.id], people=people[each.id], wishes=wishes.get(each.id, 0))
        for each in by_name(names.values())
    ]


def list_loose(session: Session, course_id: uuid.UUID) -> Sequence[GroupRow]:
    """Return the groups of the LMS's that belong to no set."""
    loose = select(Group).where(Group.course_id == course_id, Group.set_id.is_(None), Group.is_active)
    return _rows(session, session.scalars(loose).all(), Group.set_id.is_(None) & (Group.course_id == course_id))


def read_set(session: Session, member: Membership, group_set: GroupSet) -> SetPage:
    """Return what who leads the course sees of a set."""
    groups = list_groups(session, group_set, also_dissolved=True)
    active = [group for group in groups if group.is_active]
    return SetPage(
        rows=_rows(session, active, Group.set_id == group_set.id),
        dissolved=by_name(group for group in groups if not group.is_active),
        rest=session.scalar(select(func.count()).select_from(_rest(group_set, {Role.LEARNER}).subquery())) or 0,
        wishes=list_wishes(session, group_set) if group_set.joining is Joining.ASKED else (),
        evenness=_evenness(session, member, group_set, active),
    )


def list_members(session: Session, group: Group, page: int) -> PeoplePage:
    """Return a page of those who are in a group and still in the course, by name."""
    inside = (
        select(Membership)
        .join(GroupMember, GroupMember.membership_id == Membership.id)
        .where(GroupMember.group_id == group.id, Membership.is_active)
    )
    return _people(session, inside, page)


def list_rest(session: Session, group_set: GroupSet, page: int) -> PeoplePage:
    """Return a page of those who could be in a group of a set and are in none: learners first, by name."""
    learners_first = (Membership.role != Role.LEARNER).asc()
    rest = _rest(group_set, {role for role in Role if role is not Role.OBSERVER}).order_by(learners_first)
    return _people(session, rest, page)


def list_own(session: Session, member: Membership) -> Sequence[GroupRow]:
    """Return the groups that a member is in, each with all of its people."""
    mine = select(GroupMember.group_id).where(GroupMember.membership_id == member.id)
    query = (
        select(Group)
        .outerjoin(Group.set)
        .where(Group.id.in_(mine), Group.is_active, Group.set_id.is_(None) | GroupSet.is_active)
        .options(joinedload(Group.set))
    )
    return _rows(session, session.scalars(query).all(), Group.id.in_(mine), first=PAGE)


def list_sign_ups(session: Session, member: Membership) -> Sequence[SignUp]:
    """Return the sets that a member may sign up in, by name."""
    if member.is_staff or not member.can_write:
        return ()
    sets = session.scalars(
        select(GroupSet).where(
            GroupSet.course_id == member.course_id,
            GroupSet.is_active,
            GroupSet.lms_id.is_(None),
            GroupSet.joining != Joining.PLACED,
        )
    ).all()
    if not sets:
        return ()
    ids = [each.id for each in sets]
    groups = session.scalars(select(Group).where(Group.set_id.in_(ids), Group.is_active)).all()
    rows = _rows(session, groups, Group.set_id.in_(ids), first=0)
    own = set(session.scalars(select(GroupMember.group_id).where(GroupMember.membership_id == member.id)))
    wishes = session.scalars(
        select(GroupWish)
        .where(GroupWish.member_id == member.id, GroupWish.set_id.in_(ids))
        .options(joinedload(GroupWish.group))
    )
    wish_of = {wish.set_id: wish for wish in wishes}
    by_set: defaultdict[uuid.UUID | None, list[GroupRow]] = defaultdict(list)
    for row in rows:
        by_set[row.group.set_id].append(row)
    return [
        SignUp(
            set=each,
            rows=by_set[each.id],
            wish=wish_of.get(each.id),
            current_id=next((row.group.id for row in by_set[each.id] if row.group.id in own), None),
        )
        for each in by_name(sets)
    ]


def _count(session: Session, query: Select[uuid.UUID | None, int]) -> Counter[uuid.UUID | None]:
    return Counter(dict(session.execute(query.group_by(Group.set_id)).all()))


def _rows(
    session: Session, groups: Collection[Group], of: ColumnElement[bool], *, first: int = FIRST
) -> Sequence[GroupRow]:
    """Return groups by name, each with how many people are in it, and the first of them.

    Args:
        of: The condition that says which groups these are.
    """
    inside = (
        select(
            GroupMember.group_id,
            GroupMember.membership_id,
            func.row_number().over(partition_by=Group.id, order_by=(Person.name, Membership.id)).label("place"),
            func.count().over(partition_by=Group.id).label("people"),
        )
        .join(Group, Group.id == GroupMember.group_id)
        .join(Membership, Membership.id == GroupMember.membership_id)
        .join(Membership.person)
        .where(of, Group.is_active, Membership.is_active)
        .subquery()
    )
    found: defaultdict[uuid.UUID, list[Membership]] = defaultdict(list)
    counts: dict[uuid.UUID, int] = {}
    rows = session.execute(
        select(inside.c.group_id, inside.c.people, Membership)
        .join(Membership, Membership.id == inside.c.membership_id)
        .where(inside.c.place <= max(first, 1))
        .options(joinedload(Membership.person))
        .order_by(inside.c.group_id, inside.c.place)
    )
    for group_id, people, member in rows:
        counts[group_id] = people
        found[group_id].append(member)
    return [
        GroupRow(group=group, people=counts.get(group.id, 0), first=found[group.id][:first])
        for group in by_name(groups)
    ]


def _rest(group_set: GroupSet, roles: Collection[Role]) -> Select[Membership]:
    inside = (
        select(GroupMember.membership_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.set_id == group_set.id, Group.is_active)
    )
    return select(Membership).where(
        Membership.course_id == group_set.course_id,
        Membership.is_active,
        Membership.role.in_(roles),
        Membership.id.not_in(inside),
    )


def _people(session: Session, query: Select[Membership], page: int) -> PeoplePage:
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page, pages = turn_to(page, count, most=PAGE)
    people = session.scalars(
        query.join(Membership.person)
        .options(joinedload(Membership.person))
        .order_by(Person.name, Membership.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return PeoplePage(people=people, count=count, page=page, pages=pages)


def _evenness(
    session: Session, member: Membership, group_set: GroupSet, groups: Sequence[Group]
) -> Sequence[tuple[str, int]]:
    if not group_set.traits:
        return ()
    inside: Mapping[uuid.UUID, list[uuid.UUID]] = {group.id: [] for group in groups}
    rows = session.execute(
        select(GroupMember.group_id, GroupMember.membership_id)
        .join(Group, Group.id == GroupMember.group_id)
        .join(Membership, Membership.id == GroupMember.membership_id)
        .where(Group.set_id == group_set.id, Group.is_active, Membership.is_active)
    )
    for group_id, member_id in rows:
        inside[group_id].append(member_id)
    return [(trait, unevenness([*inside.values()], trait_values(session, member, trait))) for trait in group_set.traits]
