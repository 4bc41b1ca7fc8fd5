"""Who hands in together: a person alone, or the people of a group; and whose work is whose.

Authors are those who were in the group when its work was handed in. They stay its authors when the group changes or
dissolves, and nobody is the author of two pieces of work at once: who changes groups keeps the one they wrote.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Group, GroupMember, GroupSet, Membership, Role
from connector.groups.naming import by_name
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Participant, PeerReview, Unit
from connector.peer_review.rules import Dates, dates_of, get_participant
from connector.peer_review.works import giving_back
from connector.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class AuthorUnit:
    """Who hands one piece of work in together."""

    group: Group | None
    """None for somebody who hands in alone."""
    members: Sequence[Membership]
    """Who is in it now."""


def unit_of(session: Session, activity: Activity, found: PeerReview, member: Membership) -> AuthorUnit | None:
    """Return with whom a member hands in now; None for somebody who is in no group, where groups hand in."""
    if found.unit is Unit.PERSON or get_participant(session, activity, member).is_alone:
        return AuthorUnit(None, [member])
    mine = group_query(activity, found).join(GroupMember, GroupMember.group_id == Group.id)
    groups = by_name(session.scalars(mine.where(GroupMember.membership_id == member.id)).all())
    if not groups:
        return None
    return AuthorUnit(groups[0], people_of(session, activity, groups[0], member.role))


def people_of(session: Session, activity: Activity, group: Group, role: Role = Role.LEARNER) -> Sequence[Membership]:
    """Return who hands in with a group now; who is let hand in alone does not."""
    special = and_(Participant.activity_id == activity.id, Participant.member_id == Membership.id)
    query = (
        select(Membership)
        .join(GroupMember, GroupMember.membership_id == Membership.id)
        .outerjoin(Participant, special)
        .where(GroupMember.group_id == group.id, Membership.is_active, Membership.role == role)
        .where(or_(Participant.member_id.is_(None), Participant.is_alone.is_(False)))
        .options(joinedload(Membership.person))
        .order_by(Membership.id)
    )
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class Desk:
    """What somebody works on: with whom, and on which piece of work."""

    unit: AuthorUnit | None
    """None for somebody who is in no group, where groups hand in."""
    work: Submission | None
    """Handed in or taken back; None before."""
    may_change: bool
    """Otherwise they have left the group that they wrote it with, and read it."""

    @property
    def group(self) -> Group | None:
        """The group that they write with."""
        return self.unit.group if self.unit else None


def desk_of(session: Session, activity: Activity, found: PeerReview, member: Membership) -> Desk:
    """Return what a member works on: the work that they are an author of and that is handed in, or else their unit's."""
    mine = find_work(session, activity, member)
    if mine is not None and mine.state is WorkState.HANDED_IN:
        people = [member] if mine.group is None else people_of(session, activity, mine.group, member.role)
        return Desk(AuthorUnit(mine.group, people), mine, is_in(session, member, mine))
    unit = unit_of(session, activity, found, member)
    return Desk(unit, find_work_of(session, activity, unit) if unit else None, unit is not None)


def group_query(activity: Activity, found: PeerReview) -> Select[Group]:
    """Return the query for the groups that hand in."""
    query = (
        select(Group)
        .outerjoin(GroupSet, GroupSet.id == Group.set_id)
        .where(Group.course_id == activity.course_id, Group.is_active, or_(Group.set_id.is_(None), GroupSet.is_active))
    )
    return query if found.group_set_id is None else query.where(Group.set_id == found.group_set_id)


def groups_by_member(session: Session, activity: Activity, found: PeerReview) -> Mapping[uuid.UUID, Sequence[Group]]:
    """Return the groups that each member is in and that hand in, by name; none where people hand in alone; one query."""
    if found.unit is Unit.PERSON:
        return {}
    inside = group_query(activity, found).join(GroupMember, GroupMember.group_id == Group.id)
    rows = session.execute(inside.with_only_columns(Group, GroupMember.membership_id)).all()
    groups: defaultdict[uuid.UUID, list[Group]] = defaultdict(list)
    for group, member_id in rows:
        groups[member_id].append(group)
    return {member_id: by_name(mine) for member_id, mine in groups.items()}


