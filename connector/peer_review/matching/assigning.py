"""Work on demand: whoever asks gets what needs it most, for a day at a time; their draft stays whatever happens."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.peer_review import rules, statements
from connector.peer_review.allocation.choice import Nothing, NothingToReviewError, choose
from connector.peer_review.matching import checking
from connector.peer_review.matching.gathering import load_pool
from connector.peer_review.matching.meetings import find_meetings
from connector.peer_review.matching.pool import Pool
from connector.peer_review.matching.practising import is_due, list_progress
from connector.peer_review.models.reviews import Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Giving, Late, PeerReview, Product
from connector.peer_review.works import teams, units
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

LEASE = timedelta(hours=24)
"""How long work is kept for who began to review it; each save begins it anew."""


def take(session: Session, activity: Activity, reviewer: Membership, *, now: datetime) -> Review:
    """Give a reviewer what they are to review next: what they have begun, or else the work that needs it most.

    Whoever asks at the same moment waits, since all hold the same row; so nothing is given twice.

    Raises:
        NotFoundError: They lead the course, or may only look on.
        ConflictError: There is nothing now; the sentence says why.
    """
    found = rules.hold(session, activity)
    check_reviewing(session, activity, found, reviewer, now=now)
    if is_due(session, activity, reviewer, list_progress(session, activity, reviewer)):
        raise ConflictError(_("First practise on the examples of your trainer; it takes a few minutes."))
    begun = find_open(session, activity, reviewer)
    pool = load_pool(session, activity, found, now=now)
    if begun is not None:
        renew(begun, pool, now=now)
        return begun
    if found.giving is Giving.BATCH and not pool.given:
        raise ConflictError(_("Your trainer distributes the work. You will be told when yours is there."))
    is_volunteer = owed(session, activity, found, pool, reviewer) <= 0
    known = None if is_volunteer else checking.draw(session, activity, pool, reviewer)
    if known is not None:
        work = session.get_one(Submission, known)
        review = give(session, activity, found, reviewer, work, why="check", lease=LEASE, now=now)
        checking.mark(session, activity, [review.id])
        return review
    try:
        meetings = find_meetings(session, activity, reviewer)
        choice = choose(pool.snapshot(reviewer, is_volunteer=is_volunteer, meetings=meetings))
    except NothingToReviewError as error:
        raise ConflictError(nothing_in_words(error.nothing)) from error
    work = session.get_one(Submission, choice.submission)
    why, team = choice.why.value, teams.find_team(session, activity, found, reviewer)
    return give(session, activity, found, reviewer, work, why=why, lease=LEASE, team=team, now=now)


def take_own(session: Session, activity: Activity, author: Membership, *, now: datetime) -> Review:
    """Let an author review their own work.

    Raises:
        NotFoundError: That is not asked for, or they have handed nothing in.
        ConflictError: Reviewing has not begun, or has ended.
    """
    found = rules.hold(session, activity)
    check_reviewing(session, activity, found, author, now=now)
    work = units.find_work(session, activity, author)
    if work is None or work.state is not WorkState.HANDED_IN or not found.has_self_review:
        raise NotFoundError
    mine = select(Review).where(Review.submission_id == work.id, Review.is_own, Review.reviewer_id == author.id)
    own = session.scalar(mine)
    if own is not None:
        return own
    return give(session, activity, found, author, work, why="self", lease=None, is_own=True, now=now)


def give(
    session: Session,
    activity: Activity,
    found: PeerReview,
    reviewer: Membership,
    work: Submission,
    *,
    why: str,
    lease: timedelta | None,
    is_own: bool = False,
    is_expert: bool = False,
    team: Submission | None = None,
    now: datetime,
) -> Review:
    """Give a piece of work to a reviewer, and tell of it; the caller holds the rules.

    Args:
        team: The work of the reviewer's group, where it reviews together.
        lease: How long it is kept for them; None until the end.
    """
    id_ = uuid.uuid4()
    review = Review(
        id=id_,
        activity=activity,
        submission=work,
        reviewer=team.author if team is not None else reviewer,
        group_id=team.group_id if team is not None else None,
        iri=f"{activity.iri}/reviews/{id_}",
        state=ReviewState.OPEN,
        is_own=is_own,
        is_expert=is_expert,
        given_at=now,
        lease_until=None if lease is None else now + lease,
        why=why,
        typed={},
        beside=[],
        summary="",
    )
    session.add(review)
    session.flush()
    told = statements.assigned(review, found.anonymity, found.reviews_due_at, by=reviewer)
    record(session, told, by=reviewer, now=now)
    return review


def renew(review: Review, pool: Pool, *, now: datetime) -> None:
    """Keep the work for a reviewer who goes on; one whose place went to others meanwhile goes on without one."""
    if review.lease_until is None or review.state is not ReviewState.OPEN:
        return
    done, live = pool.coverage().get(review.submission_id, (0, 0))
    if review.lease_until > now or done + live < pool.wanted:
        review.lease_until = now + LEASE


def find_open(session: Session, activity: Activity, reviewer: Membership) -> Review | None:
    """Return what a reviewer was given and has not sent, the earliest first; one whose lease is over is still theirs."""
    return session.scalar(
        select(Review)
        .where(
            Review.activity_id == activity.id,
            teams.is_mine(reviewer.id),
            Review.state == ReviewState.OPEN,
            Review.is_own.is_(False),
            Review.is_expert.is_(False),
            Review.round == 1,
        )
        .order_by(Review.given_at, Review.id)
        .limit(1)
        .options(joinedload(Review.submission))
    )


def owed(session: Session, activity: Activity, found: PeerReview, pool: Pool, reviewer: Membership) -> int:
    """Return how many reviews somebody still has to write."""
    quota = rules.quota_of(found, rules.get_participant(session, activity, reviewer))
    return quota - pool.written_by().get(reviewer.id, 0)


def check_reviewing(
    session: Session, activity: Activity, found: PeerReview, reviewer: Membership, *, now: datetime
) -> bool:
    """Check that a member may review now, and return whether it is late.

    Whoever has handed in may; who has not, may once the date for it is past.

    Raises:
        NotFoundError: They lead the course, or may only look on.
        ConflictError: Not now; the sentence says why.
    """
    if reviewer.is_staff or not reviewer.can_write or found.product is Product.PRACTICE:
        raise NotFoundError
    dates = units.dates_for(session, activity, found, reviewer)
    if not dates.has_opened(now):
        raise ConflictError(_("This has not begun yet."))
    if dates.has_closed(now):
        raise ConflictError(_("This has ended. What you wrote is kept."))
    is_late = dates.is_review_late(now)
    if is_late and found.late is Late.REFUSE:
        raise ConflictError(
            _("The date for reviewing is past. What you wrote is kept; ask your trainer for more time.")
        )
    return is_late


def check_consulted(activity: Activity, found: PeerReview, reviewer: Membership, *, now: datetime) -> bool:
    """Check that somebody who was asked as an expert may review now; they are never late.

    Raises:
        NotFoundError: They may only look on.
        ConflictError: All is over.
    """
    if not reviewer.can_write:
        raise NotFoundError
    if rules.dates_of(activity, found).has_closed(now):
        raise ConflictError(_("This has ended. What you wrote is kept."))
    return False


def check_looking_again(
    session: Session, activity: Activity, found: PeerReview, reviewer: Membership, *, now: datetime
) -> bool:
    """Check that a member may review revised work now, and return whether it is late.

    Raises:
        NotFoundError: They lead the course, or may only look on.
        ConflictError: Not now; the sentence says why.
    """
    if reviewer.is_staff or not reviewer.can_write:
        raise NotFoundError
    if rules.dates_of(activity, found, rules.get_participant(session, activity, reviewer)).has_closed(now):
        raise ConflictError(_("This has ended. What you wrote is kept."))
    is_late = found.second_due_at is not None and now > found.second_due_at
    if is_late and found.late is Late.REFUSE:
        raise ConflictError(_("The date for the second round is past. What you wrote is kept; ask your trainer."))
    return is_late


def nothing_in_words(nothing: Nothing) -> str:
    """Return why there is nothing to review now."""
    return {
        Nothing.NO_WORK_YET: _("Nobody else has handed in yet. Reviews open when the first colleague does."),
        Nothing.ALL_HAD: _("You have reviewed all the work that there is. There will be more when others hand in."),
        Nothing.NOT_ALLOWED: _(
            "None of the work that is there is for you: groups or your trainer's rules keep it apart."
        ),
        Nothing.ALL_COVERED: _("All the work has reviewers enough just now. There may be more later."),
    }[nothing]
