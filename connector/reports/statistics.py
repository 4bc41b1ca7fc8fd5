"""The arithmetic of reports: pure, and each of it in one place."""

import math
import statistics
from collections.abc import Collection, Iterable, Sequence


def median(values: Collection[float]) -> float | None:
    """Return the value in the middle, or the mean of the two; None of nothing."""
    return float(statistics.median(values)) if values else None


def quantile(values: Collection[float], share: float) -> float | None:
    """Return the smallest value that at least `share` of the values do not exceed (nearest rank); None of nothing.

    Args:
        share: Above 0, and 1 at the most.
    """
    if not values:
        return None
    ranked = sorted(values)
    return float(ranked[max(math.ceil(share * len(ranked)), 1) - 1])


def gini(amounts: Sequence[int]) -> float | None:
    """Return how unequally amounts are spread: 0 where all are the same, near 1 where one has it all; None of nothing.

    Source: half the mean absolute difference between any two, against the mean (Gini 1912).
    """
    total, count = sum(amounts), len(amounts)
    if not count or not total:
        return None
    ranked = sorted(amounts)
    weighted = sum(rank * amount for rank, amount in enumerate(ranked, 1))
    return (2 * weighted - (count + 1) * total) / (count * total)


def top_share(amounts: Sequence[int], part: float = 0.1) -> float | None:
    """Return what share of all the largest amounts have: those of a tenth of the people, and of one at the least."""
    total = sum(amounts)
    if not total:
        return None
    number = max(math.ceil(part * len(amounts)), 1)
    return sum(sorted(amounts, reverse=True)[:number]) / total


FEWEST_UNITS = 5
"""Of how many things that were judged at least twice agreement is told: of fewer, chance says more than people do."""


def alpha(units: Iterable[Sequence[float]]) -> float | None:
    """Return how far people agree who judged the same things: Krippendorff's alpha for interval data.

    1 where they always agree, 0 where two judgements of one thing differ as much as any two of different things, below
    that where they differ more; None of fewer than `FEWEST_UNITS` things, or where all judgements are the same.

    Args:
        units: What each thing was given; what was judged once says nothing, and is left out.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, part C with the interval metric.
    """
    judged = [values for values in units if len(values) > 1]
    everything = [value for values in judged for value in values]
    if len(judged) < FEWEST_UNITS or min(everything) == max(everything):
        return None
    within = math.fsum(_spread(values) / (len(values) - 1) for values in judged)
    return 1 - (len(everything) - 1) * within / _spread(everything)


def _spread(values: Sequence[float]) -> float:
    """Return the sum of the squared differences of all pairs."""
    middle = math.fsum(values) / len(values)
    return len(values) * math.fsum((value - middle) ** 2 for value in values)
