"""Grades that weigh reviews by their place among the others alone: mean, median, trimmed mean; all are shares of scores."""

import numpy as np

from connector.peer_review.aggregation.reviews import Floats, Sheet

TRIMMED = 0.125
"""What a trimmed mean leaves out at each end: of four reviews, half of the lowest and half of the highest."""


def mean_shares(sheet: Sheet) -> Floats:
    """Return what each review counts in the plain mean."""
    result: Floats = 1 / sheet.per_work[sheet.work]
    return result


def median_shares(sheet: Sheet) -> Floats:
    """Return what each review counts in the median: all, or half for the middle two."""
    rank, count = _ranks(sheet), sheet.per_work[sheet.work]
    odd = np.where(rank == (count - 1) / 2, 1.0, 0.0)
    even = np.where((rank == count / 2) | (rank == count / 2 - 1), 0.5, 0.0)
    return np.where(count % 2 == 1, odd, even)


def trimmed_shares(sheet: Sheet, cut: float = TRIMMED) -> Floats:
    """Return what each review counts in a mean that leaves out some at each end, in parts where need be.

    Args:
        cut: The share of reviews that each end loses, below one half.
    """
    rank, count = _ranks(sheet), sheet.per_work[sheet.work]
    kept = np.minimum((rank + 1) / count, 1 - cut) - np.maximum(rank / count, cut)
    result: Floats = np.maximum(kept, 0.0) / (1 - 2 * cut)
    return result


def weighted(sheet: Sheet, shares: Floats, adjustments: Floats | float = 0.0) -> Floats:
    """Return the sum of each work's scores, less adjustments, by their shares."""
    return sheet.sum_by_work(shares * (sheet.scores - adjustments))


def _ranks(sheet: Sheet) -> Floats:
    """Return the place of each review among those of its work, from 0."""
    order = np.lexsort((sheet.scores, sheet.work))
    first = np.concatenate(([0.0], np.cumsum(sheet.per_work)))[sheet.work]
    ranks = np.empty(len(sheet))
    ranks[order] = np.arange(len(sheet))
    return ranks - first
