"""Who reviews what, for everybody at once: balanced, never one's own, seldom mutual, or a reason why it cannot be."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace

from connector.peer_review.allocation import feasibility, flow, swaps
from connector.peer_review.allocation.components import components
from connector.peer_review.allocation.problem import (
    Allocation,
    GroupMode,
    InvalidProblemError,
    Notice,
    Pair,
    Problem,
)
from connector.peer_review.allocation.state import State
from connector.peer_review.allocation.table import Table

ATTEMPTS, ATTEMPTS_WHEN_FEW, FEW = 3, 8, 40
"""Fresh starts, where swaps leave something that had better not be; and for classes up to a size."""


def allocate(problem: Problem, *, accept_fewer: bool = False) -> Allocation:
    """Return who reviews what.

    Everybody writes as many reviews as their quota says (fewer only where there is less work than that), all pieces of
    work get equally many, give or take one, wherever the rules admit it, and nobody gets their own or what a rule
    forbids. The answer depends on the problem alone, and not on the order of what stands in it.

    Args:
        accept_fewer: Give what can be given, with a notice, where the rules do not admit a whole allocation.

    Raises:
        ImpossibleError: No allocation keeps the rules; its reasons name the group or the people that bind.
        InvalidProblemError: The problem contradicts itself.
    """
    if problem.needed < 0:
        raise InvalidProblemError(f"nothing can need {problem.needed} reviews")
    parts = components(problem) if problem.mode is GroupMode.WITHIN else [problem]
    done, refused = [], []
    for part in parts:
        try:
            done.append(_allocate(part, works=len(problem.submissions), accept_fewer=accept_fewer))
        except feasibility.ImpossibleError as error:
            refused.append(error)
    if refused:
        raise feasibility.merged(refused)
    return done[0] if len(done) == 1 else _joined(problem, done)


def _allocate(problem: Problem, *, works: int, accept_fewer: bool) -> Allocation:
    """Return an allocation of a part of a problem that has so many pieces of work in all."""
    table = Table(problem)
    notices: set[Notice] = set()
    quotas = _quotas(table, works, notices, accept_fewer=accept_fewer)
    feasibility.check_rules(table, quotas)
    state, solved_by = _solve(table, quotas)
    mutual = state.mutual_pairs()
    if problem.submissions:
        _judge(table, state, quotas, notices, accept_fewer=accept_fewer)
    if mutual:
        notices.add(Notice.MUTUAL)
    return _told(table, state, notices, solved_by, mutual=mutual)


def _quotas(table: Table, works: int, notices: set[Notice], *, accept_fewer: bool) -> list[int]:
    """Return how many each reviewer writes: as they should, or as many as there are."""
    wanted = [each.quota for each in table.reviewers]
    there = [works - len(own) for own in table.own]
    quotas = [min(pair) for pair in zip(wanted, there, strict=True)]
    if table.submissions and any(wanted) and not any(there) and not accept_fewer:
        raise feasibility.nobody_else(table)
    if quotas != wanted:
        notices.add(Notice.QUOTA_LOWERED)
    possible = feasibility.check_work(table, quotas)
    if possible != quotas and not accept_fewer:
        reasons = feasibility.too_little_work(table, quotas, possible)
        fair = min(table.problem.needed, sum(quotas) // len(table.submissions)) if table.submissions else 0
        reasons += [
            reason
            for reason in feasibility.too_few_reviews(table, State(table), quotas, fair)
            if reason.group is not None
        ]
        raise feasibility.ImpossibleError(reasons, feasibility.proposals(table, reasons, possible))
    if possible != quotas:
        notices.add(Notice.QUOTA_LOWERED)
    return possible


def _solve(table: Table, quotas: list[int]) -> tuple[State, str]:
    """Return an allocation that breaks no rule and is as balanced as the rules admit, the cheapest of some attempts."""
    best: tuple[tuple[float, ...], State, str] | None = None
    for attempt in range(ATTEMPTS if len(quotas) > FEW else ATTEMPTS_WHEN_FEW):
        rng = random.Random(f"{table.problem.seed} {attempt}")  # noqa: S311 -- it shuffles, and must do so again
        state, solved_by, cost = _attempt(table, quotas, rng)
        rank = (sum(load * load for load in state.loads), cost)
        is_better = best is None or rank < best[0]
        if best is None or is_better:
            best = rank, state, solved_by
        if cost <= 0 or (attempt and not is_better):
            break
    if best is None:
        raise InvalidProblemError("no attempt was made")
    _, state, solved_by = best
    swaps.even_out(state)
    return state, solved_by


def _attempt(table: Table, quotas: list[int], rng: random.Random) -> tuple[State, str, float]:
    state = State(table)
    for reviewer, submission in table.must:
        state.add(reviewer, submission, fixed=True)
    if not table.submissions:
        return state, "offsets", 0.0
    swaps.offsets(state, quotas, rng)
    solved_by = "offsets"
    if not state.is_balanced():
        solved_by = "swaps"
        swaps.level(state, rng)
    cost = sum(state.cost(number) for number in state.costly())
    if cost:
        solved_by = "swaps"
        cost = swaps.mend(state, rng)
    if not state.is_balanced() or (cost and state.forbidden()) or not _is_complete(state, quotas):
        solved_by = "flow"
        _flow(state, quotas, table.may)
        cost = swaps.mend(state, rng)
    if cost and _can_avoid_mutual(table, quotas) and state.mutual_pairs():
        other = _one_way(table, quotas, rng)
        if other is not None and (remaining := swaps.mend(other, rng)) < cost:
            return other, "flow", remaining
    return state, solved_by, cost


def _flow(state: State, quotas: list[int], may: Callable[[int, int], bool]) -> None:
    pairs = zip(state.reviewer_of, state.submission_of, strict=True)
    state.drop({number for number, pair in enumerate(pairs) if not state.fixed[number] and not may(*pair)})
    flow.complete(state, quotas, may)
    flow.balance(state, may)


def _one_way(table: Table, quotas: list[int], rng: random.Random) -> State | None:
    """Return an allocation in which of any two only one, by lot, may review the other; None if that is too narrow."""
    count = len(table.submissions)
    seats = list(range(count))
    rng.shuffle(seats)

    def may(reviewer: int, submission: int) -> bool:
        if not table.may(reviewer, submission):
            return False
        return all(0 < (seats[submission] - seats[own]) % count <= (count - 1) // 2 for own in table.own[reviewer])

    state = State(table)
    for reviewer, submission in table.must:
        state.add(reviewer, submission, fixed=True)
    _flow(state, quotas, may)
    return state if state.is_balanced() and _is_complete(state, quotas) else None


def _is_complete(state: State, quotas: list[int]) -> bool:
    return all(len(has) >= quota for has, quota in zip(state.has, quotas, strict=True))


def _can_avoid_mutual(table: Table, quotas: list[int]) -> bool:
    alone = all(len(authors) <= 1 for authors in table.authors) and all(len(own) <= 1 for own in table.own)
    return alone and len(table.submissions) > 2 * max(quotas, default=0)


def _judge(table: Table, state: State, quotas: list[int], notices: set[Notice], *, accept_fewer: bool) -> None:
    """Add notices of what the rules cost, or say that they cost too much."""
    fair = sum(quotas) // len(table.submissions)
    fewest = min(state.loads)
    if fewest < min(table.problem.needed, fair):
        reasons = feasibility.too_few_reviews(table, state, quotas, min(table.problem.needed, fair))
        if not accept_fewer:
            raise feasibility.ImpossibleError(reasons, feasibility.proposals(table, reasons, quotas))
    if fewest < table.problem.needed:
        notices.add(Notice.SHORT)
    if not state.is_balanced():
        notices.add(Notice.UNBALANCED)
    if len(table.submissions) == len(table.reviewers) == 2:  # noqa: PLR2004 -- each reviews the other
        notices.add(Notice.NOT_BLIND)


def _told(table: Table, state: State, notices: Iterable[Notice], solved_by: str, *, mutual: int) -> Allocation:
    numbers = sorted(zip(state.reviewer_of, state.submission_of, state.fixed, strict=True))
    reviewers, submissions = [each.id for each in table.reviewers], [each.id for each in table.submissions]
    costly = [pair[:2] for pair in numbers] if table.is_costly else []
    return Allocation(
        pairs=tuple([Pair(reviewers[who], submissions[what], by_rule) for who, what, by_rule in numbers]),
        seed=table.problem.seed,
        fewest=min(state.loads, default=0),
        most=max(state.loads, default=0),
        mutual=mutual,
        met_recently=sum(table.met_recently(*pair) for pair in costly),
        other_language=sum(table.other_language(*pair) for pair in costly),
        same_department=sum(table.same_department(*pair) for pair in costly),
        notices=frozenset(notices),
        solved_by=solved_by,
    )


def _joined(problem: Problem, parts: list[Allocation]) -> Allocation:
    """Return one allocation from those of groups that have nobody in common."""
    if not parts:
        return _allocate(replace(problem, mode=GroupMode.ANY), works=0, accept_fewer=True)
    pairs = sorted(
        (pair for part in parts for pair in part.pairs), key=lambda pair: (str(pair.reviewer), str(pair.submission))
    )
    busy = [part for part in parts if part.pairs] or parts
    fewest, most = min(part.fewest for part in busy), max(part.most for part in busy)
    notices = {notice for part in parts for notice in part.notices}
    return Allocation(
        pairs=tuple(pairs),
        seed=problem.seed,
        fewest=fewest,
        most=most,
        mutual=sum(part.mutual for part in parts),
        met_recently=sum(part.met_recently for part in parts),
        other_language=sum(part.other_language for part in parts),
        same_department=sum(part.same_department for part in parts),
        notices=frozenset(notices | ({Notice.UNBALANCED} if most - fewest > 1 else set())),
        solved_by=max((part.solved_by for part in parts), key=["offsets", "swaps", "flow"].index),
    )
