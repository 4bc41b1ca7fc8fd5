"""What recording a statement costs, against plain INSERTs of the same rows in the same transaction.

Each transaction also stores an act of its own, as a request does. `plain` knows endpoint and bytes beforehand; `record`
finds the endpoints, checks the statement and renders it.
"""

import time
import uuid

from connector.db import Database
from connector.delivery import services
from connector.delivery.models import Delivery, Kind, Message, State
from tests import make
from tests.bench import databases
from tests.connector.delivery import build
from xapi.statement import to_bytes

EVENTS, ROUNDS = 300, 7


def main() -> None:
    """Print the cost of an event in microseconds, the best of some rounds that take turns."""
    print(f"{'engine':12}{'act alone':>12}{'+ plain':>12}{'+ record':>12}{'record - plain':>16}{'record / plain':>16}")
    with databases.each() as each:
        for name, database in each.items():
            alone, plain, record = _measure(database)
            print(f"{name:12}{alone:>9.0f} us{plain:>9.0f} us{record:>9.0f} us", end="")
            print(f"{record - plain:>13.0f} us{record / plain:>15.2f}x")
    statements = [build.statement(number=number) for number in range(EVENTS)]
    begin = time.perf_counter()
    for statement in statements:
        to_bytes(statement)
    print(f"of which checking and rendering: {(time.perf_counter() - begin) / EVENTS * 1e6:.0f} us")


def _measure(database: Database) -> list[float]:
    with database.session(writes=True) as session:
        member = make.member(session)
        endpoint = build.endpoint(session, member.course.deployment.platform.tenant)
        session.commit()

    def nothing(session, statement, body):
        pass

    def plain(session, statement, body):
        now = make.NOW
        message = {"id": statement.id, "kind": Kind.STATEMENT, "course_id": member.course_id, "body": body}
        session.execute(Message.__table__.insert(), {**message, "created_at": now})
        delivery = {"message_id": statement.id, "endpoint_id": endpoint.id, "state": State.NEW, "attempts": 0}
        session.execute(Delivery.__table__.insert(), [{**delivery, "due_at": now}])

    def record(session, statement, body):
        services.record(session, statement, by=member, now=make.NOW)

    ways = (nothing, plain, record)
    times = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way in ways:
            times[way].append(_run(database, way))
    return [min(times[way]) for way in ways]


def _run(database: Database, way) -> float:
    """Return the microseconds of one transaction."""
    pairs = []
    for number in range(EVENTS):
        statement = build.statement(id_=uuid.uuid4(), number=number)
        pairs.append((statement, to_bytes(statement)))
    begin = time.perf_counter()
    for statement, body in pairs:
        with database.session(writes=True) as session:
            make.tenant(session)  # the act
            way(session, statement, body)
            session.commit()
    return (time.perf_counter() - begin) / EVENTS * 1e6


if __name__ == "__main__":
    main()
