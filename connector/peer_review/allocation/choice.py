"""What a reviewer who asks now gets to review: the work that is worst off, as a function of what is known now."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connector.peer_review.allocation.problem import GroupMode, Id, InvalidProblemError, Reviewer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of work in the pool, as it stands."""

    id: Id
    authors: frozenset[Id]
    submitted_at: datetime
    done: int = 0
    """Reviews that count."""
    leased: int = 0
    """Reviews that somebody is writing now: begun, and the lease not over."""
    given: int = 0
    """Reviews that its authors have finished, the most industrious of them."""
    extra: int = 0
    """Reviews that it needs beyond what others need, since those that it has disagree."""
    groups: frozenset[Id] = frozenset()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known when a reviewer asks; read in the transaction that stores the choice."""

    reviewer: Reviewer
    candidates: Sequence[Candidate]
    seed: int
    wanted: int
    """Reviews that each piece of work is to get."""
    had: frozenset[Id] = frozenset()
    """Work that this reviewer has or had: finished, begun, or begun and let go."""
    reviewed_by: frozenset[Id] = frozenset()
    """People who have, or had, this reviewer's own work."""
    recent: frozenset[Id] = frozenset()
    """People whose work this reviewer reviewed in the last two activities."""
    avoids: frozenset[Id] = frozenset()
    """People whose work this reviewer may not get: their conflicts."""
    must: frozenset[Id] = frozenset()
    must_not: frozenset[Id] = frozenset()
    mode: GroupMode = GroupMode.ANY
    slack: int = 1
    """How many more than wanted a piece of work may get, so that whoever comes early has something to do."""


class Rank(StrEnum):
    """What decided in favour of a piece of work, as the trainer is told."""

    MUST = "must"
    FEWEST = "fewest"
    NOT_RECIPROCAL = "not reciprocal"
    NOT_MET = "not met"
    READS_LANGUAGE = "reads language"
    GAVE_MOST = "gave most"
    HANDED_IN_FIRST = "handed in first"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Choice:
    """The work that a reviewer gets, and why that."""

    submission: Id
    why: Rank
    """The first rule that set it apart from the runner-up."""
    by_rule: bool
    is_reciprocal: bool
    """Its authors have this reviewer's work too."""
    coverage: int
    """The reviews that it had or was about to get."""


class Nothing(StrEnum):
    """Why there is nothing for a reviewer now."""

    NO_WORK_YET = "no work yet"
    """Nobody else has handed in."""
    ALL_HAD = "all had"
    """They have reviewed all that they may."""
    NOT_ALLOWED = "not allowed"
    """Groups, conflicts and rules keep all of it from them."""
    ALL_COVERED = "all covered"
    """All the work has reviewers enough."""


class NothingToReviewError(Exception):
    """There is nothing for this reviewer now; `nothing` says why."""

    def __init__(self, nothing: Nothing) -> None:
        self.nothing = nothing
        super().__init__(nothing.value)


def choose(snapshot: Snapshot) -> Choice:
    """Return what the reviewer gets: must rules first, then whatever has fewest reviews done and under way.

    Ties: not somebody who reviews them, nor whom they reviewed lately, a language they read, authors who gave most reviews, handed in first, a lot.

    Raises:
        NothingToReviewError: There is nothing for them now.
        InvalidProblemError: The snapshot contradicts itself.
    """
    if snapshot.wanted < 1 or snapshot.slack < 0:
        raise InvalidProblemError(f"{snapshot.wanted} reviews wanted and {snapshot.slack} more allowed")
    ranked = sorted((_rank(snapshot, each), str(each.id), each) for each in _open(snapshot))
    rank, _, best = ranked[0]
    why = (
        next((what for what, one, other in zip(Rank, rank, ranked[1][0], strict=True) if one != other), Rank.LOT)
        if (len(ranked) > 1)
        else Rank.FEWEST
    )
    return Choice(
        submission=best.id,
        why=why,
        by_rule=best.id in snapshot.must,
        is_reciprocal=not best.authors.isdisjoint(snapshot.reviewed_by),
        coverage=best.done + best.leased,
    )


def lot(seed: int, *ids: Id) -> bytes:
    """Return what decides where nothing else does: by chance, and the same each time."""
    return hashlib.blake2b(" ".join((str(seed), *map(str, ids))).encode(), digest_size=8).digest()


def _open(snapshot: Snapshot) -> list[Candidate]:
    others = [each for each in snapshot.candidates if each.authors.isdisjoint(snapshot.reviewer.members)]
    new = [each for each in others if each.id not in snapshot.had]
    allowed = [each for each in new if _may(snapshot, each)]
    open_ = [each for each in allowed if each.id in snapshot.must or _coverage(each) < snapshot.wanted + snapshot.slack]
    for nothing, left in (
        (Nothing.NO_WORK_YET, others),
        (Nothing.ALL_HAD, new),
        (Nothing.NOT_ALLOWED, allowed),
        (Nothing.ALL_COVERED, open_),
    ):
        if not left:
            raise NothingToReviewError(nothing)
    return open_


def _may(snapshot: Snapshot, candidate: Candidate) -> bool:
    if candidate.id in snapshot.must_not or not candidate.authors.isdisjoint(snapshot.avoids):
        return False
    if snapshot.mode is GroupMode.ANY:
        return True
    return candidate.groups.isdisjoint(snapshot.reviewer.groups) == (snapshot.mode is GroupMode.OUTSIDE)


def _coverage(candidate: Candidate) -> int:
    return candidate.done + candidate.leased - candidate.extra


def _rank(snapshot: Snapshot, candidate: Candidate) -> tuple[bool, int, bool, bool, bool, int, datetime, bytes]:
    languages = snapshot.reviewer.languages
    return (
        candidate.id not in snapshot.must,
        _coverage(candidate),
        not candidate.authors.isdisjoint(snapshot.reviewed_by),
        not candidate.authors.isdisjoint(snapshot.recent),
        bool(languages) and candidate.language is not None and candidate.language not in languages,
        -candidate.given,
        candidate.submitted_at,
        lot(snapshot.seed, snapshot.reviewer.id, candidate.id),
    )
