"""How fast the worker empties the outbox, against what the store can take and against one tincan call a statement.

The store is the embedded one, as a process of its own. Its ceiling: ready-made batches of 100 over one connection that
stays open, and nothing else to do.
"""

import contextlib
import statistics
import tempfile
import threading
import time
import uuid
from pathlib import Path

import requests
import structlog
import tincan
from sqlalchemy import func, select

from connector.db import Database
from connector.delivery import lanes, worker
from connector.delivery.models import Delivery, Endpoint, Kind, Message, State
from tests import make
from tests.bench import databases
from tests.connector.delivery import build, stores
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient
from xapi.statement import to_bytes

COUNT, SINGLE, ROUNDS = 4000, 300, 5
BACKLOGS = (1_000, 100_000)


def main() -> None:
    """Print rates in statements a second, the best of some rounds that take turns: whatever else runs only slows."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with contextlib.ExitStack() as stack:
        each = stack.enter_context(databases.each())
        url = stack.enter_context(stores.process(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        rates = {"ceiling": [], "tincan": [], **{name: [] for name in each}}
        for _ in range(ROUNDS):
            rates["ceiling"].append(_ceiling(url))
            for name, database in each.items():
                rates[name].append(_drain(database, url))
            rates["tincan"].append(_tincan(url))
        best = {name: max(values) for name, values in rates.items()}
        print(f"{'':24}{'statements/s':>14}{'of the ceiling':>18}{'times tincan':>16}")
        for name, rate in best.items():
            label = f"worker, {name}" if name in each else name
            print(f"{label:24}{rate:>14.0f}{rate / best['ceiling']:>17.0%}{rate / best['tincan']:>15.1f}x")
        for name, database in each.items():
            few, many = (_claim(database, backlog) for backlog in BACKLOGS)
            print(f"claiming 100 of {BACKLOGS[0]} and of {BACKLOGS[1]}, {name}: ", end="")
            print(f"{few:.1f} ms and {many:.1f} ms, {many / few:.2f}x")


def _bodies(count: int) -> list[tuple[uuid.UUID, bytes]]:
    ids = [uuid.uuid4() for _ in range(count)]
    return [(id_, to_bytes(build.statement(id_=id_, number=number))) for number, id_ in enumerate(ids)]


def _ceiling(url: str) -> float:
    bodies = [body for _, body in _bodies(COUNT)]
    with requests.Session() as http:
        client = LRSClient(Address(url, build.USERNAME, build.PASSWORD), http)
        begin = time.perf_counter()
        for start in range(0, COUNT, 100):
            client.send(bodies[start : start + 100])
        return COUNT / (time.perf_counter() - begin)


def _tincan(url: str) -> float:
    """Return the rate of the obvious way: every statement at once when it happens."""
    # tincan itself encodes ASCII passwords only.
    auth = requests.auth._basic_auth_str(build.USERNAME.encode(), build.PASSWORD.encode())
    remote = tincan.RemoteLRS(endpoint=f"{url}/", auth=auth, version="1.0.3")
    statements = [build.statement(number=number) for number in range(SINGLE)]
    begin = time.perf_counter()
    for statement in statements:
        answer = remote.save_statement(statement)
        if not answer.success:
            raise RuntimeError(answer.data)
    return SINGLE / (time.perf_counter() - begin)


def _drain(database: Database, url: str) -> float:
    """Return the rate from the start of a worker until nothing waits."""
    endpoint_id = _fill(database, url, COUNT)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(database, build.SETTINGS), kwargs={"stop": stop})
    begin = time.perf_counter()
    thread.start()
    while _waiting(database, endpoint_id):
        time.sleep(0.02)
    rate = COUNT / (time.perf_counter() - begin)
    stop.set()
    thread.join()
    return rate


def _waiting(database: Database, endpoint_id: uuid.UUID) -> bool:
    open_ = [State.NEW, State.LEASED]
    with database.session(writes=False) as session:
        waiting = select(Delivery.id).where(Delivery.endpoint_id == endpoint_id, Delivery.state.in_(open_))
        return session.scalar(waiting.limit(1)) is not None


def _fill(database: Database, url: str, count: int) -> uuid.UUID:
    pairs = _bodies(count) if count <= COUNT else [(uuid.uuid4(), b"{}") for _ in range(count)]
    with database.session(writes=True) as session:
        course = make.course(session)
        endpoint = build.endpoint(session, course.deployment.platform.tenant, url=url)
        message = {"kind": Kind.STATEMENT, "course_id": course.id, "created_at": make.NOW}
        session.execute(Message.__table__.insert(), [{**message, "id": id_, "body": body} for id_, body in pairs])
        delivery = {"endpoint_id": endpoint.id, "state": State.NEW, "attempts": 0, "due_at": make.NOW}
        session.execute(Delivery.__table__.insert(), [{**delivery, "message_id": id_} for id_, _ in pairs])
        session.commit()
        return endpoint.id


def _claim(database: Database, backlog: int) -> float:
    """Return the milliseconds that claiming a batch takes with so much waiting; the median of some."""
    endpoint_id = _fill(database, "http://127.0.0.1:9", backlog)
    times = []
    for _ in range(9):
        with database.session(writes=True) as session:
            lane = lanes.take(session, now=make.NOW, lease=worker.LEASE)
            begin = time.perf_counter()
            lanes.claim(session, lane, now=make.NOW)
            times.append((time.perf_counter() - begin) * 1000)
            session.rollback()
    with database.session(writes=True) as session:
        waiting = session.scalar(select(func.count()).where(Delivery.endpoint_id == endpoint_id))
        session.get_one(Endpoint, endpoint_id).is_active = False
        session.commit()
    if waiting != backlog:
        raise RuntimeError("the backlog is not what it should be")
    return statistics.median(times)


if __name__ == "__main__":
    main()
