"""Practising on examples whose levels the trainer has set: who passes, and what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.peer_review.aggregation.reviews import Id, InvalidReviewsError

MEAN_OFF, MOST_OFF, TRIES = 1.0, 2, 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """How near a learner came to the trainer's levels."""

    differences: Mapping[Id, int]
    """Levels above the trainer's, by criterion."""
    has_passed: bool
    may_go_on: bool
    """They passed, or this was their last try: they review all the same, and count little at first."""


def compare(given: Mapping[Id, int], key: Mapping[Id, int], *, attempt: int) -> Attempt:
    """Compare a learner's levels of an example with the trainer's.

    Within one level on average, and no criterion more than two levels off, is near enough.

    Args:
        attempt: Which one this is, from 1.

    Raises:
        InvalidReviewsError: A criterion was left out, or there is none.
    """
    if not key or set(given) != set(key):
        raise InvalidReviewsError(f"levels for {sorted(map(str, given))}, wanted for {sorted(map(str, key))}")
    differences = {criterion: given[criterion] - level for criterion, level in key.items()}
    off = [abs(difference) for difference in differences.values()]
    has_passed = sum(off) / len(off) <= MEAN_OFF and max(off) <= MOST_OFF
    return Attempt(differences, has_passed, has_passed or attempt >= TRIES)
