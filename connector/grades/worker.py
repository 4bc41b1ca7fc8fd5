"""The worker: takes the lanes of platforms that have grades due, and serves each in a thread, one request at a time.

Any number of workers may run on any number of machines. One that is killed loses nothing: what it held is sent again
once its lease has run out, under the same time, so that the LMS never takes an older score for a newer one.
"""

import random
import threading
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import UNAVAILABLE, Clock, Database, utc_now
from connector.delivery.errors import LeaseLostError
from connector.delivery.retry import Chance
from connector.delivery.serving import LEASE, LaneWorker
from connector.grades import lanes
from connector.grades.gradebook import Gradebook
from connector.grades.lanes import Lane
from connector.grades.turn import Turn
from connector.platforms.lms import open_service
from connector.platforms.models import Platform
from lti.errors import KeySetError, ServiceClosedError, ServiceError, ServiceUnavailableError
from lti.profiles import profile_for

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
    worker = _Worker(database, stop, clock, lease, chance, settings=settings)
    worker.run(idle=idle, threads=threads, name="grades")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker(LaneWorker[Lane]):
    settings: Settings

    def is_due(self, session: Session) -> bool:
        return lanes.is_due(session, now=self.clock())

    def lease_lane(self, session: Session) -> Lane | None:
        return lanes.take(session, now=self.clock(), lease=self.lease)

    def work(self, lane: Lane) -> None:
        turn = Turn(lane, self.database, self.stop, self.clock, self.chance, renewed_at=self.clock())
        with self.database.session(writes=False) as session:
            platform = session.get_one(Platform, turn.lane.platform_id)
        try:
            with open_service(self.database, self.settings, platform, clock=self.clock) as service:
                turn.work(Gradebook(service, profile_for(platform.product, platform.issuer)))
        except ServiceError as error:
            turn.fail(error)
        except KeySetError as error:  # the tool has no key yet
            turn.fail(ServiceClosedError(error.code, str(error)))
        except (LeaseLostError, *UNAVAILABLE):
            raise
        except Exception as error:  # noqa: BLE001 -- a mistake of ours costs this lane some time, and the others none
            _log.exception("grades_failed", platform=str(turn.lane.platform_id))
            turn.fail(ServiceUnavailableError("internal_error", type(error).__name__))
