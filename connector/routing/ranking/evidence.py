"""What is known of people who could answer, and of a question."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAnswer:
    """An answer that somebody gave, under their name and for everybody to read."""

    author_id: uuid.UUID
    terms: Sequence[str]
    """The stems of the question's words and of the answer's."""
    tags: frozenset[str]
    at: datetime
    is_accepted: bool = False
    thanks: int = 0
    """How many said that it is right, or gave thanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could be asked."""

    id: uuid.UUID
    is_expert: bool
    """Whether they were made an expert, or have a confirmed topic."""
    topics: frozenset[str] = frozenset()
    """What they know, as somebody who leads the course has confirmed."""
    claims: frozenset[str] = frozenset()
    """What they say to know, which nobody has confirmed or declined yet."""
    availability: float = 1.0
    """From 0, who is not to be asked, to 1."""
    open_requests: int = 0
    asked_at: datetime | None = None
    """When they were last asked; None for never."""
    active_at: Sequence[datetime] = ()
    """When they wrote something, or were here, lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know."""

    terms: Sequence[str]
    """The stems of its words."""
    tags: frozenset[str]
    mentions: frozenset[str] = frozenset()
    """Topics that its words name, and that are none of its tags."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What it calls those of both that it does not call by their own name."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is asked, to be put into words."""

    code: str
    """One of those below; those who ask have further ones."""
    tags: tuple[str, ...] = ()
    count: int = 0
    called: tuple[tuple[str, str], ...] = ()
    """Tags with what the question calls them, where that is another word."""


TOPIC, MENTIONED, CLAIMED, TAG, SIMILAR, ACTIVE = "topic", "mentioned", "claimed", "tag", "similar", "active"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's place."""

    candidate: Candidate
    score: float
    reasons: Sequence[Reason]
    lists: Mapping[str, int] = field(default_factory=dict)
    """Their place in each list in which they stand, from 1 on."""
