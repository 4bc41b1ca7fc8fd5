"""Hidden spot-checks: some of the reviews that people write are of work that the trainer has judged.

They look like all others to whoever writes them. They tell the model how their writers review, in full; they count neither
for the author of the work nor among the reviews that it gets.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership, Person, Role
from connector.db import stored
from connector.peer_review import rubrics, rules
from connector.peer_review.aggregation.records import Record, from_known
from connector.peer_review.aggregation.reviews import Id
from connector.peer_review.allocation.problem import GroupMode
from connector.peer_review.examples.examples import levels_of, list_examples, score_of, scored_of
from connector.peer_review.matching.pool import Pool
from connector.peer_review.models.examples import Check, Checking, Example, Use
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Review, ReviewState, Submission, SubmissionVersion
from connector.peer_review.models.setup import Rubric, Unit
from connector.web.errors import ConflictError

ONE_IN = 6
"""One review in so many is a check."""


@dataclass(frozen=True, slots=True)
class Checks:
    """How spot-checks stand, for who leads the course."""

    is_on: bool
    known: int
    """Pieces of work that can be checks."""
    given: int


@dataclass(frozen=True, slots=True)
class Known:
    """A piece of work whose score is known."""

    id: uuid.UUID
    near: frozenset[uuid.UUID] = frozenset()
    """Who may never review it; nobody for an example."""
    author_ids: frozenset[uuid.UUID] = frozenset()
    groups: frozenset[Id] = frozenset()


def is_on(session: Session, activity: Activity) -> bool:
    """Return whether some reviews are checks: learners are told so. Where groups review together, they rest."""
    if rules.get_rules(session, activity).reviewed_by is Unit.GROUP:
        return False
    row = session.get(Checking, activity.id)
    return row is not None and row.is_on


def look(session: Session, activity: Activity) -> Checks:
    """Return how spot-checks stand."""
    given = select(func.count()).where(Check.activity_id == activity.id)
    known = len(_graded(session, activity)) + len(_hidden(session, activity))
    return Checks(is_on(session, activity), known, session.scalar(given) or 0)


def switch(session: Session, activity: Activity, by: Membership, *, is_on: bool) -> None:
    """Switch spot-checks on or off.

    Raises:
        NotFoundError: The member does not lead the course.
        ConflictError: So few reviews are written that authors would lack some.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    if is_on and found.reviews_each <= found.needed:
        raise ConflictError
    row = stored(
        session,
        select(Checking).where(Checking.activity_id == activity.id),
        lambda: Checking(activity_id=activity.id, is_on=is_on),
    )
    row.is_on = is_on
    session.flush()


def draw(session: Session, activity: Activity, pool: Pool, reviewer: Membership) -> uuid.UUID | None:
    """Return the work that a reviewer who asks now gets as a check; None where it is no check's turn."""
    if not is_on(session, activity):
        return None
    number = sum(each.reviewer_id == reviewer.id for each in pool.given)
    if not _is_turn(reviewer.person.veil, activity.id, number):
        return None
    return _choose(reviewer.id, _list_known(session, activity, pool), pool, _Given.of(pool), reviewer.person.veil)


