"""What every worker with lanes does: takes one with something due, and serves it in a thread of its own.

Any number of workers may run on any number of machines. A lane is leased: what a killed worker held is taken by others
once its lease has run out.
"""

import random
import threading
from abc import ABC, abstractmethod
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from sqlalchemy.orm import Session

from connector.db import UNAVAILABLE, Clock, Database
from connector.delivery.errors import LeaseLostError
from connector.delivery.retry import Chance

LEASE = timedelta(minutes=3)
"""How long a lane is held from the last renewal on: longer than two slow requests; a killed worker delays it so long."""
TROUBLE_SECONDS = 2.0
"""How long a worker rests where the database does not answer."""

LaneT = TypeVar("LaneT")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LaneWorker(ABC, Generic[LaneT]):
    """A worker that serves lanes of one kind; a subclass says how one is taken, and what is done in it."""

    database: Database
    stop: threading.Event
    clock: Clock
    lease: timedelta
    chance: Chance = random.random

    @abstractmethod
    def is_due(self, session: Session) -> bool:
        """Return whether a lane could be taken: a read, so that idle workers never wait for the write lock."""

    @abstractmethod
    def lease_lane(self, session: Session) -> LaneT | None:
        """Take the lane that has waited longest; None where there is none."""

    @abstractmethod
    def work(self, lane: LaneT) -> None:
        """Do what is due in `lane`, and give it back.

        Raises:
            LeaseLostError: Somebody else has it by now.
        """

    def run(self, *, idle: float, threads: int, name: str) -> None:
        """Serve what is due until `stop` is set, and return after what is under way.

        Args:
            idle: Seconds between two looks while nothing is due.
            threads: How many lanes are served at a time.
            name: What the threads are called.
        """
        with ThreadPoolExecutor(threads, thread_name_prefix=name) as pool:
            serving: set[Future[None]] = set()
            while not self.stop.is_set():
                serving = {future for future in serving if not future.done()}
                lane = self.take() if len(serving) < threads else None
                if lane is not None:
                    serving.add(pool.submit(self.serve, lane))
                else:
                    self.stop.wait(idle * (0.5 + self.chance()))

    def take(self) -> LaneT | None:
        """Take a lane with something due; None where there is none, or where the database does not answer."""
        try:
            with self.database.session(writes=False) as session:
                if not self.is_due(session):
                    return None
            with self.database.session(writes=True) as session:
                lane = self.lease_lane(session)
                session.commit()
                return lane
        except UNAVAILABLE as error:
            _log.warning("database_unavailable", error=type(error).__name__)
            self.stop.wait(TROUBLE_SECONDS)
            return None

    def serve(self, lane: LaneT) -> None:
        """Do what is due in `lane`; what cannot be stored now is done again once the lease has run out."""
        try:
            self.work(lane)
        except LeaseLostError:
            _log.warning("lease_lost", lane=str(lane))
        except UNAVAILABLE as error:
            _log.warning("database_unavailable", error=type(error).__name__, lane=str(lane))
