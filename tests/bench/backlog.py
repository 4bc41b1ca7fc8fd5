"""What a backlog costs: the worker's memory, its rate, and the time to claim a batch and to count, as the backlog grows.

The rows are made inside the database. A worker runs as a process of its own until it has sent a fixed number of them.
"""

import contextlib
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import select, text

from connector.db import Database, utc_now
from connector.delivery import lanes, worker
from connector.delivery.models import Delivery, Endpoint, Message
from connector.delivery.watching import standings
from tests import make
from tests.bench import databases, workers
from tests.connector.delivery import build, stores

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SENT = 5_000
_COUNT = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)",
    "postgresql": "WITH n(i) AS (SELECT * FROM generate_series(1, :count))",
}
_ID = {
    "sqlite": "SELECT substr(h, 1, 12) || '4' || substr(h, 14, 3) || 'a' || substr(h, 18) AS id"
    " FROM (SELECT lower(hex(randomblob(16))) AS h FROM n LIMIT -1 OFFSET 0)",
    "postgresql": "SELECT gen_random_uuid() AS id FROM n OFFSET 0",
}
_BODY = {
    "sqlite": "CAST(replace(CAST(t.body AS TEXT), :marker, substr(x.id, 1, 8) || '-' || substr(x.id, 9, 4) || '-' ||"
    " substr(x.id, 13, 4) || '-' || substr(x.id, 17, 4) || '-' || substr(x.id, 21)) AS BLOB)",
    "postgresql": "convert_to(replace(convert_from(t.body, 'UTF8'), :marker, x.id::text), 'UTF8')",
}


def main() -> None:
    """Print a line for each engine and size; what comes last is against the smallest backlog of the engine."""
    heads = ("engine", "waiting", "statements/s", "peak MB", "claim ms", "status ms", "cost of one")
    print("".join(f"{head:>14}" for head in heads))
    for name in ("sqlite", "postgresql"):
        first = None
        for size in SIZES:
            with databases.each() as each, _store() as url:
                if name not in each:
                    break
                _fill(each[name], url, size)
                claim, status = _claim(each[name]), _status(each[name])
                rate, megabytes = _drain(each[name], min(SENT, size))
            first = first or rate
            figures = (f"{rate:.0f}", f"{megabytes:.0f}", f"{claim:.1f}", f"{status:.1f}", f"{first / rate:.2f}x")
            print(f"{name:>14}{size:>14}" + "".join(f"{figure:>14}" for figure in figures), flush=True)


@contextlib.contextmanager
def _store():
    with tempfile.TemporaryDirectory() as folder, stores.process(Path(folder)) as url:
        yield url


def _fill(database: Database, url: str, size: int) -> None:
    """Let `size` statements wait for one endpoint."""
    with database.session(writes=True) as session:
        endpoint = build.endpoint(session, url=url)
        [template] = build.waiting(session, endpoint, at=make.NOW)
        session.commit()
        engine = database.engine.dialect.name
        own = [column.name for column in Message.__table__.columns if column.name not in {"id", "body"}]
        shared = ", ".join(own)
        copied = ", ".join(f"t.{name}" for name in own)
        rows = f"SELECT x.id, {_BODY[engine]}, {copied} FROM message t, ({_ID[engine]}) x"  # noqa: S608 -- our own names
        session.execute(
            text(f"INSERT INTO message (id, body, {shared}) {_COUNT[engine]} {rows}"),
            {"count": size - 1, "marker": str(template)},
        )
        named = {"id", "message_id", "rendering"}
        rest = [column.name for column in Delivery.__table__.columns if column.name not in named]
        copied = ", ".join(f"t.{name}" for name in rest)
        rows = f"SELECT m.id, m.rendering, {copied} FROM delivery t, message m WHERE m.id <> t.message_id"  # noqa: S608 -- as above
        session.execute(text(f"INSERT INTO delivery (message_id, rendering, {', '.join(rest)}) {rows}"))
        session.commit()
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _claim(database: Database) -> float:
    """Return the milliseconds that a look for work, taking the lane and claiming a batch take; the median of some."""
    times = []
    for _ in range(9):
        with database.session(writes=True) as session:
            begin = time.perf_counter()
            lanes.is_due(session, now=utc_now())
            lane = lanes.take(session, now=utc_now(), lease=worker.LEASE)
            lanes.claim(session, lane, now=utc_now())
            times.append((time.perf_counter() - begin) * 1000)
            session.rollback()
    return statistics.median(times)


def _status(database: Database) -> float:
    """Return the milliseconds that `kring outbox status` and a scrape of /metrics ask the database for."""
    times = []
    for _ in range(5):
        with database.session(writes=False) as session:
            begin = time.perf_counter()
            standings(session, now=utc_now())
            times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def _drain(database: Database, count: int) -> tuple[float, float]:
    """Return the rate of a worker from its first batch on, and the most memory that it took, in megabytes."""
    with database.session(writes=False) as session:
        endpoint_id = session.scalars(select(Endpoint.id)).one()
    with workers.started(database) as process:
        rate = workers.rate(database, process, endpoint_id, count)
        status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
    return rate, int(peak) / 1024


if __name__ == "__main__":
    main()
