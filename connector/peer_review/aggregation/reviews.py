"""Reviews in numbers: checked, sorted, and the same whatever order or names they came with."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Id: TypeAlias = UUID | str
Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.intp]

LOWEST, HIGHEST = 0.0, 100.0
LOOKS = 3
"""How far around a work or a reviewer one looks to tell it from others without its name."""


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
    """All reviews of an activity, as arrays.

    Works, reviewers and reviews stand in an order that comes from the scores and not from names: sums then round alike
    whatever people are called, and the same class always has the same grades, to the last digit.
    """

    def __init__(self, reviews: Iterable[Review]) -> None:
        """Check and sort reviews.

        Raises:
            InvalidReviewsError: A score is not between 0 and 100, or somebody reviewed the same twice.
        """
        found = list(reviews)
        _check(found)
        works, people = _signatures(found)
        self.submissions = tuple(sorted(works, key=lambda id_: (works[id_], str(id_))))
        self.reviewers = tuple(sorted(people, key=lambda id_: (people[id_], str(id_))))
        numbers = {id_: number for number, id_ in enumerate(self.submissions)}
        places = {id_: number for number, id_ in enumerate(self.reviewers)}
        rows = sorted((numbers[each.submission], float(each.score), places[each.reviewer]) for each in found)
        self.work: Numbers = np.array([row[0] for row in rows], dtype=np.intp)
        self.scores: Floats = np.array([row[1] for row in rows], dtype=np.float64)
        self.by: Numbers = np.array([row[2] for row in rows], dtype=np.intp)
        self.per_work = self.sum_by_work(np.ones(len(rows)))
        self.per_reviewer = self.sum_by_reviewer(np.ones(len(rows)))

    def __len__(self) -> int:
        return len(self.scores)

    def sum_by_work(self, values: Floats) -> Floats:
        """Return the sum of what belongs to each piece of work."""
        return np.bincount(self.work, values, len(self.submissions)).astype(np.float64)

    def sum_by_reviewer(self, values: Floats) -> Floats:
        """Return the sum of what belongs to each reviewer."""
        return np.bincount(self.by, values, len(self.reviewers)).astype(np.float64)

    def for_works(self, known: Mapping[Id, float]) -> Floats:
        """Return what is known of each piece of work; NaN where nothing is."""
        for id_, score in known.items():
            check_score(score, f"what is known of {id_}")
        return np.array([known.get(id_, math.nan) for id_ in self.submissions], dtype=np.float64)


def _check(reviews: Sequence[Review]) -> None:
    seen = set()
    for review in reviews:
        check_score(review.score, f"the review of {review.submission} by {review.reviewer}")
        if (review.reviewer, review.submission) in seen:
            raise InvalidReviewsError(f"{review.reviewer} reviewed {review.submission} twice")
        seen.add((review.reviewer, review.submission))


def _signatures(reviews: Sequence[Review]) -> tuple[dict[Id, int], dict[Id, int]]:
    """Return numbers for works and reviewers that say which scores, of whom and of what, they are connected with."""
    works, people = (
        dict.fromkeys((each.submission for each in reviews), 0),
        dict.fromkeys((each.reviewer for each in reviews), 0),
    )
    for _ in range(LOOKS):
        of_people: dict[Id, list[tuple[float, int]]] = {id_: [] for id_ in people}
        for each in reviews:
            of_people[each.reviewer].append((float(each.score), works[each.submission]))
        people = {id_: hash(tuple(sorted(said))) for id_, said in of_people.items()}
        of_works: dict[Id, list[tuple[float, int]]] = {id_: [] for id_ in works}
        for each in reviews:
            of_works[each.submission].append((float(each.score), people[each.reviewer]))
        works = {id_: hash(tuple(sorted(said))) for id_, said in of_works.items()}
    return works, people


def check_score(score: float, what: str) -> None:
    """Check that a number is a score.

    Raises:
        InvalidReviewsError: It is not a number from 0 to 100.
    """
    if not LOWEST <= score <= HIGHEST:
        raise InvalidReviewsError(f"{what} has the score {score}, which is not from {LOWEST:.0f} to {HIGHEST:.0f}")
