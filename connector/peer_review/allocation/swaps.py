"""The quick ways: offsets on a random order, which are nearly right, and swaps that mend what is not."""

import random

from connector.peer_review.allocation.state import State

TRIES, SWEEPS, EVENING_SWEEPS, GAIN = 60, 12, 12, 1e-9
WORTH_ANOTHER = 0.95
"""Share of the costly pairs that a sweep may leave for another sweep to be worth its time."""


def offsets(state: State, quotas: list[int], rng: random.Random) -> None:
    """Seat the work in a circle in random order, and let everybody take what sits so many seats after their own.

    With one piece of work a person this is exactly balanced, nobody gets their own, and no two review each other where
    there are more than twice as many people as reviews each: all steps are then shorter than half the circle. The steps
    are drawn by lot, since with steps 1, 2, 3 … neighbours review the same works, and nobody would ever learn whether
    one end of the circle is stricter than the other.
    """
    works = list(range(len(state.loads)))
    rng.shuffle(works)
    seats = {work: seat for seat, work in enumerate(works)}
    steps = _steps(len(works), max(quotas, default=0), rng)
    order = list(range(len(quotas)))
    rng.shuffle(order)
    taken = [0] * len(works)
    own_of, has_of, add, count = state.table.own, state.has, state.add, len(works)
    for reviewer in order:
        own, has = own_of[reviewer], has_of[reviewer]
        start = seats[own[0]] if own else rng.randrange(count)
        missing, first = quotas[reviewer] - len(has), taken[start] if own else 0
        used = 0
        while missing > 0 and used < len(steps):
            work = works[(start + steps[(first + used) % len(steps)]) % count]
            used += 1
            if work not in has and work not in own:
                add(reviewer, work)
                missing -= 1
        if own:
            taken[start] += used


def _steps(count: int, quota: int, rng: random.Random) -> list[int]:
    """Return all steps around a circle, by lot, those first that are shorter than half of it."""
    half = (count - 1) // 2
    short, long = list(range(1, half + 1)), list(range(half + 1, count + 1))
    if quota <= half:
        rng.shuffle(short)
        rng.shuffle(long)
    return short + long


def level(state: State, rng: random.Random) -> None:
    """Move reviews from works that have many to works that have few, where one step does it."""
    mean = len(state.fixed) // max(len(state.loads), 1)
    few = [work for work, load in enumerate(state.loads) if load <= mean]
    numbers = [number for number, work in enumerate(state.submission_of) if state.loads[work] > mean]
    rng.shuffle(numbers)
    for number in numbers:
        work, reviewer = state.submission_of[number], state.reviewer_of[number]
        if not few:
            return
        if state.fixed[number] or state.loads[work] <= mean + 1:
            continue
        for _ in range(8):
            place = rng.randrange(len(few))
            other = few[place]
            if other not in state.has[reviewer] and state.loads[other] <= mean and state.table.may(reviewer, other):
                state.move(number, other)
                if state.loads[other] > mean:
                    few[place] = few[-1]
                    few.pop()
                break


def mend(state: State, rng: random.Random, *, sweeps: int = SWEEPS, tries: int = TRIES) -> float:
    """Swap pairs while that makes the allocation cheaper; return what it still costs.

    Loads and quotas stay as they are.
    """
    numbers = state.costly()
    for _ in range(sweeps):
        if not numbers:
            break
        before = len(numbers)
        rng.shuffle(numbers)
        for number in numbers:
            if state.cost(number) > 0:
                _swap_one(state, number, rng, tries)
        numbers = state.costly()
        if len(numbers) > WORTH_ANOTHER * before:
            break
    return sum(state.cost(number) for number in numbers)


def even_out(state: State, *, sweeps: int = EVENING_SWEEPS) -> None:
    """Swap between works of which much and little is told while that makes it more even, and nothing else worse."""
    if not state.table.differ:
        return
    half = len(state.told) // 2
    for sweep in range(sweeps):
        of_work: list[list[int]] = [[] for _ in state.loads]
        for number, work in enumerate(state.submission_of):
            if not state.fixed[number]:
                of_work[work].append(number)
        ranked = sorted(range(len(state.told)), key=lambda work: (state.told[work], work))
        for place in range(half):
            _even_two(state, of_work[ranked[-1 - place]], of_work[ranked[(place + sweep) % half]])


def _even_two(state: State, of_much: list[int], of_little: list[int]) -> None:
    """Swap one pair of each of two works, the first that helps."""
    for one in of_much:
        for other in of_little:
            if state.gain(one, other) > GAIN and state.can_swap(one, other):
                before = state.cost(one) + state.cost(other)
                state.swap(one, other)
                if state.cost(one) + state.cost(other) <= before:
                    return
                state.swap(one, other)


def _swap_one(state: State, number: int, rng: random.Random, tries: int) -> None:
    """Swap a pair with the first of some random others that makes both cheaper; try all where there are few."""
    count = len(state.fixed)
    others = [rng.randrange(count) for _ in range(tries)] if count > tries else rng.sample(range(count), count)
    for other in others:
        if not state.can_swap(number, other):
            continue
        before = state.cost(number) + state.cost(other)
        state.swap(number, other)
        if state.cost(number) + state.cost(other) < before:
            return
        state.swap(number, other)
