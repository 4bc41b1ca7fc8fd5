"""What an allocation is made from: reviewers, the work to be reviewed, and the rules between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias
from uuid import UUID

Id: TypeAlias = UUID | str
"""What people, groups and pieces of work are known by; compared by how it is written."""


class InvalidProblemError(ValueError):
    """What was given is no problem of allocation: an id twice, a negative number, somebody unknown."""


class GroupMode(StrEnum):
    """Whose work somebody may get, as far as groups go."""

    ANY = "any"
    OUTSIDE = "outside"
    """Never work of a group that the reviewer is in."""
    WITHIN = "within"
    """Only work of a group that the reviewer is in."""


class Reviewer(NamedTuple):
    """A person, or a group that reviews together."""

    id: Id
    quota: int
    """How many reviews they are to write; lower than others' as an accommodation."""
    people: frozenset[Id] = frozenset()
    """Who is meant where a group reviews; else the reviewer alone."""
    groups: frozenset[Id] = frozenset()
    languages: frozenset[str] = frozenset()
    """What they read; empty where that is not known."""
    department: str | None = None
    weight: float = 1.0
    """How much one review of theirs tells: one divided by its variance; any unit."""

    @property
    def members(self) -> frozenset[Id]:
        """Everybody who takes part in this reviewer's reviews."""
        return self.people or frozenset((self.id,))


class Submission(NamedTuple):
    """A piece of work to be reviewed; each author unit hands in one."""

    id: Id
    authors: frozenset[Id]
    """The people of the author unit: one person, or the members of a group."""
    groups: frozenset[Id] = frozenset()
    language: str | None = None
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that decides an allocation: the same problem always has the same answer."""

    reviewers: Sequence[Reviewer]
    submissions: Sequence[Submission]
    seed: int
    """Kept with the allocation, so that it can be made again and checked."""
    needed: int = 3
    """Reviews that a piece of work needs before its grade is told."""
    mode: GroupMode = GroupMode.ANY
    conflicts: frozenset[tuple[Id, Id]] = frozenset()
    """Pairs of people of whom neither may review the other."""
    must: frozenset[tuple[Id, Id]] = frozenset()
    """Pairs of a reviewer and a piece of work."""
    must_not: frozenset[tuple[Id, Id]] = frozenset()
    """Pairs of a reviewer and a piece of work."""
    recent: frozenset[tuple[Id, Id]] = frozenset()
    """Pairs of a reviewer and an author who met in the last two activities."""


class Pair(NamedTuple):
    """One review to be written."""

    reviewer: Id
    submission: Id
    by_rule: bool = False
    """A must rule asked for it."""


class Notice(StrEnum):
    """What a trainer is told about an allocation that was made."""

    NOT_BLIND = "not blind"
    """Two reviewers and two pieces of work: each knows who reviews them."""
    QUOTA_LOWERED = "quota lowered"
    """There is less work than reviews were asked for; everybody writes as many as there are."""
    MUTUAL = "mutual"
    """Some review each other: so few take part, or so much is forbidden."""
    UNBALANCED = "unbalanced"
    """The rules allow no allocation in which all get equally many, give or take one."""
    SHORT = "short"
    """Some could not get as many as needed; given only where the caller accepts that."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who reviews what, and what there is to say about it."""

    pairs: tuple[Pair, ...]
    """Sorted by reviewer and piece of work."""
    seed: int
    fewest: int
    """Reviews of the piece of work that gets fewest."""
    most: int
    mutual: int
    """Pairs of author units who review each other."""
    met_recently: int
    """Reviews by somebody who met the author in the last two activities."""
    other_language: int
    same_department: int
    notices: frozenset[Notice]
    solved_by: str
    """`offsets`, `swaps` or `flow`: the first that was enough."""
