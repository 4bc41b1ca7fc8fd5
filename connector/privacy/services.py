"""What people agreed to, and what of a course's acts is recorded."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from connector.courses.models import Course, Membership, Person, Recording
from connector.courses.policies import check, policy_of
from connector.privacy.models import Consent, Purpose, RecordingChange
from connector.web.errors import InvalidInputError

_log = structlog.get_logger(__name__)

_UNLESS_SAID = {Purpose.LEARNING_RECORD: True, Purpose.PRIVATE_EVENTS: False}


def decide(session: Session, person: Person, purpose: Purpose, *, is_given: bool, now: datetime) -> Consent:
    """Note what a person says about a purpose, from now on.

    Who takes the consent to the learning record back, goes on taking part as before: only the statements end. What was
    told until then stays; to have that taken back too, they ask to be erased.
    """
    said = select(func.max(Consent.decided_at)).where(Consent.person_id == person.id, Consent.purpose == purpose)
    last = session.scalar(said)
    # What is said last counts, even where a clock stands still or is set back.
    decided_at = now if last is None else max(now, last + timedelta(microseconds=1))
    consent = Consent(person=person, purpose=purpose, is_given=is_given, decided_at=decided_at)
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


def change_recording(session: Session, by: Membership, recording: Recording, *, now: datetime) -> None:
    """Let more, less or nothing of what happens in a course be recorded from now on, and note who wanted it so.

    What was recorded until then stays, and is still sent where it waits. Nothing is noted where nothing changes.

    Raises:
        InvalidInputError: It is more than the organisation admits.
    """
    course = session.get_one(Course, by.course_id, with_for_update={"key_share": True}, populate_existing=True)
    if course.recording is recording:
        return
    if errors := check(policy_of(session, course), recording=recording):
        raise InvalidInputError(errors)
    change = RecordingChange(course=course, by=by, changed_at=now, before=course.recording, after=recording)
    session.add(change)
    course.recording = recording
    session.flush()
    _log.info("recording_changed", course=str(course.id), by=str(by.id), before=change.before, after=change.after)


def list_changes(session: Session, course: Course, *, limit: int = 20) -> Sequence[RecordingChange]:
    """Return who changed what is recorded in a course, the last change first."""
    return session.scalars(
        select(RecordingChange)
        .where(RecordingChange.course_id == course.id)
        .options(joinedload(RecordingChange.by).joinedload(Membership.person))
        .order_by(RecordingChange.changed_at.desc(), RecordingChange.id)
        .limit(limit)
    ).all()
