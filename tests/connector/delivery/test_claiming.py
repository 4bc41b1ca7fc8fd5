import re
import uuid

import pytest
from sqlalchemy import event, text

from connector.delivery import lanes
from connector.delivery.models import Delivery, State
from tests.connector.delivery import build
from tests.connector.delivery.drive import NOW, claim, take


@pytest.mark.parametrize("state", [State.DONE, State.NEW])
def test_claiming_is_flat_in_the_backlog(session, count_queries, state):
    build.waiting(session, build.endpoint(session), count=10)
    few = _cost_of_claiming(session, count_queries)
    _copies(session, build.rows(session)[0], 3000, state)
    session.execute(text("ANALYZE"))
    many = _cost_of_claiming(session, count_queries)
    assert len(few) == len(many) == 3
    plan = _plan(session)
    assert re.search(r"ix_delivery_due.*endpoint_id.*AND.*state.*AND.*due_at", plan, re.DOTALL), plan
    assert not re.search(r"SCAN delivery|TEMP B-TREE|Sort", plan), plan


def _cost_of_claiming(session, count_queries):
    lane = take(session)
    with count_queries() as seen:
        claim(session, lane)
    lanes.leave(session, lane, now=NOW)
    return seen


def _copies(session, template, count, state):
    messages = [uuid.uuid4() for _ in range(count)]
    message = template.message
    session.execute(
        type(message).__table__.insert(),
        [
            {"id": id_, "kind": message.kind, "course_id": message.course_id, "body": b"{}", "created_at": NOW}
            for id_ in messages
        ],
    )
    session.execute(
        Delivery.__table__.insert(),
        [
            {"message_id": id_, "endpoint_id": template.endpoint_id, "state": state, "attempts": 0, "due_at": NOW}
            for id_ in messages
        ],
    )


def _plan(session):
    """Return how the engine finds what to claim, with real values."""
    plans = []

    def explain(_connection, cursor, statement, parameters, _context, _executemany):
        if "UPDATE delivery" in statement and statement.startswith("WITH due"):
            other = cursor.connection.cursor()
            prefix = "EXPLAIN" if session.bind.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            other.execute(f"{prefix} {statement}", parameters)
            plans.extend(str(row) for row in other.fetchall())

    lane = take(session)
    event.listen(session.bind, "before_cursor_execute", explain)
    claim(session, lane)
    event.remove(session.bind, "before_cursor_execute", explain)
    return "\n".join(plans)
