"""What is done now and then: what has had its time goes, old keys are rotated, LMSs are asked for notices."""

import threading
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.db import Clock, Database, utc_now
from connector.launch.models import DeepLink, LoginState, PendingLaunch, Relaunch
from connector.launch.notices import subscribe_due
from connector.notifications import services as notifications
from connector.platforms.keys import rotate_if_old
from connector.platforms.models import AdminLink, AdminSession, ServiceToken
from connector.web.models import LaunchSession
from connector.web.sessions import LONGEST

EVERY = timedelta(minutes=10)
_EXPIRING = (LoginState, PendingLaunch, Relaunch, DeepLink, AdminLink, AdminSession)

log = structlog.get_logger(__name__)


def run(database: Database, settings: Settings, *, stop: threading.Event, clock: Clock = utc_now) -> None:
    """Tidy up until `stop` is set. Any number of workers may: what one has done, the others find done."""
    while not stop.is_set():
        with database.session(writes=True) as session:
            tidy(session, now=clock())
            if kid := rotate_if_old(session, settings.secret_key, now=clock()):
                log.info("key_rotated", kid=kid)
            session.commit()
        subscribe_due(database, settings, clock=clock)
        stop.wait(EVERY.total_seconds())


def tidy(session: Session, *, now: datetime) -> None:
    """Delete what nobody can use any more; requests judge the time themselves and never rely on this."""
    for model in _EXPIRING:
        session.execute(delete(model).where(model.expires_at < now))
    session.execute(delete(LaunchSession).where(LaunchSession.seen_at < now - LONGEST))
    session.execute(delete(ServiceToken).where(ServiceToken.use_until < now))
    notifications.tidy(session, now=now)
