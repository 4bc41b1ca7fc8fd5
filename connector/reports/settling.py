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
_THREADS, _ANSWERS, _ACCEPTS = "threads", "answers", "accepts"
_TELLS = {
    **dict.fromkeys(OPENINGS, (_THREADS,)),
    REPLY: (_THREADS,),
    ASKED: (_ANSWERS, _ACCEPTS),
    ANSWERED: (_ANSWERS,),
    ACCEPTED: (_ACCEPTS,),
}
"""What may have changed where a fact of an event came or went."""
_OF_PARENT = frozenset({REPLY, ACCEPTED})

Touched = tuple[int, str | None, str, str | None]
"""Feed, event, object and parent of a fact."""


def settle(session: Session, touched: Iterable[Touched]) -> None:
    """Make again when things were answered that some facts tell of.

    Args:
        touched: The facts that came, changed or went.
    """
    things: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for feed_id, event, object_, parent in touched:
        iri = parent if event in _OF_PARENT else object_
        for what in _TELLS.get(event or "", ()):
            if iri is not None:
                things[feed_id, what].add(iri)
    for (feed_id, what), iris in sorted(things.items()):
        listed = sorted(iris)
        for start in range(0, len(listed), _CHUNK):
            _settle(session, feed_id, what, listed[start : start + _CHUNK])


def touched_by(session: Session, *which: ColumnElement[bool]) -> list[Touched]:
    """Return what `settle` wants to know of facts that are about to go."""
    rows = session.execute(
        select(Fact.feed_id, Fact.event, Fact.object, Fact.parent).where(*which, Fact.event.in_(sorted(_TELLS)))
    )
    return [(feed_id, event, object_, parent) for feed_id, event, object_, parent in rows]


def _settle(session: Session, feed_id: int, what: str, iris: list[str]) -> None:
    answer = aliased(Fact)
    first = select(answer.at).where(answer.feed_id == feed_id).order_by(answer.at).limit(1).correlate(Fact)
    by_another = first.where(answer.at >= Fact.at, answer.actor != Fact.actor)
    accepted = answer.feed_id == feed_id, answer.parent == Fact.object, answer.event == ACCEPTED
    events, column, value = {
        _THREADS: (OPENINGS, Fact.answered_at, by_another.where(answer.parent == Fact.object, answer.event == REPLY)),
        _ANSWERS: (
            (ASKED,),
            Fact.answered_at,
            by_another.where(answer.object == Fact.object, answer.event == ANSWERED),
        ),
        _ACCEPTS: ((ASKED,), Fact.accepted_at, select(func.min(answer.at)).where(*accepted).correlate(Fact)),
    }[what]
    found = value.scalar_subquery()
    session.execute(
        update(Fact)
        .where(Fact.feed_id == feed_id, Fact.object.in_(iris), Fact.event.in_(events))
        .where(column.is_distinct_from(found))  # most have not changed, and need not be written
        .values({column: found})
        .execution_options(synchronize_session=False)
    )
