"""Grades out of reviews: how near to the truth, how sure, who reviews badly; against Moodle, ORA2, Vancouver, PeerRank.

`python -m tests.bench.peer_grades` takes two minutes or so. With `--full` it goes through the whole grid with 200 courses
each, on all cores: all sizes, reviews each, activities, drop-out, correlation of skill, scales and mixes. `--keep FOLDER`
keeps what is done, course by course, so that a run that was stopped goes on where it was; `--processes N` sets how many,
`--courses N` how many courses there are of each kind.
The seeds here are not those that the model was designed on (0 to 199, and 50000 to 50015 for what is a coarse scale).
"""

import math
import os
import pickle
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import repeat
from pathlib import Path

import numpy as np

from connector.peer_review.aggregation import records
from connector.peer_review.aggregation.confidence import Step
from connector.peer_review.aggregation.grading import Method, Outcome, grade
from connector.peer_review.aggregation.records import Record
from connector.peer_review.aggregation.reviewers import score as reviewer_score
from connector.peer_review.aggregation.reviews import Review
from tests.bench import peer_baselines as others
from tests.bench.reviewed_classes import CRITERIA, MIXES, Activity, Cell, Course, Floats, course

FIRST_SEED, QUICK, FULL = 60_000, 40, 200
NAMES = ("mean", "median", "ora2", "vancouver", "peerrank", "kring", "model", "knowing")
MOVED = 5.0
SHOWS_PROGRESS, SHOWS_LONG_ONES = 100, 4000
"""After how many courses it is said how far it is, where there are more than so many."""
JUDGED = ("careful", "40% biased", "10% malicious", "mixed")
"""The mixes that bars speak of in all cells."""


@dataclass(frozen=True)
class Run:
    """What became of one course: its last activity."""

    errors: dict[str, Floats]
    """Of each work, by method."""
    truth: Floats
    covered: float
    uses_model: bool
    ours: float
    """How well our reviewer score tells bad reviewers (area under the curve)."""
    moodles: float
    grades: dict[str, Floats]

    def rmse(self, name: str) -> float:
        """Return the root of the mean squared error."""
        return float(np.sqrt(np.mean(self.errors[name] ** 2)))


def main() -> None:
    """Print the tables, then the bars."""
    is_full = "--full" in sys.argv
    seeds = range(FIRST_SEED, FIRST_SEED + _option("--courses", FULL if is_full else QUICK))
    found = run_all(cells(is_full=is_full), seeds, processes=_option("--processes", os.cpu_count() if is_full else 1))
    print_errors(found)
    print_rest(found)
    print_calibration(seeds)
    print_bars(found)
    print_speed()


def run_all(wanted: Sequence[Cell], seeds: range, *, processes: int) -> dict[Cell, list[Run]]:
    """Return what becomes of all courses; what a folder that `--keep` names has of them is not computed again.

    A course of eight activities begins as one of four does: cells that differ in nothing else share their courses.
    """
    folder = Path(sys.argv[sys.argv.index("--keep") + 1]) if "--keep" in sys.argv else None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    groups: dict[Cell, list[Cell]] = {}
    for cell in wanted:
        groups.setdefault(replace(cell, activities=0), []).append(cell)
    found: dict[Cell, list[Run]] = {cell: [] for cell in wanted}
    tasks = [(tuple(group), seed) for group in groups.values() for seed in seeds]
    with ProcessPoolExecutor(processes) as workers:
        for number, made in enumerate(workers.map(kept_or_run, *zip(*tasks, strict=True), repeat(folder), chunksize=4)):
            for cell, what in made.items():
                found[cell].append(what)
            if number % SHOWS_PROGRESS == 0 and len(tasks) > SHOWS_LONG_ONES:
                print(f"{number} of {len(tasks)}", file=sys.stderr, flush=True)
    return found


def kept_or_run(alike: tuple[Cell, ...], seed: int, folder: Path | None) -> dict[Cell, Run]:
    """Return what becomes of a course after each number of activities that is asked for."""
    key = blake2b(repr((alike, seed)).encode(), digest_size=8).hexdigest()
    kept = folder / f"{key}.pickle" if folder else None
    if kept is not None and kept.exists():
        read: dict[Cell, Run] = pickle.loads(kept.read_bytes())  # noqa: S301 -- this program wrote it
        return read
    whole = course(max(alike, key=lambda cell: cell.activities), seed)
    outcomes = ours(whole)
    found = {
        cell: run(
            replace(whole, cell=cell, activities=whole.activities[: cell.activities]), outcomes[cell.activities - 1]
        )
        for cell in alike
    }
    if kept is not None:
        kept.write_bytes(pickle.dumps(found))
    return found


