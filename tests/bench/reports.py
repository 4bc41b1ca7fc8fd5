"""Reports over many facts: how fast a store is read, and what each report costs as its course grows.

`KRING_BENCH_FACTS=1000000` adds the largest size, which takes some minutes; `KRING_BENCH_ENGINE=sqlite` (or `postgresql`)
then measures the reports on that database only, and leaves the store alone.
"""

import itertools
import os
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import requests
from sqlalchemy import insert, text

from connector.courses.models import Course
from connector.db import Database, utc_now
from connector.reports.behind import list_behind
from connector.reports.definitions import DEFINITIONS, REPORTS
from connector.reports.measuring import measure
from connector.reports.models import Fact, Feed
from connector.reports.pulling import PAGE, pull
from connector.reports.rosters import read_roster
from connector.reports.scope import Scope
from connector.reports.settling import settle
from tests import make
from tests.bench import databases, lively_course
from tests.bench.lively_course import BEGIN
from tests.connector.delivery import build, stores
from tests.connector.reports.scene import Scene
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient

MOST = int(os.environ.get("KRING_BENCH_FACTS", "100000"))
ENGINE = os.environ.get("KRING_BENCH_ENGINE")
SIZES = [size for size in (10_000, 100_000, 1_000_000) if size <= MOST]
PEOPLE = 300
READ = 20_000 if MOST < 1_000_000 else 200_000


def main() -> None:
    """Print the rate of reading, then milliseconds for each report and the growth per fact."""
    if ENGINE is None:
        _read()
    _measure()


def _read() -> None:
    """Compare the puller with whoever only follows the pages of the same store."""
    with databases.each() as each, tempfile.TemporaryDirectory() as folder, stores.process(Path(folder)) as url:
        store = type("Store", (), {"url": url})()
        for name, database in each.items():
            scene = Scene(database, store)
            if name == "sqlite":
                told = [scene.statement("post.replied", scene.learners[n % 6], BEGIN + timedelta(seconds=n), word_count=n % 99, depth=1, target=scene.learners[(n + 1) % 6]) for n in range(READ)]  # fmt: skip
                scene.tell(*told)
                with requests.Session() as http:
                    begin = time.perf_counter()
                    client = LRSClient(Address(url, build.USERNAME, build.PASSWORD), http)
                    count = sum(1 for _ in client.statements(limit=PAGE, ascending=True, max_pages=10_000))
                    ceiling = count / (time.perf_counter() - begin)
                print(f"{'the pages alone':>16} {ceiling:>9.0f} statements/s")
            begin = time.perf_counter()
            progress = pull(database, build.SETTINGS, scene.endpoint.id, max_pages=100_000)
            rate = progress.seen / (time.perf_counter() - begin)
            kept = "" if progress.kept else " (another installation's: looked at, none kept)"
            print(f"{'into ' + name:>16} {rate:>9.0f} statements/s, {rate / ceiling:.2f} of that{kept}")


def _measure() -> None:
    heads = ("engine", "facts", *REPORTS, "all of them", "last week", "statements")
    print("".join(f"{head:>14}" for head in heads) + "   milliseconds, and growth where ten times as many")
    for name in ("sqlite", "postgresql") if ENGINE is None else (ENGINE,):
        before: dict[str, float] = {}
        for size in SIZES:
            with databases.each() as each:
                if name not in each:
                    break
                costs = _costs(each[name], size)
            cells = "".join(
                f"{cost:>8.0f}{f' {cost / before[key]:>4.1f}x' if key in before else '':>6}"
                for key, cost in costs.items()
            )
            print(f"{name:>14}{size:>14}{cells}", flush=True)
            before = costs


def fill(database: Database, size: int) -> tuple[Course, int]:
    """Store a course of so many facts; return it, and its feed."""
    with database.session(writes=True) as session:
        course = make.course(session)
        place = make.activity(session, course=course)
        people = [make.member(session, course=course) for _ in range(PEOPLE)]
        endpoint = build.endpoint(session, course.deployment.platform.tenant)
        feed = Feed(endpoint_id=endpoint.id, course_id=course.id)
        session.add(feed)
        session.flush()
        facts = lively_course.make(size, feed.id, place.id, place.iri, [str(each.person.pseudonym) for each in people])
        while rows := list(itertools.islice(facts, 10_000)):
            session.execute(insert(Fact), rows)
            settle(session, ((row["feed_id"], row["event"], row["object"], row["parent"]) for row in rows))
        session.commit()
    # What PostgreSQL does by itself before long, and SQLite where one asks for it.
    tidy = "ANALYZE" if database.engine.dialect.name == "sqlite" else "VACUUM ANALYZE fact"
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(tidy))
    return course, feed.id


def _costs(database: Database, size: int) -> dict[str, float]:
    course, feed_id = fill(database, size)
    last = (BEGIN + timedelta(days=lively_course.DAYS)).date()
    with database.session(writes=False) as session:
        roster = read_roster(session, session.merge(course))

        def scope(since: date) -> Scope:
            now = utc_now() + timedelta(days=3650)
            return Scope(feed_id=feed_id, since=since, until=last, now=now, learners=roster.learners)

        whole, week = scope(BEGIN.date()), scope(last - timedelta(days=6))
        costs = {each: _best(lambda each=each: measure(session, whole, roster, each)) for each in REPORTS}
        costs["all of them"] = _best(lambda: [measure(session, whole, roster, each) for each in REPORTS])
        costs["last week"] = _best(lambda: [measure(session, week, roster, each) for each in REPORTS])
        costs["statements"] = _best(lambda: list_behind(session, whole, DEFINITIONS["contributions"], page=1))
    return costs


def _best(act) -> float:
    """Return the milliseconds of the quickest of three."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        act()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times)


if __name__ == "__main__":
    main()
