"""What is known of a reviewer from before: earlier activities, calibration, hidden spot-checks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

from connector.peer_review.aggregation.reviews import InvalidReviewsError

HALF_LIFE = 2.0
"""Activities after which a review counts half."""
CALIBRATION_LIMIT = 3.0
"""Reviews that visible calibration counts for at most: whoever means to cheat behaves while being watched."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a reviewer's reviews were, beside what the work was worth; sums, so that records can be added."""

    asked: float = 0.0
    """Reviews."""
    informed: float = 0.0
    """Reviews that told something of the work."""
    offset: float = 0.0
    """Sum of what those were above the worth."""
    squares: float = 0.0
    """Sum of the squares of that, with what is unsure about the worth."""
    flatness: float = 0.0
    """How far the reviews look the same whatever the work; a logarithm of odds."""
    compared: float = 0.0
    """Reviews that could be compared with others' of the same work."""
    above: float = 0.0
    """Sum of what those were above the others' mean."""
    apart: float = 0.0
    """Sum of how far they were from it."""
    apart_squares: float = 0.0

    def __add__(self, other: "Record") -> "Record":
        return Record(*(one + more for one, more in zip(_values(self), _values(other), strict=True)))

    def times(self, factor: float) -> "Record":
        """Return a record that counts more or less."""
        return Record(*(factor * value for value in _values(self)))


_values = attrgetter(*(field.name for field in fields(Record)))


def over(activities: Sequence[Record]) -> Record:
    """Return one record from those of activities, the latest last; older ones count less.

    An activity that somebody took no part in is an empty record.
    """
    total = Record()
    for record in activities:
        total = total.times(0.5 ** (1 / HALF_LIFE)) + record
    return total


def from_known(differences: Sequence[float]) -> Record:
    """Return a record of hidden spot-checks: reviews of work whose grade is known. They count in full.

    Args:
        differences: Points above the known grade, one for each review.

    Raises:
        InvalidReviewsError: A difference is no number from -100 to 100.
    """
    for difference in differences:
        if not math.fabs(difference) <= 100:  # noqa: PLR2004 -- the scale
            raise InvalidReviewsError(f"a difference of {difference} points to a known grade")
    count, squares = float(len(differences)), sum(difference**2 for difference in differences)
    return Record(asked=count, informed=count, offset=math.fsum(differences), squares=squares)


def from_calibration(differences: Sequence[float]) -> Record:
    """Return a record of visible calibration, of limited weight.

    Raises:
        InvalidReviewsError: A difference is no number from -100 to 100.
    """
    record = from_known(differences)
    return record.times(CALIBRATION_LIMIT / record.asked) if record.asked > CALIBRATION_LIMIT else record