def cells(*, is_full: bool) -> list[Cell]:
    """Return what is simulated: each mix at the usual size, then one thing changed at a time; in full, the whole grid."""
    if is_full:
        return grid()
    found = [Cell(mix, activities=count) for mix in MIXES for count in (1, 4)]
    found += [Cell(mix, activities=2) for mix in JUDGED]
    for base in (Cell(mix, activities=4) for mix in JUDGED):
        found += [replace(base, drop_out=0.3), replace(base, levels=3), replace(base, count=24, given=3)]
    found += [Cell("careful", *size) for size in ((12, 2), (12, 4), (24, 3), (60, 6))]
    found += [Cell("careful", *size, activities=4) for size in ((12, 4), (60, 6))]
    return list(dict.fromkeys(found))


def grid() -> list[Cell]:
    """Return the whole grid, the usual cells first."""
    usual = cells(is_full=False)
    sizes = [
        Cell(mix, count, given, activities)
        for mix in MIXES
        for count in (12, 24, 60, 200)
        for given in (2, 3, 4, 6)
        for activities in (1, 2, 4, 8)
    ]
    varied = [
        replace(Cell(mix, activities=activities), drop_out=drop_out, correlation=correlation, levels=levels)
        for mix in MIXES
        for activities in (1, 4)
        for drop_out in (0.0, 0.1, 0.3)
        for correlation in (0.0, 0.5)
        for levels in (2, 3, 6, 101)
    ]
    return list(dict.fromkeys([*usual, *sizes, *varied]))


def run(made: Course, outcome: Outcome) -> Run:
    """Return what becomes of a course's last activity, by what the methods make of it and by our own `outcome`."""
    last = made.activities[-1]
    rows = [int(str(each.submission)) for each in outcome.grades]
    truth = last.truth[rows]
    grades = {
        "mean": others.mean(last)[rows],
        "median": others.median(last)[rows],
        "ora2": others.ora2_median(last)[rows],
        "vancouver": others.vancouver(last)[rows],
        "peerrank": others.peerrank(last)[rows],
        "kring": np.array([each.score for each in outcome.grades]),
        "model": np.array([each.modelled for each in outcome.grades]),
        "knowing": others.all_knowing(made)[rows],
    }
    covered = float(np.mean([each.low <= true <= each.high for each, true in zip(outcome.grades, truth, strict=True)]))
    return Run(
        errors={name: each - truth for name, each in grades.items()},
        truth=truth,
        covered=covered,
        uses_model=outcome.method is Method.MODEL,
        ours=_ours_on_reviewers(made, outcome),
        moodles=_moodles_on_reviewers(made),
        grades=grades,
    )


def ours(made: Course) -> list[Outcome]:
    """Return our grades of each activity of a course, each with what the ones before it told."""
    told: dict[str, list[Record]] = {}
    outcomes = []
    for number, activity in enumerate(made.activities):
        known = {person: records.over(each) for person, each in told.items()}
        steps = [Step(1 / CRITERIA, 100 / (activity.levels - 1))] * CRITERIA
        outcome = grade(reviews_of(activity), records=known, finished_activities=number, steps=steps)
        outcomes.append(outcome)
        for person in (f"{who:04}" for who in range(made.cell.count)):
            told.setdefault(person, []).append(outcome.told.get(person, Record()))
    return outcomes


def reviews_of(activity: Activity) -> list[Review]:
    """Return an activity's reviews as we take them."""
    rows = zip(activity.by.tolist(), activity.work.tolist(), activity.scores.tolist(), strict=True)
    return [Review(f"{by:04}", f"{work:04}", score) for by, work, score in rows]


def print_calibration(seeds: range) -> None:
    """Print what three visible examples, or hidden spot-checks of one work in six, do to the model in a first activity."""
    print(f"\n{'model, T=1, RMSE':<34}{'mean':>8}{'alone':>8}{'examples':>10}{'spot-checks':>13}{'both':>8}")
    for mix in ("careful", "40% biased", "10% malicious", "20% colluding", "25% strategic", "mixed"):
        rows = np.array([_calibrated(course(Cell(mix), seed)) for seed in seeds]).mean(axis=0)
        print(f"{mix:<34}{rows[0]:>8.2f}{rows[1]:>8.2f}{rows[2]:>10.2f}{rows[3]:>13.2f}{rows[4]:>8.2f}")


