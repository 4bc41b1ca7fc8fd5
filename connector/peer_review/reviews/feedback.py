"""What authors do with their feedback: read it, say how useful it is, ask a trainer to look at it."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.content.text import normalise
from connector.courses.models import STAFF, Membership, Role
from connector.delivery.services import record
from connector.notifications.services import notify
from connector.peer_review import passages, rules, statements
from connector.peer_review.models.examples import COUNTS_FOR_AUTHOR
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission
from connector.peer_review.models.setup import Criterion
from connector.peer_review.results.releasing import Received
from connector.peer_review.statements import MOST_USEFUL
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

APPEALED = "review appealed"
SETTLED = "review looked at"
"""What authors are told when a trainer has looked at a review that they asked about."""
REASON_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """What one reviewer says about one criterion."""

    review: Review
    level: int | None
    comment: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One criterion, with all that was said about it."""

    criterion: Criterion
    said: Sequence[Said]
    counts: Sequence[int]
    """How many reviewers chose each level, from the lowest."""
    own: int | None
    """What the author chose themselves, where they reviewed their own work."""


def aspects(reviews: Sequence[Review], reader: Membership) -> list[Aspect]:
    """Return what was said, criterion by criterion; criteria of an older version stand after those of the newest.

    Args:
        reader: Of those who reviewed their own work, only the reader's review is told.
    """
    by_criterion: defaultdict[uuid.UUID, list[Said]] = defaultdict(list)
    criteria: dict[uuid.UUID, Criterion] = {}
    own: dict[uuid.UUID, int | None] = {}
    for review in sorted(reviews, key=lambda each: -(each.rubric.version if each.rubric else 0)):
        for criterion in review.rubric.criteria if review.rubric else ():
            criteria.setdefault(criterion.id, criterion)
    for review in reviews:
        for answer in review.answers:
            if review.is_own and review.reviewer_id == reader.id:
                own[answer.criterion_id] = answer.level
            elif not review.is_own:
                by_criterion[answer.criterion_id].append(Said(review, answer.level, answer.comment))
    return [_aspect(each, by_criterion[each.id], own.get(each.id)) for each in criteria.values()]


def _aspect(criterion: Criterion, said: Sequence[Said], own: int | None) -> Aspect:
    counts = [sum(each.level == level for each in said) for level in range(len(criterion.levels))]
    return Aspect(criterion, said, counts, own)


def get_received(session: Session, activity: Activity, author: Membership, review_id: uuid.UUID) -> Review:
    """Return a review of the author's own work.

    Raises:
        NotFoundError: There is none.
    """
    review = session.scalar(
        select(Review)
        .join(Review.submission)
        .where(
            Review.id == review_id,
            Review.activity_id == activity.id,
            Review.state == ReviewState.SUBMITTED,
            Review.is_own.is_(False),
            COUNTS_FOR_AUTHOR,
            Submission.authors.any(Author.member_id == author.id),
        )
        .options(
            joinedload(Review.reviewer).joinedload(Membership.person),
            joinedload(Review.submission),
            joinedload(Review.group),
        )
    )
    if review is None:
        raise NotFoundError
    return review


def words_of(session: Session, review: Review, criterion_id: uuid.UUID | None, passage_id: uuid.UUID | None) -> str:
    """Return what a review says about a criterion or a passage of the text, or else all in all; empty where it says nothing."""
    if passage_id is not None:
        said = passages.list_sent(session, [review.id]).get(review.id, ())
        return next((each.comment for each in said if each.id == passage_id), "")
    if criterion_id is None:
        return review.summary
    return next((each.comment for each in review.answers if each.criterion_id == criterion_id), "")


