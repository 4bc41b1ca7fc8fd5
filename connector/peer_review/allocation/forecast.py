"""How many reviews will be missing at the end, while there is still time to do something about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.peer_review.allocation.problem import Id, InvalidProblemError

PRIOR_FINISHED, PRIOR_LET_GO = 8.0, 2.0
"""What is believed before anything is known: four in five who begin a review finish it."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a reviewer did with the reviews that they began, in this and earlier activities."""

    finished: int = 0
    let_go: int = 0
    """Leases that ran out, and reviews that were never sent."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A piece of work and who is reviewing it now."""

    id: Id
    done: int
    under_way: Sequence[Record] = ()
    """A record for each reviewer who has it now."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will be missing."""

    deficit: float
    """Reviews that will be missing, all work together."""
    short: tuple[tuple[Id, float], ...]
    """The work that will lack half a review or more, the worst first, with how much it will lack."""
    capacity: float
    """Reviews that those who still owe some will write, as far as experience tells."""
    volunteers: int
    """Reviews that somebody else has to write: volunteers, experts, the trainer."""


def probability_of_finishing(record: Record, *, hours_left: float) -> float:
    """Return how likely a review that was begun is to be finished in time.

    Args:
        hours_left: Until the date; in the last two days less and less is finished.

    Raises:
        InvalidProblemError: A count or the hours are negative.
    """
    if record.finished < 0 or record.let_go < 0 or hours_left < 0:
        raise InvalidProblemError(f"{record} with {hours_left} hours left")
    began = record.finished + record.let_go + PRIOR_FINISHED + PRIOR_LET_GO
    share = (record.finished + PRIOR_FINISHED) / began
    return share * min(1.0, 0.5 + hours_left / 96)


def forecast(
    works: Sequence[Standing], owing: Sequence[tuple[Record, int]], *, needed: int, hours_left: float
) -> Forecast:
    """Return how many reviews will be missing when the date comes.

    Args:
        owing: Reviewers who have reviews left to take, and how many; those under way are not among them.
        needed: Reviews that each piece of work needs before its grade is told.
        hours_left: Until the date; asked for at 48 and at 12.

    Raises:
        InvalidProblemError: A count or the hours are negative.
    """
    if needed < 0:
        raise InvalidProblemError(f"nothing can need {needed} reviews")
    lacking = [(work.id, max(0.0, needed - work.done - _expected(work.under_way, hours_left))) for work in works]
    deficit = sum(lack for _, lack in lacking)
    capacity = sum(left * probability_of_finishing(record, hours_left=hours_left) for record, left in owing)
    short = sorted(((id_, lack) for id_, lack in lacking if lack >= 0.5), key=lambda pair: (-pair[1], str(pair[0])))  # noqa: PLR2004 -- half a review
    return Forecast(deficit, tuple(short), capacity, max(0, round(deficit - capacity)))


def _expected(under_way: Sequence[Record], hours_left: float) -> float:
    return sum(probability_of_finishing(record, hours_left=hours_left) for record in under_way)
