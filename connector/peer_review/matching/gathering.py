"""All work that can be reviewed, with what is known of it: gathered in a few queries, whatever the size of the class."""

import uuid
from collections import defaultdict
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Group, GroupMember, Membership, Role
from connector.groups.access import counting
from connector.peer_review import rules
from connector.peer_review.allocation.problem import GroupMode, Id
from connector.peer_review.matching.pool import Given, Pool, PooledWork
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.examples import Check
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import PeerReview
from connector.peer_review.works import units


def load_pool(session: Session, activity: Activity, found: PeerReview, *, now: datetime) -> Pool:
    """Return what is known of all work.

    Args:
        now: Leases are judged by it.
    """
    enough = (WorkResult.activity_id == activity.id, WorkResult.reviews >= found.needed)
    doubts = select(WorkResult.submission_id, WorkResult.doubts).where(*enough)
    drafted = select(ReviewDraft.drafter_id, ReviewDraft.submission_id).where(ReviewDraft.activity_id == activity.id)
    return Pool(
        rules=found,
        works=_works(session, activity),
        given=_given(session, activity, now),
        groups=_groups(session, activity) if found.grouping is not GroupMode.ANY else {},
        pairings=rules.list_pairings(session, activity),
        doubtful={id_ for id_, why in session.execute(doubts) if why},
        drafted=frozenset((member_id, work_id) for member_id, work_id in session.execute(drafted)),
    )


def _works(session: Session, activity: Activity) -> list[PooledWork]:
    """Return what was handed in by learners who are still here, whoever wrote it with them."""
    rows = session.execute(
        select(
            Submission.id,
            Submission.group_id,
            Submission.author_id,
            Submission.first_at,
            Submission.language,
            Author.member_id,
            and_(Membership.role == Role.LEARNER, Membership.is_active),
        )
        .join(Author, Author.submission_id == Submission.id)
        .join(Author.member)
        .where(Submission.activity_id == activity.id, Submission.state == WorkState.HANDED_IN)
        .order_by(Submission.first_at, Submission.id)
    ).all()
    near = units.people_by_group(session, {row.group_id for row in rows if row.group_id is not None})
    works = []
    for id_, of_work in groupby(rows, itemgetter(0)):
        known = [*of_work]
        authors = frozenset([row[5] for row in known])
        learners = frozenset([row[5] for row in known if row[6]])
        _id, group_id, handed_in_by, first_at, language, *_author = known[0]
        if learners:
            nearby = authors if group_id is None else authors | near.get(group_id, frozenset())
            works.append(PooledWork(id_, authors, learners, nearby, first_at, language, group_id, handed_in_by))
    return works


def _given(session: Session, activity: Activity, now: datetime) -> list[Given]:
    rows = session.execute(
        select(
            Review.id,
            Review.reviewer_id,
            Review.submission_id,
            Review.state,
            Review.lease_until,
            Review.excluded_at,
            Review.is_expert,
            Review.group_id,
            Membership.role,
            Membership.is_active,
            Check.review_id.is_not(None).label("is_check"),
        )
        .join(Review.reviewer)
        .outerjoin(Check, Check.review_id == Review.id)
        .where(Review.activity_id == activity.id, Review.is_own.is_(False), Review.round == 1)
        .order_by(Review.given_at, Review.id)
    )
    return [
        Given(
            id=row.id,
            reviewer_id=row.reviewer_id,
            submission_id=row.submission_id,
            state=row.state,
            is_check=row.is_check,
            is_expert=row.is_expert,
            is_live=row.state is ReviewState.OPEN
            and not row.is_check
            and (row.is_active or row.group_id is not None)
            and (row.is_expert or row.role is Role.LEARNER)
            and (row.lease_until is None or row.lease_until > now),
            counts=row.state is ReviewState.SUBMITTED
            and not row.is_check
            and row.excluded_at is None
            and (row.is_expert or row.role is Role.LEARNER),
        )
        for row in rows
    ]


def _groups(session: Session, activity: Activity) -> dict[uuid.UUID, frozenset[Id]]:
    inside = counting(activity).join(GroupMember, GroupMember.group_id == Group.id)
    rows = session.execute(inside.with_only_columns(Group.id, GroupMember.membership_id))
    found: defaultdict[uuid.UUID, set[Id]] = defaultdict(set)
    for group_id, member_id in rows:
        found[member_id].add(group_id)
    return {member_id: frozenset(groups) for member_id, groups in found.items()}
