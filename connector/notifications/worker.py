"""The worker's loop for mail: gathers what is due, writes it and hands it to the mail server.

Any number of workers may run on any number of machines. One that is killed loses nothing: what it held is sent again
once its lease has run out, under the same Message-ID.
"""

import random
import threading
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from connector.config import Settings
from connector.courses.models import Person
from connector.db import UNAVAILABLE, Clock, Database, utc_now
from connector.delivery.errors import LeaseLostError
from connector.delivery.retry import Chance, back_off
from connector.notifications import gathering, outbox
from connector.notifications.letters import write
from connector.notifications.models import Mail
from connector.notifications.outbox import LEASE, Claim, Outcome
from connector.notifications.preferences import note_bounce
from connector.notifications.smtp import MailError, MailPostponedError, MailRefusedError, MailServerDownError, Post

_TROUBLE_SECONDS = 2.0

_log = structlog.get_logger(__name__)


def run(
    database: Database,
    settings: Settings,
    *,
    app: Flask,
    stop: threading.Event,
    clock: Clock = utc_now,
    lease: timedelta = LEASE,
    idle: float = 1.0,
    chance: Chance = random.random,
) -> None:
    """Send the mail that is due until `stop` is set.

    Args:
        app: Knows the tellers, the languages and the templates.
        lease: Longer than a mail server can take; after that time others take over what a dead worker held.
        idle: Seconds between two looks while nothing is due.
    """
    with closing(Post(settings)) as post:
        worker = Worker(app, database, settings, clock, lease, chance, post)
        while not stop.is_set():
            try:
                was_busy = worker.turn()
            except UNAVAILABLE as error:
                _log.warning("database_unavailable", error=type(error).__name__)
                was_busy = stop.wait(_TROUBLE_SECONDS)
            if not was_busy:
                post.close()  # a mail server hangs up on who is silent
                stop.wait(idle * (0.5 + chance()))


@dataclass(slots=True)
class Worker:
    """One worker, and how the mail server has treated it."""

    app: Flask
    database: Database
    settings: Settings
    clock: Clock
    lease: timedelta
    chance: Chance
    post: Post
    failures: int = 0
    rests_until: datetime | None = field(default=None)
    """Until when the mail server is left alone."""

    def turn(self) -> bool:
        """Gather what is due, and send one mail; False where there was nothing to do."""
        has_gathered = self._gather()
        if self.settings.mail_server is None or (self.rests_until is not None and self.clock() < self.rests_until):
            return has_gathered
        with self.database.session(writes=False) as session:
            if not outbox.is_due(session, now=self.clock()):
                return has_gathered
        with self.database.session(writes=True) as session:
            claimed = outbox.claim(session, now=self.clock(), lease=self.lease)
            session.commit()
        if claimed is None:
            return has_gathered
        try:
            self._send(claimed)
        except LeaseLostError:
            _log.warning("lease_lost", mail=str(claimed.mail_id))
        return True

    def _gather(self) -> bool:
        with self.database.session(writes=False) as session:
            if not gathering.is_due(session, now=self.clock()):
                return False
        with self.database.session(writes=True) as session:
            if self.settings.mail_server is None:
                gathering.give_up(session, now=self.clock())
            else:
                gathering.gather(session, default_zone=self.settings.time_zone, now=self.clock())
            session.commit()
        return True

    def _send(self, claimed: Claim) -> None:
        """Write a mail, hand it over, and store what became of it."""
        outcome, status = Outcome.SENT, None
        with self.database.session(writes=False) as session:
            mail = session.scalars(
                select(Mail)
                .where(Mail.id == claimed.mail_id)
                .options(joinedload(Mail.person).joinedload(Person.platform))
            ).one_or_none()
            if mail is None:  # its reader has been forgotten
                return
            try:
                message = write(self.app, session, mail, self.settings, now=self.clock())
            except UNAVAILABLE:
                raise
            except Exception:  # noqa: BLE001 -- a mistake of ours costs this mail some time, and the others none
                _log.exception("mail_not_written", mail=str(claimed.mail_id))
                self._settle(claimed, Outcome.LATER, None)
                return
            address = message["To"].addresses[0].addr_spec if message is not None else None
        try:
            if message is None or address is None:
                outcome = Outcome.DROPPED
            else:
                self.post.send(message, address)
                self.failures, self.rests_until = 0, None
        except MailError as error:
            outcome, status = self._judge(error), error.status
            is_address = isinstance(error, MailRefusedError) and error.is_address
            self._settle(claimed, outcome, status, bounced=address if is_address else None)
            _log.warning("mail_not_taken", mail=str(claimed.mail_id), reason=str(error), status=status)
            return
        self._settle(claimed, outcome, None)
        _log.info("mail_settled", mail=str(claimed.mail_id), outcome=outcome.value)

    def _judge(self, error: MailError) -> Outcome:
        """Return what a failure means for the mail, and leave the server alone where it means the server."""
        if isinstance(error, MailServerDownError):
            self.failures += 1
            self.rests_until = self.clock() + back_off(self.failures, chance=self.chance)
            return Outcome.LATER
        return Outcome.LATER if isinstance(error, MailPostponedError) else Outcome.REFUSED

    def _settle(self, claimed: Claim, outcome: Outcome, status: int | None, *, bounced: str | None = None) -> None:
        """Store what became of a mail.

        Args:
            bounced: The address that the mail server does not know.
        """
        with self.database.session(writes=True) as session:
            outbox.settle(session, claimed, outcome, status=status, now=self.clock(), chance=self.chance)
            person = session.scalar(
                select(Person).join(Mail, Mail.person_id == Person.id).where(Mail.id == claimed.mail_id)
            )
            if bounced is not None and status is not None and person is not None and person.email == bounced:
                note_bounce(session, person, status, now=self.clock())
            session.commit()
