"""The worker's loop for reports: reads every store that is due, and tells trainers of the week. Any number of workers may; each store is read by one."""

import threading
import uuid
from datetime import datetime

import structlog
from sqlalchemy import select

from connector.config import Settings
from connector.db import UNAVAILABLE, Clock, Database, utc_now
from connector.reports.models import Source, WeeklyReader
from connector.reports.pulling import pull
from connector.reports.sources import list_read
from connector.reports.weekly import tell_due

IDLE = 20.0
"""Seconds between two looks."""

_log = structlog.get_logger(__name__)


def run(
    database: Database, settings: Settings, *, stop: threading.Event, clock: Clock = utc_now, idle: float = IDLE
) -> None:
    """Read what is due until `stop` is set."""
    while not stop.is_set():
        try:
            for endpoint_id in list_due(database, now=clock()):
                if not stop.is_set():
                    pull(database, settings, endpoint_id, clock=clock, stop=stop)
            tell_weeks(database, clock=clock)
        except UNAVAILABLE as error:
            _log.warning("database_unavailable", error=type(error).__name__)
        stop.wait(idle)


def list_due(database: Database, *, now: datetime) -> list[uuid.UUID]:
    """Return the stores to read now."""
    with database.session(writes=False) as session:
        read = [endpoint.id for endpoint in list_read(session)]
        due = {row.endpoint_id: row.due_at for row in session.execute(select(Source.endpoint_id, Source.due_at))}
    return [id_ for id_ in read if id_ not in due or due[id_] <= now]


def tell_weeks(database: Database, *, clock: Clock) -> None:
    """Tell those who want to hear of the week that is over."""
    with database.session(writes=False) as session:
        if session.scalar(select(WeeklyReader.member_id).where(WeeklyReader.due_at <= clock()).limit(1)) is None:
            return
    with database.session(writes=True) as session:
        tell_due(session, now=clock())
        session.commit()
