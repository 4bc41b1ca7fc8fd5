"""The reviewer model: how strict, how steady and how attentive each reviewer is, and what the work is worth then.

A review z of work s by reviewer i is informed with probability e_i: z = s + b_i + noise of variance v_i. Else it says
nothing of the work: it is near the class mean, or anywhere. Priors: b_i ~ N(0, s2_b), v_i ~ scaled inverse chi-square
(nu, s2_w), e_i ~ Beta(14, 1.5); s2_b, nu and s2_w come from the class. Who is far off may be so by far: the prior of b_i
has the tails of a t distribution. A reviewer may also be flat: say about the same of everything. Expectation and
conditional maximisation in a fixed number of sweeps, so that the same reviews always give the same answer.

Source: Piech et al., Tuned models of peer assessment in MOOCs, 2013 (bias and variance); Zarkoob et al., Better peer
grading through Bayesian inference, 2023 (effort); Lange, Little and Taylor, Robust statistical modeling using the t
distribution, 1989, 3 (what a deviation counts where tails are heavy).
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
HEARD = 0.5
"""What part of their due flat reviews count."""
TAILS = 8.0
"""Degrees of freedom of the prior of bias; chosen on design seeds, where 4 trusted small classes too little."""


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
    own: Floats
    """Of each review: what it has of `weight` as an informed one."""
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
        self.tails = np.ones(count)
        self.noise = np.full(count, self.priors.noise)
        self.effort = np.full(count, ATTENTIVE / (ATTENTIVE + INATTENTIVE))
        self.variance = np.where(self.is_known, 0.0, self.priors.noise / sheet.per_work)
        self.informed = np.ones(len(sheet))
        self.weight = self.own = 1 / self.noise[sheet.by]

    def sweep(self, *, estimates_priors: bool, looks_for_flat: bool) -> float:
        """Estimate everything once more; return the greatest change of a worth, in points."""
        sheet = self.sheet
        self.informed = self._informed()
        if looks_for_flat:
            self._look_for_flat()
        self._weigh()
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
            own=self.own,
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
        others, variance = self._of_others()
        self.flatness = flatness.evidence(self.sheet, others, variance, self.priors, self.mean)
        self.flat = flatness.probability(self.flatness + self.before.flatness, self.flat)
        self.informed = np.maximum(self.informed * (1 - self.flat[self.sheet.by]), LEAST_INFORMED)

    def _weigh(self) -> None:
        """Say what each review counts.

        What flat reviewers say of a work is all off by the same, how far that work is from the middle. For the smallest
        error, all of them would count together as one review that is off by so much. They count half of that: errors are no
        greater in a class with lazy reviewers and hardly in others, and outstanding work is drawn to the middle less.
        """
        sheet, flat, spread = self.sheet, self.flat[self.sheet.by], self._spread()
        together = np.maximum(sheet.sum_by_work(flat), 1.0)[sheet.work]
        self.own = self.informed / self.noise[sheet.by]
        self.weight = self.own + HEARD * flat / (flatness.FLAT_SPREAD + together * spread)

    def _of_others(self) -> tuple[Floats, Floats]:
        """Return what the other informed reviews of its work, and the class, say of each review's work, and how surely."""
        sheet, spread = self.sheet, self._spread()
        total = sheet.sum_by_work(self.own)
        mine = self.own * (sheet.scores - self.bias[sheet.by])
        rest = total[sheet.work] - self.own + 1 / spread
        others = (sheet.sum_by_work(mine)[sheet.work] - mine + self.mean / spread) / rest
        is_known = self.is_known[sheet.work]
        return np.where(is_known, self.worth[sheet.work], others), np.where(is_known, 0.0, 1 / rest)

    def _spread(self) -> float:
        """Return the variance of what works are truly worth.

        What counts as flat draws a worth to the middle: of how far it is from there, the share of informed reviews is left.
        """
        if not len(self.worth):
            return flatness.SMALLEST_CLASS_VARIANCE
        own, total = self.sheet.sum_by_work(self.own), self.sheet.sum_by_work(self.weight)
        kept = np.where(self.is_known, 1.0, own / total)
        chance = np.where(self.is_known, 0.0, own / total**2)
        spread = (float(len(kept) * np.var(self.worth)) - float(chance.sum())) / float((kept**2).sum())
        return max(spread, flatness.SMALLEST_CLASS_VARIANCE)

    def _estimate_bias(self, residuals: Floats, *, estimates_priors: bool) -> None:
        sheet, before = self.sheet, self.before
        precision = sheet.sum_by_reviewer(self.own) + before.informed / self.noise + self.tails / self.priors.bias
        strictness = (sheet.sum_by_reviewer(self.own * residuals) + before.offset / self.noise) / precision
        self.bias_variance = 1 / precision
        if len(strictness) and not self.is_known.any():
            strictness = strictness - np.median(strictness)
        squares = strictness**2 + self.bias_variance
        if estimates_priors:
            self.priors.estimate_bias(self.tails * squares)
        self.tails = (TAILS + 1) / (TAILS + squares / self.priors.bias)
        self.mean = float(np.median(self.worth)) if len(self.worth) else 0.0
        level = sheet.sum_by_reviewer(sheet.scores) / sheet.per_reviewer - self.mean
        self.bias = (1 - self.flat) * strictness + self.flat * level

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