def draw_many(
    session: Session, activity: Activity, pool: Pool, quotas: Mapping[uuid.UUID, int]
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return the checks of a distribution: pairs of a reviewer and a piece of work.

    Args:
        quotas: How many reviews each is to write in all; what they were given already counts.
    """
    if not is_on(session, activity):
        return []
    known, given = _list_known(session, activity, pool), _Given.of(pool)
    before = Counter(each.reviewer_id for each in pool.given if each.state is not ReviewState.GONE)
    veils = select(Membership.id, Person.veil).join(Membership.person).where(Membership.course_id == activity.course_id)
    pairs = []
    for member_id, veil in sorted(session.execute(veils)):
        for number in range(before[member_id], quotas.get(member_id, 0)):
            if _is_turn(veil, activity.id, number):
                work_id = _choose(member_id, known, pool, given, veil)
                if work_id is not None:
                    given.note(member_id, work_id)
                    pairs.append((member_id, work_id))
    return pairs


def mark(session: Session, activity: Activity, review_ids: Iterable[uuid.UUID]) -> None:
    """Note that reviews are checks."""
    session.add_all(Check(review_id=each, activity_id=activity.id) for each in review_ids)
    session.flush()


def is_check(session: Session, review: Review) -> bool:
    """Return whether a review is a hidden check."""
    return session.get(Check, review.id) is not None


def records(session: Session, activity: Activity) -> Mapping[Id, Record]:
    """Return what checks tell of reviewers."""
    found: defaultdict[uuid.UUID, list[float]] = defaultdict(list)
    scores = {(row.submission_id, row.judged): row.override for row in session.execute(_judged(activity))}
    examples = {each.submission_id: each for each in session.scalars(
        select(Example).where(Example.activity_id == activity.id, Example.use == Use.HIDDEN)
    )}  # fmt: skip
    written = (
        select(Review)
        .join(Check, Check.review_id == Review.id)
        .join(Review.reviewer)
        .where(
            Check.activity_id == activity.id,
            Review.state == ReviewState.SUBMITTED,
            Review.excluded_at.is_(None),
            Review.score.is_not(None),
            Membership.role == Role.LEARNER,
        )
        .order_by(Review.id)
        .options(joinedload(Review.rubric).selectinload(Rubric.criteria))
    )
    for review in session.scalars(written):
        key = scores.get((review.submission_id, review.submission_version))
        if review.submission_id in examples:
            levels = levels_of(examples[review.submission_id], review.rubric)
            key = None if levels is None else score_of(scored_of(review.rubric), levels)
        if key is not None and review.score is not None:
            found[review.reviewer_id].append(review.score - key)
    return {member_id: from_known(differences) for member_id, differences in found.items()}


@dataclass(frozen=True, slots=True)
class _Given:
    """Who had what, and how often each work was a check."""

    had: set[tuple[uuid.UUID, uuid.UUID]]
    checks: Counter[uuid.UUID]

    @classmethod
    def of(cls, pool: Pool) -> "_Given":
        """Return what was given before."""
        had = {(each.reviewer_id, each.submission_id) for each in pool.given}
        return cls(had, Counter(each.submission_id for each in pool.given if each.is_check))

    def note(self, reviewer_id: uuid.UUID, work_id: uuid.UUID) -> None:
        """Note one more."""
        self.had.add((reviewer_id, work_id))
        self.checks[work_id] += 1


def _is_turn(veil: uuid.UUID, activity_id: uuid.UUID, number: int) -> bool:
    """Return whether somebody's review of that number is a check: by a lot that their secret decides, so that nobody else can tell."""
    return uuid.uuid5(veil, f"check {activity_id} {number}").int % ONE_IN == 0


def _choose(
    reviewer_id: uuid.UUID, known: Sequence[Known], pool: Pool, given: _Given, veil: uuid.UUID
) -> uuid.UUID | None:
    """Return the known work that was least often a check, of what the rules let the reviewer have; None where there is none."""
    apart = {
        each.author_id if each.reviewer_id == reviewer_id else each.reviewer_id
        for each in pool.pairings
        if not each.is_must and reviewer_id in {each.reviewer_id, each.author_id}
    }
    groups = pool.groups.get(reviewer_id, frozenset())
    open_ = [
        each
        for each in known
        if reviewer_id not in each.near
        and each.author_ids.isdisjoint(apart)
        and (reviewer_id, each.id) not in given.had
        and (
            not each.author_ids
            or pool.rules.grouping is GroupMode.ANY
            or groups.isdisjoint(each.groups) == (pool.rules.grouping is GroupMode.OUTSIDE)
        )
    ]
    ranked = sorted(open_, key=lambda each: (given.checks[each.id], uuid.uuid5(veil, str(each.id))))
    return ranked[0].id if ranked else None


def _list_known(session: Session, activity: Activity, pool: Pool) -> list[Known]:
    ids = _graded(session, activity)
    known = [Known(each.id, each.near, each.author_ids, pool.groups_of(each)) for each in pool.works if each.id in ids]
    return known + [Known(id_) for id_ in _hidden(session, activity)]


def _judged(activity: Activity) -> Select[uuid.UUID, float | None, int, int | None]:
    """Return the work that the trainer has scored, with the version that was handed in last then: of what was handed in
    afterwards, revised or not, the score says nothing.
    """
    seen = SubmissionVersion.at <= WorkResult.overridden_at
    judged = select(func.max(SubmissionVersion.version)).where(SubmissionVersion.submission_id == Submission.id, seen)
    return (
        select(
            WorkResult.submission_id, WorkResult.override, Submission.version, judged.scalar_subquery().label("judged")
        )
        .join(Submission, Submission.id == WorkResult.submission_id)
        .where(WorkResult.activity_id == activity.id, WorkResult.override.is_not(None))
    )


def _graded(session: Session, activity: Activity) -> set[uuid.UUID]:
    """Return the work that the trainer has scored as it is now."""
    return {row.submission_id for row in session.execute(_judged(activity)) if row.judged == row.version}


def _hidden(session: Session, activity: Activity) -> list[uuid.UUID]:
    rubric = rubrics.find_rubric(session, activity)
    hidden = list_examples(session, activity, Use.HIDDEN)
    return [each.submission_id for each in hidden if each.submission_id and levels_of(each, rubric) is not None]
