"""Grades of all the work of an activity: the one door to the aggregation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from connector.peer_review.aggregation import confidence, explanation, means, model
from connector.peer_review.aggregation.confidence import Doubt, Step
from connector.peer_review.aggregation.explanation import Share
from connector.peer_review.aggregation.guard import Method, Verdict, judge
from connector.peer_review.aggregation.records import Record
from connector.peer_review.aggregation.reviews import HIGHEST, LOWEST, Floats, Id, Review, Sheet


@dataclass(frozen=True, slots=True)
class Grade:
    """What a piece of work is worth, how sure that is, and how it came about."""

    submission: Id
    score: float
    low: float
    high: float
    """Nine in ten true grades lie between `low` and `high`."""
    mean: float
    """What the plain mean says; the trainer sees both."""
    modelled: float
    """What the model says."""
    shares: tuple[Share, ...]
    """By score, the lowest first. They add up to `score`; empty where the trainer's own grade stands."""
    doubts: frozenset[Doubt]
    """Why it needs another review."""


@dataclass(frozen=True, slots=True)
class ReviewerState:
    """What the model makes of a reviewer."""

    reviewer: Id
    reviews: int
    bias: float
    """Points above others; positive for lenient."""
    spread: float
    """Standard deviation around that, in points."""
    effort: float
    """Probability that a review of theirs is about the work."""
    flat: float
    """Probability that they say about the same of everything."""
    uninformed: tuple[Id, ...]
    """Work that their review seems not to be about."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All grades of an activity."""

    grades: tuple[Grade, ...]
    """By id; of work without a review there is none."""
    method: Method
    """What made them: never `AUTOMATIC`."""
    verdict: Verdict
    reviewers: tuple[ReviewerState, ...]
    told: Mapping[Id, Record]
    """What this activity tells of each reviewer; `records.over` joins activities for the next one."""


def grade(
    reviews: Iterable[Review],
    *,
    method: Method = Method.AUTOMATIC,
    anchors: Mapping[Id, float] | None = None,
    records: Mapping[Id, Record] | None = None,
    finished_activities: int = 0,
    calibrated: int = 0,
    steps: Sequence[Step] = (),
) -> Outcome:
    """Return the grades of all the work that has a review.

    Args:
        anchors: The trainer's own grades, hidden spot-checks included; they stand, and teach what reviewers are like.
        records: What is known of reviewers from earlier activities and calibration.
        finished_activities: Earlier activities that `records` come from.
        calibrated: Examples that most of the reviewers have graded.
        steps: The scales of the criteria: coarse ones make grades less sure.

    Raises:
        InvalidReviewsError: A score is not from 0 to 100, or somebody reviewed the same twice.
    """
    sheet, anchors, records = Sheet(reviews), dict(anchors or {}), dict(records or {})
    found = model.fit(sheet, anchors=anchors, records=records)
    told = model.told(sheet, found)
    anchored = sum(id_ in anchors for id_ in sheet.submissions) / max(len(sheet.submissions), 1)
    verdict = judge(
        told,
        records,
        finished_activities=finished_activities,
        calibrated=calibrated,
        anchored_share=anchored,
        different_scores=len(np.unique(sheet.scores)),
    )
    if method is Method.AUTOMATIC:
        method = Method.MODEL if verdict.uses_model else Method.MEAN
    half_widths = _half_widths(sheet, found, records, method, steps)
    return Outcome(
        grades=_grades(sheet, found, method, half_widths, anchors),
        method=method,
        verdict=verdict,
        reviewers=_reviewers(sheet, found),
        told=told,
    )


def _half_widths(
    sheet: Sheet, found: model.Fit, records: Mapping[Id, Record], method: Method, steps: Sequence[Step]
) -> Floats:
    if method is Method.MODEL:
        half = confidence.of_model(sheet, found, records)
    else:
        half = confidence.of_mean(sheet) * (confidence.MEDIAN_LOSS if method is Method.MEDIAN else 1.0)
    spread = float(np.mean(np.sqrt(found.noise))) if len(found.noise) else 0.0
    coarse = confidence.of_scale(steps, spread)
    widened: Floats = np.where(half > 0, np.sqrt(half**2 + confidence.SETTLED**2 * coarse), half)
    return widened


def _grades(
    sheet: Sheet, found: model.Fit, method: Method, half_widths: Floats, anchors: Mapping[Id, float]
) -> tuple[Grade, ...]:
    shares = _shares(sheet, found, method)
    plain = means.weighted(sheet, means.mean_shares(sheet)).tolist()
    modelled = np.clip(found.worth, LOWEST, HIGHEST).tolist()
    doubts = confidence.doubts(sheet, half_widths, found.informed)
    grades = []
    for number, id_ in enumerate(sheet.submissions):
        anchor = anchors.get(id_)
        score = explanation.total(shares[number]) if anchor is None else float(anchor)
        half = 0.0 if anchor is not None else float(half_widths[number])
        grades.append(
            Grade(
                submission=id_,
                score=score,
                low=max(LOWEST, score - half),
                high=min(HIGHEST, score + half),
                mean=plain[number],
                modelled=modelled[number],
                shares=shares[number] if anchor is None else (),
                doubts=doubts[number] if anchor is None else frozenset(),
            )
        )
    return tuple(sorted(grades, key=lambda each: str(each.submission)))


def _shares(sheet: Sheet, found: model.Fit, method: Method) -> list[tuple[Share, ...]]:
    """Return each work's shares, the lowest score first; the model's in steps that can be told."""
    adjustments = np.zeros(len(sheet))
    if method is Method.MODEL:
        values = found.weight / sheet.sum_by_work(found.weight)[sheet.work]
        adjustments = found.bias[sheet.by]
    elif method is Method.MEDIAN:
        values = means.median_shares(sheet)
    elif method is Method.TRIMMED:
        values = means.trimmed_shares(sheet)
    else:
        values = means.mean_shares(sheet)
    collected: list[list[Share]] = [[] for _ in sheet.submissions]
    columns = (sheet.by.tolist(), sheet.work.tolist(), sheet.scores.tolist(), values.tolist(), adjustments.tolist())
    for by, work, score, share, adjustment in zip(*columns, strict=True):
        collected[work].append(Share(sheet.reviewers[by], score, share, adjustment))
    sorted_ = [tuple(sorted(each, key=lambda share: (share.score, str(share.reviewer)))) for each in collected]
    return [explanation.rounded(each) for each in sorted_] if method is Method.MODEL else sorted_


def _reviewers(sheet: Sheet, found: model.Fit) -> tuple[ReviewerState, ...]:
    uninformed: list[list[Id]] = [[] for _ in sheet.reviewers]
    for number in np.flatnonzero(found.informed < confidence.DOUBTFUL).tolist():
        uninformed[sheet.by[number]].append(sheet.submissions[sheet.work[number]])
    states = [
        ReviewerState(
            reviewer=id_,
            reviews=int(sheet.per_reviewer[number]),
            bias=float(found.bias[number]),
            spread=float(np.sqrt(found.noise[number])),
            effort=float(found.effort[number]),
            flat=float(found.flat[number]),
            uninformed=tuple(sorted(uninformed[number], key=str)),
        )
        for number, id_ in enumerate(sheet.reviewers)
    ]
    return tuple(sorted(states, key=lambda each: str(each.reviewer)))
