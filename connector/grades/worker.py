"""The worker: takes the lanes of platforms that have grades due, and serves each in a thread, one request at a time.

Any number of workers may run on any number of machines. One that is killed loses nothing: what it held is sent again
once its lease has run out, under the same time, so that the LMS never takes an older score for a newer one.
"""

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connector.config import Settings
from connector.db import Clock, Database, utc_now
from connector.delivery.errors import LeaseLostError
from connector.delivery.retry import Chance
from connector.grades import lanes
from connector.grades.gradebook import Gradebook
from connector.grades.lanes import Lane
from connector.grades.turn import Turn
from connector.platforms.lms import open_service
from connector.platforms.models import Platform
from lti.errors import KeySetError, ServiceClosedError, ServiceError, ServiceUnavailableError
from lti.profiles import profile_for

LEASE = timedelta(minutes=3)
"""How long a lane is held from the last renewal on; a killed worker delays it so long."""
_TROUBLE_SECONDS = 2.0
_DATABASE_TROUBLE = (OperationalError, InterfaceError, PoolTimeoutError)

_log = structlog.get_logger(__name__)


def run(
    database: Database,
    settings: Settings,
    *,
    stop: threading.Event,
    clock: Clock = utc_now,
    lease: timedelta = LEASE,
    idle: float = 0.5,
    threads: int = 8,
    chance: Chance = random.random,
) -> None:
    """Send grades and read results until `stop` is set, and return after the requests that are under way.

    Args:
        lease: Longer than a request can take; after that time others take over what a dead worker held.
        idle: Seconds between two looks while nothing is due.
        threads: How many platforms are served at a time.
    """
    worker = _Worker(database, settings, stop, clock, lease, chance)
    with ThreadPoolExecutor(threads, thread_name_prefix="grades") as pool:
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
        """Do what is due in `lane`, and give it back."""
        log = _log.bind(platform=str(lane.platform_id))
        turn = Turn(lane, self.database, self.stop, self.clock, self.chance, renewed_at=self.clock())
        try:
            self._work(turn)
        except LeaseLostError:
            log.warning("lease_lost")
        except _DATABASE_TROUBLE as error:
            # Nothing can be stored now; the lease runs out, and what was held is sent again.
            log.warning("database_unavailable", error=type(error).__name__)

    def _work(self, turn: Turn) -> None:
        with self.database.session(writes=False) as session:
            platform = session.get_one(Platform, turn.lane.platform_id)
        try:
            with open_service(self.database, self.settings, platform, clock=self.clock) as service:
                turn.work(Gradebook(service, profile_for(platform.product, platform.issuer)))
        except ServiceError as error:
            turn.fail(error)
        except KeySetError as error:  # the tool has no key yet
            turn.fail(ServiceClosedError(error.code, str(error)))
        except (LeaseLostError, *_DATABASE_TROUBLE):
            raise
        except Exception as error:  # noqa: BLE001 -- a mistake of ours costs this lane some time, and the others none
            _log.exception("grades_failed", platform=str(turn.lane.platform_id))
            turn.fail(ServiceUnavailableError("internal_error", type(error).__name__))
