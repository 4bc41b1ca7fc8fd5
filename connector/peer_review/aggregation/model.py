"""The reviewer model: how strict, how steady and how attentive each reviewer is, and what the work is worth then.

A review z of work s by reviewer i is informed with probability e_i: z = s + b_i + noise of variance v_i. Else it says
nothing of the work: it is near the class mean, or anywhere. Priors: b_i ~ N(0, s2_b), v_i ~ scaled inverse chi-square
(nu, s2_w), e_i ~ Beta(14, 1.5); s2_b, nu and s2_w come from the class. A reviewer may also be flat: say about the same
of everything. Expectation and conditional maximisation in a fixed number of sweeps, so that the same reviews always
give the same answer.

Source: Piech et al., Tuned models of peer assessment in MOOCs, 2013 (bias and variance); Zarkoob et al., Better peer
grading through Bayesian inference, 2023 (effort).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from connector.peer_review.aggregation import flatness
from connector.peer_review.aggregation.priors import ATTENTIVE, INATTENTIVE, Priors
from connector.peer_review.aggregation.records import Record
from connector.peer_review.aggregation.reviews import Floats, Id, Sheet

SWEEPS, PRIORS_FROM, FLAT_FROM = 80, 6, 20
TOLERANCE = 1e-11
"""Points; sweeps end before their number where nothing moves any more."""
NEAR_MEAN = 60.0
"""Variance of an uninformed review around the class mean."""
LEAST_INFORMED = 0.01


@dataclass(frozen=True, slots=True)
class Fit:
    """What the model makes of the reviews; arrays in the order of the sheet's works, reviewers and reviews."""

    worth: Floats
    """Of each piece of work."""
    variance: Floats
    """Of `worth`, as the model itself believes: too small, see `confidence`."""
    bias: Floats
    """Of each reviewer: positive for lenient."""
    bias_variance: Floats
    noise: Floats
    """Variance of each reviewer."""
    effort: Floats
    """Of each reviewer: the probability that a review of theirs is informed."""
    flat: Floats
    """Of each reviewer: the probability that they say about the same of everything."""
    informed: Floats
    """Of each review: the probability that it is informed."""
    weight: Floats
    """Of each review."""
    expected: Floats
    """Of each review: what the other reviews of the work let expect, bias included."""
    expected_variance: Floats
    flatness: Floats
    """Of each reviewer, what this activity tells; a logarithm of odds."""


def fit(sheet: Sheet, *, anchors: Mapping[Id, float] | None = None, records: Mapping[Id, Record] | None = None) -> Fit:
    """Fit the model.

    Args:
        anchors: Grades that are known, the trainer's own; the work keeps them.
        records: What earlier activities and calibration tell of reviewers.

    Raises:
        InvalidReviewsError: An anchor is no score.
    """
    before = _Before.of([(records or {}).get(id_, Record()) for id_ in sheet.reviewers])
    model = _Model(sheet, sheet.for_works(anchors or {}), before)
    for sweep in range(SWEEPS):
        change = model.sweep(estimates_priors=sweep >= PRIORS_FROM, looks_for_flat=sweep >= FLAT_FROM)
        if change < TOLERANCE and sweep > FLAT_FROM:
            break
    return model.fit()


