"""How discussions go: threads that nobody answered, and how long people wait for a first reply."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from connector.reports.models import Fact
from connector.reports.scope import Scope
from connector.reports.statistics import median, quantile

OPENINGS = ("thread.created", "resource.shared")
REPLY = "post.replied"
GONE, BACK = ("post.deleted", "post.removed"), ("post.approved",)
_NEARLY_ALL = 0.9


class Opened(NamedTuple):
    """A thread."""

    at: int
    object: str
    actor: str
    replied_at: int | None
    """When somebody other than who opened it replied first."""


@dataclass(frozen=True, slots=True)
class Discussion:
    """How discussions go."""

    threads: Sequence[Opened]
    """What was opened and is still there."""
    unanswered: Sequence[Opened]
    """Those without a reply by anybody else, the oldest first."""
    first_reply_median: float | None
    """Seconds."""
    first_reply_p90: float | None
    """Seconds within which nine of ten threads that have a reply got the first."""


def measure(session: Session, scope: Scope) -> Discussion:
    """Return how discussions go: threads of the scope, and the replies that they had by its end."""
    rows = session.execute(
        select(Fact.object, Fact.actor, Fact.at, Fact.answered_at).where(*scope.holds(*OPENINGS), Fact.at < scope.end)
    )
    gone, end = list_gone(session, scope), scope.end
    threads = [
        Opened(at, object_, actor, before(answered_at, end))
        for object_, actor, at, answered_at in rows
        if object_ not in gone
    ]
    waits = [(thread.replied_at - thread.at) / 1000 for thread in threads if thread.replied_at is not None]
    return Discussion(
        threads=threads,
        unanswered=sorted(each for each in threads if each.replied_at is None),
        first_reply_median=median(waits),
        first_reply_p90=quantile(waits, _NEARLY_ALL),
    )


def before(moment: int | None, end: int) -> int | None:
    """Return when something happened; None where it had not happened by the end."""
    return moment if moment is not None and moment < end else None


def list_gone(session: Session, scope: Scope) -> frozenset[str]:
    """Return what was deleted or removed by the end of the scope, and not let stand after that."""
    rows = session.execute(
        select(Fact.object, Fact.event, Fact.at).where(
            Fact.feed_id == scope.feed_id, Fact.event.in_(GONE + BACK), Fact.at < scope.end
        )
    ).all()
    back, away = last_of(rows, BACK), last_of(rows, GONE)
    return frozenset(object_ for object_, at in away.items() if at >= back.get(object_, 0))


def last_of(rows: Iterable[Row[str, str | None, int]], events: Collection[str]) -> Mapping[str, int]:
    """Return when some events happened last, by object: of few facts, so that no database sorts all of them for it."""
    found: dict[str, int] = {}
    for object_, event, at in rows:
        if event in events and at > found.get(object_, -1):
            found[object_] = at
    return found
