"""How far reviewers agree on a criterion, and whether its words should be looked at again."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from connector.peer_review.aggregation.guard import f_tail
from connector.peer_review.aggregation.reviews import Id, InvalidReviewsError

VAGUE, ENOUGH_REVIEWS = 0.15, 30
FEWEST_WORKS = 5
"""Of how many pieces of work with two reviews or more agreement is told: of fewer, chance says more than people do."""
CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Rating:
    """One reviewer's level for one criterion of one piece of work."""

    submission: Id
    level: int
    """From 0."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far reviewers agree; NaN where there is too little to say."""

    ratings: int
    works: int
    """How many pieces of work have two reviews or more: only these tell anything."""
    single: float
    """ICC(1), one-way random: the correlation of two single reviews. Below 0 where reviews of one piece of work differ more
    than those of different ones."""
    low: float
    high: float
    """Between which the correlation is, nine times in ten; NaN where that cannot be said."""
    together: float
    """ICC(1,k): the same of means of as many reviews as the work has on average (Spearman and Brown)."""
    exact: float
    """Share of pairs of reviews that name the same level."""
    adjacent: float
    """Share of pairs that are one level apart at most."""
    alpha: float
    """Krippendorff's alpha for ordered levels."""
    is_enough: bool
    """Whether there is so much that the figures mean something."""
    is_vague: bool
    """After 30 reviews two of them hardly have anything in common: the criterion should be reworded."""


def agreement(ratings: Iterable[Rating], *, levels: int) -> Agreement:
    """Return how far the reviewers of a criterion agree.

    Raises:
        InvalidReviewsError: A level is not one of the criterion's.
    """
    found = sorted(ratings, key=lambda rating: (str(rating.submission), rating.level))
    for rating in found:
        if not 0 <= rating.level < levels:
            raise InvalidReviewsError(f"level {rating.level} for {rating.submission}; there are {levels}")
    units = [[rating.level for rating in group] for _, group in groupby(found, key=lambda rating: rating.submission)]
    compared = [unit for unit in units if len(unit) > 1]
    single, each = intraclass_correlation(units)
    together = spearman_brown(single, each)
    exact, adjacent = (_pairs(compared, apart) for apart in (0, 1))
    low, high = interval(units)
    is_enough = len(compared) >= FEWEST_WORKS
    return Agreement(
        ratings=len(found),
        works=len(compared),
        single=single,
        low=low,
        high=high,
        together=together,
        exact=exact,
        adjacent=adjacent,
        alpha=ordinal_alpha(compared, levels),
        is_enough=is_enough,
        is_vague=is_enough and len(found) >= ENOUGH_REVIEWS and single < VAGUE,
    )


def intraclass_correlation(units: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return ICC(1) of values in units, and the number of values that a unit has on average; (NaN, NaN) if unknown.

    Source: Shrout and Fleiss, Intraclass correlations, 1979, case 1; Donner, 1986, for units of unequal size.
    """
    variances = _variances(units)
    if variances is None:
        return math.nan, math.nan
    between, within, size = variances
    denominator = between + (size - 1) * within
    return ((between - within) / denominator, size) if denominator > 0 else (math.nan, size)


def interval(units: Sequence[Sequence[float]], *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return between what ICC(1) lies; (NaN, NaN) where that cannot be said, since all values of a unit are the same.

    Source: Shrout and Fleiss, 1979, formulas 8 and 9; with units of unequal size it is an approximation.
    """
    variances = _variances(units)
    if variances is None or variances[1] <= 0:
        return math.nan, math.nan
    between, within, size = variances
    above, below = len(units) - 1, sum(map(len, units)) - len(units)
    tail = (1 - confidence) / 2
    ratio = between / within
    ends = ratio / _quantile(tail, above, below), ratio * _quantile(tail, below, above)
    low, high = ((end - 1) / (end + size - 1) for end in ends)
    return low, high


def _variances(units: Sequence[Sequence[float]]) -> tuple[float, float, float] | None:
    """Return the variances between and within units, and how many values these have on average; None of too few."""
    values = [value for unit in units for value in unit]
    count, groups = len(values), len(units)
    if groups < 2 or count <= groups:  # noqa: PLR2004 -- two to compare
        return None
    mean = math.fsum(values) / count
    means = [math.fsum(unit) / len(unit) for unit in units]
    between = math.fsum(len(unit) * (each - mean) ** 2 for unit, each in zip(units, means, strict=True)) / (groups - 1)
    within = math.fsum((value - each) ** 2 for unit, each in zip(units, means, strict=True) for value in unit)
    size = (count - sum(len(unit) ** 2 for unit in units) / count) / (groups - 1)
    return between, within / (count - groups), size


def _quantile(tail: float, above: int, below: int) -> float:
    """Return the value that an F distribution is above so seldom."""
    low, high = 0.0, 1.0
    while f_tail(high, above, below) > tail:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f_tail(middle, above, below) > tail else (low, middle)
    return high


def spearman_brown(single: float, count: float) -> float:
    """Return the reliability of the mean of some reviews from that of a single one."""
    denominator = 1 + (count - 1) * single
    return count * single / denominator if denominator > 0 else math.nan


def ordinal_alpha(units: Sequence[Sequence[int]], levels: int) -> float:
    """Return Krippendorff's alpha for ordered levels; NaN where all name the same level or nothing is compared.

    Source: Krippendorff, Computing Krippendorff's alpha-reliability, 2011, sections C and D.
    """
    total: Counter[int] = Counter()
    weighted: dict[tuple[int, int], float] = {}
    for unit in units:
        levels_of = Counter(unit)
        for one, first in levels_of.items():
            total[one] += first
            for other, second in levels_of.items():
                pairs = first * (second - (one == other))
                weighted[one, other] = weighted.get((one, other), 0.0) + pairs / (len(unit) - 1)
    count = sum(total.values())
    below = [0.0]
    for level in range(levels):
        below.append(below[-1] + total[level])

    def distance(one: int, other: int) -> float:
        low, high = min(one, other), max(one, other)
        return (below[high + 1] - below[low] - (total[low] + total[high]) / 2) ** 2

    observed = math.fsum(value * distance(*pair) for pair, value in weighted.items())
    expected = math.fsum(total[one] * total[other] * distance(one, other) for one in total for other in total)
    return 1 - (count - 1) * observed / expected if expected > 0 else math.nan


def _pairs(units: Sequence[Sequence[int]], apart: int) -> float:
    close = total = 0
    for unit in units:
        for number, level in enumerate(unit):
            for other in unit[:number]:
                total += 1
                close += abs(level - other) <= apart
    return close / total if total else math.nan
