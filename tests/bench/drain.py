"""How fast the worker empties the outbox, against what the store can take and against one tincan call a statement.

The store is the embedded one and the worker `kring worker`, each a process of its own. The store's ceiling: ready-made
batches of the same size over one connection that stays open, and nothing else to do.
"""

import contextlib
import tempfile
import time
import uuid
from pathlib import Path

import requests
import tincan

from connector.db import Database
from connector.delivery.models import Delivery, Kind, Message, State
from tests import make
from tests.bench import databases, workers
from tests.connector.delivery import build, stores
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient
from xapi.statement import to_bytes

BATCHES = {1: 300, 10: 1500, 50: 4000, 100: 4000}
"""How many statements are sent at each size of a batch."""
SINGLE, ROUNDS = 300, 4


def main() -> None:
    """Print rates in statements a second, the best of some rounds that take turns: whatever else runs only slows."""
    with contextlib.ExitStack() as stack:
        each = stack.enter_context(databases.each())
        url = stack.enter_context(stores.process(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        naive = max(_tincan(url) for _ in range(ROUNDS))
        print(f"one tincan call a statement: {naive:.0f} statements/s")
        print(f"{'batch':>8}{'':4}{'':22}{'statements/s':>14}{'of the ceiling':>18}{'times tincan':>16}")
        for batch, count in BATCHES.items():
            rates: dict[str, list[float]] = {"ceiling": [], **{f"worker, {name}": [] for name in each}}
            for _ in range(ROUNDS):
                rates["ceiling"].append(_ceiling(url, batch, count))
                for name, database in each.items():
                    rates[f"worker, {name}"].append(_drain(database, url, batch, count))
            best = {name: max(values) for name, values in rates.items()}
            for name, rate in best.items():
                print(f"{batch:>8}    {name:22}{rate:>14.0f}{rate / best['ceiling']:>17.0%}{rate / naive:>15.1f}x")


def _bodies(count: int) -> list[tuple[uuid.UUID, bytes]]:
    ids = [uuid.uuid4() for _ in range(count)]
    return [(id_, to_bytes(build.statement(id_=id_, number=number))) for number, id_ in enumerate(ids)]


def _ceiling(url: str, batch: int, count: int) -> float:
    bodies = [body for _, body in _bodies(count)]
    with requests.Session() as http:
        client = LRSClient(Address(url, build.USERNAME, build.PASSWORD), http)
        begin = time.perf_counter()
        for start in range(0, count, batch):
            client.send(bodies[start : start + batch])
        return count / (time.perf_counter() - begin)


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


def _drain(database: Database, url: str, batch: int, count: int) -> float:
    """Return the rate of a worker from its first batch on until nothing waits."""
    endpoint_id = _fill(database, url, count, batch)
    with workers.started(database, batch=batch) as process:
        return workers.rate(database, process, endpoint_id, count)


def _fill(database: Database, url: str, count: int, batch: int) -> uuid.UUID:
    pairs = _bodies(count)
    with database.session(writes=True) as session:
        course = make.course(session)
        endpoint = build.endpoint(session, course.deployment.platform.tenant, url=url, batch_limit=batch)
        message = {"kind": Kind.STATEMENT, "course_id": course.id, "created_at": make.NOW}
        session.execute(Message.__table__.insert(), [{**message, "id": id_, "body": body} for id_, body in pairs])
        delivery = {"endpoint_id": endpoint.id, "state": State.NEW, "attempts": 0, "due_at": make.NOW}
        session.execute(Delivery.__table__.insert(), [{**delivery, "message_id": id_} for id_, _ in pairs])
        session.commit()
        return endpoint.id


if __name__ == "__main__":
    main()
