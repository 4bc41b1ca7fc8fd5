"""Groups that review together: whose review it is, and who stands for a group where one person must.

A group reviews as the one that handed a piece of work in. Its reviews are kept under the name of who handed that in first,
so that lots, results and the model know one reviewer; everybody who is in the group now goes on with them and sends them.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.text import normalise
from connector.courses.models import GroupMember, Membership
from connector.peer_review.models import Author, Review, Submission, WorkState
from connector.peer_review.setup_models import PeerReview, Unit
from connector.peer_review.units import desk_of, people_by_group


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


def merge(
    review: Review, typed: Mapping[str, str], was: Mapping[str, str] | None, by: Membership, *, now: datetime
) -> tuple[dict[str, str], Sequence[str]]:
    """Return what of a form may be kept, and the fields that somebody else of the group wrote in meanwhile: there, theirs
    stays, and what came second is put beside it for all of them to read.

    Args:
        typed: The fields that came.
        was: What they were when the writer began, empty ones left out; None where the form does not say.
    """
    kept: dict[str, str] = {}
    beside = []
    for name, sent in typed.items():
        there, text = review.typed.get(name, ""), normalise(sent)
        before = None if was is None else normalise(was.get(name, ""))
        if text == before:
            continue
        if before is None or there in {before, text} or not there:
            kept[name] = text
        elif text:
            beside.append(name)
            mine = {"field": name, "text": text, "by": str(by.id), "at": now.isoformat()}
            others = [each for each in review.beside if (each["field"], each["by"]) != (name, mine["by"])]
            review.beside = [*others, mine]
    return kept, beside
