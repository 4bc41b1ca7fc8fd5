"""Making sets of groups: by hand, by chance, mixed, for people to sign up, or copied from another set."""

import secrets
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Group, GroupMember, GroupSet, Joining, Membership, Role
from connector.groups.mixing import MOST_TRAITS, Values, deal, deal_late
from connector.groups.naming import by_name
from connector.groups.placing import active_members, place
from connector.groups.services import MOST_GROUPS, change_set, check_set_name, find_set, list_groups
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

ROLE = "role"
SEEN = "seen"
TRAITS = (ROLE, SEEN)
"""What can be spread evenly beside the groups of another set: people's roles, and whether they have been here."""
DEALT = (Role.LEARNER, Role.EXPERT, Role.ASSISTANT, Role.TRAINER)
"""Who can be dealt into groups; test students are put into one by hand."""
_SEED_BITS = 31


def make_set(
    session: Session,
    by: Membership,
    name: str,
    count: int,
    *,
    joining: Joining = Joining.PLACED,
    capacity: int | None = None,
    may_start: bool = False,
    set_id: uuid.UUID | None = None,
    now: datetime,
) -> GroupSet:
    """Make a set of `count` empty groups with numbers for names.

    Args:
        capacity: How many people may sign up for each; None for any number.
        set_id: Made from the form's key, so that a form sent twice makes one set.

    Raises:
        InvalidInputError: The name is taken, or the number of groups cannot be.
        NotFoundError: The member does not lead the course.
    """
    _check_count(count, least=0 if may_start else 1)
    group_set = _new_set(session, by, name, set_id, now=now)
    group_set.joining, group_set.capacity, group_set.may_start = joining, capacity, may_start
    _add_groups(session, group_set, [_("Group %(number)s", number=number) for number in range(1, count + 1)])
    return group_set


