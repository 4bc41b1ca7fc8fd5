"""Whether a reviewer says about the same of every piece of work, as those do who do not read it."""

import math

import numpy as np

from connector.peer_review.aggregation.priors import Priors
from connector.peer_review.aggregation.reviews import Floats, Sheet

FLAT_SPREAD, LEVEL_SPREAD = 25.0, 35.0
"""Variance of what a flat reviewer says, and of where those have their level who give everybody the middle."""
FEWEST_FLAT, REVIEWERS_BEFORE = 0.3, 20.0
"""How common flat reviewers are thought to be at first: 0.3 of 20."""
SMALLEST_CLASS_VARIANCE = 16.0
NODES, SHARES = np.polynomial.hermite_e.hermegauss(7)
SHARES = SHARES / SHARES.sum()
SMALLEST_ROOT = 0.27
"""Below, a reviewer would be fifty times as unsteady as usual, which says nothing any more."""


def normal(deviation: Floats, variance: Floats | float) -> Floats:
    """Return the density of a normal distribution around 0."""
    density: Floats = np.exp(-0.5 * deviation**2 / variance) / np.sqrt(2 * np.pi * variance)
    return density


def evidence(sheet: Sheet, others: Floats, variance: Floats, priors: Priors, mean: float) -> Floats:
    """Return for each reviewer how much better "flat" explains their reviews than "informed"; a logarithm of odds.

    Both sides are averaged over what is not known of a reviewer: where their level is, here; bias and noise, there. With
    the bias and noise that fit somebody's reviews best, "informed" would always seem the better one.

    Args:
        others: Of each review, what the work's other reviews say the work is worth.
        variance: Of each review, how unsure that is.
        mean: Of the class.
    """
    return _flat(sheet, mean) - _informed(sheet, sheet.scores - others, variance, priors)


def _flat(sheet: Sheet, mean: float) -> Floats:
    """Return the logarithm of how likely reviews are if they are flat: near the class mean, or near any level."""
    count = sheet.per_reviewer
    level = sheet.sum_by_reviewer(sheet.scores) / count
    around = sheet.sum_by_reviewer((sheet.scores - level[sheet.by]) ** 2)
    where = 0.5 * normal(level - mean, LEVEL_SPREAD + FLAT_SPREAD / count) + 0.5 / 100
    result: Floats = np.log(where) - 0.5 * (
        around / FLAT_SPREAD + (count - 1) * np.log(2 * np.pi * FLAT_SPREAD) + np.log(count)
    )
    return result


def _informed(sheet: Sheet, residuals: Floats, variance: Floats, priors: Priors) -> Floats:
    """Return the same if they are informed.

    The reviews of one reviewer share a normal bias, which is integrated in closed form; over the noise, a scaled inverse
    chi-square, by Gauss and Hermite's rule.

    Source: Wilson and Hilferty, The distribution of chi-square, 1931: its cube root is about normal.
    """
    part = 2 / (9 * priors.steadiness)
    found = []
    for node, share in zip(NODES.tolist(), SHARES.tolist(), strict=True):
        cube_root = max(1 - part + node * math.sqrt(part), SMALLEST_ROOT)
        total = priors.noise / cube_root**3 + variance
        precision = sheet.sum_by_reviewer(1 / total)
        pulled = sheet.sum_by_reviewer(residuals / total)
        squares = sheet.sum_by_reviewer(residuals**2 / total + np.log(2 * np.pi * total))
        bias = np.log1p(priors.bias * precision) - pulled**2 * priors.bias / (1 + priors.bias * precision)
        found.append(math.log(share) - 0.5 * (squares + bias))
    result: Floats = np.logaddexp.reduce(np.array(found), axis=0)
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
