"""Distributing all work at once, for who leads the course: balanced, explained, and possible to make again."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notifications.services import notify
from connector.peer_review import rules
from connector.peer_review.allocation import batch
from connector.peer_review.allocation.problem import Allocation, Id, Problem, Reviewer
from connector.peer_review.allocation.problem import Submission as Work
from connector.peer_review.matching import checking
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.matching.giving import give_many
from connector.peer_review.matching.meetings import Meetings, find_meetings
from connector.peer_review.matching.pool import Pool
from connector.peer_review.models.results import Distribution
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Participant, Unit
from connector.web.errors import NotFoundError

GIVEN = "reviews given"
"""What reviewers are told when work was distributed."""


def distribute(
    session: Session, activity: Activity, by: Membership, *, accept_fewer: bool = False, now: datetime
) -> Distribution:
    """Give everybody who has handed in what they are to review. What was given before stays, and counts.

    Args:
        accept_fewer: Give what can be given where the rules do not admit that all get enough.

    Raises:
        NotFoundError: The member does not lead the course.
        ImpossibleError: No distribution keeps the rules; its reasons name the group or the people that bind.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    pool = load_pool(session, activity, found, now=now)
    seed = _next_seed(session, activity, found.seed)
    before = {
        (each.reviewer_id, each.submission_id)
        for each in pool.given
        if each.state is not ReviewState.GONE and not each.is_check and not each.is_expert
    }
    quotas = _quotas(session, activity, pool)
    checks = checking.draw_many(session, activity, pool, quotas)
    meetings = find_meetings(session, activity, has_languages=any(each.language for each in pool.works))
    outcome = batch.allocate(_problem(pool, quotas, checks, seed, meetings=meetings), accept_fewer=accept_fewer)
    # What was given for a day stays given: it is part of the distribution now.
    leased = (Review.activity_id == activity.id, Review.state == ReviewState.OPEN, Review.lease_until.is_not(None))
    session.execute(update(Review).where(*leased).values(lease_until=None))
    pairs = cast("list[tuple[uuid.UUID, uuid.UUID]]", [(pair.reviewer, pair.submission) for pair in outcome.pairs])
    new = [pair for pair in pairs if pair not in before] if before else pairs
    # Where they stand must not tell checks from the others.
    ordered = sorted(new + checks) if checks else new
    given = give_many(session, activity, found, ordered, why="batch", groups=_teams(pool), now=now)
    if checks:
        ids = dict(zip(ordered, given, strict=True))
        checking.mark(session, activity, [uuid.UUID(ids[pair]) for pair in checks])
    told = frozenset().union(*map(pool.people_of, {reviewer_id for reviewer_id, _work in ordered}))
    row = Distribution(
        id=uuid.uuid4(),
        activity_id=activity.id,
        made_at=now,
        made_by_id=by.id,
        seed=seed,
        outcome=_told(outcome, new=len(given)),
    )
    session.add(row)
    session.flush()
    notify(session, told, GIVEN, about=activity.id, activity=activity, by=by.id, now=now)
    return row


def last_distribution(session: Session, activity: Activity) -> Distribution | None:
    """Return the last time that work was distributed."""
    query = select(Distribution).where(Distribution.activity_id == activity.id).order_by(Distribution.made_at.desc())
    return session.scalar(query.limit(1))


