"""Reviews in numbers: checked, sorted, and the same whatever order or names they came with."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Id: TypeAlias = UUID | str
Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.intp]

LOWEST, HIGHEST = 0.0, 100.0


class InvalidReviewsError(ValueError):
    """What was given are no reviews: a score that is none or off the scale, or a review that is there twice."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer said of a piece of work, as one number."""

    reviewer: Id
    submission: Id
    score: float
    """The weighted total, from 0 to 100."""


class Sheet:
    """All reviews of an activity, as arrays sorted by the score within each piece of work.

    Sums run over works and reviewers in the order of their ids; a rounding error is all that names can change.
    """

    def __init__(self, reviews: Iterable[Review]) -> None:
        """Check and sort reviews.

        Raises:
            InvalidReviewsError: A score is not between 0 and 100, or somebody reviewed the same twice.
        """
        found = sorted(reviews, key=lambda review: (str(review.submission), str(review.reviewer)))
        for before, review in zip([None, *found], found, strict=False):
            check_score(review.score, f"the review of {review.submission} by {review.reviewer}")
            if before and (before.submission, before.reviewer) == (review.submission, review.reviewer):
                raise InvalidReviewsError(f"{review.reviewer} reviewed {review.submission} twice")
        self.submissions = tuple(dict.fromkeys(review.submission for review in found))
        self.reviewers = tuple(sorted({review.reviewer for review in found}, key=str))
        works = {id_: number for number, id_ in enumerate(self.submissions)}
        people = {id_: number for number, id_ in enumerate(self.reviewers)}
        self.scores: Floats = np.array([review.score for review in found], dtype=np.float64)
        self.work: Numbers = np.array([works[review.submission] for review in found], dtype=np.intp)
        self.by: Numbers = np.array([people[review.reviewer] for review in found], dtype=np.intp)
        self.per_work = self.sum_by_work(np.ones(len(found)))
        self.per_reviewer = self.sum_by_reviewer(np.ones(len(found)))

    def __len__(self) -> int:
        return len(self.scores)

    def sum_by_work(self, values: Floats) -> Floats:
        """Return the sum of what belongs to each piece of work."""
        return np.bincount(self.work, values, len(self.submissions)).astype(np.float64)

    def sum_by_reviewer(self, values: Floats) -> Floats:
        """Return the sum of what belongs to each reviewer."""
        return np.bincount(self.by, values, len(self.reviewers)).astype(np.float64)

    def per_id(self, values: Floats) -> dict[Id, float]:
        """Return numbers of works by their ids."""
        return dict(zip(self.submissions, values.tolist(), strict=True))

    def for_works(self, known: Mapping[Id, float]) -> Floats:
        """Return what is known of each piece of work; NaN where nothing is."""
        for id_, score in known.items():
            check_score(score, f"what is known of {id_}")
        return np.array([known.get(id_, math.nan) for id_ in self.submissions], dtype=np.float64)


def check_score(score: float, what: str) -> None:
    """Check that a number is a score.

    Raises:
        InvalidReviewsError: It is not a number from 0 to 100.
    """
    if not LOWEST <= score <= HIGHEST:
        raise InvalidReviewsError(f"{what} has the score {score}, which is not from {LOWEST:.0f} to {HIGHEST:.0f}")
