"""When threads and questions were first answered: kept beside them, so that no report has to look for it.

It follows from the facts alone, and is made again for whatever facts come, change or go, in the same transaction. So
it is the same whatever the order in which a store shows statements, and who is forgotten is gone from it at once.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from connector.reports.figures.discussion import OPENINGS, REPLY
from connector.reports.figures.questions import ACCEPTED, ANSWERED, ASKED
from connector.reports.models import Fact

SETTLED = frozenset({"answered_at", "accepted_at"})
"""The columns that are kept here, and come from no statement of their own."""
_CHUNK = 400
_BY_OBJECT, _BY_PARENT = frozenset({*OPENINGS, ASKED, ANSWERED}), frozenset({REPLY, ACCEPTED})


def settle(session: Session, touched: Iterable[tuple[int, str | None, str, str | None]]) -> None:
    """Make again when things were answered that some facts tell of.

    Args:
        touched: Feed, event, object and parent of each fact that came, changed or went.
    """
    things: defaultdict[int, set[str]] = defaultdict(set)
    for feed_id, event, object_, parent in touched:
        if event in _BY_OBJECT:
            things[feed_id].add(object_)
        elif event in _BY_PARENT and parent is not None:
            things[feed_id].add(parent)
    for feed_id, iris in things.items():
        listed = sorted(iris)
        for start in range(0, len(listed), _CHUNK):
            _settle(session, feed_id, listed[start : start + _CHUNK])


def touched_by(session: Session, *which: ColumnElement[bool]) -> list[tuple[int, str | None, str, str | None]]:
    """Return what `settle` wants to know of facts that are about to go."""
    told = Fact.event.in_(sorted(_BY_OBJECT | _BY_PARENT))
    rows = session.execute(select(Fact.feed_id, Fact.event, Fact.object, Fact.parent).where(*which, told))
    return [(row.feed_id, row.event, row.object, row.parent) for row in rows]


def _settle(session: Session, feed_id: int, iris: list[str]) -> None:
    answer = aliased(Fact)
    first = select(answer.at).where(answer.feed_id == feed_id).order_by(answer.at).limit(1).correlate(Fact)
    by_another = first.where(answer.at >= Fact.at, answer.actor != Fact.actor)
    replied = by_another.where(answer.parent == Fact.object, answer.event == REPLY)
    answered = by_another.where(answer.object == Fact.object, answer.event == ANSWERED)
    accepted = (
        select(func.min(answer.at))
        .where(answer.feed_id == feed_id, answer.parent == Fact.object, answer.event == ACCEPTED)
        .correlate(Fact)
    )
    for events, column, value in (
        (OPENINGS, Fact.answered_at, replied),
        ((ASKED,), Fact.answered_at, answered),
        ((ASKED,), Fact.accepted_at, accepted),
    ):
        found = value.scalar_subquery()
        session.execute(
            update(Fact)
            .where(Fact.feed_id == feed_id, Fact.object.in_(iris), Fact.event.in_(events))
            .where(column.is_distinct_from(found))  # most have not changed, and need not be written
            .values({column: found})
            .execution_options(synchronize_session=False)
        )
