"""Where one learner is: read for their own page, in a few queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.content.drafts import find_draft
from connector.courses.models import Membership
from connector.peer_review import rules
from connector.peer_review.allocation.choice import Nothing, NothingToReviewError, choose
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.matching.pool import Pool
from connector.peer_review.matching.practising import Progress, is_due, list_progress
from connector.peer_review.models.groups import SharedText
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Giving, Late, Participant, PeerReview, Product, SecondRound
from connector.peer_review.results.releasing import Received, Release, receive
from connector.peer_review.rules import Dates
from connector.peer_review.stepper import Door, Feedback, Practice, Revision, Situation, Supply, Work
from connector.peer_review.works import sharing, units
from connector.peer_review.works.late import may_wait
from connector.peer_review.works.teams import is_mine
from connector.peer_review.works.units import Desk

_LATE = {WorkState.WAITING: Work.WAITING, WorkState.DENIED: Work.DENIED}


@dataclass(frozen=True, slots=True)
class Standing:
    """One learner in a peer review."""

    rules: PeerReview
    dates: Dates
    participant: Participant
    desk: Desk
    """With whom they hand in."""
    shared: SharedText | None
    """What their group kept last."""
    work: Submission | None
    """What they are an author of."""
    given: list[Review]
    """What they were given to review and not taken back, the earliest first."""
    received: Received | None
    """What they have got for their own work, where they have handed in."""
    situation: Situation
    lacking: bool
    """Whether some work lacks reviews that this learner could write beyond their own number."""
    practice: list[Progress]
    """The examples to practise on."""


def draft_place(activity: Activity, revision: int | None = None) -> str:
    """Return the name of the draft of somebody's work.

    Args:
        revision: Of their group's text that they go on from: what is typed on top of an older one is another draft.
    """
    return f"hand-in {activity.id}" if revision is None else f"hand-in {activity.id} {revision}"


def look(session: Session, activity: Activity, member: Membership, *, now: datetime) -> Standing:
    """Return where a learner is."""
    found = rules.get_rules(session, activity)
    participant = rules.get_participant(session, activity, member)
    dates = units.dates_for(session, activity, found, member)
    desk = units.desk_of(session, activity, found, member)
    shared = sharing.newest(session, activity, desk.group) if desk.group is not None else None
    work = desk.work if desk.work is not None and member.id in desk.work.author_ids else None
    pool = load_pool(session, activity, found, now=now)
    given = _given(session, activity, member)
    quota = rules.quota_of(found, participant)
    first = [each for each in given if each.round == 1]
    done = sum(each.state is ReviewState.SUBMITTED and not each.is_own for each in first)
    supply = supply_of(pool, member, is_volunteer=False)
    has_open = any(each.state is ReviewState.OPEN and not each.is_own for each in first)
    reviewing = reviewing_door(found, dates, work, now)
    owing = max(0, quota - done) if supply is Supply.THERE or has_open else 0
    progress = list_progress(session, activity, member)
    received = None
    if work is not None and work.state is WorkState.HANDED_IN:
        received = receive(session, activity, found, work, needed_own=owing, now=now)
    situation = Situation(
        work=_work(session, activity, member, desk, shared),
        handing_in=handing_door(found, dates, desk.work, now),
        reviewing=reviewing,
        supply=supply,
        done=done,
        quota=quota,
        has_open=has_open,
        feedback=_feedback(received, is_over=found.forgotten_at is not None),
        revision=_revision(session, found, dates, received, now),
        has_revised=is_second_open(found, dates, now)
        and any(each.state is ReviewState.OPEN and each.round > 1 for each in given),
        wants_self_review=found.has_self_review
        and not any(each.is_own and each.state is ReviewState.SUBMITTED for each in given),
        practice=_practice(session, activity, member, progress),
    )
    lacking = (
        done >= quota > 0
        and not has_open
        and reviewing in {Door.OPEN, Door.LATE}
        and supply_of(pool, member, is_volunteer=True) is Supply.THERE
    )
    return Standing(found, dates, participant, desk, shared, work, given, received, situation, lacking, progress)


def handing_door(found: PeerReview, dates: Dates, work: Submission | None, now: datetime) -> Door:
    """Return whether somebody can hand in now.

    Args:
        work: Theirs, if there is one: where late work waits to be accepted, what counts is not changed late.
    """
    if not dates.has_opened(now):
        return Door.NOT_YET
    if dates.has_closed(now) or found.released_at is not None or found.product is Product.PRACTICE:
        return Door.CLOSED
    if dates.is_work_late(now):
        is_closed = found.late is Late.REFUSE or (found.late is Late.APPROVE and not may_wait(work))
        return Door.CLOSED if is_closed else Door.LATE
    return Door.OPEN


def reviewing_door(found: PeerReview, dates: Dates, work: Submission | None, now: datetime) -> Door:
    """Return whether somebody can review now: who has handed in, or who missed the date for it."""
    if found.product is Product.PRACTICE:
        return Door.CLOSED
    if not dates.has_opened(now):
        return Door.NOT_YET
    if dates.has_closed(now):
        return Door.CLOSED
    has_work = work is not None and work.state is WorkState.HANDED_IN
    if not has_work and not (dates.is_work_late(now) or found.released_at is not None):
        return Door.NOT_YET
    if dates.is_review_late(now):
        return Door.CLOSED if found.late is Late.REFUSE else Door.LATE
    return Door.OPEN


def practising_door(found: PeerReview, dates: Dates, now: datetime) -> Door:
    """Return whether somebody can practise now, where nothing is handed in; the date for reviews is that for practice."""
    if not dates.has_opened(now):
        return Door.NOT_YET
    if dates.has_closed(now):
        return Door.CLOSED
    if dates.is_review_late(now):
        return Door.CLOSED if found.late is Late.REFUSE else Door.LATE
    return Door.OPEN


def is_revising_open(found: PeerReview, dates: Dates, now: datetime) -> bool:
    """Return whether authors who have read their feedback can hand in again now."""
    is_past = found.revision_due_at is not None and now > found.revision_due_at and found.late is Late.REFUSE
    return found.second_round is not SecondRound.NONE and not dates.has_closed(now) and not is_past


def is_second_open(found: PeerReview, dates: Dates, now: datetime) -> bool:
    """Return whether reviewers can look at revised work now."""
    is_past = found.second_due_at is not None and now > found.second_due_at and found.late is Late.REFUSE
    return not dates.has_closed(now) and not is_past


def _revision(session: Session, found: PeerReview, dates: Dates, received: Received | None, now: datetime) -> Revision:
    if found.second_round is SecondRound.NONE:
        return Revision.NONE
    if received is None or not received.release.is_shown:
        return Revision.LATER
    if received.work.revised_at is not None:
        waiting = select(Review.id).where(
            Review.submission_id == received.work.id, Review.round > 1, Review.state == ReviewState.OPEN
        )
        is_waiting = is_second_open(found, dates, now) and session.scalar(waiting.limit(1)) is not None
        return Revision.HANDED_IN if is_waiting else Revision.REVIEWED
    return Revision.OPEN if is_revising_open(found, dates, now) else Revision.CLOSED


def _given(session: Session, activity: Activity, member: Membership) -> list[Review]:
    query = (
        select(Review)
        .where(Review.activity_id == activity.id, is_mine(member.id), Review.state != ReviewState.GONE)
        .where(Review.is_expert.is_(False))
        .order_by(Review.given_at, Review.id)
        .options(
            joinedload(Review.submission).joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.group),
        )
    )
    return list(session.scalars(query))


def _work(session: Session, activity: Activity, member: Membership, desk: Desk, shared: SharedText | None) -> Work:
    work = desk.work
    if work is not None and work.state is WorkState.HANDED_IN:
        return Work.HANDED_IN if member.id in work.author_ids else Work.WITHOUT_THEM
    if work is not None and member.id in work.author_ids and work.state in _LATE:
        return _LATE[work.state]
    if desk.unit is None:
        return Work.NO_GROUP
    revision = None if desk.group is None else shared.revision if shared else 0
    is_kept = shared is not None and not shared.is_handed_in
    if is_kept or find_draft(session, member, draft_place(activity, revision)) is not None:
        return Work.DRAFTED
    return Work.NONE if work is None else Work.WITHDRAWN


def _practice(session: Session, activity: Activity, member: Membership, progress: list[Progress]) -> Practice:
    if not progress:
        return Practice.NONE
    if is_due(session, activity, member, progress):
        return Practice.DUE
    return Practice.DONE if all(each.is_done for each in progress) else Practice.NONE


def supply_of(pool: Pool, member: Membership, *, is_volunteer: bool) -> Supply:
    """Return whether there is work to review for a member now."""
    if pool.rules.giving is Giving.BATCH and not pool.given:
        return Supply.NOT_DISTRIBUTED
    try:
        choose(pool.snapshot(member, is_volunteer=is_volunteer))
    except NothingToReviewError as error:
        return Supply.NO_WORK_YET if error.nothing is Nothing.NO_WORK_YET else Supply.NOTHING_LEFT
    return Supply.THERE


def _feedback(received: Received | None, *, is_over: bool) -> Feedback:
    if received is None or received.release is Release.NOTHING:
        return Feedback.NONE
    if received.release is Release.TOO_FEW:
        return Feedback.KEPT_BACK
    if received.release is Release.OWN_FIRST:
        return Feedback.OWN_FIRST
    rateable = [each for each in received.reviews if not each.is_own]
    return Feedback.READ if is_over or all(each.usefulness is not None for each in rateable) else Feedback.NEW
