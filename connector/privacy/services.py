"""What people agreed to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.courses.models import Person
from connector.privacy.models import Consent, Purpose

_UNLESS_SAID = {Purpose.LEARNING_RECORD: True, Purpose.PRIVATE_EVENTS: False}


def decide(session: Session, person: Person, purpose: Purpose, *, is_given: bool, now: datetime) -> Consent:
    """Note what a person says about a purpose, from now on.

    Who takes the consent to the learning record back, goes on taking part as before: only the statements end. What was
    told until then stays; to have that taken back too, they ask to be erased.
    """
    consent = Consent(person=person, purpose=purpose, is_given=is_given, decided_at=now)
    session.add(consent)
    if purpose is Purpose.LEARNING_RECORD:
        # Every act asks for this one, and must not pay for a look into the history.
        person.is_recorded = is_given and person.erased_at is None
    session.flush()
    return consent


def has_agreed(session: Session, person: Person, purpose: Purpose) -> bool:
    """Return what a person last said about a purpose, or what holds until they say something."""
    newest = select(Consent.is_given).where(Consent.person_id == person.id, Consent.purpose == purpose)
    if purpose is Purpose.LEARNING_RECORD:
        return person.is_recorded
    said = session.scalar(newest.order_by(Consent.decided_at.desc()).limit(1))
    return _UNLESS_SAID[purpose] if said is None else said


def list_consents(session: Session, person: Person) -> Sequence[Consent]:
    """Return everything that a person said, the oldest first."""
    said = select(Consent).where(Consent.person_id == person.id)
    return session.scalars(said.order_by(Consent.decided_at, Consent.id)).all()
