"""How long an act takes from its commit to the store, while so many happen each second.

The store and the worker are processes of their own; the store's own `stored` says when it had the statement.
"""

import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

import requests

from connector.courses.models import Membership
from connector.db import Database, utc_now
from connector.delivery import services
from tests import make
from tests.bench import databases, workers
from tests.connector.delivery import build, stores
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient

RATES = (50, 500)
SECONDS = 10
_START_SECONDS = 3
_COMMITS = 100
"""How many commits there are in a second at the most: above, an act is several statements."""


def main() -> None:
    """Print the median and the 95th percentile in milliseconds, and the acts a second that really came about."""
    print(f"{'engine':12}{'asked/s':>10}{'done/s':>10}{'p50 ms':>10}{'p95 ms':>10}{'worst ms':>10}")
    for name in ("sqlite", "postgresql"):
        for rate in RATES:
            with databases.each() as each, tempfile.TemporaryDirectory() as folder:
                if name not in each:
                    break
                with stores.process(Path(folder)) as url:
                    done, delays = _measure(each[name], url, rate)
            middle, high = statistics.median(delays), statistics.quantiles(delays, n=20)[-1]
            print(f"{name:12}{rate:>10}{done:>10.0f}{middle:>10.0f}{high:>10.0f}{max(delays):>10.0f}", flush=True)


def _measure(database: Database, url: str, rate: int) -> tuple[float, list[float]]:
    with database.session(writes=True) as session:
        member = make.member(session)
        build.endpoint(session, member.course.deployment.platform.tenant, url=url)
        session.commit()
    with workers.started(database):
        time.sleep(_START_SECONDS)
        committed, seconds = _act(database, member.id, rate)
        stored: dict[str, datetime] = {}
        deadline = time.monotonic() + 60
        while len(stored) < len(committed) and time.monotonic() < deadline:
            time.sleep(0.2)
            stored = _stored(url)
    delays = [(stored[id_] - at).total_seconds() * 1000 for id_, at in committed.items()]
    return len(committed) / seconds, delays


def _act(database: Database, member_id: object, rate: int) -> tuple[dict[str, datetime], float]:
    """Record statements at a rate; return when each was committed, and how many seconds it took."""
    committed: dict[str, datetime] = {}
    together = max(1, rate // _COMMITS)
    begin = time.perf_counter()
    for first in range(0, rate * SECONDS, together):
        time.sleep(max(0.0, begin + first / rate - time.perf_counter()))
        with database.session(writes=True) as session:
            member = session.get_one(Membership, member_id)
            made = [build.statement(at=utc_now(), number=first + number) for number in range(together)]
            for statement in made:
                services.record(session, statement, by=member, now=utc_now())
            session.commit()
        committed |= dict.fromkeys((str(statement.id) for statement in made), utc_now())
    return committed, time.perf_counter() - begin


def _stored(url: str) -> dict[str, datetime]:
    with requests.Session() as http:
        client = LRSClient(Address(url, build.USERNAME, build.PASSWORD), http)
        return {one["id"]: datetime.fromisoformat(one["stored"]) for one in client.statements(limit=1000)}


if __name__ == "__main__":
    main()
