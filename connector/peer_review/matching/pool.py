"""All work that can be reviewed, with what is known of it; asked about one person after the other, it reads nothing."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from connector.courses.models import Membership
from connector.peer_review.allocation.choice import Candidate, Snapshot
from connector.peer_review.allocation.problem import GroupMode, Id, Reviewer
from connector.peer_review.matching.meetings import Meetings
from connector.peer_review.models.reviews import ReviewState
from connector.peer_review.models.setup import Pairing, PeerReview, Unit


class Given(NamedTuple):
    """A review that was given to somebody; without its text."""

    id: uuid.UUID
    reviewer_id: uuid.UUID
    """Who stands for the group, where one reviews together."""
    submission_id: uuid.UUID
    state: ReviewState
    is_live: bool
    """Whether it keeps a place: it is being written, and its lease is not over."""
    counts: bool
    """Whether it is written, and neither excluded nor a test student's, nor a hidden check."""
    is_check: bool = False
    is_expert: bool = False
    """Whether somebody was asked as an expert: of what colleagues write, it is no part."""


class PooledWork(NamedTuple):
    """A piece of work that can be reviewed; without its text."""

    id: uuid.UUID
    author_ids: frozenset[uuid.UUID]
    learner_ids: frozenset[uuid.UUID]
    """Those of the authors who are learners and still here: they review."""
    near: frozenset[uuid.UUID]
    """Who may never review it: its authors, and whoever is in their group now."""
    first_at: datetime
    language: str | None
    group_id: uuid.UUID | None = None
    handed_in_by: uuid.UUID | None = None
    """Who stands for the group, where it reviews together."""


