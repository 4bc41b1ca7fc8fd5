"""What is stored of a person, whoever stores it; and what the floors below keep that do not tell themselves."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.courses.models import Group, GroupMember, Membership, Person
from connector.groups.models import GroupWish
from connector.privacy.services import list_consents
from connector.web.i18n import gettext as _


def list_holdings(session: Session, person: Person, holders: Sequence[Holder]) -> Sequence[Holding]:
    """Return what is stored of a person, by kind."""
    return [each for holder in holders for each in holder.list_holdings(session, person)]


def _list_own(session: Session, person: Person) -> Sequence[Holding]:
    members = session.scalars(
        select(Membership)
        .where(Membership.person_id == person.id)
        .options(joinedload(Membership.course))
        .order_by(Membership.created_at)
    ).all()
    said = [
        {"purpose": each.purpose.value, "is_given": each.is_given, "at": each.decided_at.isoformat()}
        for each in list_consents(session, person)
    ]
    return [
        Holding(label=_("Courses"), name="courses", records=[_membership(session, each) for each in members]),
        Holding(label=_("Decisions about recording"), name="consents", records=said),
    ]


def _membership(session: Session, member: Membership) -> Mapping[str, Any]:
    groups = session.scalars(
        select(Group.name)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.membership_id == member.id)
    )
    wishes = session.execute(
        select(Group.name, GroupWish.name, GroupWish.created_at)
        .outerjoin(Group, Group.id == GroupWish.group_id)
        .where(GroupWish.member_id == member.id)
    )
    return {
        "course": member.course.title,
        "role": member.role.value,
        "is_active": member.is_active,
        "since": member.created_at.isoformat(),
        "last_seen": member.seen_at.isoformat() if member.seen_at else None,
        "groups": list(groups),
        "group_wishes": [{"group": name or begun, "at": at.isoformat()} for name, begun, at in wishes],
    }


def _forget_own(session: Session, person: Person) -> None:
    """Take the person out of every group, and forget which they wished for.

    Their memberships stay, as those of a former member; so do their decisions, which then are nobody's.
    """
    mine = select(Membership.id).where(Membership.person_id == person.id)
    session.execute(delete(GroupMember).where(GroupMember.membership_id.in_(mine)))
    session.execute(delete(GroupWish).where(GroupWish.member_id.in_(mine)))


HOLDER = Holder(list_holdings=_list_own, forget=_forget_own)
