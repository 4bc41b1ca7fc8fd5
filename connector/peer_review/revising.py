"""The second round: authors hand in what they changed after their feedback, and the same reviewers look at it again."""

import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.peer_review import rules, statements
from connector.peer_review.board import standing
from connector.peer_review.filling import typed_of
from connector.peer_review.models.examples import COUNTS_FOR_AUTHOR
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Review, ReviewState, Submission
from connector.peer_review.models.setup import Late, PeerReview, Rubric, SecondRound
from connector.peer_review.passages import without_passages
from connector.peer_review.works import giving_back, units
from connector.peer_review.works.handing_in import Handing, store
from connector.peer_review.works.teams import list_people
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

REVISED = "work revised"
"""What reviewers are told when there is something to look at again."""


def revise(
    session: Session, activity: Activity, author: Membership, handing: Handing, *, shows_intentions: bool, now: datetime
) -> Submission:
    """Hand in revised work, for the first time or again. What the first round came to is kept.

    Args:
        shows_intentions: Whether reviewers see what the authors meant to change and did.

    Raises:
        NotFoundError: There is no second round, or they have not been shown their feedback.
        ConflictError: Not now; the sentence says why. What they wrote is for the caller to keep.
        InvalidInputError: What was asked for is missing.
    """
    found = rules.hold(session, activity)
    is_late = check_revising(session, activity, found, author, now=now)
    desk = units.desk_of(session, activity, found, author)
    work = desk.work
    if work is None:
        raise NotFoundError
    is_first, reviewed = work.revised_at is None, work.version
    store(session, activity, author, handing, desk=desk, is_late=work.is_late or is_late, now=now)
    work.shows_intentions = shows_intentions
    if is_first:
        _keep_first(session, work)
        work.revised_from, work.revised_at = reviewed, now
        session.flush()
        _give_again(session, activity, found, work, now)
    giving_back.look_again(session, work)
    record(session, statements.revised(work, author, found.anonymity), by=author, now=now)
    return work


def check_revising(
    session: Session, activity: Activity, found: PeerReview, author: Membership, *, now: datetime
) -> bool:
    """Check that an author may hand in revised work now, and return whether it is late.

    Raises:
        NotFoundError: There is no second round, or they have not been shown their feedback.
        ConflictError: The date is past, or all is over.
    """
    where = standing.look(session, activity, author, now=now)
    if found.second_round is SecondRound.NONE or where.received is None or not where.received.release.is_shown:
        raise NotFoundError
    if where.dates.has_closed(now):
        raise ConflictError(_("This has ended. What you wrote is kept as a draft; ask your trainer for more time."))
    is_late = found.revision_due_at is not None and now > found.revision_due_at
    if is_late and found.late is Late.REFUSE:
        raise ConflictError(_("The date for revising is past. What you wrote is kept as a draft; ask your trainer."))
    return is_late


def _keep_first(session: Session, work: Submission) -> None:
    row = session.get(WorkResult, work.id)
    if row is not None:
        row.first = {"score": row.score, "low": row.low, "high": row.high, "reviews": row.reviews}


def _give_again(session: Session, activity: Activity, found: PeerReview, work: Submission, now: datetime) -> None:
    """Give the revised work to everybody who reviewed it and is still here, and tell them."""
    query = (
        select(Review)
        .join(Review.reviewer)
        .where(
            Review.submission_id == work.id,
            Review.state == ReviewState.SUBMITTED,
            Review.round == 1,
            Review.is_own.is_(False),
            Review.excluded_at.is_(None),
            COUNTS_FOR_AUTHOR,
            Membership.is_active,
            or_(Membership.role == Role.LEARNER, Review.is_expert),
        )
        .order_by(Review.number)
        .options(
            joinedload(Review.reviewer).joinedload(Membership.person),
            joinedload(Review.rubric).selectinload(Rubric.criteria),
            selectinload(Review.answers),
        )
    )
    for first in session.scalars(query).all():
        id_ = uuid.uuid4()
        again = Review(
            id=id_,
            activity=activity,
            submission=work,
            reviewer=first.reviewer,
            iri=f"{activity.iri}/reviews/{id_}",
            state=ReviewState.OPEN,
            round=2,
            is_expert=first.is_expert,
            group_id=first.group_id,
            beside=[],
            given_at=now,
            lease_until=None,
            why="again",
            number=first.number,
            rubric=first.rubric,
            typed=without_passages(typed_of(first)) if found.second_round is SecondRound.BRIEF else {},
            summary="",
        )
        session.add(again)
        session.flush()
        record(session, statements.assigned(again, found.anonymity, found.second_due_at), by=first.reviewer, now=now)
        notify(
            session,
            list_people(session, [again])[again.id],
            REVISED,
            about=again.id,
            activity=activity,
            by=None,
            now=now,
        )