@dataclass(frozen=True)
class Pool:
    """What is known of all work in a peer review; asked about each of many people, it looks none of them up one by one."""

    rules: PeerReview
    works: Sequence[PooledWork]
    """Handed in by active learners, the earliest first."""
    given: Sequence[Given]
    """All reviews but those of one's own work."""
    groups: Mapping[uuid.UUID, frozenset[Id]]
    """The groups of each member; empty where groups mean nothing."""
    pairings: Sequence[Pairing]
    doubtful: Collection[uuid.UUID]
    """Work that has reviews enough, but whose reviews disagree: it needs another one."""
    drafted: Collection[tuple[uuid.UUID, uuid.UUID]] = ()
    """Who drafts, or drafted, an expert's review of which work: they have read it, and do not review it as colleagues."""

    @property
    def wanted(self) -> int:
        """How many reviews each piece of work is to get: as many as people write, shared among fewer works of groups."""
        each = self.rules.reviews_each
        if self.rules.reviewed_by is Unit.GROUP:
            return max(self.rules.needed, each)
        authors = sum(len(each.author_ids) for each in self.works)
        works = max(1, len(self.works))
        return max(self.rules.needed, -(-authors * each // works)) if authors > works else each

    def as_reviewer(self, member_id: uuid.UUID) -> uuid.UUID:
        """Return who stands for somebody as a reviewer: themselves, but where their group reviews together."""
        return self._standing.get(member_id, member_id) if self._standing else member_id

    def people_of(self, reviewer_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """Return who writes the reviews of a reviewer: those of their group, or they alone."""
        return (self._people.get(reviewer_id) if self._people else None) or frozenset({reviewer_id})

    @cached_property
    def _teams(self) -> Sequence[tuple[uuid.UUID, PooledWork]]:
        """The works of groups that review together, with who stands for each."""
        if self.rules.reviewed_by is Unit.PERSON:
            return ()
        return [(each.handed_in_by, each) for each in self.works if each.group_id and each.handed_in_by]

    @cached_property
    def _standing(self) -> Mapping[uuid.UUID, uuid.UUID]:
        return {member_id: id_ for id_, work in reversed(self._teams) for member_id in work.near}

    @cached_property
    def _people(self) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
        return {id_: work.near | {id_} for id_, work in reversed(self._teams)}

    @cached_property
    def _works(self) -> Mapping[uuid.UUID, PooledWork]:
        return {each.id: each for each in self.works}

    @cached_property
    def _by_author(self) -> Mapping[uuid.UUID, uuid.UUID]:
        return {id_: each.id for each in self.works for id_ in each.author_ids}

    @cached_property
    def _had(self) -> frozenset[tuple[uuid.UUID, uuid.UUID]]:
        return frozenset((each.reviewer_id, each.submission_id) for each in self.given) | frozenset(self.drafted)

    def groups_of(self, work: PooledWork) -> frozenset[Id]:
        """Return the groups that the authors of a piece of work are in."""
        if not self.groups:
            return frozenset()
        return frozenset[Id]().union(*(self.groups.get(id_, frozenset()) for id_ in work.author_ids))

    def done(self, submission_id: uuid.UUID) -> int:
        """Return how many reviews of a piece of work count."""
        return sum(each.counts for each in self.given if each.submission_id == submission_id)

    def coverage(self) -> dict[uuid.UUID, tuple[int, int]]:
        """Return how many reviews of each piece of work count, and how many are being written."""
        found: defaultdict[uuid.UUID, list[int]] = defaultdict(lambda: [0, 0])
        for each in self.given:
            found[each.submission_id][0] += each.counts
            found[each.submission_id][1] += each.is_live
        return {id_: (done, live) for id_, (done, live) in found.items()}

    def written_by(self) -> dict[uuid.UUID, int]:
        """Return how many reviews each member has written; those of work that was withdrawn since count as well."""
        found: defaultdict[uuid.UUID, int] = defaultdict(int)
        for each in self.given:
            found[each.reviewer_id] += each.state is ReviewState.SUBMITTED and not each.is_expert
        if self.rules.reviewed_by is Unit.GROUP:
            for work in self.works:
                if work.group_id is not None and work.handed_in_by is not None:
                    found |= dict.fromkeys(work.near, found[work.handed_in_by])
        return dict(found)

    def may_review(self, member_id: uuid.UUID, submission_id: uuid.UUID) -> bool:
        """Return whether somebody may be given a piece of work: it is not theirs nor near, nothing forbids it, and they never
        had it. Groups keep nobody from it who is in none.
        """
        work = self._works.get(submission_id)
        if work is None or member_id in work.near:
            return False
        if not self._had.isdisjoint({(member_id, submission_id), (self.as_reviewer(member_id), submission_id)}):
            return False
        if any(not self._pairs(each)[1].isdisjoint(work.near) for each in self.people_of(self.as_reviewer(member_id))):
            return False
        mine = self.groups.get(member_id)
        if self.rules.grouping is GroupMode.ANY or not mine:
            return True
        return mine.isdisjoint(self.groups_of(work)) == (self.rules.grouping is GroupMode.OUTSIDE)

    def snapshot(
        self, reviewer: Membership, *, is_volunteer: bool = False, meetings: Meetings | None = None
    ) -> Snapshot:
        """Return what decides which work a reviewer gets now.

        Args:
            is_volunteer: They have written all that they owe: then they get only what lacks reviews.
            meetings: Whom they met lately, and what they read: asked for where the choice is made, not where only
                somebody wonders whether there is one.
        """
        coverage, written = self.coverage(), self.written_by()
        stand_in = self.as_reviewer(reviewer.id)
        people = self.people_of(stand_in) | {reviewer.id}
        mine = {each.id for each in self.works if reviewer.id in each.author_ids}
        pairs = [self._pairs(each) for each in people]
        must, must_not = (frozenset[Id]().union(*each) for each in zip(*pairs, strict=True))
        # Where some lack what all need, these come first; only then whoever needs one more than the others.
        covered = all(sum(coverage.get(each.id, (0, 0))) >= self.rules.needed for each in self.works)
        return Snapshot(
            reviewer=Reviewer(
                stand_in,
                self.rules.reviews_each,
                people=frozenset[Id](people),
                groups=self.groups.get(reviewer.id, frozenset()),
                languages=meetings.reads(reviewer.id) if meetings else frozenset(),
            ),
            candidates=[
                self._candidate(each, coverage.get(each.id, (0, 0)), written, has_turn=covered) for each in self.works
            ],
            seed=self.rules.seed,
            wanted=self.rules.needed if is_volunteer else self.wanted,
            had=frozenset(each.submission_id for each in self.given if each.reviewer_id in {stand_in, reviewer.id})
            | frozenset(work_id for member_id, work_id in self.drafted if member_id in {stand_in, reviewer.id}),
            reviewed_by=frozenset(
                each.reviewer_id for each in self.given if each.submission_id in mine and not each.is_check
            ),
            recent=meetings.authors_of(reviewer.id) if meetings else frozenset(),
            avoids=must_not,
            must=must,
            mode=self.rules.grouping,
            slack=0 if is_volunteer else 1,
        )

    def _candidate(
        self, work: PooledWork, coverage: tuple[int, int], written: Mapping[uuid.UUID, int], *, has_turn: bool
    ) -> Candidate:
        done, live = coverage
        return Candidate(
            id=work.id,
            authors=frozenset[Id](work.near),
            submitted_at=work.first_at,
            done=done,
            leased=live,
            given=max((written.get(id_, 0) for id_ in work.author_ids), default=0),
            extra=1 if has_turn and work.id in self.doubtful else 0,
            groups=self.groups_of(work),
            language=work.language,
        )

    def _pairs(self, reviewer_id: uuid.UUID) -> tuple[frozenset[Id], frozenset[Id]]:
        """Return the work that a reviewer must get, and the people whose work they must not."""
        must = {
            self._by_author.get(each.author_id)
            for each in self.pairings
            if each.is_must and each.reviewer_id == reviewer_id
        }
        apart = {
            each.author_id if each.reviewer_id == reviewer_id else each.reviewer_id
            for each in self.pairings
            if not each.is_must and reviewer_id in {each.reviewer_id, each.author_id}
        }
        return frozenset(id_ for id_ in must if id_ is not None), frozenset(apart)
