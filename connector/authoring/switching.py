"""What holds for a whole course: which activities are on, its language, and the rules of all its threads at once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from connector.activities.changes import OFF, ON, note
from connector.activities.kinds import kinds
from connector.activities.models import THREADED, Activity
from connector.activities.services import find_activity, list_used
from connector.authoring.models import What
from connector.courses.models import Course, Membership
from connector.threads.limits import get_rules
from connector.threads.models import Moderation, Rules
from connector.threads.ruling import check_limits, set_rules
from connector.web.errors import NotFoundError

Value = bool | int | Moderation | None
Wanted = Mapping[What, Value]
"""The rules to give to every activity with threads; what is left out stays as each has it."""

_KEPT = ("learners_start", "allows_anonymous", "allows_private", "moderation", "hold_after_reports", "close_after_days")
_RULES = (*_KEPT, "posts_a_day", "keep_days")


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one activity."""

    activity: Activity
    values: Sequence[tuple[What, Value, Value]]
    """What changes, from what, to what."""


def switch(session: Session, by: Membership, activity_id: uuid.UUID, *, is_on: bool, now: datetime) -> Activity:
    """Let people find an activity, or nobody; all that is in it stays. Doing it again changes nothing.

    Raises:
        NotFoundError: The member does not lead the course, or the activity is not published, or another course's.
    """
    activity = find_activity(session, by, activity_id)
    if not by.is_staff or activity.prepared_at is not None:
        raise NotFoundError
    was_on = activity.switched_off_at is None
    if was_on is not is_on:
        activity.switched_off_at = None if is_on else now
        note(session, by, What.ACTIVITY, stored(was_on), stored(is_on), activity=activity, now=now)
    return activity


def set_language(session: Session, by: Membership, language: str | None, *, now: datetime) -> None:
    """Say which language people get of whom the LMS tells none.

    Args:
        language: One of ours; None for what their browser asks for.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not by.is_staff:
        raise NotFoundError
    course = session.get_one(Course, by.course_id)
    note(session, by, What.LANGUAGE, course.language, language, now=now)
    course.language = language


def plan(session: Session, by: Membership, wanted: Wanted) -> Sequence[Change]:
    """Return which activities would change, and how.

    Raises:
        NotFoundError: The member does not lead the course.
        InvalidInputError: It is more than the organisation admits.
    """
    if not by.is_staff:
        raise NotFoundError
    found = []
    for activity in list_used(session, by.course_id):
        if activity.kind not in THREADED:
            found.extend(_plan_keeping(session, activity, wanted))
            continue
        rules = get_rules(session, activity)
        pairs = [(what, getattr(rules, what.value), value) for what, value in wanted.items()]
        values = [(what, before, after) for what, before, after in pairs if before != after]
        if values:
            merged: dict[str, Any] = {
                what.value: getattr(rules, what.value) for what in (What.ALLOWS_ANONYMOUS, What.KEEP_DAYS)
            }
            merged |= {what.value: after for what, _before, after in values if what.value in merged}
            check_limits(session, activity, **merged)
            found.append(Change(activity, values))
    return found


def rule_all(session: Session, by: Membership, wanted: Wanted, *, now: datetime) -> int:
    """Give rules to every discussion of a course, to its questions, and to other kinds what they have of it; return how
    many activities changed.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    changes = plan(session, by, wanted)
    for change in changes:
        keeping = kinds()[change.activity.kind].keeping
        if keeping is not None:
            keeping.keep(session, change.activity, _days(change.values[0][2]))
        else:
            _set(session, change.activity, by, {what.value: after for what, _before, after in change.values})
        for what, before, after in change.values:
            note(session, by, what, stored(before), stored(after), activity=change.activity, now=now)
    return len(changes)


def _plan_keeping(session: Session, activity: Activity, wanted: Wanted) -> list[Change]:
    """Return what would become of an activity without threads: of all rules it has that of how long texts are kept."""
    keeping = kinds()[activity.kind].keeping
    if keeping is None or What.KEEP_DAYS not in wanted:
        return []
    before, after = keeping.days_of(session, activity), _days(wanted[What.KEEP_DAYS])
    if before == after:
        return []
    check_limits(session, activity, allows_anonymous=False, keep_days=after)
    return [Change(activity, [(What.KEEP_DAYS, before, after)])]


def _days(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _set(session: Session, activity: Activity, by: Membership, changed: Mapping[str, Value]) -> Rules:
    rules = get_rules(session, activity)
    # A row that was never stored has no values where the database would fill them in.
    known = {name: getattr(rules, name) for name in _RULES}
    return set_rules(session, activity, by, **{**known, **changed})


def stored(value: Value) -> str | None:
    """Return a value as the log keeps it."""
    if isinstance(value, bool):
        return ON if value else OFF
    return None if value is None else str(value)
