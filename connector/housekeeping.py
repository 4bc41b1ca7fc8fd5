"""What is done now and then: what has had its time goes, people are reminded, keys rotated, LMSs asked for notices."""

import threading
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.content.attachments import detach, tidy_attachments
from connector.content.drafts import tidy_drafts
from connector.content.errors import StoreError
from connector.content.rerendering import rerender_some
from connector.content.storage import FileStore, open_store
from connector.db import Clock, Database, utc_now
from connector.expert_qa import chores
from connector.expert_qa import privacy as questions
from connector.guests import tidying as guests
from connector.launch.models import DeepLink, LoginState, PendingLaunch, Relaunch
from connector.launch.notices import subscribe_due
from connector.moderation import alikes
from connector.moderation import log as moderation
from connector.notebook import privacy as notebook
from connector.notifications import services as notifications
from connector.peer_review import consulting, forgetting
from connector.peer_review.notices.reminding import remind_due
from connector.platforms.keys import rotate_if_old
from connector.platforms.models import AdminLink, AdminSession, ServiceToken
from connector.pool import tidying as pool
from connector.reactions import privacy as reactions
from connector.routing import privacy as routing
from connector.search.indexing import remove
from connector.threads.retention import close_quiet_threads, forget_old_threads
from connector.threads.telling import HOLDER
from connector.web.models import LaunchSession
from connector.web.sessions import LONGEST

EVERY = timedelta(minutes=10)
_EXPIRING = (LoginState, PendingLaunch, Relaunch, DeepLink, AdminLink, AdminSession)

log = structlog.get_logger(__name__)


def run(database: Database, settings: Settings, *, stop: threading.Event, clock: Clock = utc_now) -> None:
    """Tidy up until `stop` is set. Any number of workers may: what one has done, the others find done."""
    store = open_store(settings)
    rerender_older(database, stop=stop)
    while not stop.is_set():
        with database.session(writes=True) as session:
            tidy(session, now=clock())
            if kid := rotate_if_old(session, settings.secret_key, now=clock()):
                log.info("key_rotated", kid=kid)
            session.commit()
        with database.session(writes=True) as session:
            try:
                tidy_writings(session, store, now=clock())
                session.commit()
            except StoreError as error:  # nothing was committed, so all of it is found again next time
                log.warning("files_not_tidied", detail=str(error)[:200])
        remind_due(database, now=clock())
        consulting.ask_due(database, now=clock())
        compare_posts(database, clock=clock)
        subscribe_due(database, settings, clock=clock)
        stop.wait(EVERY.total_seconds())


def compare_posts(database: Database, *, clock: Clock = utc_now) -> None:
    """Look for posts that are much alike, as many as one turn takes; of two workers at once, one keeps what it found."""
    with database.session(writes=True) as session:
        try:
            alikes.compare_some(session, now=clock())
            session.commit()
        except IntegrityError:
            session.rollback()


def tidy(session: Session, *, now: datetime) -> None:
    """Delete what nobody can use any more; requests judge the time themselves and never rely on this."""
    for model in _EXPIRING:
        session.execute(delete(model).where(model.expires_at < now))
    session.execute(delete(LaunchSession).where(LaunchSession.seen_at < now - LONGEST))
    session.execute(delete(ServiceToken).where(ServiceToken.use_until < now))
    pool.remind(session, now=now)
    guests.tidy(session, now=now)  # before the mails, of which it keeps how they went
    notifications.tidy(session, now=now)
    chores.tidy(session, now=now)


def tidy_writings(session: Session, store: FileStore, *, now: datetime) -> None:
    """Let go of what people wrote when its time is over: files and drafts that nobody sent, and what was kept long enough."""

    def forget_files(session: Session, post_ids: Sequence[uuid.UUID]) -> None:
        for post_id in post_ids:
            detach(session, store, HOLDER, post_id)

    close_quiet_threads(session, now=now)
    posts = (forget_files, remove, moderation.forget_posts, reactions.forget_posts)
    forgetters = (*posts, notebook.forget_posts, questions.forget_posts, alikes.forget_posts, routing.forget_posts)
    forget_old_threads(session, forgetters, now=now)
    forgetting.forget_old(session, store, now=now)
    tidy_attachments(session, store, now)
    tidy_drafts(session, now=now)


def rerender_older(database: Database, *, stop: threading.Event) -> None:
    """Make the texts again that an older version rendered, a few at a time, so that nobody waits for the database."""
    while not stop.is_set():
        with database.session(writes=True) as session:
            if not rerender_some(session):
                return
            session.commit()
