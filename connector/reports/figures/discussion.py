"""How discussions go: threads that nobody answered, and how long people wait for a first reply."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from connector.reports.models import Fact
from connector.reports.scope import Scope
from connector.reports.statistics import median, quantile

OPENINGS = ("thread.created", "resource.shared")
REPLY = "post.replied"
GONE, BACK = ("post.deleted", "post.removed"), ("post.approved",)
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Opened:
    """A thread."""

    object: str
    actor: str
    at: int
    replied_at: int | None
    """When somebody other than who opened it replied first."""

    @property
    def waited(self) -> float | None:
        """Seconds until the first reply."""
        return None if self.replied_at is None else (self.replied_at - self.at) / 1000


@dataclass(frozen=True, slots=True)
class Discussion:
    """How discussions go."""

    threads: Sequence[Opened]
    """What was opened and is still there, the oldest first."""
    replies: int
    first_reply_median: float | None
    """Seconds."""
    first_reply_p90: float | None
    """Seconds within which nine of ten threads that have a reply got the first."""

    @property
    def unanswered(self) -> Sequence[Opened]:
        """Threads without a reply by anybody else."""
        return [thread for thread in self.threads if thread.replied_at is None]


def measure(session: Session, scope: Scope) -> Discussion:
    """Return how discussions go: threads of the scope, and the replies that they had by its end."""
    opening, reply = aliased(Fact), aliased(Fact)
    # Each thread's first reply by another: found at the head of the index, however many follow.
    first = (
        select(reply.at)
        .where(
            reply.feed_id == scope.feed_id,
            reply.parent == opening.object,
            reply.event == REPLY,
            reply.at >= opening.at,
            reply.at < scope.end,
            reply.actor != opening.actor,
        )
        .order_by(reply.at)
        .limit(1)
        .correlate(opening)
        .scalar_subquery()
    )
    rows = session.execute(
        select(opening.object, opening.actor, opening.at, first.label("replied_at"))
        .where(*scope.holds(*OPENINGS, of=opening), opening.at < scope.end)
        .order_by(opening.at, opening.object)
    )
    gone = list_gone(session, scope)
    threads = [Opened(row.object, row.actor, row.at, row.replied_at) for row in rows if row.object not in gone]
    waits = [thread.waited for thread in threads if thread.waited is not None]
    return Discussion(
        threads=threads,
        replies=session.scalar(select(func.count()).where(*scope.holds(REPLY), Fact.at < scope.end)) or 0,
        first_reply_median=median(waits),
        first_reply_p90=quantile(waits, _NEARLY_ALL),
    )


def list_gone(session: Session, scope: Scope) -> frozenset[str]:
    """Return what was deleted or removed by the end of the scope, and not let stand after that."""
    rows = session.execute(
        select(Fact.object, Fact.event, func.max(Fact.at).label("at"))
        .where(Fact.feed_id == scope.feed_id, or_(Fact.event.in_(GONE), Fact.event.in_(BACK)), Fact.at < scope.end)
        .group_by(Fact.object, Fact.event)
    ).all()
    back = {row.object: row.at for row in rows if row.event in BACK}
    return frozenset(row.object for row in rows if row.event in GONE and row.at >= back.get(row.object, 0))
