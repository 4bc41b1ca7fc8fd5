"""What became of scores and line items, stored.

Each function is called in a transaction that has renewed the lane's lease with `lanes.hold`. A grade that was wished for anew
while it was under way stays due: what the LMS said of the old wish is kept, and the new one is sent next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import Session

from connector.courses.models import Membership, Person
from connector.delivery.retry import MAX_AGE, Chance, back_off
from connector.grades.lanes import Job, Parcel, hold_line_item
from connector.grades.models import Grade, LineItem, State
from connector.grades.services import empty_grade, is_graded
from lti import claims
from lti.errors import LtiError, ServiceError
from lti.grades import Result
from lti.line_items import LineItem as Column

_UNTRACKED = {"synchronize_session": False}
_DETAIL_LENGTH = 500
_SETTLING = timedelta(seconds=10)
"""How long a burst of scores may take until the LMS is asked what it shows."""
_BETWEEN_READINGS = timedelta(minutes=10)
"""How often a line item's results are read at most without anybody's asking."""


class Fate(Enum):
    """What became of a score."""

    SENT = auto()
    KEPT = auto()
    """Not sent: it would have wiped a grade to tell of progress."""
    POSTPONED = auto()
    OVERTAKEN = auto()
    """The LMS holds something newer: it is to be sent under a later time."""
    REFUSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one score."""

    parcel: Parcel
    fate: Fate
    code: str | None = None
    status: int | None = None
    detail: str | None = None
    retry_after: float | None = None
    """Seconds that the LMS asked us to wait."""
    recorded_at: datetime | None = None
    """The time of what the LMS holds instead, where it tells it."""


def outcome_of(parcel: Parcel, fate: Fate, error: LtiError) -> Outcome:
    """Return the outcome that an error stands for."""
    if not isinstance(error, ServiceError):
        return Outcome(parcel=parcel, fate=fate, code=error.code)
    return Outcome(
        parcel=parcel,
        fate=fate,
        code=error.code,
        status=error.status,
        detail=_cut(error.detail),
        retry_after=error.retry_after,
    )


def settle(
    session: Session, job: Job, outcomes: Sequence[Outcome], *, failures: int, now: datetime, chance: Chance
) -> None:
    """Store what became of scores of one line item.

    Args:
        failures: How often in a row the platform failed; while it does, no score is given up for its age.
    """
    item = hold_line_item(session, job.line_item_id)
    taken = [outcome for outcome in outcomes if outcome.fate is Fate.SENT]
    _mark_sent(session, taken, now)
    for outcome in outcomes:
        if outcome.fate is Fate.POSTPONED:
            _postpone(session, outcome, failures=failures, now=now, chance=chance)
        elif outcome.fate is not Fate.SENT:
            _store(session, outcome, _after(outcome, now), now)
    if taken and claims.SCOPE_RESULT_READONLY in job.endpoint.scopes and item.due_at is None:
        earliest = now if item.results_at is None else item.results_at + _BETWEEN_READINGS
        item.wants_results, item.due_at = True, max(now + _SETTLING, earliest)


def refuse_all(session: Session, job: Job, error: ServiceError, *, now: datetime) -> None:
    """Store that the LMS takes no score for a line item at all; what is wanted is kept for `send_again`.

    A line item that is gone took with it what was sent before, and has no `url` any more: the next time it is looked for,
    and made.
    """
    item = hold_line_item(session, job.line_item_id)
    item.url = job.url
    lost = [State.DUE]
    if item.url is None:
        lost.append(State.SENT)
        item.wants_update, item.wants_results, item.due_at = False, False, None
    answer = {
        "answer_code": error.code,
        "answer_status": error.status,
        "answer_detail": _cut(error.detail),
        "answered_at": now,
    }
    session.execute(
        update(Grade)
        .where(Grade.line_item_id == item.id, Grade.state.in_(lost))
        .values(state=State.REFUSED, due_at=None, **answer)
        .execution_options(**_UNTRACKED)
    )
    for name, value in answer.items():
        setattr(item, name, value)


def postpone_all(
    session: Session, job: Job, error: ServiceError, *, failures: int, now: datetime, chance: Chance
) -> None:
    """Let everything about a line item wait that the LMS stumbled over, so that other courses come first next time."""
    item = hold_line_item(session, job.line_item_id)
    attempts = 1 + max([failures, *(parcel.attempts for parcel in job.parcels)])
    due_at = now + back_off(attempts, chance=chance)
    if item.due_at is not None:
        item.due_at = max(item.due_at, due_at)
    session.execute(
        update(Grade)
        .where(Grade.line_item_id == item.id, Grade.state == State.DUE, Grade.due_at <= now)
        .values(
            attempts=attempts,
            due_at=due_at,
            answer_code=error.code,
            answer_status=error.status,
            answer_detail=_cut(error.detail),
            answered_at=now,
        )
        .execution_options(**_UNTRACKED)
    )


def note_line_item(session: Session, job: Job, *, told: Column | None, now: datetime) -> None:
    """Store where a line item is in the LMS, and that the LMS knows its label and maximum, if `told` is what it was told."""
    item = hold_line_item(session, job.line_item_id)
    item.url, item.is_coupled, item.wants_update = job.url, job.is_coupled, item.wants_update or job.wants_update
    item.answer_code = item.answer_status = item.answer_detail = None
    item.answered_at = now
    if told is not None:
        # Unless the trainer has changed them again meanwhile.
        is_known = item.score_maximum == told.score_maximum and (item.is_coupled or item.label == told.label)
        item.wants_update = item.wants_update and not is_known
    _rest(item, now)


