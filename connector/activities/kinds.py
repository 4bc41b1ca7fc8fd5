"""What each kind of activity tells the floors below it: its name, what is new in it, and what it holds of a person.

Pages for a whole course, and the picker, serve every kind without importing one; the application puts them together.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.courses.models import Membership, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """A beginning for a trainer who has none."""

    title: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Something that is stored of a person."""

    label: str
    """What it is, in the reader's language."""
    name: str
    """The same in the export, in every language."""
    records: Sequence[Mapping[str, Any]]
    """JSON values."""
    is_own: bool = False
    """Whether it is the person's alone: whoever else may see the rest is not even told how much of it there is."""


Copier = Callable[[Session, Activity, Activity, datetime], None]
"""Gives the second activity what its trainer set up in the first, and nothing that people did there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long the texts of a kind of activity are kept that has no threads, since these have rules of their own."""

    days_of: Callable[[Session, Activity], int | None]
    """Tells how many days after the last that happened in an activity; None for good."""
    keep: Callable[[Session, Activity, int | None], None]
    """Sets it; who may, and how long it may be, is the caller's to check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindParts:
    """One kind of activity; the texts are asked for when a page is made, since they depend on its reader."""

    kind: Kind
    icon: str
    label: Callable[[], str]
    """What its members do."""
    about: Callable[[], str]
    ideas: Callable[[], Sequence[Idea]]
    count_news: Callable[[Session, Membership, Collection[uuid.UUID], datetime], Mapping[uuid.UUID, int]]
    """Counts what the member has not seen at a moment, by activity."""
    list_holdings: Callable[[Session, Person], Sequence[Holding]]
    copy_settings: Copier
    keeping: Keeping | None = None
    """None where threads see to it."""


def kinds() -> Mapping[Kind, KindParts]:
    """Return the kinds of activity that this application has."""
    found: Mapping[Kind, KindParts] = current_app.extensions["kring_kinds"]
    return found


def copy_settings(session: Session, origin: Activity, copy: Activity, now: datetime) -> None:
    """Copy what the kind of an activity adds to its settings."""
    kinds()[copy.kind].copy_settings(session, origin, copy, now)
