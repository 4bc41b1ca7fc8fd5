"""What a person wants in the mail, and whether their address takes any."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.courses.models import Membership, Person
from connector.db import stored
from connector.notifications.models import Cadence, MailPreference, Notice
from connector.notifications.recipients import MAILED_ROLES
from connector.notifications.timing import known_zones
from connector.web.sessions import digest

_MACHINES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person says about mail."""

    cadence: Cadence
    digest_minute: int
    """In minutes after midnight, as the quiet hours are."""
    weekday: int
    quiet_from: int | None
    quiet_until: int | None
    zone: str | None
    """None for the browser's."""


def preference_of(session: Session, person_id: uuid.UUID) -> MailPreference:
    """Return what a person said, or what holds until they do; the latter is not stored."""
    return session.get(MailPreference, person_id) or blank(person_id)


def blank(person_id: uuid.UUID) -> MailPreference:
    """Return what holds for somebody who said nothing."""
    return MailPreference(
        person_id=person_id,
        cadence=Cadence.DAILY,
        digest_minute=8 * 60,
        weekday=0,
        quiet_from=21 * 60,
        quiet_until=7 * 60,
        has_shortcuts=True,
        budget_used=0,
    )


def stored_preference(session: Session, person_id: uuid.UUID) -> MailPreference:
    """Return a person's row, made where there is none."""
    mine = select(MailPreference).where(MailPreference.person_id == person_id)
    return stored(session, mine, lambda: blank(person_id))


def save_wishes(session: Session, person_id: uuid.UUID, wishes: Wishes, *, now: datetime) -> MailPreference:
    """Note what a person says about mail; what waits for one is looked at again."""
    row = stored_preference(session, person_id)
    row.cadence, row.digest_minute, row.weekday = wishes.cadence, wishes.digest_minute, wishes.weekday
    row.quiet_from, row.quiet_until, row.zone = wishes.quiet_from, wishes.quiet_until, wishes.zone
    row.former_cadence = None
    _look_again(session, person_id, now)
    return row


def save_shortcuts(session: Session, person_id: uuid.UUID, *, has_shortcuts: bool) -> None:
    """Note whether single keys do things on pages."""
    stored_preference(session, person_id).has_shortcuts = has_shortcuts
    session.flush()


def unsubscribe(session: Session, person_id: uuid.UUID, *, now: datetime) -> None:
    """Send a person no more mail; asking twice is asking once."""
    row = stored_preference(session, person_id)
    if row.cadence is not Cadence.OFF:
        row.former_cadence, row.cadence = row.cadence, Cadence.OFF
    _look_again(session, person_id, now)


def resubscribe(session: Session, person_id: uuid.UUID, *, now: datetime) -> None:
    """Take an `unsubscribe` back."""
    row = stored_preference(session, person_id)
    if row.cadence is Cadence.OFF:
        row.cadence, row.former_cadence = row.former_cadence or Cadence.DAILY, None
    _look_again(session, person_id, now)


def note_zone(session: Session, person_id: uuid.UUID, zone: str) -> None:
    """Note the zone that a person's browser tells."""
    if zone in known_zones():
        stored_preference(session, person_id).seen_zone = zone
        session.flush()


def note_bounce(session: Session, person: Person, status: int, *, now: datetime) -> None:
    """Note that the mail server refused a person's address for good: no mail goes there any more."""
    row = stored_preference(session, person.id)
    row.bounced_hash, row.bounced_status, row.bounced_at = digest(person.email or ""), status, now
    session.flush()


def forgive(session: Session, person_id: uuid.UUID) -> None:
    """Try a refused address again, since its owner says that it works."""
    row = stored_preference(session, person_id)
    row.bounced_hash = row.bounced_status = row.bounced_at = None
    session.flush()


def is_bouncing(preference: MailPreference, person: Person) -> bool:
    """Return whether the address that a person has now was refused for good."""
    return bool(person.email) and preference.bounced_hash == digest(person.email or "")


def can_be_mailed(member: Membership) -> bool:
    """Return whether a member is somebody whom mail is sent to, as far as the course is concerned."""
    return member.is_active and member.role in MAILED_ROLES and member.person.erased_at is None


def zones() -> Sequence[str]:
    """Return the zones to choose from, without those that only machines use."""
    return [*sorted(name for name in known_zones() if "/" in name and not name.startswith(_MACHINES)), "UTC"]


def _look_again(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    session.flush()
    waiting = update(Notice).where(Notice.person_id == person_id, Notice.mail_due_at.is_not(None))
    session.execute(waiting.values(mail_due_at=now).execution_options(synchronize_session=False))
