"""How well somebody reviews, from 0 to 100, with the reasons; never from agreement alone, since who colludes agrees."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.peer_review.aggregation.grading import ReviewerState
from connector.peer_review.aggregation.reviews import InvalidReviewsError

ACCURACY, USEFULNESS, COMPLETENESS = 0.6, 0.3, 0.1
POINTS_OFF, FLATNESS_OFF = 3.0, 15.0
"""What a point of error costs, and how many points of error it counts to say the same of everything."""
USUAL_USEFULNESS, USUAL_WEIGHT = 70.0, 2.0
"""What usefulness is taken for before authors have said anything, and how many authors that counts for."""
BIASED, UNSTEADY, INATTENTIVE, LIKELY = 6.0, 13.0, 0.75, 0.5
FEW = 3


class Band(StrEnum):
    """A reviewer score as people are told."""

    STRONG = "strong"
    SOLID = "solid"
    GROWING = "growing"
    WEAK = "weak"


class Remark(StrEnum):
    """A reason for a reviewer score."""

    STRICT = "strict"
    LENIENT = "lenient"
    UNSTEADY = "unsteady"
    """Now above, now below what others say."""
    FLAT = "flat"
    """About the same score for everything."""
    INATTENTIVE = "inattentive"
    """Some reviews seem not to be about the work."""
    NOT_USEFUL = "not useful"
    """Authors said so."""
    USEFUL = "useful"
    UNFINISHED = "unfinished"
    LATE = "late"
    FEW_REVIEWS = "few reviews"
    """Too few to say much."""


@dataclass(frozen=True, slots=True)
class ReviewerScore:
    """How well somebody reviews."""

    score: float
    band: Band
    accuracy: float
    usefulness: float
    completeness: float
    remarks: tuple[Remark, ...]


def score(
    state: ReviewerState, *, usefulness: Sequence[float], finished: int, assigned: int, late: int = 0
) -> ReviewerScore:
    """Return how well somebody reviews.

    Args:
        usefulness: What authors said of the feedback, from 0 to 1, one number for each review that was rated.
        finished: Reviews sent, of `assigned`; `late` of them after the date.

    Raises:
        InvalidReviewsError: A rating is not from 0 to 1, or the counts contradict each other.
    """
    if not 0 <= late <= finished <= max(assigned, finished):
        raise InvalidReviewsError(f"{finished} of {assigned} reviews finished, {late} late")
    if not all(0 <= rating <= 1 for rating in usefulness):
        raise InvalidReviewsError(f"ratings of usefulness are from 0 to 1, not {list(usefulness)}")
    error = math.hypot(state.spread, state.bias) + FLATNESS_OFF * state.flat
    accuracy = min(100.0, max(0.0, 100 - POINTS_OFF * error))
    count = len(usefulness)
    middle = 100 * statistics.median(usefulness) if count else USUAL_USEFULNESS
    useful = (count * middle + USUAL_WEIGHT * USUAL_USEFULNESS) / (count + USUAL_WEIGHT)
    complete = 100 * (finished - late / 2) / assigned if assigned else 100.0
    complete = min(100.0, complete)
    total = ACCURACY * accuracy + USEFULNESS * useful + COMPLETENESS * complete
    flags = {
        Remark.NOT_USEFUL: count > 0 and useful < 50,  # noqa: PLR2004 -- half
        Remark.USEFUL: count > 0 and useful > 80,  # noqa: PLR2004 -- four in five
        Remark.UNFINISHED: finished < assigned,
        Remark.LATE: late > 0,
        Remark.FEW_REVIEWS: state.reviews < FEW,
    }
    remarks = (*_about_accuracy(state), *(remark for remark, is_so in flags.items() if is_so))
    return ReviewerScore(total, _band(total), accuracy, useful, complete, remarks)


def _band(total: float) -> Band:
    for band, least in ((Band.STRONG, 80), (Band.SOLID, 65), (Band.GROWING, 50)):
        if total >= least:
            return band
    return Band.WEAK


def _about_accuracy(state: ReviewerState) -> list[Remark]:
    remarks = []
    if math.fabs(state.bias) > BIASED:
        remarks.append(Remark.LENIENT if state.bias > 0 else Remark.STRICT)
    if state.flat > LIKELY:
        remarks.append(Remark.FLAT)
    elif state.spread > UNSTEADY:
        remarks.append(Remark.UNSTEADY)
    if state.effort < INATTENTIVE:
        remarks.append(Remark.INATTENTIVE)
    return remarks
