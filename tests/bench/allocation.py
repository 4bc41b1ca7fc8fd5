"""Allocation: how long a batch takes, and who starves when people are late or drop out, under three queues."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connector.peer_review.allocation.batch import allocate
from connector.peer_review.allocation.choice import Candidate, NothingToReviewError, Snapshot, choose
from connector.peer_review.allocation.problem import GroupMode, Problem, Reviewer, Submission

START = datetime(2026, 3, 2, tzinfo=UTC)
RUNS, GIVEN, DAYS = 100, 4, 7
LATE, DROP_OUT = 0.15, 0.15
BATCHES = ((1_000, 3, 0), (10_000, 4, 0), (10_000, 4, 10), (500, 5, 2))


def main() -> None:
    """Print both tables."""
    print(f"{'submissions':>12}{'reviews each':>14}{'groups':>8}{'seconds':>9}{'received':>10}{'mutual':>8}  by")
    for count, quota, groups in BATCHES:
        problem = a_class(count, quota, groups)
        begin = time.process_time()
        made = allocate(problem)
        seconds = time.process_time() - begin
        received = f"{made.fewest}-{made.most}"
        print(f"{count:>12}{quota:>14}{groups:>8}{seconds:>9.3f}{received:>10}{made.mutual:>8}  {made.solved_by}")
    print(f"\n{RUNS} classes, {LATE:.0%} late, {DROP_OUT:.0%} drop out, {GIVEN} given, {GIVEN} wanted")
    print(f"{'':28}{'n':>5}{'< 2':>8}{'< 3':>8}{'sd of received':>16}{'mutual':>8}")
    for count in (24, 60):
        for name, queue in QUEUES.items():
            classes = [Class(count, seed, queue).run() for seed in range(1000, 1000 + RUNS)]
            received = [number for each in classes for number in each.received()]
            shares = [sum(number < few for number in received) / len(received) for few in (2, 3)]
            spread = statistics.mean(statistics.pstdev(each.received()) for each in classes)
            mutual = statistics.mean(each.mutual() for each in classes)
            print(f"{name:<28}{count:>5}{shares[0]:>8.1%}{shares[1]:>8.1%}{spread:>16.2f}{mutual:>8.1f}")


def a_class(count: int, quota: int, groups: int = 0) -> Problem:
    """Return a class where everybody hands in, in groups of equal size that are not to review themselves."""
    names = [f"person {number:05}" for number in range(count)]
    of = [frozenset({f"group {number % groups}"}) if groups else frozenset[str]() for number in range(count)]
    return Problem(
        [Reviewer(name, quota, groups=group) for name, group in zip(names, of, strict=True)],
        [Submission(name, frozenset({name}), groups=group) for name, group in zip(names, of, strict=True)],
        seed=1,
        mode=GroupMode.OUTSIDE if groups else GroupMode.ANY,
    )


@dataclass
class Lease:
    """A review that somebody began."""

    reviewer: int
    work: int
    began: float
    done: float | None = None


Queue = Callable[["Class", int, float], int | None]


@dataclass
class Class:
    """People who hand in and review over some days; some are late, and some begin one review and never come back."""

    count: int
    seed: int
    queue: Queue
    leases: list[Lease] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = self.rng = random.Random(self.seed)  # noqa: S311 -- a simulation
        hours = DAYS * 24
        late = set(rng.sample(range(self.count), round(LATE * self.count)))
        gone = set(rng.sample(range(self.count), round(DROP_OUT * self.count)))
        self.submitted = [
            rng.uniform(0, 0.5 * hours) if number in late else -rng.expovariate(1 / 20) for number in range(self.count)
        ]
        self.stops_after = [0 if number in gone else GIVEN for number in range(self.count)]
        self.given = [0] * self.count
        self.asks = [
            (max(0.0, self.submitted[number]) + rng.uniform(0, 0.45 * hours), number) for number in range(self.count)
        ]

    def run(self) -> "Class":
        """Let everybody ask, work for a while, and ask again until they have given all."""
        asks = self.asks
        while asks:
            asks.sort(reverse=True)
            now, who = asks.pop()
            if now > DAYS * 24:
                continue
            work = self.queue(self, who, now)
            if work is None:
                asks.append((now + 3, who))
                continue
            lease = Lease(who, work, now)
            self.leases.append(lease)
            if self.given[who] >= self.stops_after[who]:
                continue
            self.given[who] += 1
            lease.done = now + self.rng.uniform(0.2, 1.0)
            if self.given[who] < GIVEN:
                pause = self.rng.uniform(0, 1) if self.rng.random() < 0.7 else self.rng.uniform(4, 30)
                asks.append((lease.done + pause, who))
        return self

    def received(self) -> list[int]:
        """Return how many reviews each author got."""
        counts = [0] * self.count
        for lease in self.leases:
            counts[lease.work] += lease.done is not None
        return counts

    def mutual(self) -> int:
        """Return how many pairs reviewed each other."""
        done = {(lease.reviewer, lease.work) for lease in self.leases if lease.done is not None}
        return sum((work, reviewer) in done for reviewer, work in done) // 2

    def there(self, who: int, now: float) -> list[int]:
        """Return the work that somebody may get."""
        had = {lease.work for lease in self.leases if lease.reviewer == who}
        return [work for work in range(self.count) if work not in had and work != who and self.submitted[work] <= now]

    def held(self, work: int, now: float, hours: float) -> tuple[int, int]:
        """Return how many reviews of a work are done, and how many under way, begun within some hours."""
        mine = [lease for lease in self.leases if lease.work == work]
        done = sum(lease.done is not None and lease.done <= now for lease in mine)
        live = sum((lease.done is None or lease.done > now) and now - lease.began <= hours for lease in mine)
        return done, live


def oldest_first(people: Class, who: int, now: float) -> int | None:
    """ORA2: the oldest that lacks reviews, leases of eight hours; when none lacks any, one at random."""
    there = people.there(who, now)
    lacking = [work for work in there if sum(people.held(work, now, 8)) < GIVEN]
    if lacking:
        return min(lacking, key=lambda work: people.submitted[work])
    return people.rng.choice(there) if there else None


def fewest_requests(people: Class, who: int, now: float) -> int | None:
    """Canvas: the fewest requests, those that were abandoned too, then the oldest."""
    requests = [0] * people.count
    for lease in people.leases:
        requests[lease.work] += 1
    return min(people.there(who, now), key=lambda work: (requests[work], people.submitted[work]), default=None)


def worst_off_first(people: Class, who: int, now: float) -> int | None:
    """Ours."""
    candidates = []
    for work in range(people.count):
        if people.submitted[work] <= now:
            done, live = people.held(work, now, 24)
            at = START + timedelta(hours=people.submitted[work])
            candidates.append(Candidate(str(work), frozenset({str(work)}), at, done, live, people.given[work]))
    mine = [lease for lease in people.leases if lease.reviewer == who]
    snapshot = Snapshot(
        Reviewer(str(who), GIVEN),
        candidates,
        people.seed,
        GIVEN,
        had=frozenset(str(lease.work) for lease in mine),
        reviewed_by=frozenset(str(lease.reviewer) for lease in people.leases if lease.work == who),
    )
    try:
        return int(str(choose(snapshot).submission))
    except NothingToReviewError:
        return None


QUEUES: dict[str, Queue] = {
    "ORA2, oldest first": oldest_first,
    "Canvas, fewest requests": fewest_requests,
    "Kring, worst off first": worst_off_first,
}


if __name__ == "__main__":
    main()