def deal_set(
    session: Session,
    by: Membership,
    name: str,
    *,
    count: int | None = None,
    size: int | None = None,
    roles: Collection[Role] = (Role.LEARNER,),
    traits: Sequence[str] = (),
    seed: int | None = None,
    set_id: uuid.UUID | None = None,
    now: datetime,
) -> GroupSet:
    """Make a set, and deal the people of the course into its groups by chance.

    Args:
        count: How many groups; or else `size`.
        size: How many people in each, one more in some where it does not come out even.
        traits: What is spread evenly: of `TRAITS`, or ids of sets of the course.
        seed: Decides in the place of chance.

    Raises:
        InvalidInputError: The name is taken, there is nobody to deal, or the number of groups cannot be.
        NotFoundError: The member does not lead the course, or a trait is none.
    """
    people = _list_people(session, by, roles)
    if not people:
        raise InvalidInputError({"roles": [_("There is nobody of this kind in the course yet.")]})
    if size is not None:
        count = max(1, len(people) // max(1, size))
    _check_count(count or 0)
    if (count or 0) > len(people):
        raise InvalidInputError({"number": [_("There are only %(people)s people to deal.", people=len(people))]})
    values = [trait_values(session, by, trait) for trait in traits]
    if len(values) > MOST_TRAITS:
        raise InvalidInputError({"traits": [_("Choose two at most.")]})
    seed = secrets.randbits(_SEED_BITS) if seed is None else seed
    group_set = make_set(session, by, name, count or 0, set_id=set_id, now=now)
    group_set.seed, group_set.traits = seed, list(traits)
    dealt = deal([member.id for member in people], count or 0, seed=seed, traits=values)
    groups = by_name(list_groups(session, group_set))
    members = {member.id: member for member in people}
    wanted = {members[id_]: group for group, ids in zip(groups, dealt, strict=True) for id_ in ids}
    place(session, group_set, wanted, now=now)
    return group_set


def copy_set(
    session: Session,
    by: Membership,
    name: str,
    source: GroupSet | None,
    *,
    set_id: uuid.UUID | None = None,
    now: datetime,
) -> GroupSet:
    """Make a set that is as another one is now, and can be changed. Whoever is in several of its groups is in the first.

    Args:
        source: A set of the course; None for the LMS's groups that belong to no set.

    Raises:
        InvalidInputError: The name is taken, or there is nothing to copy.
        NotFoundError: The member does not lead the course.
    """
    if source is not None:
        originals = by_name(list_groups(session, source))
    else:
        loose = select(Group).where(Group.course_id == by.course_id, Group.set_id.is_(None), Group.is_active)
        originals = by_name(session.scalars(loose).all())
    if not originals:
        raise InvalidInputError({"source": [_("There is no group in it.")]})
    _check_count(len(originals))
    members = active_members(session, originals)
    group_set = _new_set(session, by, name, set_id, now=now)
    copies = _add_groups(session, group_set, [original.name for original in originals])
    wanted: dict[Membership, Group] = {}
    for original, copied in zip(originals, copies, strict=True):
        for member in members[original.id]:
            wanted.setdefault(member, copied)
    place(session, group_set, wanted, now=now)
    return group_set


def deal_rest(session: Session, by: Membership, set_id: uuid.UUID, *, now: datetime) -> int:
    """Put the learners who are in no group of a set into its smallest groups, evenly; return how many that were.

    Whoever fits nowhere, since the groups have a number of places, stays where they are.

    Raises:
        NotFoundError: There is no such set made here, or the member does not lead the course.
    """
    group_set = change_set(session, by, set_id)
    groups = by_name(list_groups(session, group_set))
    members = active_members(session, groups)
    taken = {member.id for inside in members.values() for member in inside}
    rest = [member for member in _list_people(session, by, (Role.LEARNER,)) if member.id not in taken]
    numbers = deal_late(
        [member.id for member in rest],
        [[member.id for member in members[group.id]] for group in groups],
        capacity=group_set.capacity,
        traits=[trait_values(session, by, trait) for trait in group_set.traits],
    )
    wanted = {member: groups[numbers[member.id]] for member in rest if member.id in numbers}
    place(session, group_set, wanted, now=now)
    return len(wanted)


def trait_values(session: Session, by: Membership, trait: str) -> Values:
    """Return what each person of the course is, in a trait.

    Raises:
        NotFoundError: There is no such trait.
    """
    members = select(Membership.id, Membership.role, Membership.seen_at).where(Membership.course_id == by.course_id)
    if trait == ROLE:
        return {row.id: row.role.value for row in session.execute(members)}
    if trait == SEEN:
        return {row.id: "" if row.seen_at is None else SEEN for row in session.execute(members)}
    group_set = find_set(session, by, _as_id(trait))
    rows = session.execute(
        select(GroupMember.membership_id, Group.id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.set_id == group_set.id, Group.is_active)
        .order_by(Group.id)
    )
    found: defaultdict[uuid.UUID, str] = defaultdict(str)
    for member_id, group_id in rows:
        found[member_id] = found[member_id] or str(group_id)
    return found


def _new_set(session: Session, by: Membership, name: str, set_id: uuid.UUID | None, *, now: datetime) -> GroupSet:
    if not by.is_staff:
        raise NotFoundError
    check_set_name(session, by, name)
    group_set = GroupSet(
        id=set_id or uuid.uuid4(),
        course_id=by.course_id,
        lms_id=None,
        name=name,
        is_active=True,
        joining=Joining.PLACED,
        created_by_id=by.id,
        created_at=now,
    )
    session.add(group_set)
    session.flush()
    return group_set


def _add_groups(session: Session, group_set: GroupSet, names: Sequence[str]) -> Sequence[Group]:
    groups = [
        Group(id=uuid.uuid4(), course_id=group_set.course_id, set_id=group_set.id, lms_id=None, name=name)
        for name in names
    ]
    session.add_all(groups)
    session.flush()
    return groups


def _check_count(count: int, *, least: int = 1) -> None:
    if not least <= count <= MOST_GROUPS:
        sentence = _(
            "That would be %(count)s groups. Make at least %(least)s and at most %(most)s.",
            count=count,
            least=least,
            most=MOST_GROUPS,
        )
        raise InvalidInputError({"number": [sentence]})


def _list_people(session: Session, by: Membership, roles: Collection[Role]) -> Sequence[Membership]:
    return session.scalars(
        select(Membership)
        .where(
            Membership.course_id == by.course_id,
            Membership.is_active,
            Membership.role.in_([role for role in DEALT if role in roles]),
        )
        .options(joinedload(Membership.person))
        .order_by(Membership.id)
    ).all()


def _as_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFoundError from error