def _calibrated(made: Course) -> list[float]:
    """Return errors of works that are no spot-checks: of the mean, and of the model with and without what is known."""
    activity, count = made.activities[0], made.cell.count
    reviews = reviews_of(activity)
    examples = {
        f"{who:04}": records.from_calibration(np.clip(each, -100, 100).tolist())
        for who, each in enumerate(activity.calibration)
    }
    anchors = {f"{work:04}": float(activity.truth[work]) for work in range(0, count, 6)}
    outcomes = [
        grade(reviews, method=Method.MODEL, records=known, anchors=checks)
        for known, checks in (({}, {}), (examples, {}), ({}, anchors), (examples, anchors))
    ]
    free = [number for number, each in enumerate(outcomes[0].grades) if each.submission not in anchors]
    truth = np.array([activity.truth[int(str(outcomes[0].grades[number].submission))] for number in free])
    plain = np.array([outcomes[0].grades[number].mean for number in free])
    ours_ = [np.array([each.grades[number].score for number in free]) for each in outcomes]
    return [float(np.sqrt(np.mean((each - truth) ** 2))) for each in (plain, *ours_)]


def _ours_on_reviewers(made: Course, outcome: Outcome) -> float:
    rows = [int(str(each.reviewer)) for each in outcome.reviewers]
    badness = [
        -reviewer_score(each, usefulness=(), finished=each.reviews, assigned=each.reviews).accuracy
        for each in outcome.reviewers
    ]
    return others.area_under_curve(made.is_bad[rows], np.array(badness))


def _moodles_on_reviewers(made: Course) -> float:
    """Return the same of Moodle's grading grades, averaged over all activities, which is more than Moodle does."""
    grades = np.array([others.moodle_grading_grade(activity) for activity in made.activities])
    seen = ~np.isnan(grades)
    there = seen.any(axis=0)
    means = np.where(seen, grades, 0).sum(axis=0)[there] / seen.sum(axis=0)[there]
    return others.area_under_curve(made.is_bad[there], -means)


def print_errors(found: dict[Cell, list[Run]]) -> None:
    """Print root mean squared errors, and ours as a share of the mean's with its interval."""
    print(f"RMSE in points of 100{'':33}" + "".join(f"{name:>10}" for name in NAMES) + "   kring/mean      model used")
    for cell, runs in found.items():
        low, middle, high = ratio(runs, "kring", "mean")
        errors = "".join(f"{np.mean([each.rmse(name) for each in runs]):>10.2f}" for name in NAMES)
        used = np.mean([each.uses_model for each in runs])
        print(f"{label(cell):<54}{errors}   {middle:.2f} [{low:.2f} {high:.2f}]{used:>8.0%}")


