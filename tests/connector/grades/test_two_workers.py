"""Several workers at once, with leases that run out in the midst of requests: the newest wish still wins."""

import contextlib
import itertools
import random
import threading
import time
from datetime import timedelta

import structlog

from connector.grades import services
from connector.grades.models import State
from tests.connector.grades import build
from tests.connector.grades.build import are_all, wait_until, want
from tests.connector.grades.gradebooks import LOST
from tests.lti.server import Reply

LEARNERS = [f"learner {number}" for number in range(12)]
SECONDS = 4


def test_the_newest_wish_wins(database, settings, gradebook, graded):
    activity = graded(user_ids=LEARNERS)
    chance, wanted, numbers = random.Random(7), {}, itertools.count(1)  # noqa: S311 -- an order of events, no secret
    requests, lock = itertools.count(), threading.Lock()

    def meet(asked):
        if not asked.path.endswith("/scores"):
            return None
        with lock:
            fate, count = chance.random(), next(requests)
        time.sleep(0.6 if count % 20 == 3 else 0.005)  # now and then longer than a lease
        return Reply(b"", 500) if fate < 0.1 else None

    def lose(asked):
        with lock:
            is_lost = asked.path.endswith("/scores") and chance.random() < 0.1
        return LOST if is_lost else None

    gradebook.before, gradebook.after = meet, lose
    with structlog.testing.capture_logs() as logs, contextlib.ExitStack() as workers:
        for _ in range(3):
            workers.enter_context(build.running(database, settings, lease=timedelta(seconds=0.3)))
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            number, which = next(numbers), chance.randrange(len(LEARNERS))
            want(database, activity, number, which, maximum=10_000.0)
            wanted[LEARNERS[which]] = number
            time.sleep(0.01)
        wait_until(lambda: is_done(database, activity), seconds=60)
    assert [entry for entry in logs if entry["event"] == "grades_failed"] == []
    assert "lease_lost" in {entry["event"] for entry in logs}
    assert len(gradebook.items) == 1
    assert {user: body["scoreGiven"] for (_, user), body in gradebook.scores.items()} == wanted
    for user in LEARNERS:
        stored = [(body["timestamp"], body["scoreGiven"]) for _, body in gradebook.history if body["userId"] == user]
        assert all(
            earlier < later and older <= newer for (earlier, older), (later, newer) in itertools.pairwise(stored)
        )


def is_done(database, activity):
    build.act(database, activity, services.send_again)
    return are_all(database, activity, State.SENT)


def test_two_workers_make_one_column(database, settings, gradebook, graded):
    activity = graded()
    gradebook.before = lambda asked: time.sleep(0.3) if asked.method == "POST" else None  # longer than a lease
    want(database, activity, 1)
    with structlog.testing.capture_logs(), contextlib.ExitStack() as workers:
        for _ in range(3):
            workers.enter_context(build.running(database, settings, lease=timedelta(seconds=0.2)))
        time.sleep(2)
        gradebook.before = lambda _asked: None
        wait_until(lambda: are_all(database, activity, State.SENT))
    assert len(gradebook.items) == 1
