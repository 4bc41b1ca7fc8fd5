"""Whether a reviewer says about the same of every piece of work, as those do who do not read it."""

import numpy as np

from connector.peer_review.aggregation.reviews import Floats, Sheet

FLAT_SPREAD, LEVEL_SPREAD = 25.0, 150.0
"""Variance of what a flat reviewer says, and of where different flat reviewers have their level."""
FEWEST_FLAT, REVIEWERS_BEFORE = 0.3, 20.0
"""How common flat reviewers are thought to be at first: 0.3 of 20."""
SMALLEST_CLASS_VARIANCE = 16.0


def normal(deviation: Floats, variance: Floats | float) -> Floats:
    """Return the density of a normal distribution around 0."""
    density: Floats = np.exp(-0.5 * deviation**2 / variance) / np.sqrt(2 * np.pi * variance)
    return density


def evidence(sheet: Sheet, expected: Floats, variance: Floats, effort: Floats, mean: float) -> Floats:
    """Return for each reviewer how much better "flat" explains their reviews than "informed"; a logarithm of odds.

    Args:
        expected: Of each review, what the work's other reviews and the reviewer's bias let expect.
        variance: Of each review, around that.
        effort: Of each reviewer.
        mean: Of the class.
    """
    count = sheet.per_reviewer
    own_mean = sheet.sum_by_reviewer(sheet.scores) / count
    around_own = sheet.sum_by_reviewer((sheet.scores - own_mean[sheet.by]) ** 2)
    level = FLAT_SPREAD + count * LEVEL_SPREAD
    flat = -0.5 * (
        around_own / FLAT_SPREAD
        + count * (own_mean - mean) ** 2 / level
        + (count - 1) * np.log(FLAT_SPREAD)
        + np.log(level)
        + count * np.log(2 * np.pi)
    )
    share = effort[sheet.by]
    informed = share * normal(sheet.scores - expected, variance) + (1 - share) / 100
    result: Floats = flat - sheet.sum_by_reviewer(np.log(informed))
    return result


def probability(flatness: Floats, before: Floats) -> Floats:
    """Return how likely each reviewer is flat, given what the class has of them.

    Args:
        flatness: What all reviews tell, these and earlier ones; a logarithm of odds.
        before: The probabilities as they were thought to be.
    """
    common = (before.sum() + FEWEST_FLAT) / (len(before) + REVIEWERS_BEFORE)
    odds = np.clip(flatness + np.log(common / (1 - common)), -30, 30)
    result: Floats = 1 / (1 + np.exp(-odds))
    return result
