"""Problems of allocation, drawn and enumerated."""

import itertools
import random
from collections import Counter

from hypothesis import strategies as st

from connector.peer_review.allocation.problem import Allocation, GroupMode, Id, Pair, Problem, Reviewer, Submission


def plain(count: int, quota: int, *, seed: int = 1, **more: object) -> Problem:
    """A class where everybody hands in and writes the same number of reviews."""
    names = [f"p{number:03}" for number in range(count)]
    return Problem(
        [Reviewer(name, quota) for name in names],
        [Submission(f"work {name}", frozenset({name})) for name in names],
        seed=seed,
        **more,  # type: ignore[arg-type]
    )


@st.composite
def problems(draw: st.DrawFn, *, most: int = 120, mode: GroupMode | None = None, teams: bool = False) -> Problem:
    """A class of 2 to `most` with random groups, conflicts, rules, accommodations and people without work."""
    rng = draw(st.randoms(use_true_random=False))
    count, quota = draw(st.integers(2, most)), draw(st.integers(1, 5))
    groups = draw(st.sampled_from([0, 1, 2, 3, 5, 10]))
    names = [f"p{number:03}" for number in range(count)]
    of = {name: frozenset({f"g{rng.randrange(groups)}"}) if groups else frozenset[Id]() for name in names}
    lower = draw(st.sampled_from([0.0, 0.2]))
    reviewers = [
        Reviewer(name, max(0, quota - (rng.random() < lower)), groups=of[name], weight=rng.choice([0.5, 1.0, 2.0]))
        for name in names
    ]
    units = _teams(names, rng) if teams else [[name] for name in names if rng.random() > draw(st.just(0.1))]
    submissions = [
        Submission(f"work {unit[0]}", frozenset(unit), groups=frozenset().union(*(of[name] for name in unit)))
        for unit in units or [[names[0]]]
    ]
    pairs = [(rng.choice(names), rng.choice(names)) for _ in range(draw(st.integers(0, count // 4)))]
    must_not = [(rng.choice(names), rng.choice(submissions).id) for _ in range(draw(st.integers(0, count // 4)))]
    return Problem(
        reviewers,
        submissions,
        seed=draw(st.integers(0, 2**32)),
        needed=draw(st.integers(0, 4)),
        mode=mode or draw(st.sampled_from(GroupMode)),
        conflicts=frozenset((one, other) for one, other in pairs if one != other),
        must_not=frozenset(must_not),
        recent=frozenset((rng.choice(names), rng.choice(names)) for _ in range(draw(st.integers(0, count)))),
    )


def _teams(names: list[str], rng: random.Random) -> list[list[str]]:
    units, rest = [], list(names)
    while rest:
        size = rng.randint(1, 4)
        units.append(rest[:size])
        rest = rest[size:]
    return units


def may(problem: Problem, reviewer: Reviewer, submission: Submission) -> bool:
    """What the rules H1 to H3 say, written once more and plainly."""
    if submission.authors & reviewer.members or (reviewer.id, submission.id) in problem.must_not:
        return False
    for one, other in itertools.product(reviewer.members, submission.authors):
        if (one, other) in problem.conflicts or (other, one) in problem.conflicts:
            return False
    together = bool(reviewer.groups & submission.groups)
    return problem.mode is GroupMode.ANY or together == (problem.mode is GroupMode.WITHIN)


def loads(problem: Problem, pairs: tuple[Pair, ...]) -> list[int]:
    """How many reviews each piece of work gets."""
    counted = Counter(pair.submission for pair in pairs)
    return [counted[submission.id] for submission in problem.submissions]


def mutual(problem: Problem, allocation: Allocation) -> int:
    """How many pairs of works are reviewed by each other's authors."""
    authors = {each.id: each.authors for each in problem.submissions}
    members = {each.id: each.members for each in problem.reviewers}
    met = set()
    for pair in allocation.pairs:
        for own, by in authors.items():
            if by & members[pair.reviewer]:
                met.add((own, pair.submission))
    return sum((other, one) in met for one, other in met) // 2


def best_loads(problem: Problem, quotas: dict[Id, int]) -> list[int]:
    """The most equal loads that any allocation has, by trying all; sorted."""
    numbers = {each.id: number for number, each in enumerate(problem.submissions)}
    reached = {(0,) * len(numbers)}
    for reviewer in problem.reviewers:
        works = [numbers[each.id] for each in problem.submissions if may(problem, reviewer, each)]
        reached = {
            tuple(load + (number in chosen) for number, load in enumerate(so_far))
            for so_far in reached
            for chosen in itertools.combinations(works, quotas[reviewer.id])
        }
    return sorted(min(reached, key=lambda each: sum(load * load for load in each)))
