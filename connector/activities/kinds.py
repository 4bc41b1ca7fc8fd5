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

Beginner = Callable[[Session, Activity, Membership, datetime], None]
"""Gives a new activity, made by somebody who leads its course, something of its own to begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """A beginning for a trainer who has none: the words, the rules that belong to them, and what stands there at first."""

    key: str
    """Names it among those of its kind."""
    title: str
    prompt: str
    begin: Beginner | None = None
    """Sets its rules, within what the organisation admits; all of them can be changed afterwards."""
    open: Beginner | None = None
    """Adds what stands in it when people come, at the moment when it is published."""
    opening: str = ""
    """What `open` adds, in a sentence for learners."""
    is_in_groups: bool = False
    """Whether each group is by itself, where the course has groups."""


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
    begin: Callable[[Session, Activity], None]
    """Gives an activity that begins with nothing the rules that its organisation wants."""
    tell: Callable[[Session, Activity], Sequence[str]]
    """Tells learners how an activity works, a sentence for each rule that is not self-evident."""
    clear: Callable[[Session, Activity], None]
    """Takes away what was set up for an activity that nobody has taken part in."""
    keeping: Keeping | None = None
    """None where threads see to it."""


def kinds() -> Mapping[Kind, KindParts]:
    """Return the kinds of activity that this application has."""
    found: Mapping[Kind, KindParts] = current_app.extensions["kring_kinds"]
    return found


def find_idea(kind: Kind, key: str | None) -> Idea | None:
    """Return the idea of a kind that a key names; None where there is none."""
    return next((each for each in kinds()[kind].ideas() if each.key == key), None) if key else None


def copy_settings(session: Session, origin: Activity, copy: Activity, now: datetime) -> None:
    """Copy what the kind of an activity adds to its settings."""
    kinds()[copy.kind].copy_settings(session, origin, copy, now)
