"""What a report looks at: one course in one store, some days, perhaps one activity or one group."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from connector.reports.models import Fact, milliseconds

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a report looks at."""

    feed_id: int
    """Of no feed where the store has told nothing of the course: then there are no facts."""
    since: date
    """The first day, in UTC."""
    until: date
    """The last day, in UTC."""
    now: datetime
    learners: frozenset[str]
    """Who is a learner of the course now, and of the group where there is one; as facts call them."""
    activity_id: uuid.UUID | None = None
    actors: frozenset[str] | None = None
    """Only what these did; None for everybody, those included whose names are hidden."""

    @property
    def end(self) -> int:
        """The moment that figures are taken at, as facts have times: the end of the last day, or now."""
        midnight = datetime.combine(self.until + timedelta(days=1), time(), UTC)
        return min(milliseconds(midnight), milliseconds(self.now) + 1)

    def holds(self, *events: str, of: Any = Fact) -> list[ColumnElement[bool]]:
        """Return the conditions for facts of some events within the scope.

        Args:
            of: The facts, or an alias of them.
        """
        found = [of.feed_id == self.feed_id, of.day >= self.since.toordinal(), of.day <= self.until.toordinal()]
        if events:
            found.append(of.event.in_(events))
        if self.activity_id is not None:
            found.append(of.activity_id == self.activity_id)
        if self.actors is not None:
            found.append(of.actor.in_(self.actors))
        return found


def week_of(day: int) -> date:
    """Return the Monday of a fact's day."""
    return date.fromordinal((day - 1) // WEEK_DAYS * WEEK_DAYS + 1)


def mondays(scope: Scope) -> list[date]:
    """Return the Monday of each week that a scope touches."""
    first, last = week_of(scope.since.toordinal()), week_of(scope.until.toordinal())
    return [first + timedelta(days=days) for days in range(0, (last - first).days + 1, WEEK_DAYS)]
