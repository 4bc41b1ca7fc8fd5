"""An allocation in the making: who has what, and what a change would cost."""

from itertools import repeat

from connector.peer_review.allocation.table import Table

FORBIDDEN, MUTUAL = 1_000_000.0, 1000.0
"""What a pair costs that must not be, and one whose people review each other."""


class State:
    """Pairs by number, with loads and costs kept at hand."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.reviewer_of: list[int] = []
        self.submission_of: list[int] = []
        self.fixed: list[bool] = []
        """Pairs that a must rule asked for: nothing moves them."""
        self.has: list[set[int]] = [set() for _ in table.reviewers]
        self.loads = [0] * len(table.submissions)
        self.told = [0.0] * len(table.submissions)
        """What the reviews of each piece of work tell together, an average review telling one."""
        mean = sum(table.weights) / len(table.weights) if table.weights else 1.0
        self._weights = [weight / mean for weight in table.weights]

    def add(self, reviewer: int, submission: int, *, fixed: bool = False) -> None:
        """Give a reviewer a piece of work."""
        self.reviewer_of.append(reviewer)
        self.submission_of.append(submission)
        self.fixed.append(fixed)
        self.has[reviewer].add(submission)  # as `_take` does; a call less for each of thousands
        self.loads[submission] += 1
        self.told[submission] += self._weights[reviewer]

    def drop(self, numbers: set[int]) -> None:
        """Take pairs away."""
        for number in numbers:
            self._give_back(self.reviewer_of[number], self.submission_of[number])
        kept = [number for number in range(len(self.fixed)) if number not in numbers]
        self.reviewer_of = [self.reviewer_of[number] for number in kept]
        self.submission_of = [self.submission_of[number] for number in kept]
        self.fixed = [self.fixed[number] for number in kept]

    def move(self, number: int, submission: int) -> None:
        """Give the reviewer of a pair another piece of work instead."""
        reviewer = self.reviewer_of[number]
        self._give_back(reviewer, self.submission_of[number])
        self.submission_of[number] = submission
        self._take(reviewer, submission)

    def swap(self, one: int, other: int) -> None:
        """Let the reviewers of two pairs change places."""
        first, second = self.submission_of[one], self.submission_of[other]
        self._give_back(self.reviewer_of[one], first)
        self._give_back(self.reviewer_of[other], second)
        self.submission_of[one], self.submission_of[other] = second, first
        self._take(self.reviewer_of[one], second)
        self._take(self.reviewer_of[other], first)

    def can_swap(self, one: int, other: int) -> bool:
        """Tell whether two pairs may be swapped without giving anybody the same work twice."""
        first, second = self.submission_of[one], self.submission_of[other]
        return (
            first != second
            and not self.fixed[other]
            and second not in self.has[self.reviewer_of[one]]
            and first not in self.has[self.reviewer_of[other]]
        )

    def is_mutual(self, reviewer: int, submission: int) -> bool:
        """Tell whether an author of `submission` reviews what `reviewer` wrote."""
        own = self.table.own[reviewer]
        for author in self.table.authors[submission]:
            has = self.has[author]
            for work in own:
                if work in has:
                    return True
        return False

    def cost(self, number: int) -> float:
        """Return what a pair costs; 0 where nothing speaks against it."""
        reviewer, submission = self.reviewer_of[number], self.submission_of[number]
        total = 0.0 if self.table.may(reviewer, submission) else FORBIDDEN
        if self.is_mutual(reviewer, submission):
            total += MUTUAL
        return total + self.table.cost(reviewer, submission) if self.table.is_costly else total

    def gain(self, one: int, other: int) -> float:
        """Return how much more even a swap would make what is told of the two pairs' works; in squares."""
        much, little = self.told[self.submission_of[one]], self.told[self.submission_of[other]]
        more = self._weights[self.reviewer_of[one]] - self._weights[self.reviewer_of[other]]
        return 2 * more * (much - little - more)

    def costly(self) -> list[int]:
        """Return the pairs that something speaks against, in order."""
        may, is_mutual, is_costly = self.table.may, self.is_mutual, self.table.is_costly
        pairs = zip(self.reviewer_of, self.submission_of, self.fixed, strict=True)
        return [
            number
            for number, (reviewer, submission, fixed) in enumerate(pairs)
            if not fixed
            and (not may(reviewer, submission) or is_mutual(reviewer, submission) or (is_costly and self.cost(number)))
        ]

    def forbidden(self) -> set[int]:
        """Return the pairs that must not be; must rules are checked before."""
        pairs = zip(self.reviewer_of, self.submission_of, strict=True)
        return {number for number, pair in enumerate(pairs) if not self.fixed[number] and not self.table.may(*pair)}

    def is_balanced(self) -> bool:
        """Tell whether all get equally many, give or take one."""
        return not self.loads or max(self.loads) - min(self.loads) <= 1

    def mutual_pairs(self) -> int:
        """Return how many pairs of author units review each other."""
        count, own = len(self.loads), self.table.own
        # Whose work a piece of work is reviewed by, as one number: sets of pairs take several times as long.
        pairs = zip(self.reviewer_of, self.submission_of, strict=True)
        meets = {mine * count + submission for reviewer, submission in pairs for mine in own[reviewer]}
        return sum(
            theirs * count + mine in meets for mine, theirs in map(divmod, meets, repeat(count)) if mine <= theirs
        )

    def total(self) -> float:
        """Return what all pairs cost together."""
        return sum(self.cost(number) for number in range(len(self.fixed)))

    def _take(self, reviewer: int, submission: int) -> None:
        self.has[reviewer].add(submission)
        self.loads[submission] += 1
        self.told[submission] += self._weights[reviewer]

    def _give_back(self, reviewer: int, submission: int) -> None:
        self.has[reviewer].discard(submission)
        self.loads[submission] -= 1
        self.told[submission] -= self._weights[reviewer]
