"""What telling of an act costs a request, against plain INSERTs of the same rows in the same transaction.

Each transaction also stores an act of its own, as a request does. `plain` knows endpoint and bytes beforehand; `record`
finds the endpoints, checks the statement and renders it. The statement is a reply's, with all that a reply's has.
"""

import time
from collections.abc import Callable
from typing import Any

import tincan
from sqlalchemy import insert
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Course, Membership
from connector.db import Database
from connector.delivery import services
from connector.delivery.models import Delivery, Endpoint, Kind, Message, State
from connector.platforms.models import Deployment, Platform
from tests import make
from tests.bench import databases
from tests.connector.delivery import build
from tests.connector.delivery.acts import act
from xapi.schema import validate
from xapi.statement import to_bytes

EVENTS, ROUNDS = 300, 7
Way = Callable[[Session, tincan.Statement, bytes], None]


def main() -> None:
    """Print the cost of an event in microseconds, the best of some rounds that take turns."""
    print(f"{'engine':12}{'act alone':>12}{'+ plain':>12}{'+ record':>12}{'record - plain':>16}{'record / plain':>16}")
    with databases.each() as each:
        for name, database in each.items():
            alone, plain, record = _measure(database)
            print(f"{name:12}{alone:>9.0f} us{plain:>9.0f} us{record:>9.0f} us", end="")
            print(f"{record - plain:>13.0f} us{record / plain:>15.2f}x")
        by, other, place = _people(each["sqlite"])
    statement = act(by, place, target=other)
    told = statement.as_version()
    print(f"of which checking and rendering: {_time(lambda: to_bytes(statement)):.0f} us,", end=" ")
    print(f"checking {_time(lambda: validate(told)):.0f} us")
    print(f"before, the feature builds the statement: {_time(lambda: act(by, place, target=other)):.0f} us")


def _time(work: Callable[[], Any]) -> float:
    """Return the microseconds that something takes, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(EVENTS):
            work()
        best = min(best, time.perf_counter() - begin)
    return best / EVENTS * 1e6


def _people(database: Database) -> tuple[Membership, Membership, Activity]:
    """Return two members and an activity of one course with one endpoint, with everything loaded that statements need."""
    with database.session(writes=True) as session:
        one = make.member(session)
        build.endpoint(session, one.course.deployment.platform.tenant)
        ids = [one.id, make.member(session, course=one.course).id, make.activity(session, course=one.course).id]
        session.commit()
    with database.session(writes=False) as session:
        path = joinedload(Membership.course).joinedload(Course.deployment).joinedload(Deployment.platform)
        loaded = [path.joinedload(Platform.tenant), joinedload(Membership.person)]
        by, other = (session.get_one(Membership, id_, options=loaded) for id_ in ids[:2])
        return by, other, session.get_one(Activity, ids[2], options=[joinedload(Activity.course)])


def _measure(database: Database) -> list[float]:
    by, other, place = _people(database)
    with database.session(writes=False) as session:
        tenant_id = by.course.deployment.platform.tenant_id
        endpoint_id = session.query(Endpoint.id).filter_by(tenant_id=tenant_id).scalar()

    def nothing(session: Session, statement: tincan.Statement, body: bytes) -> None:
        pass

    def plain(session: Session, statement: tincan.Statement, body: bytes) -> None:
        session.flush()
        connection, now = session.connection(), make.NOW
        message = {"id": statement.id, "kind": Kind.STATEMENT, "course_id": by.course_id, "body": body}
        connection.execute(insert(Message.__table__), {**message, "created_at": now})
        delivery = {"message_id": statement.id, "endpoint_id": endpoint_id, "state": State.NEW, "attempts": 0}
        connection.execute(insert(Delivery.__table__), [{**delivery, "due_at": now}])

    def record(session: Session, statement: tincan.Statement, body: bytes) -> None:
        services.record(session, statement, by=by, now=make.NOW)

    ways: tuple[Way, ...] = (nothing, plain, record)
    times: dict[Way, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way in ways:
            statements = [act(by, place, target=other) for _ in range(EVENTS)]
            times[way].append(_run(database, way, [(one, to_bytes(one)) for one in statements]))
    return [min(times[way]) for way in ways]


def _run(database: Database, way: Way, pairs: list[tuple[tincan.Statement, bytes]]) -> float:
    """Return the microseconds of one transaction."""
    begin = time.perf_counter()
    for statement, body in pairs:
        with database.session(writes=True) as session:
            make.tenant(session)  # the act
            way(session, statement, body)
            session.commit()
    return (time.perf_counter() - begin) / len(pairs) * 1e6


if __name__ == "__main__":
    main()
