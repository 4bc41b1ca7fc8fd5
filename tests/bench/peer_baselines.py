"""What others make of reviews: Moodle Workshop, Open edX ORA2, Vancouver (CrowdGrader) and PeerRank, from their formulas."""

import numpy as np
from numpy.typing import NDArray

from tests.bench.reviewed_classes import CRITERIA, UNINFORMED, Activity, Course, Floats

PEERRANK_STEP, MOODLE_CURVE = 0.1, 5


def mean(activity: Activity) -> Floats:
    """Return the plain mean of each work's reviews, as Moodle Workshop does; NaN where there are none."""
    count = len(activity.truth)
    totals = np.bincount(activity.work, activity.scores, count)
    with np.errstate(invalid="ignore"):
        return totals / np.bincount(activity.work, minlength=count)


def median(activity: Activity) -> Floats:
    """Return the median of each work's total scores."""
    return _by_work(activity, lambda criteria: float(np.median(criteria.mean(axis=1) * 100 / (activity.levels - 1))))


def ora2_median(activity: Activity) -> Floats:
    """Return ORA2's grade: the median of each criterion, of an even number the mean of the middle two rounded up."""
    return _by_work(
        activity, lambda criteria: float(np.ceil(np.median(criteria, axis=0)).mean() * 100 / (activity.levels - 1))
    )


def vancouver(activity: Activity, sweeps: int = 20) -> Floats:
    """Return CrowdGrader's grade: means weighted by one over a reviewer's variance around what the others say.

    Source: de Alfaro and Shavlovsky, CrowdGrader, 2013, section 4.
    """
    count, scores, by, work = len(activity.truth), activity.scores, activity.by, activity.work
    variance = np.full(count, 100.0)
    for _ in range(sweeps):
        weight = 1 / variance[by]
        total, weighted = np.bincount(work, weight, count), np.bincount(work, weight * scores, count)
        others = total[work] - weight
        with np.errstate(invalid="ignore", divide="ignore"):
            error = scores - (weighted[work] - weight * scores) / others
        trust = np.where(others > 1e-12, 1 / (1 / np.maximum(others, 1e-12) + 1), 0)
        error = np.where(np.isfinite(error), error, 0)
        seen = np.bincount(by, trust, count)
        variance = np.where(seen > 0, np.bincount(by, trust * error**2, count) / np.maximum(seen, 1e-12), 100.0)
        variance = np.maximum(variance, 1.0)
    weight = 1 / variance[by]
    with np.errstate(invalid="ignore"):
        return np.bincount(work, weight * scores, count) / np.bincount(work, weight, count)


def peerrank(activity: Activity, sweeps: int = 100) -> Floats:
    """Return PeerRank's grade: means weighted by the reviewers' own grades.

    Source: Walsh, The PeerRank method for peer assessment, 2014, equation 1.
    """
    count, by, work = len(activity.truth), activity.by, activity.work
    scores, grades = activity.scores / 100, np.nan_to_num(mean(activity) / 100, nan=0.5)
    for _ in range(sweeps):
        weight = np.maximum(grades[by], 1e-6)
        total = np.bincount(work, weight, count)
        with np.errstate(invalid="ignore"):
            grades = np.where(
                total > 0,
                (1 - PEERRANK_STEP) * grades + PEERRANK_STEP * np.bincount(work, weight * scores, count) / total,
                grades,
            )
    return np.where(np.bincount(work, minlength=count) > 0, grades * 100, np.nan)


def all_knowing(made: Course) -> Floats:
    """Return the last activity's grades by somebody who knows each reviewer's kind, bias and spread, but not the work.

    They take off what is known to be too much, weigh by one over the variance, and leave out who says nothing of the work:
    about as well as weighing reviewers can do without drawing grades to the middle.
    """
    activity, count = made.activities[-1], made.cell.count
    kinds = np.array(made.kinds)
    is_malicious = kinds == "malicious"
    bias = made.bias - np.where(is_malicious, 45.0, 0.0)
    rounding = (100 / (activity.levels - 1)) ** 2 / 12 / CRITERIA
    variance = made.spread**2 + rounding + np.where(is_malicious, 30.0**2 / 12, 0.0)
    weight = np.where(np.isin(kinds, list(UNINFORMED)), 1e-9, 1 / variance)[activity.by]
    totals = np.bincount(activity.work, weight * (activity.scores - bias[activity.by]), count)
    with np.errstate(invalid="ignore"):
        return np.clip(totals / np.bincount(activity.work, weight, count), 0, 100)


def moodle_grading_grade(activity: Activity) -> Floats:
    """Return Moodle Workshop's grade of each reviewer ("comparison with the best assessment"); NaN for who gave none."""
    scores = activity.criteria * 100 / (activity.levels - 1)
    grade = np.zeros(len(activity.work))
    for number in np.unique(activity.work):
        rows = np.flatnonzero(activity.work == number)
        mine = scores[rows]
        centre = mine.mean(axis=0)
        spread = MOODLE_CURVE * np.maximum(mine.var(axis=0), 0.01)

        def apart(a: Floats, b: Floats, spread: Floats = spread) -> Floats:
            return (np.abs(a - b) * (a - b) ** 2 / spread).mean(axis=-1)

        from_centre = apart(mine, centre)
        best = mine[from_centre == from_centre.min()]
        grade[rows] = [np.clip(100 - min(apart(row, other) for other in best), 0, 100) for row in mine]
    given = np.bincount(activity.by, minlength=len(activity.truth))
    with np.errstate(invalid="ignore"):
        return np.bincount(activity.by, grade, len(activity.truth)) / given


def _by_work(activity: Activity, grade: object) -> Floats:
    grades = np.full(len(activity.truth), np.nan)
    for number in np.unique(activity.work):
        grades[number] = grade(activity.criteria[activity.work == number])  # type: ignore[operator]
    return grades


def area_under_curve(is_bad: NDArray[np.bool_], badness: Floats) -> float:
    """Return how likely somebody bad is to look worse than somebody who is not; ties count half."""
    bad, good = badness[is_bad], badness[~is_bad]
    if not len(bad) or not len(good):
        return float("nan")
    return float(((bad[:, None] > good).mean() + (bad[:, None] >= good).mean()) / 2)
