"""Groups that review together: whose review it is, and who stands for a group where one person must.

A group reviews as the one that handed a piece of work in. Its reviews are kept under the name of who handed that in first,
so that lots, results and the model know one reviewer; everybody who is in the group now goes on with them and sends them.
"""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.content.text import normalise
from connector.courses.models import Group, GroupMember, Membership
from connector.peer_review.models.reviews import Author, Review, Submission, WorkState
from connector.peer_review.models.setup import PeerReview, Unit
from connector.peer_review.works.units import desk_of, people_by_group


def is_mine(member_id: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition that a review is somebody's to write: their own, or of a group that they are in now.

    What a group reviews that they have changed into is not theirs where they wrote the work.
    """
    inside = select(GroupMember.group_id).where(GroupMember.membership_id == member_id)
    wrote = exists().where(Author.submission_id == Review.submission_id, Author.member_id == member_id)
    return or_(
        and_(Review.group_id.is_(None), Review.reviewer_id == member_id),
        and_(Review.group_id.in_(inside), ~wrote),
    )


def list_people(session: Session, reviews: Collection[Review]) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """Return, by the review's id, who writes it; one query."""
    groups = people_by_group(session, {each.group_id for each in reviews if each.group_id is not None})
    return {
        each.id: groups.get(each.group_id, frozenset()) if each.group_id else frozenset({each.reviewer_id})
        for each in reviews
    }


def find_team(session: Session, activity: Activity, found: PeerReview, member: Membership) -> Submission | None:
    """Return the work of the group that a member reviews with; None for who reviews alone."""
    if found.reviewed_by is not Unit.GROUP:
        return None
    work = desk_of(session, activity, found, member).work
    return work if work is not None and work.group_id is not None and work.state is WorkState.HANDED_IN else None


def who_is_hidden(
    session: Session, activity: Activity, found: PeerReview, review: Review, writer: Membership
) -> tuple[Sequence[Membership], Group | None]:
    """Return whose names tell who wrote a review: all of its group's, or the writer's, and the group that they work in."""
    if review.group_id is None:
        return [writer], desk_of(session, activity, found, writer).group if found.unit is Unit.GROUP else None
    inside = select(GroupMember.membership_id).where(GroupMember.group_id == review.group_id)
    people = select(Membership).where(Membership.id.in_(inside)).options(joinedload(Membership.person))
    return session.scalars(people).all(), review.group


def prints_of(shown: Mapping[str, str]) -> dict[str, str]:
    """Return a fingerprint of each field: a form carries these, not all its texts once more. An empty field has none."""
    return {name: found for name, text in shown.items() if (found := _print(text))}


def merge(
    review: Review,
    typed: Mapping[str, str],
    shown: Mapping[str, str],
    was: Mapping[str, str] | None,
    by: Membership,
    *,
    limit: int,
    now: datetime,
) -> tuple[dict[str, str], Sequence[str]]:
    """Return what of a form may be kept, and the fields that somebody else of the group wrote in meanwhile: there, theirs
    stays, and what came second is put beside it for all of them to read.

    Args:
        typed: The fields that came.
        shown: What the form holds now, sent before or not.
        was: What `prints_of` said of the form when the writer began; None where they do not say.
        limit: How much of a field is kept, in characters.
    """
    kept: dict[str, str] = {}
    beside = []
    for name, sent in typed.items():
        there, text = shown.get(name, ""), normalise(sent)[:limit]
        before = None if was is None else was.get(name, "")
        if _print(text) == before:
            continue
        if there in {"", text} or _print(there) == before:
            kept[name] = text
        elif text:
            beside.append(name)
            mine = {"field": name, "text": text, "by": str(by.id), "at": now.isoformat()}
            others = [each for each in review.beside if (each["field"], each["by"]) != (name, mine["by"])]
            review.beside = [*others, mine]
    return kept, beside


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
