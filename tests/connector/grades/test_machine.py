"""Grades under many orders of wishes, faults, deaths of workers and jumps of the clock; each order follows from its seed.

Whatever happens: the LMS never stores an older wish after a newer one, what we call sent is there, and in the end the LMS
holds each learner's newest wish.
"""

import itertools
import random
import threading
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
import structlog
from sqlalchemy import func, select

from connector.db import utc_now
from connector.grades import services, worker
from connector.grades.models import Grade, LineItem, State
from tests.connector.grades import build
from tests.connector.grades.gradebooks import LOST
from tests.lti.server import Reply

LEASE = timedelta(seconds=60)
LEARNERS = ("ana", "bo", "cleo")
REPLIES = {
    "refused": Reply({"error": "no"}, 400),
    "ended": Reply({"error": "ended"}, 422),
    "conflict": Reply({"error": "no"}, 409),
    "broken": Reply(b"", 500),
    "busy": Reply(b"", 429, {"Retry-After": "20"}),
    "away": Reply(b"", 503),
    "closed": Reply({"error": "no"}, 403),
    "page": Reply("<html>Maintenance</html>"),
}
"""Faults whose request is not done."""
FAULTS = (*REPLIES, "late", "lost", "withdrawn", "none")
SCORE_FAULTS = ("late", "lost", "conflict", "broken", "refused", "wish", "none")


class Killed(BaseException):
    """The worker's process has died."""


class Clock:
    """A clock that a story moves, and that kills who asks it too often."""

    def __init__(self):
        self.now: datetime = utc_now()
        self.left: int | None = None

    def __call__(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        return self.now


class Story:
    """A trainer, workers that take turns and die, and a gradebook that fails and is late."""

    def __init__(self, database, settings, gradebook, graded, chance):
        self.database, self.gradebook, self.graded, self.chance = database, gradebook, graded, chance
        self.clock = Clock()
        self.worker = worker._Worker(database, threading.Event(), self.clock, LEASE, chance.random, settings=settings)
        self.numbers = itertools.count(1)
        self.wanted = {}
        self.faults = []
        """What the next requests meet."""
        self.are_scores_alone = False
        """Whether other requests meet none of it."""
        self.lost = None
        """The request whose answer gets lost."""
        self.late = []
        """Requests whose client has given up, and that the gradebook has not done yet."""
        gradebook.before, gradebook.after = self.meet, self.lose

    def meet(self, asked):
        if not self.faults or (self.are_scores_alone and not asked.path.endswith("/scores")):
            return None
        fault = self.faults.pop(0)
        if fault == "late":
            self.late.append(asked)
            return LOST
        if fault == "withdrawn":
            self.gradebook.tokens.clear()
            return Reply({"error": "Unauthorized"}, 401)
        if fault == "lost":
            self.lost = asked
        if fault == "wish":
            self.want(asked.json["userId"])
        return REPLIES.get(fault)

    def lose(self, asked):
        return LOST if self.lost is asked else None

    # --- what may happen ---------------------------------------------------------------------------------------------

    def want(self, user):
        """Want something new: each wish has a number of its own, by which it is known in the gradebook."""
        number = next(self.numbers)
        comment = self.chance.choice(["", f"wish {number}"])
        build.want(
            self.database,
            self.graded,
            number,
            LEARNERS.index(user),
            comment=comment,
            maximum=1000.0,
            now=self.clock.now,
        )
        self.wanted[user] = number

    def wish(self):
        for user in LEARNERS:
            if self.chance.random() < 0.6:
                self.want(user)

    def turn(self):
        lane = self.worker.take()
        if lane is not None:
            self.worker.serve(lane)

    def meet_faults(self):
        """Let a worker take a turn whose first requests meet faults."""
        self.faults = self.chance.choices(FAULTS, k=self.chance.randrange(5))
        self.turn()
        self.faults = []

    def send_badly(self):
        """Let a worker send new wishes whose scores alone meet faults."""
        self.wish()
        self.are_scores_alone = True
        self.faults = self.chance.choices(SCORE_FAULTS, k=3)
        self.turn()
        self.are_scores_alone, self.faults = False, []

    def die(self):
        """Let a worker die in the midst of its turn."""
        self.wish()
        self.clock.left = self.chance.randrange(1, 20)
        with suppress(Killed):
            self.turn()
        self.clock.left = None

    def arrive(self):
        """Let the gradebook do what it was late with."""
        while self.late:
            self.gradebook.do(self.late.pop(0))

    def wait(self):
        self.clock.now += timedelta(seconds=self.chance.choice([0.4, 2, 61, 1000, -5, -600]))

    def ask(self):
        """Send again what was refused, or read back."""
        service = self.chance.choice([services.send_again, services.refresh_results])
        build.act(self.database, self.graded, service, now=self.clock.now)

    def delete_column(self):
        self.gradebook.items.clear()

    # --- what must hold ----------------------------------------------------------------------------------------------

    def check(self):
        stored = {}
        for number, body in self.gradebook.history:
            stored.setdefault((number, body["userId"]), []).append((body["timestamp"], body["scoreGiven"]))
        for pairs in stored.values():
            assert all(
                earlier < later and older <= newer for (earlier, older), (later, newer) in itertools.pairwise(pairs)
            ), pairs
        item = build.line_item(self.database, self.graded)
        number = (item.url or "").partition("?")[0].rpartition("/")[2]
        for user, grade in zip(LEARNERS, build.grades(self.database, self.graded), strict=True):
            if grade is not None and grade.state is State.SENT and number in self.gradebook.items:
                assert self.gradebook.scores[number, user]["scoreGiven"] == grade.points

    def end(self):
        """Let the LMS be well again: it holds every learner's newest wish."""
        self.arrive()
        for _ in range(3):  # a deleted column is seen, what it held is sent again, and read back
            build.act(self.database, self.graded, services.refresh_results, now=self.clock.now)
            build.act(self.database, self.graded, services.send_again, now=self.clock.now)
            self.drain()
            self.check()
        [number] = self.gradebook.items
        held = {user: body for (item, user), body in self.gradebook.scores.items() if item == number}
        assert {user: body["scoreGiven"] for user, body in held.items()} == self.wanted
        assert all(body.get("comment") in {None, f"wish {self.wanted[user]}"} for user, body in held.items())

    def drain(self):
        for _ in range(200):
            self.clock.now += timedelta(seconds=61)
            self.turn()
            with self.database.session(writes=False) as session:
                due = session.scalar(select(func.count()).where(Grade.state == State.DUE))
                asked = session.scalar(select(func.count()).where(LineItem.due_at <= self.clock.now))
            if not due and not asked:
                return
        raise AssertionError("something is due for ever")


@pytest.mark.parametrize("seed", range(15))
def test_the_newest_wish_wins_whatever_happens(database, settings, gradebook, graded, seed):
    story = Story(database, settings, gradebook, graded(), random.Random(seed))  # noqa: S311 -- an order of events, no secret
    for user in LEARNERS:
        story.want(user)
    often = [story.send_badly, story.meet_faults, story.wait, story.die, story.arrive]
    happenings = [*often, *often, story.turn, story.ask, story.delete_column]
    with structlog.testing.capture_logs() as logs:
        for _ in range(60):
            story.chance.choice(happenings)()
            story.check()
        story.end()
    assert [entry for entry in logs if entry["event"] == "grades_failed"] == []