def print_rest(found: dict[Cell, list[Run]]) -> None:
    """Print what else there is to know of the usual cells."""
    print(
        f"\n{'':54}{'90% covers':>11}{'AUC':>7}{'Moodle':>8}{'bias':>7}{'MAE':>7}{'worst tenth':>13}{'tau':>6}{'moved':>7}"
    )
    for cell, runs in found.items():
        errors = [each.errors["kring"] for each in runs]
        worst = np.mean([np.sort(np.abs(each))[-max(1, len(each) // 10) :].mean() for each in errors])
        tau = np.mean([kendall(each.grades["kring"], each.truth) for each in runs])
        moved = np.mean([_moved_wrongly(each) for each in runs])
        middle = [mean_of(each.covered for each in runs), mean_of(each.ours for each in runs)]
        print(
            f"{label(cell):<54}{middle[0]:>11.1%}{middle[1]:>7.2f}{mean_of(each.moodles for each in runs):>8.2f}"
            f"{np.mean([each.mean() for each in errors]):>7.1f}{np.mean([np.abs(each).mean() for each in errors]):>7.2f}"
            f"{worst:>13.1f}{tau:>6.2f}{moved:>7.1%}"
        )


def print_bars(found: dict[Cell, list[Run]]) -> None:
    """Print which bars are met, in all cells that they speak of."""
    print("\nbars")
    later = [cell for cell in found if cell.activities > 1]
    bar("1 careful: ours <= mean * 1.01", _ratios(found, [cell for cell in found if cell.mix == "careful"]), 1.01)
    for name, mix, limit in (("2 40% biased", "40% biased", 0.80), ("3 10% malicious", "10% malicious", 0.65)):
        wanted = [cell for cell in later if cell.mix == mix]
        best = _ratios(found, wanted, one="knowing")
        bar(f"{name}, T >= 2: <= {limit:.2f}", _ratios(found, wanted), limit, best)
    mixed = [Cell("mixed", activities=4)]
    alike = [cell for cell in found if (cell.mix, cell.count, cell.activities) == ("mixed", 60, 4)]
    for which, name in ((mixed, "the usual cell"), (alike, "all of these cells")):
        best = _ratios(found, which, one="knowing")
        bar(f"4 mixed, T = 4, n = 60, {name}: <= 0.65", _ratios(found, which), 0.65, best)
        best = _ratios(found, which, "ora2", one="knowing")
        bar("4 ... and <= 0.60 of ORA2's median", _ratios(found, which, "ora2"), 0.60, best)
    covered = {label(cell): np.array([each.covered for each in runs]) for cell, runs in found.items()}
    off = {cell: abs(float(each.mean()) - 0.90) for cell, each in covered.items()}
    chance = {cell: 2 * float(each.std(ddof=1)) / math.sqrt(len(each)) for cell, each in covered.items()}
    below = sum(each.mean() < 0.88 for each in covered.values())
    bar("5 coverage of 90% intervals is 88 to 92%: off by", off, 0.02)
    print(f"    below 88% in {below}")
    bar("5 ... by more than chance (two standard errors)", {cell: off[cell] - chance[cell] for cell in off}, 0.02)
    bad = [cell for cell in found if cell.activities == 4]
    auc = {
        cell: (mean_of(each.ours for each in found[cell]), mean_of(each.moodles for each in found[cell]))
        for cell in bad
    }
    known = {cell: pair for cell, pair in auc.items() if not np.isnan(pair[0])}
    usual = {cell: pair for cell, pair in known.items() if cell == Cell(cell.mix, activities=4)}
    for pairs, name in ((usual, "usual cells"), (known, "all")):
        short = {label(cell): 1 - pair[0] for cell, pair in pairs.items()}
        bar(f"6 AUC at T = 4 >= 0.95, {name}: short of 1 by", short, 0.05)
        lacks = {label(cell): 0.10 - (pair[0] - pair[1]) for cell, pair in pairs.items() if cell.mix == "mixed"}
        bar("6 ... and 0.10 ahead of Moodle on mixed: lacks", lacks, 0.0)


def bar(name: str, values: dict[str, float], limit: float, best: dict[str, float] | None = None) -> None:
    """Print whether all values stay within a limit, and which do not.

    Args:
        best: The same for somebody who knows all reviewers; how often even they stay outside.
    """
    missed = {cell: value for cell, value in values.items() if value > limit}
    print(
        f"{name:<54}{'met' if not missed else f'missed in {len(missed)}':<16}of {len(values):<6}"
        f"worst {max(values.values()):.3f}"
    )
    if best is not None and missed:
        print(f"    all-knowing: missed in {sum(value > limit for value in best.values())}")
    for cell, value in sorted(missed.items(), key=lambda item: -item[1])[:12]:
        print(f"    {cell:<54}{value:.3f}" + (f"   all-knowing {best[cell]:.3f}" if best else ""))


def print_speed() -> None:
    """Print how long it takes to make grades of many reviews."""
    print(f"\n{'reviews':>10}{'seconds':>10}")
    for count, given in ((500, 4), (25_000, 4)):
        reviews = reviews_of(course(Cell("mixed", count, given, drop_out=0.0), FIRST_SEED).activities[0])
        begin = time.process_time()
        grade(reviews)
        print(f"{len(reviews):>10}{time.process_time() - begin:>10.2f}")


def ratio(runs: Sequence[Run], one: str, other: str) -> tuple[float, float, float]:
    """Return one method's error as a share of another's on the same courses: 2.5 %, mean and 97.5 % by bootstrap."""
    pairs = np.array([(each.rmse(one), each.rmse(other)) for each in runs])
    rng = np.random.default_rng(1)
    drawn = pairs[rng.integers(0, len(pairs), (1000, len(pairs)))].mean(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return float(low), float(pairs[:, 0].mean() / pairs[:, 1].mean()), float(high)


def kendall(grades: Floats, truth: Floats) -> float:
    """Return Kendall's tau."""
    above = np.triu_indices(len(grades), 1)
    order = np.sign(np.subtract.outer(grades, grades)) * np.sign(np.subtract.outer(truth, truth))
    return float(order[above].mean())


def _option(name: str, default: int | None) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default or 1


def label(cell: Cell) -> str:
    """Return a cell in words."""
    words = f"{cell.mix}, n={cell.count} k={cell.given} T={cell.activities}"
    more = {"drop-out": (cell.drop_out, 0.1), "levels": (cell.levels, 6), "skill": (cell.correlation, 0.0)}
    return words + "".join(f" {name} {value}" for name, (value, usual) in more.items() if value != usual)


def mean_of(values: Iterable[float]) -> float:
    """Return the mean of numbers that are known; NaN where none is."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _ratios(
    found: dict[Cell, list[Run]], cells: Iterable[Cell], other: str = "mean", *, one: str = "kring"
) -> dict[str, float]:
    return {label(cell): ratio(found[cell], one, other)[1] for cell in cells}


def _moved_wrongly(each: Run) -> float:
    """Return the share of works whose grade we moved by five points or more away from the mean, and from the truth."""
    ours, mean = np.abs(each.errors["kring"]), np.abs(each.errors["mean"])
    return float(np.mean(ours - mean > MOVED))


if __name__ == "__main__":
    main()
