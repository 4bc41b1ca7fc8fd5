"""What a trainer sees of a peer review: a row for each learner, and what stands about all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.courses.models import Group, Membership
from connector.peer_review.aggregation.reliability import Agreement
from connector.peer_review.allocation.forecast import Forecast
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Review, Submission, WorkState
from connector.peer_review.models.setup import Criterion, Participant, PeerReview
from connector.peer_review.results.releasing import Release

_LATE = (WorkState.WAITING, WorkState.DENIED)


@dataclass(frozen=True, slots=True)
class Row:
    """One learner."""

    member: Membership
    participant: Participant | None
    work: Submission | None
    result: WorkResult | None
    written: int
    quota: int
    open: Sequence[Review]
    """What they were given and have not sent."""
    received: int
    coming: int
    waits_for: Sequence[str]
    """The names of who has their work, people or groups, and has not sent a review."""
    release: Release
    second: Sequence[bool]
    """Of revised work: for each who is to look at it again, whether they have."""
    groups: Sequence[Group]
    """The groups that they are in and that hand in; more than one where the LMS has it so."""
    left_out: Submission | None
    """What their group handed in before they came into it."""
    is_loner: bool
    """Whether groups hand in, and they are in none."""
    is_silent: bool

    @property
    def has_work(self) -> bool:
        """Whether they have handed in."""
        return self.work is not None and self.work.state is WorkState.HANDED_IN

    @property
    def is_waiting(self) -> bool:
        """Whether they have handed in late, and a trainer is to say whether it counts."""
        return self.work is not None and self.work.state is WorkState.WAITING

    @property
    def owes(self) -> int:
        """How many reviews they still have to write."""
        return max(0, self.quota - self.written) if self.has_work else 0


@dataclass(frozen=True, slots=True)
class Board:
    """All that a trainer looks after."""

    rules: PeerReview
    rows: Sequence[Row]
    flagged: Sequence[Review]
    doubtful: Sequence[Row]
    """Whose reviews disagree, or seem not to be about the work."""
    agreements: Sequence[tuple[Criterion, Agreement]]
    forecast: Forecast
    lacking: int
    """Authors with fewer reviews than needed."""

    @property
    def loners(self) -> list[Row]:
        """Who cannot hand in, being in no group."""
        return [row for row in self.rows if row.is_loner]

    @property
    def left_out(self) -> list[Row]:
        """Whose group handed in without them."""
        return [row for row in self.rows if row.left_out is not None]

    @property
    def late(self) -> list[Row]:
        """Late work that waits for a word, and then what was not accepted: one row for each piece of work, the earliest first."""
        works = {row.work.id: row for row in reversed(self.rows) if row.work is not None and row.work.state in _LATE}
        return sorted(works.values(), key=_when_late)

    @property
    def silent(self) -> list[Row]:
        """Who owes reviews and has not written for days."""
        return [row for row in self.rows if row.is_silent]


def works_of(rows: Sequence[Row]) -> list[Row]:
    """Return one row for each piece of work that is handed in, whoever of its authors that is."""
    return list({row.work.id: row for row in reversed(rows) if row.work is not None and row.has_work}.values())[::-1]


def _when_late(row: Row) -> tuple[bool, float]:
    work = row.work
    return (not row.is_waiting, work.handed_in_at.timestamp() if work is not None else 0.0)
