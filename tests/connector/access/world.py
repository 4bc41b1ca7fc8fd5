"""A course with everything that somebody may not see, and everybody who may not see it.

Each thing carries words that stand nowhere else, and says who may read them: so whatever an answer holds can be judged
without knowing which page it is.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from connector.courses.models import STAFF, Role
from connector.db import Database
from tests.make import NOW

KEY = "0123456789abcdef0123456789abcdef"
BROWSER = "the secret of this browser"
LATER = NOW + timedelta(hours=1)
"""When everybody comes: everything was written before."""

HOME, NEXT, FAR = "home", "next", "far"
"""The courses: that of all things, another one of the same LMS, and one of another LMS and organisation."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who walks through all routes."""

    name: str
    course: str
    """Where they are a member; empty for who is nowhere."""
    role: Role | None = None
    is_here: bool = True
    """Whether they still are in the course, in a session that is theirs."""
    is_operator: bool = False
    sid: str = ""
    """Of their own visit."""
    client: FlaskClient = field(repr=False, default=None)  # type: ignore[assignment]

    @property
    def is_staff(self) -> bool:
        """Whether they lead their course."""
        return self.role in STAFF

    @property
    def can_write(self) -> bool:
        """Whether they do more than look on."""
        return self.role is not Role.OBSERVER

    @property
    def token(self) -> str:
        """What their forms carry."""
        return hmac.new(KEY.encode(), f"csrf {self.sid}".encode(), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that an address names."""

    kind: str
    name: str
    value: Any
    """What stands in the address."""
    course: str = HOME
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else its addresses need, such as its activity."""
    readers: frozenset[str] = frozenset()
    """The names of those who may read it."""
    seers: frozenset[str] = frozenset()
    """Of those who may know that it is there, though perhaps not what it says."""
    owner: str = ""
    """Who made it."""
    is_moved: bool = False
    """Whether only its address is left, which leads elsewhere."""


@dataclass
class World:
    """Everything, and everybody."""

    app: Flask
    database: Database
    file: Path
    """The database's, where it is one."""
    visitors: dict[str, Visitor]
    things: list[Thing]
    words: dict[str, frozenset[str]]
    """Who may read each word that stands in one place only."""
    meanings: dict[str, str]
    """What each word is a part of, for the message of a test that fails."""

    def of(self, kind: str, course: str | None = None) -> list[Thing]:
        """Return the things of a kind."""
        return [each for each in self.things if each.kind == kind and course in {None, each.course}]

    def get(self, kind: str, name: str) -> Thing:
        """Return one thing."""
        return next(each for each in self.things if (each.kind, each.name) == (kind, name))


WHO: Mapping[str, tuple[str, Role]] = {
    "anna": (HOME, Role.LEARNER),
    "bert": (HOME, Role.LEARNER),
    "clea": (HOME, Role.LEARNER),
    "gone": (HOME, Role.LEARNER),
    "gita": (HOME, Role.EXPERT),
    "eva": (HOME, Role.EXPERT),
    "olaf": (HOME, Role.OBSERVER),
    "asta": (HOME, Role.ASSISTANT),
    "tine": (HOME, Role.TRAINER),
    "test": (HOME, Role.TEST_STUDENT),
    "otto": (NEXT, Role.LEARNER),
    "lars": (NEXT, Role.TRAINER),
    "piet": (FAR, Role.LEARNER),
    "mats": (FAR, Role.TRAINER),
}
"""Anna is in group A, Bert in group B, Clea in none; who is gone has left, and Gita comes from outside."""
OUTSIDE = frozenset({"gone", "gita"})
"""Who opens no page of a visit, also where they had one: a guest never does."""
EVERYBODY = frozenset({"anna", "bert", "clea", "eva", "olaf", "asta", "tine", "test"})
"""Of the course."""
LEADERS = frozenset({"asta", "tine"})
LOOKERS = LEADERS | {"eva", "olaf"}
"""Who sees every group."""
IN_A = LOOKERS | {"anna"}
IN_B = LOOKERS | {"bert"}
