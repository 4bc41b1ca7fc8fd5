"""How practice on examples went, for who leads the course: how near each learner came, and where the class and the key differ."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.courses.people import name_of
from connector.peer_review import rubrics, rules
from connector.peer_review.examples.examples import levels_of, list_examples, scored_of
from connector.peer_review.matching.practising import Progress
from connector.peer_review.models.examples import Practice, Use
from connector.peer_review.models.setup import Criterion


@dataclass(frozen=True, slots=True)
class Practised:
    """One learner."""

    member: Membership
    judged: int
    """Examples that they have judged at least once."""
    near: int
    """Examples at which they came near enough, at the first or the second try."""
    apart: float | None
    """How many points of 100 their first tries are from the key, on average, whichever way; None before the first."""
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion: how first tries compare with the key."""

    criterion: Criterion
    count: int
    same: int
    one: int
    """One level apart."""
    above: float
    """Levels above the key, on average; below 0 where the class is stricter."""

    @property
    def further(self) -> int:
        """How many are two levels apart or more."""
        return self.count - self.same - self.one


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it."""

    examples: int
    """Whose key fits the criteria as they are."""
    learners: Sequence[Practised]
    criteria: Sequence[Compared]

    @property
    def done(self) -> int:
        """How many learners have judged all examples."""
        return sum(self.examples > 0 and each.judged >= self.examples for each in self.learners)


def look(session: Session, activity: Activity, by: Membership) -> Figures:
    """Return how practice went; the same few queries for any number of people.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    rules.check_staff(by)
    rubric = rubrics.find_rubric(session, activity)
    known = {each.id for each in list_examples(session, activity, Use.PRACTICE) if levels_of(each, rubric) is not None}
    learners = session.scalars(
        select(Membership)
        .where(Membership.course_id == activity.course_id, Membership.is_active, Membership.role == Role.LEARNER)
        .options(joinedload(Membership.person))
    ).all()
    found: defaultdict[uuid.UUID, list[Practice]] = defaultdict(list)
    tries = select(Practice).where(Practice.activity_id == activity.id).order_by(Practice.at, Practice.id)
    for each in session.scalars(tries):
        if each.example_id in known:
            found[each.member_id].append(each)
    rows = sorted(learners, key=lambda each: (name_of(each).casefold(), each.id))
    first = [each for member in rows for each in found[member.id] if each.attempt == 1]
    return Figures(
        examples=len(known),
        learners=[_row(member, found[member.id]) for member in rows],
        criteria=[each for each in (_compare(criterion, first) for criterion in scored_of(rubric)) if each.count],
    )


def compare_own(progress: Sequence[Progress]) -> Mapping[int, int]:
    """Return, of somebody's last tries, how many criteria are how many levels from the key, whichever way."""
    last = [each.tries[-1] for each in progress if each.tries]
    return Counter(abs(difference) for each in last for difference in each.differences.values())


def _row(member: Membership, tries: Sequence[Practice]) -> Practised:
    first = [abs(each.deviation) for each in tries if each.attempt == 1]
    return Practised(
        member=member,
        judged=len({each.example_id for each in tries}),
        near=len({each.example_id for each in tries if each.has_passed}),
        apart=fmean(first) if first else None,
        last_at=max((each.at for each in tries), default=None),
    )


def _compare(criterion: Criterion, tries: Sequence[Practice]) -> Compared:
    name = str(criterion.id)
    apart = [each.differences[name] for each in tries if name in each.differences]
    off = Counter(map(abs, apart))
    return Compared(criterion, len(apart), off[0], off[1], fmean(apart) if apart else 0.0)
