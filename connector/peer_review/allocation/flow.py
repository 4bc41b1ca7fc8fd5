"""The sure way: a flow of least cost, where each further review of the same work costs more than the one before.

Source -> reviewers (as many as their quota) -> work that they may get (once) -> sink, where the l-th review costs 2l - 1.
The cheapest flow has the fewest reviews of the best-served work and the most of the worst-served one that the rules
admit. It is found by cancelling cycles: a review is handed on along a path from a work to another that has two less.
Source: Harvey, Ladner, Lovász and Tamir, Semi-matchings for bipartite graphs and load balancing, 2006, theorem 3.1.
"""

from collections import deque
from collections.abc import Callable

from connector.peer_review.allocation.state import State

May = Callable[[int, int], bool]


def complete(state: State, quotas: list[int], may: May) -> bool:
    """Give everybody as many as their quota says and `may` allows; tell whether that was possible."""
    is_complete = True
    for reviewer, quota in enumerate(quotas):
        missing = quota - len(state.has[reviewer])
        if missing <= 0:
            continue
        free = [work for work in range(len(state.loads)) if work not in state.has[reviewer] and may(reviewer, work)]
        free.sort(key=state.loads.__getitem__)
        for work in free[:missing]:
            state.add(reviewer, work)
        is_complete = is_complete and len(free) >= missing
    return is_complete


def balance(state: State, may: May) -> None:
    """Hand reviews on until no path makes the loads more equal."""
    of_work: list[set[int]] = [set() for _ in state.loads]
    for number, work in enumerate(state.submission_of):
        if not state.fixed[number]:
            of_work[work].add(number)
    open_ = set(range(len(state.loads)))
    while open_:
        source = max(open_, key=lambda work: (state.loads[work], -work))
        moves, reached = _path(state, of_work, open_, source, may)
        if not moves:
            # Everything that was reached has as many as the source, or one less: no later path can enter or leave it.
            open_ -= reached
        for number, work in moves:
            of_work[state.submission_of[number]].discard(number)
            state.move(number, work)
            of_work[work].add(number)


def binding(state: State, target: int, may: May) -> tuple[set[int], set[int]]:
    """Return the works that share their reviewers with `target`, and those reviewers: all who may review any of them.

    They bind where the loads are as equal as can be and `target` has too few: nobody else can help.
    """
    works, reviewers, waiting = {target}, set[int](), deque([target])
    while waiting:
        work = waiting.popleft()
        for reviewer, has in enumerate(state.has):
            if not may(reviewer, work):
                continue
            reviewers.add(reviewer)
            if work in has:
                continue
            for other in sorted(has - works):
                works.add(other)
                waiting.append(other)
    return works, reviewers


def _path(
    state: State, of_work: list[set[int]], open_: set[int], source: int, may: May
) -> tuple[list[tuple[int, int]], set[int]]:
    """Return moves, last first, that hand a review from `source` to the nearest work with two less; else what it reached."""
    came: dict[int, tuple[int, int]] = {}
    unseen = sorted(open_ - {source})
    asked: set[int] = set()
    waiting = deque([source])
    while waiting:
        work = waiting.popleft()
        for number in sorted(of_work[work]):
            reviewer = state.reviewer_of[number]
            if reviewer in asked:
                continue
            asked.add(reviewer)
            rest = []
            for other in unseen:
                if other in state.has[reviewer] or not may(reviewer, other):
                    rest.append(other)
                    continue
                came[other] = (number, work)
                if state.loads[other] <= state.loads[source] - 2:
                    return _traced(came, other, source), set()
                waiting.append(other)
            unseen = rest
    return [], {source, *came}


def _traced(came: dict[int, tuple[int, int]], work: int, source: int) -> list[tuple[int, int]]:
    moves = []
    while work != source:
        number, before = came[work]
        moves.append((number, work))
        work = before
    return moves
