"""What groups mean for an activity: whose things a member sees, and where they may write.

Who leads the course, and experts, who are asked in to help, see and write everywhere. Observers see everything and write
nowhere. Others are together with their groups: where groups are separate, they see what is for these and for everybody;
where groups are visible, they see all and write in their own. Who is in no group has what is for everybody.

Each question costs one query at most, and none the second time in a transaction.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from connector.activities.models import Activity, GroupMode
from connector.courses.models import STAFF, Group, GroupMember, GroupSet, Membership, Role
from connector.groups.naming import by_name
from connector.web.errors import NotFoundError

EVERYWHERE = STAFF | {Role.EXPERT}
"""Who writes in every group."""
_SEE_ALL = EVERYWHERE | {Role.OBSERVER}
_CACHE = "kring_groups"

T = TypeVar("T")


def groups_of(session: Session, member: Membership, activity: Activity) -> Sequence[Group]:
    """Return the groups that a member is in and that count in an activity, by name; none where groups mean nothing."""
    if activity.group_mode is GroupMode.NONE:
        return ()
    query = counting(activity).join(GroupMember, GroupMember.group_id == Group.id)
    query = query.where(GroupMember.membership_id == member.id)
    return _kept(session, ("of", member.id, activity.group_set_id), lambda: by_name(session.scalars(query).all()))


def visible_group_ids(session: Session, member: Membership, activity: Activity) -> frozenset[uuid.UUID] | None:
    """Return the groups whose things a member sees, beside what is for everybody and what is their own; None for all."""
    if activity.group_mode is not GroupMode.SEPARATE or member.role in _SEE_ALL:
        return None
    return frozenset(group.id for group in groups_of(session, member, activity))


def visible_to(
    column: InstrumentedAttribute[uuid.UUID | None], visible: frozenset[uuid.UUID] | None
) -> ColumnElement[bool]:
    """Return the condition that what refers to its group by `column` is seen; add to it that authors see their own.

    Args:
        visible: What `visible_group_ids` returned.
    """
    if visible is None:
        return true()
    return or_(column.is_(None), column.in_(visible)) if visible else column.is_(None)


def writable_groups(session: Session, member: Membership, activity: Activity) -> Sequence[Group]:
    """Return the groups that a member may write for, by name; none where groups mean nothing."""
    if activity.group_mode is GroupMode.NONE or not member.can_write:
        return ()
    if member.role not in EVERYWHERE:
        return groups_of(session, member, activity)
    query = counting(activity)
    return _kept(session, ("all", activity.group_set_id), lambda: by_name(session.scalars(query).all()))


def can_begin_for_everybody(member: Membership, activity: Activity) -> bool:
    """Return whether a member may begin something that is for everybody; to answer it, `can_write` is enough."""
    return member.can_write and (activity.group_mode is GroupMode.NONE or member.role in EVERYWHERE)


def find_writable(
    session: Session, member: Membership, activity: Activity, group_id: uuid.UUID | None, *, begins: bool
) -> Group | None:
    """Return the group that something is written for, where the member may do that; None stands for everybody.

    Args:
        begins: Whether it is something new; otherwise it is added to what is there, such as a reply to a thread.

    Raises:
        NotFoundError: They may not, or there is no such group.
    """
    if not member.can_write:
        raise NotFoundError
    if group_id is None:
        if begins and not can_begin_for_everybody(member, activity):
            raise NotFoundError
        return None
    found = next((each for each in writable_groups(session, member, activity) if each.id == group_id), None)
    # What is there may be of a group that counts no more: where groups mean nothing, everybody goes on with it.
    if found is None and not begins and can_begin_for_everybody(member, activity):
        found = session.get(Group, group_id)
    if found is None or found.course_id != activity.course_id:
        raise NotFoundError
    return found


def may_add(session: Session, member: Membership, activity: Activity, group_id: uuid.UUID | None) -> bool:
    """Return whether a member may add to what stands in a group already, or to what is for everybody."""
    try:
        find_writable(session, member, activity, group_id, begins=False)
    except NotFoundError:
        return False
    return True


def readers(activity: Activity, group_id: uuid.UUID | None) -> ColumnElement[bool]:
    """Return the condition on `Membership` for those who see what is for a group, or for everybody, in an activity."""
    everybody = and_(Membership.course_id == activity.course_id, Membership.is_active)
    if activity.switched_off_at is not None:
        return false()
    if activity.prepared_at is not None:
        return and_(everybody, Membership.role.in_(STAFF))
    if group_id is None or activity.group_mode is not GroupMode.SEPARATE:
        return everybody
    counts = counting(activity).with_only_columns(Group.id).where(Group.id == group_id)
    inside = select(GroupMember.membership_id).where(GroupMember.group_id.in_(counts))
    return and_(everybody, or_(Membership.role.in_(_SEE_ALL), Membership.id.in_(inside)))


def counting(activity: Activity) -> Select[Group]:
    """Return the query for the groups that count in an activity."""
    query = (
        select(Group)
        .outerjoin(GroupSet, GroupSet.id == Group.set_id)
        .where(Group.course_id == activity.course_id, Group.is_active, or_(Group.set_id.is_(None), GroupSet.is_active))
    )
    return query if activity.group_set_id is None else query.where(Group.set_id == activity.group_set_id)


def forget(session: Session) -> None:
    """Ask the database again, after a change of groups or of who is in them."""
    session.info.pop(_CACHE, None)


def _kept(session: Session, key: object, ask: Callable[[], T]) -> T:
    """Return what was asked before in this transaction, else ask."""
    transaction, answers = session.info.get(_CACHE, (None, None))
    if answers is None or transaction is not session.get_transaction():
        answers = {}
    if key not in answers:
        answers[key] = ask()
        session.info[_CACHE] = session.get_transaction(), answers  # there is none before the first query
    return cast("T", answers[key])
