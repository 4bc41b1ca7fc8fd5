"""Made-up classes whose true grades are known: who reviews what, and what they say of it.

Reviewers keep their kind over the activities of a course. The spread of careful reviewers (6 to 9 points) and the
figures for `real` follow what was published of edX's joint distributions (1,944 criteria: the correlation of two single
reviews has quartiles .23, .33, .44, and half of the criteria have three levels).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CRITERIA = 4
MIXES: dict[str, dict[str, float]] = {
    "careful": {},
    "40% noisy": {"noisy": 0.4},
    "40% biased": {"biased": 0.4},
    "25% lazy": {"lazy": 0.25},
    "10% malicious": {"malicious": 0.1},
    "20% colluding": {"colluding": 0.2},
    "mixed": {"noisy": 0.15, "biased": 0.2, "lazy": 0.15, "malicious": 0.05, "colluding": 0.1},
    "25% strategic": {"strategic": 0.25},
    "30% friends": {"friendly": 0.3},
    "real": {"real": 1.0},
}
BAD = frozenset({"noisy", "biased", "lazy", "malicious", "colluding", "strategic"})
"""Kinds that a reviewer score is to tell from careful ones."""
UNINFORMED = frozenset({"lazy", "colluding", "strategic"})
"""Kinds whose reviews say nothing of the work."""


@dataclass(frozen=True)
class Cell:
    """One kind of course."""

    mix: str = "careful"
    count: int = 60
    given: int = 4
    activities: int = 1
    drop_out: float = 0.1
    correlation: float = 0.0
    """How far those who write well also review well."""
    levels: int = 6


@dataclass(frozen=True)
class Activity:
    """What a class did in one activity; people and their works have the same numbers."""

    truth: Floats
    by: NDArray[np.intp]
    work: NDArray[np.intp]
    criteria: Floats
    """Points of each review by criterion, from 0 to levels - 1."""
    levels: int
    calibration: Floats
    """Scores that each person gave the same three examples, in points off the key."""

    @property
    def scores(self) -> Floats:
        """The total of each review, from 0 to 100."""
        return self.criteria.mean(axis=1) * 100 / (self.levels - 1)


@dataclass(frozen=True)
class Course:
    """A class over some activities."""

    cell: Cell
    kinds: tuple[str, ...]
    activities: tuple[Activity, ...]
    spread: Floats
    """Of each person's reviews, in points; of those who look at the work."""
    bias: Floats

    @property
    def is_bad(self) -> NDArray[np.bool_]:
        """Who reviews badly."""
        return np.array([kind in BAD for kind in self.kinds])


def course(cell: Cell, seed: int) -> Course:
    """Return a course; the same for the same seed."""
    rng = np.random.default_rng([seed, cell.count, cell.given])
    kinds = _kinds(cell, rng)
    skill = rng.normal(size=cell.count)
    spread = np.where(np.isin(kinds, ["noisy"]), rng.uniform(16, 26, cell.count), rng.uniform(6, 9, cell.count))
    spread = np.where(np.isin(kinds, ["real"]), rng.uniform(8, 15, cell.count), spread)
    spread = spread * np.exp(-0.5 * cell.correlation * skill)
    sign = np.where(rng.random(cell.count) < 0.5, -1, 1)
    bias = np.where(np.isin(kinds, ["biased"]), sign * rng.uniform(10, 20, cell.count), 0)
    friends = np.argsort(rng.random((cell.count, cell.count)), axis=1)[:, :2]
    people = _People(kinds, skill, spread, bias, friends)
    activities = tuple(_activity(cell, people, rng) for _ in range(cell.activities))
    return Course(cell, tuple(kinds), activities, spread, bias)


def courses(cell: Cell, seeds: range) -> Iterator[Course]:
    """Return a course for each seed."""
    return (course(cell, seed) for seed in seeds)


@dataclass(frozen=True)
class _People:
    kinds: NDArray[np.str_]
    skill: Floats
    spread: Floats
    bias: Floats
    friends: NDArray[np.intp]


def _kinds(cell: Cell, rng: np.random.Generator) -> NDArray[np.str_]:
    kinds = [kind for kind, share in MIXES[cell.mix].items() for _ in range(round(share * cell.count))]
    kinds += ["careful"] * (cell.count - len(kinds))
    return rng.permutation(np.array(kinds, dtype="U12"))


def _activity(cell: Cell, people: _People, rng: np.random.Generator) -> Activity:
    overall = 70 + 12 * (np.sqrt(0.5) * people.skill + np.sqrt(0.5) * rng.normal(size=cell.count))
    true_criteria = np.clip(overall[:, None] + rng.normal(0, 6, (cell.count, CRITERIA)), 0, 100)
    seats = rng.permutation(cell.count)
    half = (cell.count - 1) // 2
    steps = rng.permutation(np.arange(1, half + 1) if cell.given <= half else np.arange(1, cell.count))[: cell.given]
    gone = set(rng.choice(cell.count, round(cell.drop_out * cell.count), replace=False).tolist())
    by, work = [], []
    for seat, who in enumerate(seats):
        if who not in gone:
            by += [who] * cell.given
            work += [seats[(seat + step) % cell.count] for step in steps]
    reviewer, reviewed = np.array(by, dtype=np.intp), np.array(work, dtype=np.intp)
    said = _said(people, reviewer, reviewed, true_criteria, rng)
    examples = np.arange(cell.count).repeat(3)
    calibration = people.bias[examples] + rng.normal(0, people.spread[examples])
    return Activity(
        truth=true_criteria.mean(axis=1),
        by=reviewer,
        work=reviewed,
        criteria=np.clip(np.rint(said * (cell.levels - 1) / 100), 0, cell.levels - 1),
        levels=cell.levels,
        calibration=calibration.reshape(-1, 3),
    )


def _said(
    people: _People, by: NDArray[np.intp], work: NDArray[np.intp], truth: Floats, rng: np.random.Generator
) -> Floats:
    """Return what reviewers think of each criterion, from 0 to 100, before it is put on a scale."""
    kinds, size = people.kinds[by], (len(by), CRITERIA)
    spread = people.spread[by][:, None]
    noise = np.sqrt(0.6) * rng.normal(size=(len(by), 1)) + np.sqrt(0.4 * CRITERIA) * rng.normal(size=size)
    said = truth[work] + people.bias[by][:, None] + spread * noise
    class_mean = truth.mean()
    said = np.where((kinds == "malicious")[:, None], said - rng.uniform(30, 60, (len(by), 1)), said)
    is_lazy = np.isin(kinds, ["lazy", "strategic"])[:, None]
    said = np.where(is_lazy, class_mean + rng.normal(0, 3, (len(by), 1)) + rng.normal(0, 3, size), said)
    said = np.where((kinds == "colluding")[:, None], 97 + rng.normal(0, 3, size), said)
    is_friend = (people.friends[by] == work[:, None]).any(axis=1) & (kinds == "friendly")
    return np.where(is_friend[:, None], said + 25, said)
