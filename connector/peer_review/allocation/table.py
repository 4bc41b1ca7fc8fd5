"""A problem in numbers: sorted, checked, and quick to ask."""

from collections.abc import Iterable

from connector.peer_review.allocation.problem import GroupMode, Id, InvalidProblemError, Problem, Reviewer, Submission

RECENT, LANGUAGE, DEPARTMENT = 100, 20, 10
"""What a pair costs that had better not be; a mutual pair costs more than all of them (`state.MUTUAL`)."""


class Table:
    """A problem whose reviewers and pieces of work are numbers in the order of their ids."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.reviewers = sorted(problem.reviewers, key=lambda reviewer: str(reviewer.id))
        self.submissions = sorted(problem.submissions, key=lambda submission: str(submission.id))
        self.reviewer_numbers = _numbered("reviewer", (each.id for each in self.reviewers))
        self.submission_numbers = _numbered("submission", (each.id for each in self.submissions))
        _check(self.reviewers, self.submissions)
        self._groups = [each.groups for each in self.submissions]
        self._outside, self._within = problem.mode is GroupMode.OUTSIDE, problem.mode is GroupMode.WITHIN
        written_by: dict[Id, list[int]] = {}
        for number, submission in enumerate(self.submissions):
            for author in submission.authors:
                written_by.setdefault(author, []).append(number)
        self.own = [_work_of(each.members, written_by) for each in self.reviewers]
        """What each reviewer wrote themselves, sorted."""
        self.banned = [set(own) for own in self.own]
        """What each reviewer may never get, groups apart."""
        self._ban(written_by)
        self.authors: list[list[int]] = [[] for _ in self.submissions]
        """The reviewers who wrote each piece of work."""
        for reviewer, own in enumerate(self.own):
            for submission_number in own:
                self.authors[submission_number].append(reviewer)
        self.must = sorted(self._pair(*pair) for pair in problem.must)
        self._recent = self._recently_met(written_by)
        self.weights = [each.weight for each in self.reviewers]
        self.is_costly = bool(self._recent) or any(each.languages or each.department for each in self.reviewers)
        self.differ = len(set(self.weights)) > 1
        """Whether some reviews tell more than others."""

    def may(self, reviewer: int, submission: int) -> bool:
        """Tell whether a reviewer may get a piece of work."""
        if submission in self.banned[reviewer]:
            return False
        if self._outside:
            return self.reviewers[reviewer].groups.isdisjoint(self._groups[submission])
        return not self._within or not self.reviewers[reviewer].groups.isdisjoint(self._groups[submission])

    def eligible(self, reviewer: int) -> list[int]:
        """Return all that a reviewer may get."""
        return [number for number in range(len(self.submissions)) if self.may(reviewer, number)]

    def cost(self, reviewer: int, submission: int) -> int:
        """Return what a pair costs by itself."""
        total = RECENT if (reviewer, submission) in self._recent else 0
        return (
            total
            + (LANGUAGE if self.other_language(reviewer, submission) else 0)
            + (DEPARTMENT if self.same_department(reviewer, submission) else 0)
        )

    def met_recently(self, reviewer: int, submission: int) -> bool:
        """Tell whether the reviewer met an author in the last two activities."""
        return (reviewer, submission) in self._recent

    def other_language(self, reviewer: int, submission: int) -> bool:
        """Tell whether the work is in a language that the reviewer is known not to read."""
        languages, language = self.reviewers[reviewer].languages, self.submissions[submission].language
        return bool(languages) and language is not None and language not in languages

    def same_department(self, reviewer: int, submission: int) -> bool:
        """Tell whether an author works in the reviewer's department."""
        return self.reviewers[reviewer].department in self.submissions[submission].departments

    def _pair(self, reviewer: Id, submission: Id) -> tuple[int, int]:
        try:
            return self.reviewer_numbers[reviewer], self.submission_numbers[submission]
        except KeyError as error:
            raise InvalidProblemError(
                f"a rule names {error.args[0]}, who is neither reviewer nor submission"
            ) from error

    def _ban(self, written_by: dict[Id, list[int]]) -> None:
        apart: dict[Id, set[Id]] = {}
        for one, other in self.problem.conflicts:
            apart.setdefault(one, set()).add(other)
            apart.setdefault(other, set()).add(one)
        for number, reviewer in enumerate(self.reviewers):
            for person in reviewer.members:
                for other in apart.get(person, ()):
                    self.banned[number].update(written_by.get(other, ()))
        for pair in self.problem.must_not:
            number, submission = self._pair(*pair)
            self.banned[number].add(submission)

    def _recently_met(self, written_by: dict[Id, list[int]]) -> frozenset[tuple[int, int]]:
        numbers = self.reviewer_numbers
        met = [(numbers[who], whom) for who, whom in self.problem.recent if who in numbers]
        return frozenset((number, work) for number, whom in met for work in written_by.get(whom, ()))


def _numbered(what: str, ids: Iterable[Id]) -> dict[Id, int]:
    numbers: dict[Id, int] = {}
    for id_ in ids:
        if id_ in numbers:
            raise InvalidProblemError(f"{what} {id_} is there twice")
        numbers[id_] = len(numbers)
    return numbers


def _check(reviewers: Iterable[Reviewer], submissions: Iterable[Submission]) -> None:
    for reviewer in reviewers:
        if reviewer.quota < 0:
            raise InvalidProblemError(f"reviewer {reviewer.id} cannot write {reviewer.quota} reviews")
        if not 0 < reviewer.weight < float("inf"):
            raise InvalidProblemError(f"reviewer {reviewer.id} cannot weigh {reviewer.weight}")
    units: dict[frozenset[Id], Id] = {}
    for submission in submissions:
        if not submission.authors:
            raise InvalidProblemError(f"submission {submission.id} has no author")
        if submission.authors in units:
            raise InvalidProblemError(
                f"submissions {units[submission.authors]} and {submission.id} have the same authors"
            )
        units[submission.authors] = submission.id


def _work_of(people: frozenset[Id], written_by: dict[Id, list[int]]) -> list[int]:
    if len(people) == 1:  # nearly always
        (alone,) = people
        return written_by.get(alone, [])
    return sorted({work for person in people for work in written_by.get(person, ())})