class _Model:
    """Estimates that get better with each sweep."""

    def __init__(self, sheet: Sheet, anchors: Floats, before: "_Before") -> None:
        self.sheet, self.anchors, self.before = sheet, anchors, before
        self.is_known = ~np.isnan(anchors)
        self.worth = np.where(self.is_known, anchors, sheet.sum_by_work(sheet.scores) / sheet.per_work)
        self.priors = Priors.of(sheet, sheet.scores - self.worth[sheet.work], self.is_known)
        self.mean = float(np.median(self.worth)) if len(self.worth) else 0.0
        count = len(sheet.reviewers)
        self.bias, self.bias_variance, self.flatness, self.flat = (np.zeros(count) for _ in range(4))
        self.noise = np.full(count, self.priors.noise)
        self.effort = np.full(count, ATTENTIVE / (ATTENTIVE + INATTENTIVE))
        self.variance = np.where(self.is_known, 0.0, self.priors.noise / sheet.per_work)
        self.informed = np.ones(len(sheet))
        self.weight = 1 / self.noise[sheet.by]

    def sweep(self, *, estimates_priors: bool, looks_for_flat: bool) -> float:
        """Estimate everything once more; return the greatest change of a worth, in points."""
        sheet = self.sheet
        self.informed = self._informed()
        if looks_for_flat:
            self._look_for_flat()
        self.weight = self.informed / self.noise[sheet.by]
        total = sheet.sum_by_work(self.weight)
        worth = sheet.sum_by_work(self.weight * (sheet.scores - self.bias[sheet.by])) / total
        worth = np.where(self.is_known, self.anchors, worth)
        change = float(np.abs(worth - self.worth).max(initial=0.0))
        self.worth, self.variance = worth, np.where(self.is_known, 0.0, 1 / total)
        residuals = sheet.scores - worth[sheet.work]
        self._estimate_bias(residuals, estimates_priors=estimates_priors)
        self._estimate_noise(residuals, estimates_priors=estimates_priors)
        return change

    def fit(self) -> Fit:
        """Return what has been found."""
        expected, variance = self._expected()
        return Fit(
            worth=self.worth,
            variance=self.variance,
            bias=self.bias,
            bias_variance=self.bias_variance,
            noise=self.noise,
            effort=self.effort,
            flat=self.flat,
            informed=self.informed,
            weight=self.weight,
            expected=expected,
            expected_variance=variance,
            flatness=self.flatness,
        )

    def _informed(self) -> Floats:
        sheet, effort = self.sheet, self.effort[self.sheet.by]
        deviation = sheet.scores - self.worth[sheet.work] - self.bias[sheet.by]
        informed = effort * flatness.normal(deviation, self.noise[sheet.by] + self.variance[sheet.work])
        uninformed = 0.5 * flatness.normal(sheet.scores - self.mean, NEAR_MEAN) + 0.5 / 100
        share = informed / (informed + (1 - effort) * uninformed)
        return np.clip(share, LEAST_INFORMED, 1.0)

    def _look_for_flat(self) -> None:
        expected, variance = self._expected()
        self.flatness = flatness.evidence(self.sheet, expected, variance, self.effort, self.mean)
        self.flat = flatness.probability(self.flatness + self.before.flatness, self.flat)
        self.informed = np.maximum(self.informed * (1 - self.flat[self.sheet.by]), LEAST_INFORMED)

    def _expected(self) -> tuple[Floats, Floats]:
        """Return what the other reviews of its work, and the class, let expect of each review, and how surely."""
        sheet = self.sheet
        if not len(sheet):
            return np.zeros(0), np.zeros(0)
        spread = max(float(np.var(self.worth) - np.mean(self.variance)), flatness.SMALLEST_CLASS_VARIANCE)
        total = sheet.sum_by_work(self.weight)
        mine = self.weight * (sheet.scores - self.bias[sheet.by])
        told = sheet.sum_by_work(self.weight * (sheet.scores - self.bias[sheet.by]))
        rest = total[sheet.work] - self.weight + 1 / spread
        others = (told[sheet.work] - mine + self.mean / spread) / rest
        is_known = self.is_known[sheet.work]
        others = np.where(is_known, self.worth[sheet.work], others)
        variance = np.where(is_known, 0.0, 1 / rest) + self.noise[sheet.by]
        return others + self.bias[sheet.by], variance

    def _estimate_bias(self, residuals: Floats, *, estimates_priors: bool) -> None:
        sheet, before = self.sheet, self.before
        precision = sheet.sum_by_reviewer(self.weight) + before.informed / self.noise + 1 / self.priors.bias
        self.bias = (sheet.sum_by_reviewer(self.weight * residuals) + before.offset / self.noise) / precision
        self.bias_variance = 1 / precision
        if len(self.bias) and not self.is_known.any():
            self.bias = self.bias - np.median(self.bias)
        if estimates_priors:
            self.priors.estimate_bias(self.bias, self.bias_variance)

    def _estimate_noise(self, residuals: Floats, *, estimates_priors: bool) -> None:
        sheet, before, priors = self.sheet, self.before, self.priors
        count = sheet.sum_by_reviewer(self.informed)
        around = (residuals - self.bias[sheet.by]) ** 2 + self.variance[sheet.work]
        squares = sheet.sum_by_reviewer(self.informed * around) + before.squares_around(self.bias)
        total = count + before.informed
        if estimates_priors:
            priors.estimate_steadiness(squares, total)
        self.noise = (priors.steadiness * priors.noise + squares) / (priors.steadiness + total)
        asked = sheet.per_reviewer + before.asked
        self.effort = (ATTENTIVE - 1 + total) / (ATTENTIVE + INATTENTIVE - 2 + asked)
        if estimates_priors:
            priors.estimate_noise(self.noise)


@dataclass(frozen=True, slots=True)
class _Before:
    """Records as arrays."""

    asked: Floats
    informed: Floats
    offset: Floats
    squares: Floats
    flatness: Floats

    @classmethod
    def of(cls, records: Sequence[Record]) -> "_Before":
        """Return records as arrays."""
        rows = [(each.asked, each.informed, each.offset, each.squares, each.flatness) for each in records]
        return cls(*np.array(rows, dtype=np.float64).reshape(-1, 5).T)

    def squares_around(self, bias: Floats) -> Floats:
        """Return the squares of earlier offsets around a bias."""
        return np.maximum(self.squares - 2 * bias * self.offset + bias**2 * self.informed, 0.0)


def told(sheet: Sheet, found: Fit) -> dict[Id, Record]:
    """Return what an activity tells of its reviewers, for the next activity.

    A review that its work has to itself tells nothing: it is beside a worth that it made alone.
    """
    residuals = sheet.scores - found.worth[sheet.work]
    around = residuals**2 + found.variance[sheet.work]
    others = sheet.per_work[sheet.work] - 1
    compared = (others > 0).astype(np.float64)
    from_mean = sheet.scores - (sheet.sum_by_work(sheet.scores) / sheet.per_work)[sheet.work]
    apart = from_mean * np.sqrt((others + 1) / np.maximum(others, 1))
    columns = [
        sheet.per_reviewer,
        sheet.sum_by_reviewer(found.informed),
        sheet.sum_by_reviewer(found.informed * residuals),
        sheet.sum_by_reviewer(found.informed * around),
        found.flatness,
        sheet.sum_by_reviewer(compared),
        sheet.sum_by_reviewer(compared * apart),
        sheet.sum_by_reviewer(compared * np.abs(apart)),
        sheet.sum_by_reviewer(compared * apart**2),
    ]
    rows = np.array(columns).T.tolist()
    return {id_: Record(*row) for id_, row in zip(sheet.reviewers, rows, strict=True)}
