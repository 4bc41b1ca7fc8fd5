"""What pieces of work, and what reviews, have passages in common, for who leads the course: shown, and not judged."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from connector.activities.models import Activity
from connector.content.likeness import Piece, find_alike, side_by_side
from connector.courses.models import Membership
from connector.peer_review import passages, rubrics, rules
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.reviews import Answer, Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Rubric
from connector.web.errors import NotFoundError

MOST = 100
"""Pairs that are shown of each kind."""

Row = TypeVar("Row", Submission, Review)


@dataclass(frozen=True, slots=True)
class Pair(Generic[Row]):
    """Two of a kind that share passages."""

    one: Row
    other: Row
    words: int
    share: float
    """Of the shorter text."""


@dataclass(frozen=True, slots=True)
class Compared(Generic[Row]):
    """Two of a kind, with what they share marked."""

    one: Row
    other: Row
    mine: Sequence[Piece]
    theirs: Sequence[Piece]


def list_works(session: Session, activity: Activity, by: Membership) -> list[Pair[Submission]]:
    """Return the pairs of works that share passages which are not the task's, those that share most first.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    works = {each.id: each for each in _works(session, activity)}
    found = find_alike({id_: each.body for id_, each in works.items()}, known=_task(session, activity))
    return [Pair(works[each.one], works[each.other], each.words, each.share) for each in found[:MOST]]


def list_reviews(session: Session, activity: Activity, by: Membership) -> list[Pair[Review]]:
    """Return the same of reviews; what they quote of any work is nobody's own.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    reviews = {each.id: each for each in _reviews(session, activity)}
    known = [*_task(session, activity), *(each.body for each in _works(session, activity))]
    said = passages.list_sent(session, list(reviews))
    found = find_alike({id_: text_of(each, said.get(id_, ())) for id_, each in reviews.items()}, known=known)
    return [Pair(reviews[each.one], reviews[each.other], each.words, each.share) for each in found[:MOST]]


def compare_works(
    session: Session, activity: Activity, by: Membership, one_id: uuid.UUID, other_id: uuid.UUID
) -> Compared[Submission]:
    """Return two works side by side.

    Raises:
        NotFoundError: The member does not lead the course, or there are no such two.
    """
    rules.check_staff(by)
    found = {each.id: each for each in _works(session, activity)}
    if one_id not in found or other_id not in found:
        raise NotFoundError
    return Compared(found[one_id], found[other_id], *side_by_side(found[one_id].body, found[other_id].body))


def compare_reviews(
    session: Session, activity: Activity, by: Membership, one_id: uuid.UUID, other_id: uuid.UUID
) -> Compared[Review]:
    """Return two reviews side by side.

    Raises:
        NotFoundError: The member does not lead the course, or there are no such two.
    """
    rules.check_staff(by)
    found = {each.id: each for each in _reviews(session, activity)}
    if one_id not in found or other_id not in found:
        raise NotFoundError
    said = passages.list_sent(session, [one_id, other_id])
    texts = [text_of(found[each], said.get(each, ())) for each in (one_id, other_id)]
    return Compared(found[one_id], found[other_id], *side_by_side(*texts))


def text_of(review: Review, said: Sequence[Passage] = ()) -> str:
    """Return all that a review says in words, in the order of its criteria.

    Args:
        said: What it says of passages of the text.
    """
    comments = {answer.criterion_id: answer.comment for answer in review.answers}
    ordered = [comments.get(each.id, "") for each in (review.rubric.criteria if review.rubric else ())]
    return "\n\n".join(text for text in (*ordered, review.summary, *(each.comment for each in said)) if text)


def _works(session: Session, activity: Activity) -> Sequence[Submission]:
    """Return what is handed in by learners; hidden examples have no authors."""
    query = (
        select(Submission)
        .where(Submission.activity_id == activity.id, Submission.state == WorkState.HANDED_IN, Submission.authors.any())
        .order_by(Submission.first_at, Submission.id)
        .options(joinedload(Submission.author).joinedload(Membership.person), joinedload(Submission.group))
    )
    return session.scalars(query).all()


def _reviews(session: Session, activity: Activity) -> Sequence[Review]:
    query = (
        select(Review)
        .where(Review.activity_id == activity.id, Review.state == ReviewState.SUBMITTED, Review.is_own.is_(False))
        .order_by(Review.submitted_at, Review.id)
        .options(
            joinedload(Review.reviewer).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.author).joinedload(Membership.person),
            joinedload(Review.submission).joinedload(Submission.group),
            joinedload(Review.rubric).selectinload(Rubric.criteria),
            selectinload(Review.answers).load_only(Answer.criterion_id, Answer.comment),
        )
    )
    return session.scalars(query).all()


def _task(session: Session, activity: Activity) -> list[str]:
    """Return what everybody was given to read."""
    rubric = rubrics.find_rubric(session, activity)
    criteria = rubric.criteria if rubric else ()
    levels = [str(level["label"]) for each in criteria for level in each.levels]
    return [activity.prompt, *(each.title for each in criteria), *(each.about for each in criteria), *levels]
