"""What the reviews say together: computed whenever one comes, changes or is left out, and stored with what explains it."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.courses.models import Membership, Role
from connector.peer_review import rubrics, rules
from connector.peer_review.aggregation import records
from connector.peer_review.aggregation.grading import Grade, Outcome, grade
from connector.peer_review.aggregation.records import Record
from connector.peer_review.aggregation.reviews import Id
from connector.peer_review.aggregation.reviews import Review as Scored
from connector.peer_review.matching import checking, practising
from connector.peer_review.models.examples import COUNTS_FOR_AUTHOR
from connector.peer_review.models.results import ReviewerResult, WorkResult
from connector.peer_review.models.reviews import Review, ReviewState, Submission
from connector.peer_review.models.setup import PeerReview
from connector.peer_review.results.news import tell_changes
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _

FORMER_ACTIVITIES = 6
"""How many earlier peer reviews of the course tell something about reviewers."""


def aggregate(session: Session, activity: Activity, found: PeerReview, *, now: datetime) -> Outcome | None:
    """Compute all results of a peer review, and return them; None where nothing was scored. The caller holds the rules."""
    rows = _of_last_round(session, activity, _counting(session, activity))
    stored_rows = select(WorkResult).where(WorkResult.activity_id == activity.id)
    known = {row.submission_id: row for row in session.scalars(stored_rows)}
    numbers = Counter(row.submission_id for row in rows)
    scored = [row for row in rows if row.score is not None and not row.is_expert]
    experts = _experts(rows)
    outcome = _outcome(session, activity, found, scored, anchors=_anchors(known, experts)) if scored else None
    grades = {each.submission: each for each in outcome.grades} if outcome else {}
    ids = {(row.reviewer_id, row.submission_id): row.id for row in scored}
    for submission_id in {*known, *numbers}:
        row = known.get(submission_id) or WorkResult(submission_id=submission_id, activity_id=activity.id)
        row.reviews, row.computed_at = numbers[submission_id], now
        row.by_expert = submission_id in experts
        _fill(row, grades.get(submission_id), outcome, ids)
        _fill_by_expert(row, experts.get(submission_id))
        session.add(row)
    if outcome is not None:
        _keep_reviewers(session, activity, outcome, now)
    session.flush()
    return outcome


def override(
    session: Session,
    activity: Activity,
    work: Submission,
    *,
    by: Membership,
    score: float | None,
    reason: str,
    now: datetime,
) -> None:
    """Let a trainer's own score stand for a piece of work; it also teaches the model what reviewers are like.

    Args:
        score: From 0 to 100; None takes the trainer's score back.

    Raises:
        NotFoundError: The member does not lead the course.
        InvalidInputError: The score is off the scale, or there is no reason.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    if work.activity_id != activity.id:
        raise NotFoundError
    errors = {}
    if score is not None and not 0 <= score <= 100:  # noqa: PLR2004 -- the scale
        errors["score"] = [_("Give a number from 0 to 100.")]
    if score is not None and not reason.strip():
        errors["reason"] = [_("Say why: the author reads it.")]
    if errors:
        raise InvalidInputError(errors)
    row = session.get(WorkResult, work.id) or WorkResult(
        submission_id=work.id, activity_id=activity.id, reviews=0, shares=[], doubts=[], computed_at=now
    )
    row.override, row.override_reason = score, reason.strip() if score is not None else None
    row.overridden_by_id, row.overridden_at = (by.id, now) if score is not None else (None, None)
    session.add(row)
    session.flush()
    aggregate(session, activity, found, now=now)
    tell_changes(session, activity, now=now)


def exclude(
    session: Session, activity: Activity, review: Review, *, by: Membership, reason: str, now: datetime
) -> None:
    """Leave a review out of the grade, or count it again where it was left out; its author keeps the credit.

    Args:
        reason: Why; empty counts it again.

    Raises:
        NotFoundError: The member does not lead the course, or the review is of another activity.
    """
    rules.check_staff(by)
    found = rules.hold(session, activity)
    if review.activity_id != activity.id:
        raise NotFoundError
    review.excluded_at, review.exclusion_reason = (now, reason.strip()) if reason.strip() else (None, None)
    session.flush()
    aggregate(session, activity, found, now=now)
    tell_changes(session, activity, now=now)


def former_records(
    session: Session, activity: Activity, member_ids: Sequence[uuid.UUID]
) -> tuple[Mapping[Id, Record], int]:
    """Return what earlier peer reviews of the course tell of reviewers, and how many these were."""
    earlier = session.scalars(
        select(Activity.id)
        .where(
            Activity.course_id == activity.course_id,
            Activity.kind == Kind.PEER_REVIEW,
            Activity.created_at < activity.created_at,
            select(ReviewerResult.member_id).where(ReviewerResult.activity_id == Activity.id).exists(),
        )
        .order_by(Activity.created_at.desc())
        .limit(FORMER_ACTIVITIES)
    ).all()
    if not earlier:
        return {}, 0
    found: defaultdict[uuid.UUID, dict[uuid.UUID, Record]] = defaultdict(dict)
    rows = select(ReviewerResult.activity_id, ReviewerResult.member_id, ReviewerResult.told)
    for activity_id, member_id, told in session.execute(rows.where(ReviewerResult.activity_id.in_(earlier))):
        found[member_id][activity_id] = Record(**told)
    wanted = set(member_ids)
    joined: dict[Id, Record] = {
        member_id: records.over([told.get(id_, Record()) for id_ in reversed(earlier)])
        for member_id, told in found.items()
        if member_id in wanted
    }
    return joined, len(earlier)


