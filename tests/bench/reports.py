"""Reports over many facts: how fast a store is read, and what each report costs as its course grows.

`KRING_BENCH_FACTS=1000000` adds the largest size, which takes some minutes.
"""

import os
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from sqlalchemy import insert, text

from connector.db import Database, utc_now
from connector.reports.behind import list_behind
from connector.reports.definitions import DEFINITIONS, REPORTS
from connector.reports.measuring import measure
from connector.reports.models import Fact, Feed, milliseconds
from connector.reports.pulling import PAGE, pull
from connector.reports.rosters import read_roster
from connector.reports.scope import Scope
from tests import make
from tests.bench import databases
from tests.connector.delivery import build, stores
from tests.connector.reports.scene import Scene
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient

MOST = int(os.environ.get("KRING_BENCH_FACTS", "100000"))
SIZES = [size for size in (10_000, 100_000, 1_000_000) if size <= MOST]
PEOPLE = 300
READ = 20_000 if MOST < 1_000_000 else 200_000
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_SHARES = (("thread.viewed", 50), ("post.replied", 20), ("post.reacted", 12), ("thread.created", 4), ("question.asked", 3), ("question.answered", 5), ("answer.accepted", 2), ("review.assigned", 2), ("review.submitted", 2))  # fmt: skip

_EVENTS = [event for event, share in _SHARES for _ in range(share)]


def main() -> None:
    """Print the rate of reading, then milliseconds for each report and the growth per fact."""
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
    heads = ("engine", "facts", *REPORTS, "statements")
    print("".join(f"{head:>14}" for head in heads) + "   milliseconds, and growth where ten times as many")
    for name in ("sqlite", "postgresql"):
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


def _costs(database: Database, size: int) -> dict[str, float]:
    with database.session(writes=True) as session:
        course = make.course(session)
        place = make.activity(session, course=course)
        people = [make.member(session, course=course) for _ in range(PEOPLE)]
        endpoint = build.endpoint(session, course.deployment.platform.tenant)
        feed = Feed(endpoint_id=endpoint.id, course_id=course.id)
        session.add(feed)
        session.flush()
        keys = [str(member.person.pseudonym) for member in people]
        for start in range(0, size, 10_000):
            rows = [_fact(number, size, feed.id, place, keys) for number in range(start, min(start + 10_000, size))]
            session.execute(insert(Fact), rows)
        session.commit()
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    with database.session(writes=False) as session:
        roster = read_roster(session, session.merge(course))
        last = (BEGIN + timedelta(days=200)).date()
        scope = Scope(
            feed_id=feed.id,
            since=BEGIN.date(),
            until=last,
            now=utc_now() + timedelta(days=3650),
            learners=roster.learners,
        )
        costs = {each: _best(lambda each=each: measure(session, scope, roster, each)) for each in REPORTS}
        costs["statements"] = _best(lambda: list_behind(session, scope, DEFINITIONS["contributions"], page=1))
    return costs


def _best(act) -> float:
    """Return the milliseconds of the quickest of three."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        act()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times)


def _fact(number: int, size: int, feed_id: int, place, keys: list[str]) -> dict:
    """Return a fact of a course that lives: much is looked at, some written, a little asked and reviewed."""
    event = _EVENTS[(number * 37) % 100]
    at = BEGIN + timedelta(seconds=number * (180 * 86_400) / size)
    thread = (number * 7919) % max(size // 25, 1)
    things = {"question.asked": f"q/{number}", "thread.created": f"t/{thread}", "thread.viewed": f"t/{thread}"}
    base = place.iri
    question = f"{base}/q/{number - (number * 37) % 100}"
    return {
        "feed_id": feed_id,
        "id": uuid.uuid5(place.id, str(number)),
        "stored": milliseconds(at),
        "at": milliseconds(at),
        "day": at.toordinal(),
        "actor": keys[(number * 31) % len(keys)],
        "role": "learner",
        "event": event,
        "verb": "https://w3id.org/xapi/acrossx/verbs/posted",
        "object": question if event == "question.answered" else f"{base}/{things.get(event, f'x/{number}')}",
        "object_type": "http://id.tincanapi.com/activitytype/forum-topic",
        "parent": question if event == "answer.accepted" else f"{base}/t/{thread}" if event == "post.replied" else base,
        "activity_id": place.id,
        "target": keys[(number * 17 + 1) % len(keys)] if event in {"post.replied", "question.answered"} else None,
        "about": f"{base}/r/{number % 1000}" if event == "review.submitted" else None,
        "score": (number % 5) / 4 if event == "review.submitted" else None,
        "rating": None,
        "seconds": 60.0,
        "words": number % 300,
        "due": None,
        "word": None,
        "tags": ["planning"] if event == "question.asked" else None,
    }


if __name__ == "__main__":
    main()