def rate(
    session: Session, review: Review, received: Received, usefulness: int, *, by: Membership, now: datetime
) -> None:
    """Say how useful a review is; saying something else later takes its place.

    Raises:
        NotFoundError: The author is not shown it yet, or there is no such answer.
        ConflictError: The texts are deleted.
    """
    rules.check_kept(session, review.activity)
    if not received.release.is_shown or not 1 <= usefulness <= MOST_USEFUL:
        raise NotFoundError
    if review.usefulness == usefulness:
        return
    review.usefulness, review.rated_at = usefulness, now
    session.flush()
    anonymity = rules.get_rules(session, review.activity).anonymity
    record(session, statements.rated(review, by, anonymity, now), by=by, now=now)


def appeal(session: Session, review: Review, received: Received, reason: str, *, by: Membership, now: datetime) -> None:
    """Ask those who lead the course to look at a review; the reviewer is not told.

    Raises:
        NotFoundError: The author is not shown it yet.
        ConflictError: They asked already, or the texts are deleted.
        InvalidInputError: The words are too many.
    """
    if not received.release.is_shown:
        raise NotFoundError
    rules.check_kept(session, review.activity)
    if review.flagged_at is not None and review.settled_at is None:
        raise ConflictError(_("You have asked already; your trainer has been told."))
    reason = normalise(reason)
    if len(reason) > REASON_LIMIT:
        raise InvalidInputError({"reason": [_("This is too long; %(limit)s characters fit.", limit=REASON_LIMIT)]})
    review.flag, review.flagged_at, review.settled_at = reason, now, None
    session.flush()
    anonymity = rules.get_rules(session, review.activity).anonymity
    record(session, statements.appealed(review, by, anonymity, now), by=by, now=now)
    staff = select(Membership.id).where(
        Membership.course_id == by.course_id, Membership.role.in_(STAFF), Membership.is_active
    )
    if by.role is not Role.TEST_STUDENT:
        leaders = session.scalars(staff).all()
        notify(session, leaders, APPEALED, about=review.id, activity=review.activity, by=by.id, now=now)


def settle(session: Session, review: Review, *, by: Membership, now: datetime) -> None:
    """Note that a trainer has looked at what an author asked about; its authors are told so, once.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    if review.flagged_at is None or review.settled_at is not None:
        return
    review.settled_at = now
    session.flush()
    authors = review.submission.author_ids
    notify(session, authors, SETTLED, about=review.id, activity=review.activity, by=by.id, now=now)


def interval_in_words(received: Received, needed: int) -> str:
    """Return how sure the result is, and whether it may change."""
    result = received.result
    if result is None or result.final is None or (result.by_expert and result.override is None):
        return ""
    parts = []
    if result.override is not None:
        parts.append(_("Your trainer set this result."))
    elif result.low is not None and result.high is not None and round(result.high) > round(result.low):
        parts.append(
            _("Judged by more colleagues, it would most likely lie between %(low)s and %(high)s.",
              low=round(result.low), high=round(result.high))
        )  # fmt: skip
    if received.coming:
        parts.append(ngettext("%(num)s more review is coming.", "%(num)s more reviews are coming.", received.coming))
    elif result.reviews < needed and result.override is None:
        parts.append(ngettext("It rests on %(num)s review only.", "It rests on %(num)s reviews only.", result.reviews))
    return " ".join(parts)


def explanation(
    result: WorkResult, reviews: Sequence[Review], name: Callable[[Review], str]
) -> list[Mapping[str, object]]:
    """Return how the result came about, a line for each review; the points add up to the result.

    Args:
        name: What the reader may call a reviewer.
    """
    if result.override is not None:
        return []
    known = {str(each.id): each for each in reviews}
    lines = []
    for share in result.shares:
        review = known.get(share["review"])
        if review is None:
            continue
        adjusted = share["score"] - share["adjustment"]
        lines.append(
            {
                "name": name(review),
                "number": review.number or 0,
                "score": share["score"],
                "percent": 100 * share["share"],
                "adjustment": share["adjustment"],
                "points": share["share"] * adjusted,
            }
        )
    return sorted(lines, key=lambda line: int(str(line["number"])))
