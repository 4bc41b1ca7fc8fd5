"""How a peer review goes, for who leads it: who waits for whom, who is silent, what needs a look."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Group, Membership, Role
from connector.courses.people import name_of
from connector.peer_review import rules
from connector.peer_review.allocation.forecast import Forecast, Record, Standing, forecast
from connector.peer_review.board.agreeing import agreements
from connector.peer_review.board.rows import Board, Row, works_of
from connector.peer_review.bylines import review_title
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.matching.pool import Pool
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Participant, PeerReview, Unit
from connector.peer_review.results.releasing import Release, enough, judge
from connector.peer_review.works import units

SILENT = timedelta(days=3)
"""How long a reviewer who owes reviews may not have written anything."""
_FAR = 240.0
"""Hours that are taken where there is no date."""


def look(session: Session, activity: Activity, by: Membership, *, now: datetime) -> Board:
    """Return how a peer review goes; the same few queries for any number of people.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    return read(session, activity, now=now)


def read(session: Session, activity: Activity, *, now: datetime) -> Board:
    """Return the same for nobody in particular: who it is shown to is the caller's to see to."""
    found = rules.get_rules(session, activity)
    pool = load_pool(session, activity, found, now=now)
    reviews = _reviews(session, activity)
    groups = units.groups_by_member(session, activity, found)
    view = _View(
        activity=activity,
        rules=found,
        pool=pool,
        now=now,
        coverage=pool.coverage(),
        written=pool.written_by(),
        works=units.list_works_by_author(session, activity),
        results=_results(session, activity),
        participants=_participants(session, activity),
        groups=groups,
        left_out=units.list_left_out(session, activity, groups),
        touched={each: at for id_, at in _touched(reviews).items() for each in pool.people_of(id_)},
    )
    _sort(view, reviews)
    rows = [_row(view, member) for member in _learners(session, activity)]
    shown = works_of(rows)
    return Board(
        rules=found,
        rows=rows,
        flagged=[each for each in reviews if each.flagged_at is not None and each.settled_at is None],
        doubtful=[row for row in shown if row.work is not None and row.work.id in pool.doubtful],
        agreements=agreements(session, activity),
        forecast=_forecast(found, rows, view.open_by_work, view.written, now),
        lacking=sum(enough(found, row.result, row.received) < found.needed for row in shown),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What rows are made of, read once for all of them; by member or by work, as the names say."""

    activity: Activity
    rules: PeerReview
    pool: Pool
    now: datetime
    coverage: Mapping[uuid.UUID, tuple[int, int]]
    written: Mapping[uuid.UUID, int]
    works: Mapping[uuid.UUID, Submission]
    results: Mapping[uuid.UUID, WorkResult]
    participants: Mapping[uuid.UUID, Participant]
    groups: Mapping[uuid.UUID, Sequence[Group]]
    left_out: Mapping[uuid.UUID, Submission]
    touched: Mapping[uuid.UUID, datetime]
    """When each member last wrote at a review."""
    open_by_reviewer: defaultdict[uuid.UUID, list[Review]] = field(default_factory=lambda: defaultdict(list))
    open_by_work: defaultdict[uuid.UUID, list[Review]] = field(default_factory=lambda: defaultdict(list))
    second: defaultdict[uuid.UUID, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """For each revised work: whether those who are to look at it again have."""


def _sort(view: _View, reviews: Sequence[Review]) -> None:
    """Note each review with whoever waits for it; spot-checks are waited for by nobody."""
    checks = {each.id for each in view.pool.given if each.is_check}
    for review in reviews:
        if review.round > 1:
            view.second[review.submission_id].append(review.state is ReviewState.SUBMITTED)
        elif review.state is ReviewState.OPEN and not review.is_own:
            if not review.is_expert:
                for member_id in view.pool.people_of(review.reviewer_id):
                    view.open_by_reviewer[member_id].append(review)
            if review.id not in checks:
                view.open_by_work[review.submission_id].append(review)


def _row(view: _View, member: Membership) -> Row:
    """Return what stands about one learner."""
    found, work, participant = view.rules, view.works.get(member.id), view.participants.get(member.id)
    done, live = view.coverage.get(work.id, (0, 0)) if work else (0, 0)
    result = view.results.get(work.id) if work else None
    quota, written = rules.quota_of(found, participant), view.written.get(member.id, 0)
    owes = max(0, quota - written)
    handed_in = work is not None and work.state is WorkState.HANDED_IN
    release = Release.NOTHING
    if handed_in:
        release = judge(view.activity, found, done=enough(found, result, done), needed_own=owes, now=view.now)
    return Row(
        member=member,
        participant=participant,
        work=work,
        result=result,
        written=written,
        quota=quota,
        open=view.open_by_reviewer[member.id],
        received=done,
        coming=live,
        waits_for=[review_title(each) for each in view.open_by_work[work.id]] if work else [],
        release=release,
        second=view.second[work.id] if work else (),
        groups=view.groups.get(member.id, ()),
        left_out=None if handed_in else view.left_out.get(member.id),
        is_loner=not handed_in and _is_alone(view, member, participant),
        is_silent=handed_in and owes > 0 and _has_been_silent(view, member, work),
    )


def _is_alone(view: _View, member: Membership, participant: Participant | None) -> bool:
    """Return whether groups hand in, and somebody is in none and was not let hand in alone."""
    may_alone = participant is not None and participant.is_alone
    return view.rules.unit is Unit.GROUP and member.id not in view.groups and not may_alone


def _has_been_silent(view: _View, member: Membership, work: Submission | None) -> bool:
    """Return whether somebody has neither written nor handed in for days."""
    times = (view.touched.get(member.id), work.handed_in_at if work else None)
    last = max((each for each in times if each), default=None)
    return last is not None and view.now - last > SILENT


def _results(session: Session, activity: Activity) -> dict[uuid.UUID, WorkResult]:
    query = select(WorkResult).where(WorkResult.activity_id == activity.id)
    return {each.submission_id: each for each in session.scalars(query)}


def _participants(session: Session, activity: Activity) -> dict[uuid.UUID, Participant]:
    query = select(Participant).where(Participant.activity_id == activity.id)
    return {each.member_id: each for each in session.scalars(query)}


def _reviews(session: Session, activity: Activity) -> Sequence[Review]:
    query = (
        select(Review)
        .where(Review.activity_id == activity.id, Review.state != ReviewState.GONE)
        .order_by(Review.given_at, Review.id)
        .options(
            joinedload(Review.reviewer).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.group),
            joinedload(Review.group),
        )
    )
    return session.scalars(query).all()


def _learners(session: Session, activity: Activity) -> list[Membership]:
    found = session.scalars(
        select(Membership)
        .where(Membership.course_id == activity.course_id, Membership.is_active, Membership.role == Role.LEARNER)
        .options(joinedload(Membership.person))
    )
    return sorted(found, key=lambda each: (name_of(each).casefold(), each.id))


def _touched(reviews: Sequence[Review]) -> dict[uuid.UUID, datetime]:
    """Return when each reviewer last wrote."""
    found: dict[uuid.UUID, datetime] = {}
    for review in reviews:
        times = [each for each in (review.typed_at, review.changed_at, review.started_at) if each]
        if times:
            found[review.reviewer_id] = max([*times, found.get(review.reviewer_id, times[0])])
    return found


def _forecast(
    found: PeerReview,
    rows: Sequence[Row],
    open_by_work: Mapping[uuid.UUID, Sequence[Review]],
    written: Mapping[uuid.UUID, int],
    now: datetime,
) -> Forecast:
    hours = _FAR
    if found.reviews_due_at is not None:
        hours = max(0.0, (found.reviews_due_at - now).total_seconds() / 3600)
    standings = [
        Standing(
            id=row.work.id,
            done=row.received,
            under_way=[
                Record(finished=written.get(each.reviewer_id, 0))
                for each in open_by_work.get(row.work.id, ())
                if each.lease_until is None or each.lease_until > now
            ],
        )
        for row in works_of(rows)
        if row.work is not None
    ]
    owing = [(Record(finished=row.written), max(0, row.owes - len(row.open))) for row in rows if row.has_work]
    return forecast(standings, owing, needed=found.needed, hours_left=hours)
