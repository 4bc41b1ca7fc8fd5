"""The log of a course's settings: who changed what, from what to what; one for the settings of every feature.

A feature names its settings in a part of its own (`rules.moderation`), keeps their values as short texts, and gives the words
for both; pages ask for these when they show the log, in their reader's language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from flask import current_app
from flask_babel import format_decimal
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity, CourseChange
from connector.courses.models import Course, Membership
from connector.web.i18n import gettext as _
from connector.web.pages import in_words

MOST_SHOWN = 50
ON, OFF = "on", "off"
_LONGEST = 200
"""Characters that are kept of a value: the log says what changed, it is no copy of it."""

Value = bool | float | str | Enum | datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A setting in words, in the reader's language."""

    label: str
    words: Callable[[str | None], str]
    """For a value, as the log keeps it."""


Settings = Callable[[], Mapping[str, Told]]
"""Returns the settings of a part by their names."""


def note(
    session: Session,
    by: Membership,
    what: str,
    before: str | None,
    after: str | None,
    *,
    activity: Activity | None = None,
    now: datetime,
) -> None:
    """Note a change, in the transaction in which it happens; nothing where nothing changes."""
    if before == after:
        return
    change = CourseChange(
        course_id=by.course_id, activity=activity, by=by, changed_at=now, what=what, before=before, after=after
    )
    session.add(change)
    session.flush()


@contextmanager
def noting(
    session: Session,
    by: Membership,
    activity: Activity,
    part: str,
    read: Callable[[], Mapping[str, Value]],
    *,
    now: datetime,
) -> Iterator[None]:
    """Note which settings of an activity are others afterwards than before.

    Args:
        read: Returns them, by the names that they have within `part`.
    """
    before = _kept(read())
    yield
    for name, value in _kept(read()).items():
        note(session, by, f"{part}.{name}", before.get(name), value, activity=activity, now=now)


def list_log(session: Session, course: Course, *, limit: int = MOST_SHOWN) -> Sequence[CourseChange]:
    """Return what was changed in a course, the last change first."""
    return session.scalars(
        select(CourseChange)
        .where(CourseChange.course_id == course.id)
        .options(
            joinedload(CourseChange.by).joinedload(Membership.person),
            joinedload(CourseChange.by).joinedload(Membership.course),
            joinedload(CourseChange.activity),
        )
        .order_by(CourseChange.changed_at.desc(), CourseChange.id)
        .limit(limit)
    ).all()


def told_of(what: str) -> Told | None:
    """Return the words for a setting of a feature; None for one that this application does not have (any more)."""
    part, _dot, name = what.partition(".")
    parts: Mapping[str, Settings] = current_app.extensions["kring_settings"]
    return parts[part]().get(name) if part in parts else None


def kept(value: Value) -> str | None:
    """Return a value as the log keeps it."""
    if value is None or (isinstance(value, str) and not value):
        return None
    if isinstance(value, bool):
        return ON if value else OFF
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10g}"
    words = str(value.value if isinstance(value, Enum) else value)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _kept(values: Mapping[str, Value]) -> dict[str, str | None]:
    return {name: kept(value) for name, value in values.items()}


# --- words that many settings have --------------------------------------------------------------------------------------
def yes_no(value: str | None) -> str:
    """Return whether something holds."""
    return _("Yes") if value == ON else _("No")


def moment(value: str | None) -> str:
    """Return a time."""
    return in_words(datetime.fromisoformat(value)) if value else _("No date")


def number(none: str) -> Callable[[str | None], str]:
    """Return how to say a number, and what to say where there is none."""
    return lambda value: str(format_decimal(value)) if value else none


def text(value: str | None) -> str:
    """Return a text, or that there is none."""
    return value or _("Nothing")


def one_of(names: Mapping[str, str]) -> Callable[[str | None], str]:
    """Return how to say one of several names."""
    return lambda value: names.get(value or "", value or "")
