"""Whether the reviewer model has earned it to decide grades; else the plain mean does.

Reviewers are compared by what their reviews are beside the others' of the same work: whether some are always above, and
whether some are always further away. Both are analyses of variance, which is what a test by permutation of the reviews
comes to (Pitman, 1938), but gives the same answer whatever the order and names.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.peer_review.aggregation.records import Record
from connector.peer_review.aggregation.reviews import Id

CLEAR, LIKELY = 0.02, 0.1
"""How improbable it must be that reviewers are all alike, without further knowledge of them and with it."""
SHARE_FLAT, PLAINLY_FLAT = 0.1, 3.0
FEWEST_ALIKE = 3
"""Reviews from which on it says something that somebody's are alike: of two, one in so many careful pairs is."""
FEWEST_SCORES = 6
"""Different scores below which the model's idea of a scale does not fit: four yes-or-no criteria make five."""
ACTIVITIES, REVIEWS_EACH = 2, 6
CALIBRATED, ANCHORED = 3, 0.1


class Method(StrEnum):
    """What makes grades out of reviews."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED = "trimmed"
    MODEL = "model"
    AUTOMATIC = "automatic"
    """The model where it has earned it, else the mean."""


class Ground(StrEnum):
    """What speaks for the model."""

    HISTORY = "history"
    """Reviewers are known from two activities or more."""
    CALIBRATION = "calibration"
    """Reviewers have graded three examples or more."""
    ANCHORS = "anchors"
    """The trainer has graded one in ten pieces of work or more."""
    DIFFERENCES = "differences"
    """Reviewers differ in how strict or how steady they are, more than chance makes them."""
    FLAT = "flat"
    """Some say about the same of every piece of work."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the model may decide, and why."""

    uses_model: bool
    grounds: frozenset[Ground]
    bias_probability: float
    """How often reviewers who are all alike would seem to differ as much in how strict they are."""
    spread_probability: float
    """The same of how steady they are."""
    is_coarse: bool
    """There are so few different scores that the mean decides, whatever speaks for the model."""
    flatness: float
    """How much better "some are flat" explains the reviews than "none is"; a logarithm of odds."""


def judge(
    told: Mapping[Id, Record],
    earlier: Mapping[Id, Record],
    *,
    finished_activities: int = 0,
    calibrated: int = 0,
    anchored_share: float = 0.0,
    different_scores: int = FEWEST_SCORES,
) -> Verdict:
    """Return whether the model may decide.

    Args:
        told: What this activity tells of its reviewers.
        earlier: What is known of them from before.
        finished_activities: Earlier ones in which these people reviewed.
        calibrated: Examples that most of the reviewers have graded.
        anchored_share: Of the work, what the trainer has graded.
        different_scores: How many there are among the reviews.
    """
    together = [
        record + earlier.get(id_, Record()) for id_, record in sorted(told.items(), key=lambda item: str(item[0]))
    ]
    grounds = set()
    if (
        finished_activities >= ACTIVITIES
        and _median([earlier.get(id_, Record()).asked for id_ in told]) >= REVIEWS_EACH / 2
    ):
        grounds.add(Ground.HISTORY)
    if calibrated >= CALIBRATED:
        grounds.add(Ground.CALIBRATION)
    if anchored_share >= ANCHORED:
        grounds.add(Ground.ANCHORS)
    bias = probability_of_chance([(each.compared, each.above, each.apart_squares) for each in together])
    spread = probability_of_chance([(each.compared, each.apart, each.apart_squares) for each in together])
    limit = LIKELY if grounds else CLEAR
    differ = min(1.0, 2 * min(bias, spread)) < limit
    if differ:
        grounds.add(Ground.DIFFERENCES)
    flatness = math.fsum(_softened(each.flatness) for each in together if each.asked >= FEWEST_ALIKE)
    if flatness > PLAINLY_FLAT:
        grounds.add(Ground.FLAT)
    is_coarse = different_scores < FEWEST_SCORES
    has_cause = not grounds.isdisjoint({Ground.DIFFERENCES, Ground.FLAT})
    return Verdict(has_cause and not is_coarse, frozenset(grounds), bias, spread, is_coarse, flatness)


def probability_of_chance(sums: Sequence[tuple[float, float, float]]) -> float:
    """Return how often chance alone makes people differ as much: a one-way analysis of variance.

    Args:
        sums: For each of them the number of values, their sum, and the sum of their squares.
    """
    people = [each for each in sums if each[0] > 0]
    count, total = math.fsum(each[0] for each in people), math.fsum(each[1] for each in people)
    squares = math.fsum(each[2] for each in people)
    between_freedom, within_freedom = len(people) - 1, count - len(people)
    if between_freedom < 1 or within_freedom <= 0:
        return 1.0
    between = math.fsum(each[1] ** 2 / each[0] for each in people) - total**2 / count
    within = squares - total**2 / count - between
    if within <= 1e-9 * max(squares, 1.0):
        return 0.0 if between > 1e-9 * max(squares, 1.0) else 1.0
    return f_tail(between / between_freedom / (within / within_freedom), between_freedom, within_freedom)


def f_tail(value: float, above: float, below: float) -> float:
    """Return the probability that an F-distributed number exceeds `value`."""
    return 1.0 if value <= 0 else _incomplete_beta(below / (below + above * value), below / 2, above / 2)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function; Source: https://dlmf.nist.gov/8.17, 8.17.22."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny = 1e-300
    result, up, down = 1.0, 1.0, 0.0
    for step in range(400):
        half = step // 2
        if step == 0:
            factor = 1.0
        elif step % 2 == 0:
            factor = half * (b - half) * x / ((a + step - 1) * (a + step))
        else:
            factor = -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step))
        down = 1 / (1 + factor * down or tiny)
        up = 1 + factor / up or tiny
        result *= up * down
        if abs(up * down - 1) < 1e-12:  # noqa: PLR2004 -- as exact as floats are
            break
    return min(1.0, front * (result - 1))


def _softened(odds: float) -> float:
    """Return how much better it explains a reviewer that one in so many is flat than that nobody is."""
    share = SHARE_FLAT
    return max(odds, 0.0) + math.log((1 - share) * math.exp(-max(odds, 0.0)) + share * math.exp(min(odds, 0.0)))


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
