"""What we did against what a store holds, for one course: by kind of event, statement by statement."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session, aliased

from connector.courses.models import Course
from connector.delivery.models import Delivery, Endpoint, Kind, Message, Reconciliation, State
from connector.delivery.reconcile import last_reconciliation
from connector.reports.models import Fact

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was done in a course, and what became of it."""

    told: int
    """Statements that were made for the store."""
    waiting: int
    """Not sent yet."""
    refused: int
    """Never accepted by the store."""
    accepted: int
    taken_back: int
    """Accepted, and voided since."""
    held: int
    """Of the accepted ones: what the store has shown us again."""
    absent: int
    """Accepted before the store was last read, and not seen there."""
    unread: int
    """Accepted since then."""
    foreign: int
    """What the store holds of the course that was never sent from here: other tools' statements, and older ones."""
    examples: Sequence[uuid.UUID]
    """The first of those that were not seen."""
    events: Sequence[tuple[str, int]]
    """How many statements the store holds of each event."""
    reconciliation: Reconciliation | None
    """The last comparison of the whole store."""


def compare(
    session: Session, course: Course, feed_id: int, endpoint: Endpoint | None, *, read_at: datetime | None
) -> Comparison | None:
    """Return how a course's statements fare; None where they go nowhere.

    What is private, and what tells of nobody's act, is sent and never shown in reports; it counts as held where it was
    accepted, since facts do not have it.

    Args:
        read_at: When the store was last read to its end; None where it never was.
    """
    if endpoint is None:
        return None
    mine = (
        select(Delivery.state, func.count().label("number"))
        .join(Message, (Message.id == Delivery.message_id) & (Message.rendering == Delivery.rendering))
        .where(Delivery.endpoint_id == endpoint.id, Message.course_id == course.id, Message.kind == Kind.STATEMENT)
    )
    states = Counter({row.state: row.number for row in session.execute(mine.group_by(Delivery.state))})
    voiding = aliased(Message)
    is_void = select(voiding.id).where(voiding.voids_id == Message.id, voiding.voids_id.is_not(None)).exists()
    done = mine.where(Delivery.state == State.DONE)
    taken_back = session.execute(done.where(is_void).group_by(Delivery.state)).first()
    is_fact = select(Fact.id).where(Fact.feed_id == feed_id, Fact.id == Message.id).exists()
    absent_query = (
        select(Message.id)
        .join(Delivery, (Message.id == Delivery.message_id) & (Message.rendering == Delivery.rendering))
        .where(Delivery.endpoint_id == endpoint.id, Delivery.state == State.DONE)
        .where(Message.course_id == course.id, Message.kind == Kind.STATEMENT, ~is_fact, ~is_void)
    )
    unseen = session.scalar(select(func.count()).select_from(absent_query.subquery())) or 0
    is_due = Delivery.done_at < read_at if read_at is not None else false()
    absent_query = absent_query.where(is_due)
    absent = session.scalar(select(func.count()).select_from(absent_query.subquery())) or 0
    is_ours = select(Message.id).where(Message.id == Fact.id).exists()
    counted = select(func.count()).select_from(Fact).where(Fact.feed_id == feed_id)
    told = func.coalesce(Fact.event, Fact.verb)
    events = session.execute(
        select(told.label("told"), func.count().label("number")).where(Fact.feed_id == feed_id).group_by(told)
    ).all()
    void_count = taken_back.number if taken_back else 0
    return Comparison(
        told=sum(states.values()),
        waiting=states[State.NEW] + states[State.LEASED],
        refused=states[State.DEAD],
        accepted=states[State.DONE],
        taken_back=void_count,
        held=states[State.DONE] - void_count - unseen,
        absent=absent,
        unread=unseen - absent,
        foreign=session.scalar(counted.where(~is_ours)) or 0,
        examples=session.scalars(absent_query.order_by(Message.created_at.desc()).limit(EXAMPLES)).all(),
        events=sorted(((row.told, row.number) for row in events), key=lambda pair: (-pair[1], pair[0])),
        reconciliation=last_reconciliation(session, endpoint),
    )