def take_back(session: Session, activity: Activity, review_ids: Sequence[uuid.UUID], by: Membership) -> int:
    """Take work back from reviewers who have not sent their review, so that others get it; return how many.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    rules.hold(session, activity)
    open_ = (Review.activity_id == activity.id, Review.state == ReviewState.OPEN, Review.id.in_(list(review_ids)))
    return len(session.execute(update(Review).where(*open_).values(state=ReviewState.GONE).returning(Review.id)).all())


def get_given(session: Session, activity: Activity, by: Membership, review_id: uuid.UUID) -> Review:
    """Return any review of the activity, for who leads the course.

    Raises:
        NotFoundError: There is none, or the member does not lead the course.
    """
    rules.check_staff(by)
    review = session.get(Review, review_id, options=[joinedload(Review.submission)])
    if review is None or review.activity_id != activity.id:
        raise NotFoundError
    return review


def _quotas(session: Session, activity: Activity, pool: Pool) -> dict[uuid.UUID, int]:
    """Return how many reviews each author writes in all."""
    special = {
        row.member_id: row for row in session.scalars(select(Participant).where(Participant.activity_id == activity.id))
    }
    quotas: dict[uuid.UUID, int] = {}
    for work in pool.works:
        for id_ in sorted(work.learner_ids):
            reviewer_id = pool.as_reviewer(id_)  # of a group, as many as whoever of it is to write most
            quotas[reviewer_id] = max(quotas.get(reviewer_id, 0), rules.quota_of(pool.rules, special.get(id_)))
    return quotas


def _teams(pool: Pool) -> dict[uuid.UUID, uuid.UUID]:
    """Return the groups that review together, by who stands for each; none where people review by themselves."""
    if pool.rules.reviewed_by is Unit.PERSON:
        return {}
    return {each.handed_in_by: each.group_id for each in pool.works if each.handed_in_by and each.group_id}


def _problem(
    pool: Pool,
    people: Mapping[uuid.UUID, int],
    checks: Sequence[tuple[uuid.UUID, uuid.UUID]],
    seed: int,
    *,
    meetings: Meetings,
) -> Problem:
    """Return the problem of who reviews what, beside checks: those take part of what people write, and nobody's place.

    Args:
        people: How many reviews each is to write, checks included.
    """
    kept, known, gone = _given(pool, people, checks)
    works = {id_: each for each in pool.works for id_ in each.author_ids} if pool.pairings else {}
    wanted = {
        (pool.as_reviewer(each.reviewer_id), works[each.author_id].id)
        for each in pool.pairings
        if each.is_must and pool.as_reviewer(each.reviewer_id) in people and each.author_id in works
    } - known
    counts, taken, must = (Counter(who for who, _work in pairs) for pairs in (kept, known, kept | wanted))
    has_languages = any(each.language for each in pool.works)
    return Problem(
        reviewers=[
            Reviewer(
                id_,
                max(quota - taken[id_], counts[id_], min(must[id_], quota), 0),
                people=pool.people_of(id_),
                groups=pool.groups.get(id_, frozenset()),
                languages=meetings.reads(id_) if has_languages else frozenset(),
            )
            for id_, quota in people.items()
        ],
        submissions=[
            Work(each.id, each.near, groups=pool.groups_of(each), language=each.language) for each in pool.works
        ],
        seed=seed,
        needed=pool.rules.needed,
        mode=pool.rules.grouping,
        conflicts=frozenset((each.reviewer_id, each.author_id) for each in pool.pairings if not each.is_must),
        must=frozenset(kept | wanted),
        must_not=frozenset(gone - kept - wanted),
        recent=frozenset[tuple[Id, Id]](meetings.pairs),
    )


_Pairs: TypeAlias = set[tuple[uuid.UUID, uuid.UUID]]


def _given(
    pool: Pool, people: Collection[uuid.UUID], checks: Sequence[tuple[uuid.UUID, uuid.UUID]]
) -> tuple[_Pairs, _Pairs, _Pairs]:
    """Return the reviews that people keep, those that are checks, and those that they must not be given again."""
    # What somebody wrote who has become an author since then is no review of others' work any more.
    near = {each.id: each.near for each in pool.works}
    given = [
        each for each in pool.given if each.submission_id in near and each.reviewer_id not in near[each.submission_id]
    ]
    known = {
        (each.reviewer_id, each.submission_id)
        for each in pool.given
        if each.is_check and each.state is not ReviewState.GONE
    } | set(checks)
    kept = {
        (each.reviewer_id, each.submission_id)
        for each in given
        if each.state is not ReviewState.GONE and not (each.is_check or each.is_expert) and each.reviewer_id in people
    }
    gone = {
        (each.reviewer_id, each.submission_id)
        for each in given
        if (each.state is ReviewState.GONE or each.is_expert) and each.reviewer_id in people
    } | {pair for pair in known if pair[0] in people and pair[1] in near}
    return kept, known, gone


def _next_seed(session: Session, activity: Activity, seed: int) -> int:
    """Return the seed of this distribution: another one each time, and always the same for the same time."""
    made = session.scalars(select(Distribution.id).where(Distribution.activity_id == activity.id)).all()
    return (seed + len(made)) % rules.SEEDS


def _told(outcome: Allocation, *, new: int) -> dict[str, object]:
    return {
        "pairs": len(outcome.pairs),
        "new": max(0, new),
        "fewest": outcome.fewest,
        "most": outcome.most,
        "mutual": outcome.mutual,
        "notices": sorted(notice.value for notice in outcome.notices),
        "solved_by": outcome.solved_by,
    }
