"""A grade as a sentence that adds up: what each review counts, and by how much a strict or lenient one is adjusted."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.peer_review.aggregation.reviews import HIGHEST, LOWEST, Id

STEP = 20
"""Shares are told in twentieths: steps of 5 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """One review's part in a grade."""

    reviewer: Id
    score: float
    share: float
    """Between 0 and 1; all shares of a grade sum to 1."""
    adjustment: float = 0.0
    """Points that the reviewer is usually above others, taken off; negative for a strict one."""

    @property
    def points(self) -> float:
        """What the review brings to the grade."""
        return self.share * (self.score - self.adjustment)


def total(shares: Sequence[Share]) -> float:
    """Return the grade that shares add up to, never off the scale."""
    return min(HIGHEST, max(LOWEST, sum(share.points for share in shares)))


def rounded(shares: Sequence[Share]) -> tuple[Share, ...]:
    """Return shares in steps of 5 % that still sum to 1, and adjustments in whole points.

    The largest remainders are rounded up; equal ones by score, so that neither order nor names matter.
    """
    exact = [round(share.share * STEP, 9) for share in shares]
    steps = [int(value) for value in exact]
    missing = STEP - sum(steps)
    by_remainder = sorted(
        range(len(shares)), key=lambda number: (steps[number] - exact[number], shares[number].score, number)
    )
    for number in by_remainder[:missing]:
        steps[number] += 1
    return tuple(
        Share(share.reviewer, share.score, step / STEP, float(round(round(share.adjustment, 9))))
        for share, step in zip(shares, steps, strict=True)
    )
