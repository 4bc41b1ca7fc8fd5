"""Mails on their way: claim one, settle it. Nothing here sends or commits.

A mail that a dead worker held is claimed again once its lease has run out, and is sent again under the same Message-ID.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnExpressionArgument, or_, select, update
from sqlalchemy.orm import Session

from connector.delivery.errors import LeaseLostError
from connector.delivery.retry import FARTHEST, Chance, back_off
from connector.notifications.models import Mail, MailState

LEASE = timedelta(minutes=5)
"""How long one worker has for one mail: longer than a mail server may take for it."""
MOST_AGE = timedelta(days=3)
"""How long a mail is tried; what it would have said is in the bell."""
_SLOWER = 6
"""Mail servers that put a mail off want to be left alone for a minute at least, not for a second."""


class Outcome(StrEnum):
    """What became of an attempt."""

    SENT = "sent"
    DROPPED = "dropped"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one mail."""

    mail_id: uuid.UUID
    token: uuid.UUID


def is_due(session: Session, *, now: datetime) -> bool:
    """Return whether a mail could be claimed."""
    return session.scalar(select(Mail.id).where(*_claimable(now)).limit(1)) is not None


def claim(session: Session, *, now: datetime, lease: timedelta = LEASE) -> Claim | None:
    """Claim the mail that has waited longest; None where none is due."""
    token = uuid.uuid4()
    due = (
        select(Mail.id)
        .where(*_claimable(now))
        .order_by(Mail.due_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    mail_id = session.scalar(
        update(Mail)
        .where(Mail.id.in_(select(due.c.id)))
        .values(lease_token=token, lease_until=now + lease, attempts=Mail.attempts + 1)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return None if mail_id is None else Claim(mail_id, token)


def settle(
    session: Session, claimed: Claim, outcome: Outcome, *, status: int | None = None, now: datetime, chance: Chance
) -> None:
    """Store what became of an attempt.

    Args:
        status: The mail server's answer, if there was one.

    Raises:
        LeaseLostError: Another worker has the mail by now; nothing was stored.
    """
    mail = session.scalar(
        select(Mail).where(Mail.id == claimed.mail_id, Mail.lease_token == claimed.token).with_for_update()
    )
    if mail is None:
        raise LeaseLostError("the lease of the mail has run out")
    changes: dict[str, Any] = {"done_at": now}
    is_hopeless = now - mail.created_at > MOST_AGE
    if outcome is Outcome.SENT:
        changes["state"] = MailState.DONE
    elif outcome is Outcome.DROPPED:
        changes["state"] = MailState.DROPPED
    elif outcome is Outcome.REFUSED or is_hopeless:
        changes["state"] = MailState.DEAD
    else:
        changes = {"due_at": now + back_off(mail.attempts + _SLOWER, chance=chance)}
    for name, value in changes.items():
        setattr(mail, name, value)
    mail.lease_token, mail.lease_until, mail.last_status = None, None, status
    session.flush()


def _claimable(now: datetime) -> list[ColumnExpressionArgument[bool]]:
    """Return the conditions for a mail that is due and nobody's; a time too far ahead was written by a wrong clock."""
    beyond = now + FARTHEST
    return [
        Mail.state == MailState.NEW,
        or_(Mail.due_at <= now, Mail.due_at > beyond),
        or_(Mail.lease_until.is_(None), Mail.lease_until <= now, Mail.lease_until > beyond),
    ]
