"""What it costs to compare posts with the others of their course, against writing them in the first place."""

import random
import time
import uuid
from datetime import timedelta

from sqlalchemy import func, select

from connector.db import Database
from connector.moderation import alikes
from connector.moderation.models import Alike
from connector.threads.services import NewThread, post_reply, start_thread
from tests import make
from tests.bench import databases

POSTS, WORDS, COPIES = 2_000, 150, 20
VOCABULARY = 5_000


def main() -> None:
    """Print figures for each engine."""
    with databases.each() as each:
        for name, database in each.items():
            _measure(name, database)


def _measure(name: str, database: Database) -> None:
    chance = random.Random(4)  # noqa: S311 -- test data
    texts = [" ".join(f"word{chance.randrange(VOCABULARY)}" for _ in range(WORDS)) for _ in range(POSTS - COPIES)]
    texts += [f"Hello. {text}" for text in texts[:COPIES]]
    with database.session(writes=True) as session:
        activity = make.activity(session)
        people = [make.member(session, course=activity.course) for _ in range(40)]
        began = time.perf_counter()
        new = NewThread(title="All", body="Say.")
        thread = start_thread(session, activity, people[0], new, key=uuid.uuid4(), now=make.NOW)
        for number, text in enumerate(texts, 1):
            at = make.NOW + timedelta(seconds=number)
            post_reply(session, thread.opening, people[number % 37], text, key=uuid.uuid4(), now=at)
        session.commit()
        writing = time.perf_counter() - began
        began, count = time.perf_counter(), 0
        while more := alikes.compare_some(session, now=make.NOW + timedelta(hours=1)):
            count += more
            session.commit()
        comparing = time.perf_counter() - began
        found = session.scalar(select(func.count()).select_from(Alike))
    print(
        f"{name:12}{count:>8} posts {1000 * comparing / count:>8.2f} ms each "
        f"{comparing / writing:>6.2f}x of writing them; {found} of {COPIES} copies found"
    )


if __name__ == "__main__":
    main()
