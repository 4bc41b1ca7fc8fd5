"""How sure a grade is, and whether the work needs another review."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from connector.peer_review.aggregation.model import Fit
from connector.peer_review.aggregation.records import Record
from connector.peer_review.aggregation.reviews import Floats, Id, Sheet

NINE_IN_TEN = 1.66
"""Standard deviations around a mean, that nine in ten lie within, with what is unsure about the deviation itself."""
SETTLED, UNSETTLED, SETTLES_AFTER = 1.75, 0.25, 4.0
"""The same for the model, and what is added until reviewers are known from some earlier reviews."""
POOLED = 10.0
"""Degrees of freedom by which the spread within one work leans on that of all."""
UNKNOWN_SPREAD = 15.0
"""Standard deviation of a review where no work has two to compare."""
MEDIAN_LOSS = 1.2
"""How much wider the interval of a median is than that of a mean."""
EXACT_UP_TO = 150
"""Works; above, variances are passed along reviews, which is as good in classes of that size."""
MESSAGES = 15
WIDE, DOUBTFUL, APART = 8.0, 0.3, 30.0


DITHER = 1.2
"""How much more than a review's total one criterion scatters over the edge between two levels; chosen on design seeds."""


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion's scale."""

    share: float
    """Of the total, from 0 to 1."""
    gap: float
    """Points between two levels, where its scale goes from 0 to 100."""


class Doubt(StrEnum):
    """Why a piece of work needs another review."""

    WIDE = "wide"
    """Nine in ten grades lie within more than eight points to either side."""
    UNINFORMED = "uninformed"
    """One of its reviews seems not to be about this work."""
    APART = "apart"
    """Its reviews are more than thirty points apart."""


def of_mean(sheet: Sheet) -> Floats:
    """Return for each work how many points to either side nine in ten true grades lie within, around the mean."""
    from_mean = sheet.scores - (sheet.sum_by_work(sheet.scores) / sheet.per_work)[sheet.work]
    squares, freedom = sheet.sum_by_work(from_mean**2), sheet.per_work - 1
    known = float(freedom.sum())
    pooled = float(squares.sum()) / known if known else UNKNOWN_SPREAD**2
    own = (POOLED * pooled + squares) / (POOLED + freedom)
    result: Floats = NINE_IN_TEN * np.sqrt(own / sheet.per_work)
    return result


def of_model(sheet: Sheet, found: Fit, records: Mapping[Id, Record]) -> Floats:
    """Return the same around what the model says.

    The model's own variance takes biases for known. This one is that of worth and biases together, with what it adds
    that a review may be uninformed, times a factor for what is unsure about the reviewers' variances.
    """
    before = np.array([records.get(id_, Record()).informed for id_ in sheet.reviewers], dtype=np.float64)
    typical = float(np.mean(found.noise)) if len(found.noise) else 1.0
    spread = max(_bias_spread(found), 0.03 * typical)
    prior = before / found.noise + 1 / spread
    small = len(sheet.submissions) <= EXACT_UP_TO
    variance = _exact(sheet, found, prior) if small else _passed(sheet, found, prior)
    variance = np.where(found.variance > 0, variance, 0.0)
    share = found.own / sheet.sum_by_work(found.weight)[sheet.work]
    off = (sheet.scores - found.bias[sheet.by] - found.worth[sheet.work]) ** 2
    doubt = sheet.sum_by_work(share**2 * (1 - found.informed) * off / np.maximum(found.informed, 0.05))
    settled = float(np.exp(-before.mean() / SETTLES_AFTER)) if len(before) else 1.0
    result: Floats = (SETTLED + UNSETTLED * settled) * np.sqrt(variance + np.where(found.variance > 0, doubt, 0.0))
    return result


def of_scale(steps: Sequence[Step], spread: float) -> float:
    """Return the variance that all reviews of a work share since their scale is coarse, in squared points.

    Rounding to a level is an error that more reviews do not average away, where they hardly differ beside the gap
    between levels; where they differ much, it is noise like other noise. The criteria of one work are much alike: what is
    rounded up in one mostly is in the others, so their errors are added before they are squared.

    Args:
        spread: Standard deviation of a review, in points.

    Source: Widrow and Kollár, Quantization noise, 2008, 2 and 3: the first harmonic of the error's mean.
    """
    error = math.fsum(
        each.share * each.gap * math.exp(-((2 * math.pi * DITHER * spread / each.gap) ** 2) / 2)
        for each in steps
        if each.gap > 0
    )
    return error**2 / (2 * math.pi**2)


def doubts(sheet: Sheet, half_widths: Floats, informed: Floats) -> list[frozenset[Doubt]]:
    """Return why each work needs another review; nothing where it needs none."""
    highest, lowest = np.full(len(half_widths), -np.inf), np.full(len(half_widths), np.inf)
    np.maximum.at(highest, sheet.work, sheet.scores)
    np.minimum.at(lowest, sheet.work, sheet.scores)
    uninformed = sheet.sum_by_work((informed < DOUBTFUL).astype(np.float64)) > 0
    flags = {Doubt.WIDE: half_widths > WIDE, Doubt.UNINFORMED: uninformed, Doubt.APART: highest - lowest > APART}
    return [
        frozenset(doubt for doubt, is_flagged in flags.items() if is_flagged[number])
        for number in range(len(half_widths))
    ]


def _bias_spread(found: Fit) -> float:
    """Return the variance of bias among those who are not flat, whose level is no bias."""
    lively = np.maximum(1 - found.flat, 0.01)
    return float((lively * (found.bias**2 + found.bias_variance)).sum() / lively.sum()) if len(lively) else 1.0


def _exact(sheet: Sheet, found: Fit, prior: Floats) -> Floats:
    """Return the variances of all worths, biases being unknown too, from the inverse of their common precision."""
    if not len(sheet):
        return np.zeros(0)
    weights = np.zeros((len(sheet.reviewers), len(sheet.submissions)))
    weights[sheet.by, sheet.work] = np.where(found.variance > 0, 1.0, 0.0)[sheet.work] * found.own
    of_bias = sheet.sum_by_reviewer(found.own) + prior
    diagonal = np.where(found.variance > 0, sheet.sum_by_work(found.weight), 1.0)
    precision = np.diag(diagonal) - weights.T @ (weights / of_bias[:, None])
    return np.maximum(np.diag(np.linalg.inv(precision)), found.variance)


def _passed(sheet: Sheet, found: Fit, prior: Floats) -> Floats:
    """Return about the same from precisions that works and reviewers pass each other along reviews."""
    is_known = (found.variance <= 0)[sheet.work]
    told, flat = found.own, sheet.sum_by_work(found.weight - found.own)
    for _ in range(MESSAGES):
        others = np.maximum((sheet.sum_by_work(told) + flat)[sheet.work] - told, 1e-12)
        of_work = np.where(is_known, found.own, 1 / (1 / found.own + 1 / others))
        of_reviewer = (sheet.sum_by_reviewer(of_work) + prior)[sheet.by] - of_work
        told = 1 / (1 / found.own + 1 / of_reviewer)
    result: Floats = 1 / (sheet.sum_by_work(told) + flat)
    return result
