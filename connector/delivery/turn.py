"""One worker's turn on one lane: batch after batch, until nothing is due or something goes wrong.

While the store works on a batch, the database works too: what became of the batch before is stored, and the batch
after is claimed. So the store never waits for us, and there is still only one request at a time.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import Executor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from connector.db import Clock, Database
from connector.delivery import lanes
from connector.delivery.destinations import Destination, Step
from connector.delivery.errors import DestinationClosedError, DestinationDownError
from connector.delivery.lanes import Batch, Lane
from connector.delivery.retry import Chance

_LENGTH = 50
"""How many batches a lane may send before the others get their turn."""
_HEAD_START = 0.003
"""Seconds until the request is out: Python runs one thread at a time, and the database's work would hold it up."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Turn:
    """A lane in the hands of a worker; every method raises `LeaseLostError` when it no longer is."""

    lane: Lane
    database: Database
    stop: threading.Event
    clock: Clock
    chance: Chance
    known: list[Step] = field(default_factory=list)
    """What the destination said and the database does not know yet."""

    def send(self, destination: Destination, sender: Executor) -> None:
        """Send what is due, and give the lane back.

        Args:
            sender: Runs one request at a time, beside this thread.

        Raises:
            DestinationDownError: The lane has to wait; the caller calls `fail`.
            DestinationClosedError: Somebody has to mend the destination; the caller calls `fail`.
        """
        batch = self._claim()
        for _ in range(_LENGTH):
            if not batch.parcels or self.stop.is_set():
                break
            batch = self._send(batch, destination, sender)
        with self._writing() as session:
            self._store(session)
            lanes.leave(session, self.lane, now=self.clock())

    def fail(self, error: DestinationDownError | DestinationClosedError) -> None:
        """Give the lane up for a while."""
        with self._writing() as session:
            self._store(session)
            due_at = lanes.fail(session, self.lane, error, now=self.clock(), chance=self.chance)
        event = "endpoint_paused" if isinstance(error, DestinationClosedError) else "endpoint_down"
        _log.warning(event, endpoint=str(self.lane.endpoint_id), status=error.status, until=due_at.isoformat())

    def _send(self, batch: Batch, destination: Destination, sender: Executor) -> Batch:
        """Send a batch and return the next one."""
        steps = destination.deliver(batch.parcels, byte_limit=batch.byte_limit)
        answer = sender.submit(next, steps, None)
        wait([answer], timeout=_HEAD_START)
        # A single message is the last one, or tries a lane that failed: what comes after depends on its fate.
        following = self._claim() if len(batch.parcels) > 1 else None
        self._learn(answer.result())
        for step in steps:
            if self.stop.is_set():
                break
            with self._writing() as session:
                self._store(session)  # and renews the lease, before the next request
            self._learn(step)
        return self._claim() if following is None else following

    def _claim(self) -> Batch:
        with self._writing() as session:
            self._store(session)
            return lanes.claim(session, self.lane, now=self.clock())

    def _store(self, session: Session) -> None:
        for step in self.known:
            lanes.settle(session, self.lane, step, now=self.clock(), chance=self.chance)
        self.known = []

    def _learn(self, step: Step | None) -> None:
        """Keep and log a step, by numbers and ids; reasons may quote what people are called."""
        if step is None:
            return
        self.known.append(step)
        log = _log.bind(endpoint=str(self.lane.endpoint_id))
        if step.done:
            log.info("delivered", count=len(step.done))
        for event, setbacks in (("delivery_postponed", step.postponed), ("delivery_dead", step.dead)):
            for setback in setbacks:
                log.warning(event, message=str(setback.parcel.message_id), status=setback.status)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Give a session, and commit it."""
        with self.database.session(writes=True) as session:
            yield session
            session.commit()