def give_up(session: Session, job: Job, error: ServiceError, *, is_reading: bool, now: datetime) -> None:
    """Store that the LMS refuses to change the line item, or to tell what it shows; scores go on."""
    item = hold_line_item(session, job.line_item_id)
    if is_reading:
        item.wants_results = False
    else:
        item.wants_update = False
    item.answer_code, item.answer_status, item.answer_detail = error.code, error.status, _cut(error.detail)
    item.answered_at = now
    _rest(item, now)


def store_results(session: Session, job: Job, results: Mapping[str, Result], *, now: datetime) -> None:
    """Store what the LMS shows, by the platform's user id; learners who got a grade from somebody else get a row."""
    item = hold_line_item(session, job.line_item_id)
    item.results_at, item.wants_results = now, False
    _rest(item, now)
    nothing = _shown(Result(user_id="", points=None, maximum=None, comment=None, recorded_at=None), now)
    session.execute(update(Grade).where(Grade.line_item_id == item.id).values(nothing).execution_options(**_UNTRACKED))
    learners = session.execute(
        select(Membership, Person.subject)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.course_id == item.activity.course_id, Person.subject.in_(results))
    ).all()
    rows = session.execute(select(Grade.member_id, Grade.id).where(Grade.line_item_id == item.id))
    grades = {member_id: grade_id for member_id, grade_id in rows}  # noqa: C416 -- the types know no pairs in rows
    seen = []
    for member, subject in learners:
        shown = _shown(results[subject], now)
        if member.id in grades:
            seen.append({"id": grades[member.id], **shown})
        elif results[subject].points is not None and is_graded(member):
            grade = empty_grade(item, member.id)
            for name, value in shown.items():
                setattr(grade, name, value)
            session.add(grade)
    if seen:
        session.execute(update(Grade), seen)  # by primary key, in bulk
    session.flush()


def _shown(result: Result, now: datetime) -> dict[str, Any]:
    return {
        "seen_points": result.points,
        "seen_maximum": result.maximum,
        "seen_comment": result.comment,
        "seen_recorded_at": result.recorded_at,
        "seen_at": now,
    }


def _rest(item: LineItem, now: datetime) -> None:
    """Note when something is to be done next for the line item itself."""
    if item.wants_update:
        item.due_at = now
    elif not item.wants_results:
        item.due_at = None


def _mark_sent(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    if not outcomes:
        return
    is_newest = Grade.version == bindparam("_version")
    statement = (
        update(Grade)
        .where(Grade.id == bindparam("_id"))
        .values(
            state=case((is_newest, State.SENT), else_=Grade.state),
            due_at=case((is_newest, None), else_=Grade.due_at),
            attempts=case((is_newest, 0), else_=Grade.attempts),
            sent_points=bindparam("_points"),
            sent_maximum=bindparam("_maximum"),
            sent_comment=bindparam("_comment"),
            sent_at=bindparam("_timestamp"),
            answer_code=None,
            answer_status=bindparam("_status"),
            answer_detail=None,
            answered_at=now,
        )
    )
    session.connection().execute(
        statement,
        [
            {
                "_id": outcome.parcel.grade_id,
                "_version": outcome.parcel.version,
                "_points": outcome.parcel.points,
                "_maximum": outcome.parcel.maximum,
                "_comment": outcome.parcel.comment,
                "_timestamp": outcome.parcel.timestamp,
                "_status": outcome.status,
            }
            for outcome in outcomes
        ],
    )


def _postpone(session: Session, outcome: Outcome, *, failures: int, now: datetime, chance: Chance) -> None:
    parcel = outcome.parcel
    # Only where the LMS takes others does its age speak against a score.
    if failures == 0 and now - parcel.wanted_at > MAX_AGE:
        _store(session, outcome, {"state": State.REFUSED, "due_at": None}, now)
        return
    attempts = parcel.attempts + 1
    _store(session, outcome, {"attempts": attempts, "due_at": now + back_off(attempts, chance=chance)}, now)


def _after(outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.fate is Fate.OVERTAKEN:
        latest = max(outcome.parcel.timestamp, outcome.recorded_at or outcome.parcel.timestamp)
        changes = {"timestamp": latest, "stamped_version": None, "conflicts": outcome.parcel.conflicts + 1}
        return {**changes, "due_at": now}
    state = State.SENT if outcome.fate is Fate.KEPT else State.REFUSED
    return {"state": state, "due_at": None, "attempts": 0}


def _store(session: Session, outcome: Outcome, changes: Mapping[str, Any], now: datetime) -> None:
    """Apply `changes`, unless the score was wished for anew meanwhile."""
    answer = {
        "answer_code": outcome.code,
        "answer_status": outcome.status,
        "answer_detail": outcome.detail,
        "answered_at": now,
    }
    parcel = outcome.parcel
    session.execute(
        update(Grade)
        .where(Grade.id == parcel.grade_id, Grade.version == parcel.version)
        .values({**answer, **changes})
        .execution_options(**_UNTRACKED)
    )


def _cut(detail: str | None) -> str | None:
    return None if detail is None else detail[:_DETAIL_LENGTH]
