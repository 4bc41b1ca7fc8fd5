"""All work that can be reviewed, with what is known of it: read in a few queries, whatever the size of the class."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Group, GroupMember, Membership, Role
from connector.groups.access import counting
from connector.peer_review import rules
from connector.peer_review.allocation.choice import Candidate, Snapshot
from connector.peer_review.allocation.problem import GroupMode, Id, Reviewer
from connector.peer_review.models import Review, ReviewState, Submission, WorkResult, WorkState
from connector.peer_review.setup_models import Pairing, PeerReview


@dataclass(frozen=True, slots=True)
class Given:
    """A review that was given to somebody; without its text."""

    id: uuid.UUID
    reviewer_id: uuid.UUID
    submission_id: uuid.UUID
    state: ReviewState
    is_live: bool
    """Whether it keeps a place: it is being written, and its lease is not over."""
    counts: bool
    """Whether it is written, and neither excluded nor a test student's."""


@dataclass(frozen=True, slots=True)
class PooledWork:
    """A piece of work that can be reviewed; without its text."""

    id: uuid.UUID
    author_id: uuid.UUID
    first_at: datetime
    language: str | None


@dataclass(frozen=True, slots=True)
class Pool:
    """What is known of all work in a peer review."""

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
            found[each.reviewer_id] += each.state is ReviewState.SUBMITTED
        return dict(found)

    def snapshot(self, reviewer: Membership, *, is_volunteer: bool = False) -> Snapshot:
        """Return what decides which work a reviewer gets now.

        Args:
            is_volunteer: They have written all that they owe: then they get only what lacks reviews.
        """
        coverage, written = self.coverage(), self.written_by()
        mine = {each.id for each in self.works if each.author_id == reviewer.id}
        must, must_not = self._pairs(reviewer.id)
        # Where some lack what all need, these come first; only then whoever needs one more than the others.
        covered = all(sum(coverage.get(each.id, (0, 0))) >= self.rules.needed for each in self.works)
        return Snapshot(
            reviewer=Reviewer(reviewer.id, self.rules.reviews_each, groups=self.groups.get(reviewer.id, frozenset())),
            candidates=[
                self._candidate(each, coverage.get(each.id, (0, 0)), written, has_turn=covered) for each in self.works
            ],
            seed=self.rules.seed,
            wanted=self.rules.needed if is_volunteer else self.rules.reviews_each,
            had=frozenset(each.submission_id for each in self.given if each.reviewer_id == reviewer.id),
            reviewed_by=frozenset(each.reviewer_id for each in self.given if each.submission_id in mine),
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
            authors=frozenset((work.author_id,)),
            submitted_at=work.first_at,
            done=done,
            leased=live,
            given=written.get(work.author_id, 0),
            extra=1 if has_turn and work.id in self.doubtful else 0,
            groups=self.groups.get(work.author_id, frozenset()),
            language=work.language,
        )

    def _pairs(self, reviewer_id: uuid.UUID) -> tuple[frozenset[Id], frozenset[Id]]:
        """Return the work that a reviewer must get, and the people whose work they must not."""
        works = {each.author_id: each.id for each in self.works}
        must = {works.get(each.author_id) for each in self.pairings if each.is_must and each.reviewer_id == reviewer_id}
        apart = {
            each.author_id if each.reviewer_id == reviewer_id else each.reviewer_id
            for each in self.pairings
            if not each.is_must and reviewer_id in {each.reviewer_id, each.author_id}
        }
        return frozenset(id_ for id_ in must if id_ is not None), frozenset(apart)


def load_pool(session: Session, activity: Activity, found: PeerReview, *, now: datetime) -> Pool:
    """Return what is known of all work.

    Args:
        now: Leases are judged by it.
    """
    works = session.execute(
        select(Submission.id, Submission.author_id, Submission.first_at, Submission.language)
        .join(Submission.author)
        .where(
            Submission.activity_id == activity.id,
            Submission.state == WorkState.HANDED_IN,
            Membership.is_active,
            Membership.role == Role.LEARNER,
        )
        .order_by(Submission.first_at, Submission.id)
    )
    enough = (WorkResult.activity_id == activity.id, WorkResult.reviews >= found.needed)
    doubts = select(WorkResult.submission_id, WorkResult.doubts).where(*enough)
    return Pool(
        rules=found,
        works=[PooledWork(*row) for row in works],
        given=_given(session, activity, now),
        groups=_groups(session, activity) if found.grouping is not GroupMode.ANY else {},
        pairings=rules.list_pairings(session, activity),
        doubtful={id_ for id_, why in session.execute(doubts) if why},
    )


def _given(session: Session, activity: Activity, now: datetime) -> list[Given]:
    rows = session.execute(
        select(
            Review.id,
            Review.reviewer_id,
            Review.submission_id,
            Review.state,
            Review.lease_until,
            Review.excluded_at,
            Membership.role,
            Membership.is_active,
        )
        .join(Review.reviewer)
        .where(Review.activity_id == activity.id, Review.is_own.is_(False))
        .order_by(Review.given_at, Review.id)
    )
    return [
        Given(
            id=row.id,
            reviewer_id=row.reviewer_id,
            submission_id=row.submission_id,
            state=row.state,
            is_live=row.state is ReviewState.OPEN
            and row.is_active
            and row.role is Role.LEARNER
            and (row.lease_until is None or row.lease_until > now),
            counts=row.state is ReviewState.SUBMITTED and row.excluded_at is None and row.role is Role.LEARNER,
        )
        for row in rows
    ]


def _groups(session: Session, activity: Activity) -> dict[uuid.UUID, frozenset[Id]]:
    inside = counting(activity).join(GroupMember, GroupMember.group_id == Group.id)
    rows = session.execute(inside.with_only_columns(Group.id, GroupMember.membership_id))
    found: defaultdict[uuid.UUID, set[Id]] = defaultdict(set)
    for group_id, member_id in rows:
        found[member_id].add(group_id)
    return {member_id: frozenset(groups) for member_id, groups in found.items()}