def _outcome(
    session: Session,
    activity: Activity,
    found: PeerReview,
    scored: Sequence[Review],
    *,
    anchors: Mapping[Id, float],
) -> Outcome:
    reviewers = [row.reviewer_id for row in scored]
    former, finished = former_records(session, activity, reviewers)
    practised, calibrated = practising.records(session, activity, reviewers)
    checked = checking.records(session, activity)
    return grade(
        [Scored(row.reviewer_id, row.submission_id, row.score or 0.0) for row in scored],
        method=found.method,
        anchors=anchors,
        records={
            id_: former.get(id_, Record()) + practised.get(id_, Record()) + checked.get(id_, Record())
            for id_ in {*former, *practised, *checked}
        },
        finished_activities=finished,
        calibrated=calibrated,
        steps=rubrics.steps_of(rubrics.find_rubric(session, activity)),
    )


def _fill(
    row: WorkResult, found: Grade | None, outcome: Outcome | None, ids: Mapping[tuple[uuid.UUID, uuid.UUID], uuid.UUID]
) -> None:
    if found is None or outcome is None:
        row.score = row.low = row.high = row.mean = row.modelled = row.method = None
        row.shares, row.doubts = [], []
        return
    row.score, row.low, row.high = found.score, found.low, found.high
    row.mean, row.modelled, row.method = found.mean, found.modelled, outcome.method
    row.doubts = sorted(doubt.value for doubt in found.doubts)
    row.shares = [
        {
            "review": str(ids[uuid.UUID(str(each.reviewer)), row.submission_id]),
            "score": each.score,
            "share": each.share,
            "adjustment": each.adjustment,
        }
        for each in found.shares
    ]


def _anchors(known: Mapping[uuid.UUID, WorkResult], experts: Mapping[uuid.UUID, float | None]) -> dict[Id, float]:
    """Return the scores that stand whatever colleagues say: a trainer's before an expert's."""
    found: dict[Id, float] = {id_: score for id_, score in experts.items() if score is not None}
    return found | {id_: row.override for id_, row in known.items() if row.override is not None}


def _experts(rows: Sequence[Review]) -> dict[uuid.UUID, float | None]:
    """Return what experts say each work is worth that one reviewed; None where the criteria ask for words only."""
    said: defaultdict[uuid.UUID, list[float]] = defaultdict(list)
    for row in rows:
        if row.is_expert:
            said[row.submission_id].extend([] if row.score is None else [row.score])
    return {id_: sum(scores) / len(scores) if scores else None for id_, scores in said.items()}


def _fill_by_expert(row: WorkResult, score: float | None) -> None:
    """Let an expert's score be the result where no colleague has reviewed the work."""
    if score is not None and row.score is None:
        row.score = row.low = row.high = score


def _counting(session: Session, activity: Activity) -> Sequence[Review]:
    """Return the reviews that count."""
    return session.scalars(select(Review).join(Review.reviewer).where(*_counts(activity)).order_by(Review.id)).all()


def _of_last_round(session: Session, activity: Activity, rows: Sequence[Review]) -> list[Review]:
    """Return the reviews that decide: of revised work, once it has any, those that are about the revised version."""
    query = select(Submission.id, Submission.revised_from)
    last = dict(iter(session.execute(query.where(Submission.activity_id == activity.id, Submission.revised_from > 0))))
    again = {row.id for row in rows if row.submission_id in last and _is_about_later(row, last[row.submission_id])}
    looked_again = {row.submission_id for row in rows if row.id in again}
    return [row for row in rows if row.submission_id not in looked_again or row.id in again]


def _is_about_later(review: Review, version: int | None) -> bool:
    return (review.submission_version or 0) > (version or 0)


def _counts(activity: Activity) -> tuple[ColumnElement[bool], ...]:
    return (
        Review.activity_id == activity.id,
        Review.state == ReviewState.SUBMITTED,
        Review.is_own.is_(False),
        Review.excluded_at.is_(None),
        COUNTS_FOR_AUTHOR,
        or_(Membership.role == Role.LEARNER, Review.is_expert),
    )


def _keep_reviewers(session: Session, activity: Activity, outcome: Outcome, now: datetime) -> None:
    known = {
        row.member_id: row
        for row in session.scalars(select(ReviewerResult).where(ReviewerResult.activity_id == activity.id))
    }
    checked = checking.records(session, activity)
    for state in outcome.reviewers:
        member_id = uuid.UUID(str(state.reviewer))
        row = known.get(member_id) or ReviewerResult(activity_id=activity.id, member_id=member_id)
        row.state = {
            "reviews": state.reviews,
            "bias": state.bias,
            "spread": state.spread,
            "effort": state.effort,
            "flat": state.flat,
            "uninformed": [str(each) for each in state.uninformed],
        }
        told = outcome.told.get(state.reviewer, Record()) + checked.get(state.reviewer, Record())
        row.told, row.computed_at = asdict(told), now
        session.add(row)
