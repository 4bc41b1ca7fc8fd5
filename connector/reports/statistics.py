"""The arithmetic of reports: pure, and each of it in one place."""

import math
import statistics
from collections.abc import Collection, Sequence


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
