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
_AROUND = 60
"""Characters that are kept at least before a change that stands far down in a text, or behind one at its beginning."""

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
    before = dict(read())
    yield
    for name, value in read().items():
        earlier, later = kept(before.get(name), value)
        note(session, by, f"{part}.{name}", earlier, later, activity=activity, now=now)


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


def kept(before: Value, after: Value) -> tuple[str | None, str | None]:
    """Return a value as the log keeps it, and another that it became.

    Of long texts these are the beginnings, or what stands around the place from which they differ.
    """
    earlier, later = _words(before), _words(after)
    start = _start(earlier, later) if earlier and later else 0
    return _cut(earlier, start), _cut(later, start)


def _words(value: Value) -> str | None:
    if value is None or (isinstance(value, str) and not value):
        return None
    if isinstance(value, bool):
        return ON if value else OFF
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value.value if isinstance(value, Enum) else value)


def _start(earlier: str, later: str) -> int:
    """Return from where two texts are to be kept, so that it shows in what they differ; a word begins there, if one does."""
    pairs = enumerate(zip(earlier, later, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), min(len(earlier), len(later)))
    if same + _AROUND < _LONGEST or earlier == later:
        return 0
    space = earlier.find(" ", same - _AROUND, same)
    return space + 1 if space >= 0 else same - _AROUND


def _cut(words: str | None, start: int) -> str | None:
    if words is None or (start == 0 and len(words) <= _LONGEST):
        return words
    rest = words[start:] if start == 0 else f"…{words[start:]}"
    return rest if len(rest) <= _LONGEST else f"{rest[: _LONGEST - 1]}…"


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
