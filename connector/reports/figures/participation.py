"""Who takes part: active and silent, week by week, and how it is spread."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from connector.reports.models import Fact
from connector.reports.scope import WEEK_DAYS, Scope, mondays, week_of
from connector.reports.statistics import gini, top_share
from xapi.vocabulary.events import EVENTS

CONTRIBUTIONS = ("thread.created", "question.asked", "resource.shared", "post.replied", "question.answered")
"""What people wrote for others."""
PASSIVE = frozenset(
    {"thread.viewed", "assignment.opened", "review.assigned", "question.routed", "grade.released", "recognition.earned"}
)
"""What is only looked at, and what happens to people."""
ACTS = tuple(sorted(set(EVENTS) - PASSIVE))


@dataclass(frozen=True, slots=True)
class Week:
    """One week; it begins on a Monday."""

    monday: date
    active: int
    """Learners who did something."""
    contributions: int


@dataclass(frozen=True, slots=True)
class Participation:
    """Who takes part."""

    contributions: int
    by_actor: Mapping[str, int]
    """Contributions of whoever did anything."""
    active: frozenset[str]
    """Learners who did something."""
    silent: frozenset[str]
    """The other learners."""
    weeks: Sequence[Week]
    gini: float | None
    """Of the contributions of all learners, the silent ones included."""
    top_share: float | None
    """Of the contributions of all learners: those of the most active tenth."""


def measure(session: Session, scope: Scope) -> Participation:
    """Return who takes part."""
    rows = session.execute(_counted(scope)).all()
    by_actor: Counter[str] = Counter()
    by_week: Counter[date] = Counter()
    active: defaultdict[date, set[str]] = defaultdict(set)
    for actor, week, wrote in rows:
        monday = week_of(week * WEEK_DAYS + 1)
        by_actor[actor] += int(wrote)
        by_week[monday] += int(wrote)
        active[monday].add(actor)
    learned = frozenset(by_actor) & scope.learners
    amounts = [by_actor[learner] for learner in sorted(scope.learners)]
    return Participation(
        contributions=sum(by_actor.values()),
        by_actor=by_actor,
        active=learned,
        silent=scope.learners - learned,
        weeks=[Week(monday, len(active[monday] & scope.learners), by_week[monday]) for monday in mondays(scope)],
        gini=gini(amounts),
        top_share=top_share(amounts),
    )


def _counted(scope: Scope) -> Select[str, int, int]:
    """Return how to count acts by person and week: first in the order of the index, which sorts nothing, then those few."""
    daily = (
        select(Fact.event, Fact.day, Fact.actor, func.count().label("number"))
        .where(*scope.holds(*ACTS))
        .group_by(Fact.event, Fact.day, Fact.actor)
        .subquery()
    )
    week = ((daily.c.day - 1) // WEEK_DAYS).label("week")
    wrote = func.sum(case((daily.c.event.in_(CONTRIBUTIONS), daily.c.number), else_=0)).label("wrote")
    return select(daily.c.actor, week, wrote).group_by(daily.c.actor, week)