def find_work(session: Session, activity: Activity, author: Membership) -> Submission | None:
    """Return the work that somebody is an author of: the one that is handed in, or else the last that was taken back."""
    query = (
        select(Submission)
        .join(Author, Author.submission_id == Submission.id)
        .where(Submission.activity_id == activity.id, Author.member_id == author.id)
        .order_by((Submission.state == WorkState.HANDED_IN).desc(), Submission.handed_in_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def find_work_of(session: Session, activity: Activity, unit: AuthorUnit) -> Submission | None:
    """Return the work of a group, or of somebody who hands in alone, handed in or taken back."""
    query = select(Submission).where(Submission.activity_id == activity.id)
    if unit.group is not None:
        return session.scalar(query.where(Submission.group_id == unit.group.id))
    alone = query.where(Submission.group_id.is_(None), Submission.author_id == unit.members[0].id)
    return session.scalar(alone)


def list_works_by_author(session: Session, activity: Activity) -> Mapping[uuid.UUID, Submission]:
    """Return each author's work, handed in or else taken back; in two queries, whatever the size of the class."""
    works = session.scalars(
        select(Submission)
        .where(Submission.activity_id == activity.id)
        .order_by((Submission.state == WorkState.HANDED_IN).asc(), Submission.handed_in_at, Submission.id)
        .options(joinedload(Submission.group))
    )
    return {author.member_id: work for work in works for author in work.authors}


def set_authors(session: Session, work: Submission, unit: AuthorUnit, *, was_out: bool, now: datetime) -> None:
    """Let those be its authors who hand it in: whoever came into the group joins them, and nobody who wrote it goes.

    What a new author was to write about it is let go, and what they wrote about it counts no more.

    Args:
        was_out: Whether it is handed in for the first time, or after it was taken back: who has handed in elsewhere
            meanwhile is no author of this any more.
    """
    known = work.author_ids
    busy = _busy(session, work, {*known, *(each.id for each in unit.members)})
    if was_out:
        work.authors = [each for each in work.authors if each.member_id not in busy]
    new = [each for each in unit.members if each.id not in known and each.id not in busy]
    work.authors.extend(Author(member=each, since=now) for each in new)
    session.flush()
    keep_apart(session, work, [each.id for each in new], now=now)


def keep_apart(session: Session, work: Submission, author_ids: Collection[uuid.UUID], *, now: datetime) -> None:
    """Take work from reviewers who have become its authors."""
    if not author_ids:
        return
    theirs = update(Review).where(
        Review.submission_id == work.id, Review.reviewer_id.in_(list(author_ids)), Review.is_own.is_(False)
    )
    session.execute(theirs.where(Review.state == ReviewState.OPEN).values(state=ReviewState.GONE))
    sent = theirs.where(Review.state == ReviewState.SUBMITTED, Review.excluded_at.is_(None))
    session.execute(sent.values(excluded_at=now, exclusion_reason=_("The reviewer is an author of this work now.")))


def is_in(session: Session, member: Membership, work: Submission) -> bool:
    """Return whether somebody may change a piece of work: they wrote it, and have not left the group that did.

    A group that is dissolved keeps its people: what they wrote they may still change.
    """
    if work.group_id is None:
        return work.author_id == member.id
    return session.get(GroupMember, (work.group_id, member.id)) is not None


def people_by_group(
    session: Session, group_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID | None, frozenset[uuid.UUID]]:
    """Return who is in each of some groups now; no query where there is none."""
    if not group_ids:
        return {}
    found: defaultdict[uuid.UUID | None, set[uuid.UUID]] = defaultdict(set)
    rows = select(GroupMember.group_id, GroupMember.membership_id).where(GroupMember.group_id.in_(group_ids))
    for group_id, member_id in session.execute(rows):
        found[group_id].add(member_id)
    return {group_id: frozenset(ids) for group_id, ids in found.items()}


def dates_for(session: Session, activity: Activity, found: PeerReview, member: Membership) -> Dates:
    """Return the dates that hold for a member; more time that one of a group got for handing in holds for all of
    it, and for reviewing where groups review together.
    """
    own = get_participant(session, activity, member)
    unit = unit_of(session, activity, found, member) if found.unit is Unit.GROUP else None
    if unit is None or unit.group is None:
        return dates_of(activity, found, own)
    ids = [each.id for each in unit.members]
    due_at, reviews_due_at = session.execute(
        select(func.max(Participant.due_at), func.max(Participant.reviews_due_at)).where(
            Participant.activity_id == activity.id, Participant.member_id.in_(ids)
        )
    ).one()
    if found.reviewed_by is Unit.PERSON:
        reviews_due_at = own.reviews_due_at
    shared = Participant(activity_id=activity.id, member_id=member.id, due_at=due_at, reviews_due_at=reviews_due_at)
    return dates_of(activity, found, shared)


def list_left_out(
    session: Session, activity: Activity, groups: Mapping[uuid.UUID, Sequence[Group]]
) -> Mapping[uuid.UUID, Submission]:
    """Return, by the member's id, the work that their group handed in without them; one query.

    Args:
        groups: What `groups_by_member` returned.
    """
    if not groups:
        return {}
    query = select(Submission).where(Submission.activity_id == activity.id, Submission.state == WorkState.HANDED_IN)
    works = {each.group_id: each for each in session.scalars(query)}
    authors = frozenset[uuid.UUID]().union(*(each.author_ids for each in works.values()))
    return {
        member_id: works[mine[0].id]
        for member_id, mine in groups.items()
        if mine[0].id in works and member_id not in authors
    }


def count_in(session: Session, work: Submission, member: Membership, *, now: datetime) -> None:
    """Let somebody be an author of what their group handed in without them; who has handed in elsewhere is left out."""
    if member.id in work.author_ids or _busy(session, work, {member.id}):
        return
    work.authors.append(Author(member=member, since=now))
    session.flush()
    giving_back.look_again(session, work)  # nobody has asked them
    keep_apart(session, work, [member.id], now=now)


def _busy(session: Session, work: Submission, member_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return who of some people is an author of another piece of work that is handed in."""
    query = (
        select(Author.member_id)
        .join(Submission, Submission.id == Author.submission_id)
        .where(
            Submission.activity_id == work.activity_id,
            Submission.id != work.id,
            Submission.state == WorkState.HANDED_IN,
            Author.member_id.in_(list(member_ids)),
        )
    )
    return set(session.scalars(query))
