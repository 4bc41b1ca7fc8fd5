"""The worker: takes lanes with something due and serves each in a thread, so that a slow store delays no other.

Any number of workers may run on any number of machines. One that is killed loses nothing: what it held is sent again,
byte for byte, once its lease has run out.
"""

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import requests
import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import Clock, Database, utc_now
from connector.delivery import lanes, lrs
from connector.delivery.destinations import Destination, Step
from connector.delivery.errors import DestinationClosedError, DestinationDownError, LeaseLostError
from connector.delivery.lanes import Batch, Lane
from connector.delivery.models import Endpoint
from connector.delivery.retry import Chance
from connector.outbound import new_session

LEASE = timedelta(minutes=3)
"""How long a lane is held from the last renewal on: longer than the slowest request; a killed worker delays it so long."""
_TURN = 50
"""How many batches a lane may send before the others get their turn."""
_TROUBLE_SECONDS = 2.0
_DATABASE_TROUBLE = (OperationalError, InterfaceError, PoolTimeoutError)

Connect: TypeAlias = Callable[[Endpoint, Settings, requests.Session], Destination]

_log = structlog.get_logger(__name__)


def run(
    database: Database,
    settings: Settings,
    *,
    stop: threading.Event,
    clock: Clock = utc_now,
    lease: timedelta = LEASE,
    idle: float = 0.3,
    threads: int = 16,
    chance: Chance = random.random,
    connect: Connect = lrs.connect,
) -> None:
    """Deliver what is due until `stop` is set, and return after the requests that are under way.

    Args:
        lease: Longer than a request can take; after that time others take over what a dead worker held.
        idle: Seconds between two looks while nothing is due.
        threads: How many lanes are served at a time.
    """
    worker = _Worker(database, settings, stop, clock, lease, chance, connect)
    with ThreadPoolExecutor(threads, thread_name_prefix="lane") as pool:
        serving: set[Future[None]] = set()
        while not stop.is_set():
            serving = {future for future in serving if not future.done()}
            lane = worker.take() if len(serving) < threads else None
            if lane is not None:
                serving.add(pool.submit(worker.serve, lane))
            else:
                stop.wait(idle * (0.5 + chance()))


@dataclass(frozen=True, slots=True)
class _Worker:
    database: Database
    settings: Settings
    stop: threading.Event
    clock: Clock
    lease: timedelta
    chance: Chance
    connect: Connect
    http: dict[uuid.UUID, requests.Session] = field(default_factory=dict)
    """Connections that stay open between batches; used by the one thread that holds the endpoint's lane."""

    def take(self) -> Lane | None:
        """Take a lane with something due; None where there is none, or where the database does not answer."""
        try:
            with self.database.session(writes=False) as session:
                if not lanes.is_due(session, now=self.clock()):
                    return None
            with self._writing() as session:
                return lanes.take(session, now=self.clock(), lease=self.lease)
        except _DATABASE_TROUBLE as error:
            _log.warning("database_unavailable", error=type(error).__name__)
            self.stop.wait(_TROUBLE_SECONDS)
            return None

    def serve(self, lane: Lane) -> None:
        """Send what is due in `lane`, and give it back."""
        log = _log.bind(endpoint=str(lane.endpoint_id))
        try:
            self._deliver(lane)
        except LeaseLostError:
            log.warning("lease_lost")
        except _DATABASE_TROUBLE as error:
            # Nothing can be stored now; the lease runs out, and what was held is sent again.
            log.warning("database_unavailable", error=type(error).__name__)

    def _deliver(self, lane: Lane) -> None:
        try:
            destination = self._connect(lane)
            for _ in range(_TURN):
                with self._writing() as session:
                    batch = lanes.claim(session, lane, now=self.clock())
                if not batch.parcels:
                    break
                self._send(lane, destination, batch)
                if self.stop.is_set():
                    break
        except (DestinationDownError, DestinationClosedError) as error:
            self._fail(lane, error)
        except (LeaseLostError, *_DATABASE_TROUBLE):
            raise
        except Exception as error:  # noqa: BLE001 -- a mistake of ours costs this lane some time, and the others none
            _log.exception("delivery_failed", endpoint=str(lane.endpoint_id))
            self._fail(lane, DestinationDownError(type(error).__name__, is_batch_suspect=True))
        else:
            with self._writing() as session:
                lanes.leave(session, lane, now=self.clock())

    def _connect(self, lane: Lane) -> Destination:
        with self.database.session(writes=False) as session:
            endpoint = session.get_one(Endpoint, lane.endpoint_id)
        if lane.endpoint_id not in self.http:
            self.http[lane.endpoint_id] = new_session(self.settings)
        return self.connect(endpoint, self.settings, self.http[lane.endpoint_id])

    def _send(self, lane: Lane, destination: Destination, batch: Batch) -> None:
        """Send a batch and store every step of it, so that the lease never runs out between two requests."""
        for step in destination.deliver(batch.parcels, byte_limit=batch.byte_limit):
            with self._writing() as session:
                lanes.settle(session, lane, step, now=self.clock(), chance=self.chance)
            _tell(lane, step)
            if self.stop.is_set():
                return

    def _fail(self, lane: Lane, error: DestinationDownError | DestinationClosedError) -> None:
        with self._writing() as session:
            due_at = lanes.fail(session, lane, error, now=self.clock(), chance=self.chance)
        event = "endpoint_paused" if isinstance(error, DestinationClosedError) else "endpoint_down"
        _log.warning(event, endpoint=str(lane.endpoint_id), status=error.status, until=due_at.isoformat())

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Give a session, and commit it."""
        with self.database.session(writes=True) as session:
            yield session
            session.commit()


def _tell(lane: Lane, step: Step) -> None:
    """Log a step by numbers and ids; reasons may quote what people are called, and stay in the database."""
    log = _log.bind(endpoint=str(lane.endpoint_id))
    if step.done:
        log.info("delivered", count=len(step.done))
    for event, setbacks in (("delivery_postponed", step.postponed), ("delivery_dead", step.dead)):
        for setback in setbacks:
            log.warning(event, message=str(setback.parcel.message_id), status=setback.status)
