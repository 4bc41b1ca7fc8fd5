"""When an author is shown what reviewers said: each by their own rule, or all at the date."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.peer_review import rules, statements
from connector.peer_review.models.examples import COUNTS_FOR_AUTHOR
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import PeerReview, Rubric

MATTERS = 2.0
"""Points by which a result must change before its author is told again."""


def matters(told: float | None, final: float | None) -> bool:
    """Return whether a result differs enough from what its author was told; also where there is none any more.

    Args:
        told: What they were told; None where they have not looked yet, and so nothing can differ.
    """
    if told is None:
        return False
    return final is None or round(abs(final - told), 6) >= MATTERS


class Release(StrEnum):
    """Whether an author is shown their reviews."""

    NOTHING = "nothing"
    """There is no review."""
    TOO_FEW = "too few"
    OWN_FIRST = "own first"
    """They have reviews of their own to write."""
    PROVISIONAL = "provisional"
    """Shown, since the date is there or a trainer said so, though there are fewer than enough."""
    SHOWN = "shown"

    @property
    def is_shown(self) -> bool:
        """Whether the author may read."""
        return self in {Release.PROVISIONAL, Release.SHOWN}


@dataclass(frozen=True, slots=True)
class Received:
    """What an author has got."""

    work: Submission
    result: WorkResult | None
    reviews: list[Review]
    release: Release
    coming: int
    """Reviews that are being written."""


def enough(found: PeerReview, result: WorkResult | None, count: int) -> int:
    """Return how many reviews there are, as far as that matters for whether they are enough: with an expert's, they are."""
    return max(count, found.needed) if result is not None and result.by_expert else count


def judge(
    activity: Activity, found: PeerReview, *, done: int, needed_own: int, is_revised: bool = False, now: datetime
) -> Release:
    """Return whether an author is shown their reviews.

    Args:
        done: Reviews of their work that count.
        needed_own: Reviews that they still have to write, and could: 0 where there is nothing for them.
        is_revised: Whether they have read them, and handed in again.
    """
    if is_revised:
        return Release.SHOWN
    if not done:
        return Release.NOTHING
    is_enough = done >= found.needed
    if is_over(activity, found, now):
        return Release.SHOWN if is_enough else Release.PROVISIONAL
    if not is_enough:
        return Release.TOO_FEW
    return Release.OWN_FIRST if needed_own > 0 else Release.SHOWN


def receive(
    session: Session, activity: Activity, found: PeerReview, work: Submission, *, needed_own: int, now: datetime
) -> Received:
    """Return what an author has got; the reviews only where they are shown."""
    result = session.get(WorkResult, work.id)
    counted = enough(found, result, result.reviews if result else 0)
    release = judge(
        activity, found, done=counted, needed_own=needed_own, is_revised=work.revised_at is not None, now=now
    )
    coming = session.scalar(
        select(func.count()).where(
            Review.submission_id == work.id,
            Review.state == ReviewState.OPEN,
            Review.is_own.is_(False),
            COUNTS_FOR_AUTHOR,
            (Review.lease_until.is_(None)) | (Review.lease_until > now),
        )
    )
    reviews = list_reviews(session, work) if release.is_shown else []
    return Received(work, result, reviews, release, coming or 0)


def list_reviews(session: Session, work: Submission, *, with_own: bool = True) -> list[Review]:
    """Return the reviews of a piece of work that were sent, by the number that its author knows them by; no checks."""
    mine = (Review.submission_id == work.id, Review.state == ReviewState.SUBMITTED, COUNTS_FOR_AUTHOR)
    query = select(Review).where(*mine)
    if not with_own:
        query = query.where(Review.is_own.is_(False))
    return list(
        session.scalars(
            query.order_by(Review.round.desc(), Review.number).options(
                joinedload(Review.reviewer).joinedload(Membership.person),
                joinedload(Review.group),
                joinedload(Review.rubric).selectinload(Rubric.criteria),
                selectinload(Review.answers),
            )
        )
    )


def list_others(
    session: Session, activity: Activity, found: PeerReview, review: Review, *, now: datetime
) -> list[Review]:
    """Return what others said of the work that somebody has reviewed: where the rules say so, once all results are shown."""
    is_sent = review.state is ReviewState.SUBMITTED and not review.is_own
    if not found.shows_others or not is_sent or found.forgotten_at is not None or not is_over(activity, found, now):
        return []
    mine = {review.reviewer_id}
    others = list_reviews(session, review.submission, with_own=False)
    return [each for each in others if each.reviewer_id not in mine and each.excluded_at is None]


def note_shown(session: Session, activity: Activity, received: Received, author: Membership, *, now: datetime) -> None:
    """Note that an author was shown their result, and tell of the grade: the first time, and after a change that matters."""
    if received.result is None or received.work.state is not WorkState.HANDED_IN:
        return
    participant = rules.keep_participant(session, activity, author)
    if participant.told_at is None:
        participant.told_at = now
    final = score_of(received, author)
    row = session.get(Author, (received.work.id, author.id))
    work = session.get(Submission, received.work.id)
    if row is None or work is None or final is None or not is_news(received, author):
        return
    row.told = final
    session.flush()
    found = rules.get_rules(session, activity)
    record(session, statements.grade_released(work, author, found.anonymity, final / 100, now), by=author, now=now)


def score_of(received: Received, author: Membership) -> float | None:
    """Return what the work comes to for one of its authors: what a trainer gave them, or else what the work got."""
    row = received.work.authorship(author.id)
    return row.final(received.result) if row is not None else None


def is_news(received: Received, author: Membership) -> bool:
    """Return whether an author was told nothing yet, or something that is quite another score now."""
    row = received.work.authorship(author.id)
    if row is None or received.result is None:
        return False
    return row.told is None or matters(row.told, row.final(received.result))


def is_over(activity: Activity, found: PeerReview, now: datetime) -> bool:
    """Return whether everybody is shown what there is: the date for reviews is there, or a trainer said so."""
    over = found.forgotten_at or found.reviews_due_at or activity.closes_at
    return found.released_at is not None or (over is not None and now >= over)
