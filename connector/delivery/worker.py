"""The worker: takes lanes with something due and serves each in a thread, so that a slow store delays no other.

Any number of workers may run on any number of machines. One that is killed loses nothing: what it held is sent again,
byte for byte, once its lease has run out.
"""

import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import requests
import structlog
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import UNAVAILABLE, Clock, Database, utc_now
from connector.delivery import lanes, lrs
from connector.delivery.destinations import Destination
from connector.delivery.errors import DestinationClosedError, DestinationDownError, LeaseLostError
from connector.delivery.lanes import Lane
from connector.delivery.models import Endpoint
from connector.delivery.reach import open_http
from connector.delivery.retry import Chance
from connector.delivery.serving import LEASE, LaneWorker
from connector.delivery.turn import Turn

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
    worker = _Worker(database, stop, clock, lease, chance, settings=settings, connect=connect)
    with closing(worker):
        worker.run(idle=idle, threads=threads, name="lane")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker(LaneWorker[Lane]):
    settings: Settings
    connect: Connect
    http: dict[tuple[uuid.UUID, bool], requests.Session] = field(default_factory=dict)
    """Connections that stay open between batches; used by the one thread that holds the endpoint's lane."""

    def close(self) -> None:
        """Close every connection."""
        for http in self.http.values():
            http.close()

    def is_due(self, session: Session) -> bool:
        return lanes.is_due(session, now=self.clock())

    def lease_lane(self, session: Session) -> Lane | None:
        return lanes.take(session, now=self.clock(), lease=self.lease)

    def work(self, lane: Lane) -> None:
        turn = Turn(lane, self.database, self.stop, self.clock, self.chance)
        try:
            destination = self._connect(turn.lane)
            with ThreadPoolExecutor(1, thread_name_prefix="sender") as sender:
                turn.send(destination, sender)
        except (DestinationDownError, DestinationClosedError) as error:
            turn.fail(error)
        except (LeaseLostError, *UNAVAILABLE):
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
