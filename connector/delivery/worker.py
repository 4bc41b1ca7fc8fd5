"""The worker: takes lanes with something due and serves each in a thread, so that a slow store delays no other.

Any number of workers may run on any number of machines. One that is killed loses nothing: what it held is sent again,
byte for byte, once its lease has run out.
"""

import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import requests
import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connector.config import Settings
from connector.db import Clock, Database, utc_now
from connector.delivery import lanes, lrs
from connector.delivery.destinations import Destination
from connector.delivery.errors import DestinationClosedError, DestinationDownError, LeaseLostError
from connector.delivery.lanes import Lane
from connector.delivery.models import Endpoint
from connector.delivery.reach import open_http
from connector.delivery.retry import Chance
from connector.delivery.turn import Turn

LEASE = timedelta(minutes=3)
"""How long a lane is held from the last renewal on: longer than two slow requests; a killed worker delays it so long."""
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
    with closing(worker), ThreadPoolExecutor(threads, thread_name_prefix="lane") as pool:
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
    http: dict[tuple[uuid.UUID, bool], requests.Session] = field(default_factory=dict)
    """Connections that stay open between batches; used by the one thread that holds the endpoint's lane."""

    def close(self) -> None:
        """Close every connection."""
        for http in self.http.values():
            http.close()

    def take(self) -> Lane | None:
        """Take a lane with something due; None where there is none, or where the database does not answer."""
        try:
            with self.database.session(writes=False) as session:
                if not lanes.is_due(session, now=self.clock()):
                    return None
            with self.database.session(writes=True) as session:
                lane = lanes.take(session, now=self.clock(), lease=self.lease)
                session.commit()
                return lane
        except _DATABASE_TROUBLE as error:
            _log.warning("database_unavailable", error=type(error).__name__)
            self.stop.wait(_TROUBLE_SECONDS)
            return None

    def serve(self, lane: Lane) -> None:
        """Send what is due in `lane`, and give it back."""
        log = _log.bind(endpoint=str(lane.endpoint_id))
        turn = Turn(lane, self.database, self.stop, self.clock, self.chance)
        try:
            self._send(turn)
        except LeaseLostError:
            log.warning("lease_lost")
        except _DATABASE_TROUBLE as error:
            # Nothing can be stored now; the lease runs out, and what was held is sent again.
            log.warning("database_unavailable", error=type(error).__name__)

    def _send(self, turn: Turn) -> None:
        try:
            destination = self._connect(turn.lane)
            with ThreadPoolExecutor(1, thread_name_prefix="sender") as sender:
                turn.send(destination, sender)
        except (DestinationDownError, DestinationClosedError) as error:
            turn.fail(error)
        except (LeaseLostError, *_DATABASE_TROUBLE):
            raise
        except Exception as error:  # noqa: BLE001 -- a mistake of ours costs this lane some time, and the others none
            _log.exception("delivery_failed", endpoint=str(turn.lane.endpoint_id))
            turn.fail(DestinationDownError(type(error).__name__, is_batch_suspect=True))

    def _connect(self, lane: Lane) -> Destination:
        with self.database.session(writes=False) as session:
            endpoint = session.get_one(Endpoint, lane.endpoint_id)
        key = (endpoint.id, endpoint.is_embedded)
        if key not in self.http:
            self.http[key] = open_http(endpoint, self.settings)
        return self.connect(endpoint, self.settings, self.http[key])
