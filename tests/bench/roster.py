"""Roster sync per 1,000 members: the LMS's pages read over HTTP, and everything stored; beside reading alone."""

import statistics
import time
from datetime import UTC, datetime

from sqlalchemy import text

from connector.courses.models import Course
from connector.courses.roster import Roster, store_roster
from lti import claims
from lti.profiles import GENERIC
from lti.roster import members
from tests import make
from tests.bench import databases
from tests.lti.server import Asked, Reply, calling, platform

SIZES = (1_000, 10_000)
ROUNDS = 5
PAGE = 100


def main() -> None:
    print(
        f"{'engine':<12}{'members':>9}{'read ms/1000':>14}{'first ms/1000':>15}{'again ms/1000':>15}{'again/read':>12}"
    )
    with databases.each() as found:
        for engine, database in found.items():
            for size in SIZES:
                reads, firsts, again = [], [], []
                for _ in range(ROUNDS if size == SIZES[0] else 2):
                    roster, seconds = read(size)
                    reads.append(seconds)
                    with database.session(writes=True) as session:
                        course = make.course(session)
                        firsts.append(timed(session, course, roster))
                        session.commit()
                        session.execute(text("ANALYZE"))  # as autovacuum does long before the next sync
                        session.commit()
                        session.expunge_all()
                        again.append(timed(session, course, roster))
                        session.rollback()
                row = [statistics.median(values) / size * 1_000_000 for values in (reads, firsts, again)]
                print(f"{engine:<12}{size:>9}{row[0]:>14.1f}{row[1]:>15.1f}{row[2]:>15.1f}{row[2] / row[0]:>12.2f}")


def read(size: int) -> tuple[Roster, float]:
    """Return the roster that a platform answers over HTTP, a page at a time, and how long that took."""

    def answer(asked: Asked) -> Reply:
        start = int(asked.query.get("from", "0"))
        rows = [
            {"user_id": str(number), "name": f"Person {number}", "status": "Active", "roles": [claims.ROLE_LEARNER]}
            for number in range(start, min(start + PAGE, size))
        ]
        more = start + PAGE < size
        link = {"Link": f'<{url}/members?from={start + PAGE}>; rel="next"'} if more else {}
        return Reply({"id": "1", "context": {"id": "1"}, "members": rows}, headers=link)

    with platform(answer=answer) as lms, calling(lms) as service:
        url = lms.url
        began = time.perf_counter()
        found = list(members(service, f"{url}/members", profile=GENERIC))
        return Roster(members=found), time.perf_counter() - began


def timed(session, course: Course, roster: Roster) -> float:
    began = time.perf_counter()
    store_roster(session, course, roster, now=datetime.now(UTC))
    session.flush()
    return time.perf_counter() - began
