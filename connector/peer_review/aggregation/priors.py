"""What is believed of reviewers before their reviews are looked at, and how the class itself corrects that."""

from dataclasses import dataclass

import numpy as np

from connector.peer_review.aggregation.reviews import Floats, Sheet

ATTENTIVE, INATTENTIVE = 14.0, 1.5
"""Beta prior of the probability that a review is informed."""
STEADINESS, LEAST_STEADINESS, MOST_STEADINESS, CHANCE = 6.0, 5.0, 60.0, 0.7
"""Degrees of freedom of the prior of a reviewer's variance, and how much of its expected scatter is taken for chance."""
LEAST_BIAS, MOST_BIAS = 0.03, 1.2
"""Bounds of the variance of bias, as shares of the variance of reviews."""
LEAST_NOISE, MOST_NOISE = 9.0, 2.0
SMALLEST_VARIANCE = 1.0


@dataclass
class Priors:
    """Hyper-parameters, estimated from the class."""

    scale: float
    """Variance of reviews around the worth, judged by the middle half: a few wild ones do not change it."""
    bias: float
    """Variance of bias among reviewers."""
    noise: float
    """Typical variance of a reviewer."""
    steadiness: float = STEADINESS
    """How alike reviewers are in their variance."""

    @classmethod
    def of(cls, sheet: Sheet, residuals: Floats, is_known: Floats) -> "Priors":
        """Return what a class looks like at first sight."""
        free = np.where(is_known, 0, 1 / sheet.per_work)[sheet.work]
        corrected = residuals / np.sqrt(np.maximum(1 - free, 0.25))
        spread = 1.4826 * float(np.median(np.abs(corrected))) if len(corrected) else 0.0
        scale = max(spread**2, SMALLEST_VARIANCE)
        return cls(scale, 0.3 * scale, 0.8 * scale)

    def estimate_bias(self, squares: Floats) -> None:
        """Correct what is believed of bias, from the squares that are expected of each reviewer's."""
        spread = float(np.mean(squares)) if len(squares) else 0.0
        self.bias = float(np.clip(spread, LEAST_BIAS * self.scale, MOST_BIAS * self.scale))

    def estimate_noise(self, noise: Floats) -> None:
        """Correct what is believed of the typical variance."""
        level = 1 / float(np.mean(1 / noise)) if len(noise) else self.noise
        self.noise = float(np.clip(level, min(LEAST_NOISE, self.scale), MOST_NOISE * self.scale))

    def estimate_steadiness(self, squares: Floats, count: Floats) -> None:
        """Correct what is believed of how alike reviewers are, by moments.

        Chance alone scatters the observed variance of n reviews by 2 v^2 / n; what there is beyond that are differences.
        """
        total = float(count.sum())
        if not total:
            return
        observed, share = squares / np.maximum(count, 0.01), count / total
        mean = float((share * observed).sum())
        excess = float((share * (observed - mean) ** 2).sum()) - CHANCE * 2 * mean**2 * len(count) / total
        differences = max(excess / mean**2, 1e-3) if mean else 1e-3
        self.steadiness = float(np.clip(4 + 2 / differences, LEAST_STEADINESS, MOST_STEADINESS))
