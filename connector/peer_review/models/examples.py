"""Works with a known key: examples that learners practise on, and hidden checks among the work that they review."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, mapped_column

from connector.content.models import Written
from connector.db import Identified, Model
from connector.peer_review.models.reviews import Review


class Use(StrEnum):
    """What an example is for. Never both: who has practised on it would know it again."""

    PRACTICE = "practice"
    HIDDEN = "hidden"
    """It goes to reviewers among the work of their colleagues."""


class Example(Written, Identified, Model):
    """A piece of work that a trainer wrote or chose, with what they think of it."""

    __tablename__ = "peer_example"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    position: Mapped[int]
    iri: Mapped[str]
    use: Mapped[Use]
    link: Mapped[str | None]
    language: Mapped[str | None]
    key: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """{"title", "levels", "level", "why"}: by the criterion's title and number of levels, so that it outlives versions of
    the criteria, and copies of the course."""
    rationale: Mapped[str] = mapped_column(Text)
    """What the trainer thinks of it as a whole."""
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer_submission.id"))
    """What reviewers get, where it is hidden."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    """Since when nobody gets it any more; what was said of it stays."""


class Practice(Identified, Model):
    """One try of somebody at an example."""

    __tablename__ = "peer_practice"
    __table_args__ = (UniqueConstraint("example_id", "member_id", "attempt"),)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    example_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_example.id"))
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    attempt: Mapped[int]
    """From 1."""
    levels: Mapped[dict[str, int]] = mapped_column(JSON)
    """What they chose, by criterion."""
    differences: Mapped[dict[str, int]] = mapped_column(JSON)
    """Levels above the trainer's, by criterion."""
    score: Mapped[float]
    """From 0 to 100."""
    deviation: Mapped[float]
    """Points above the trainer's."""
    has_passed: Mapped[bool]
    at: Mapped[datetime]


class Checking(Model):
    """Whether some of the reviews of an activity are hidden checks."""

    __tablename__ = "peer_checking"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    is_on: Mapped[bool]


class Check(Model):
    """Marks a review as a hidden check: it tells of the reviewer, and counts for nothing else."""

    __tablename__ = "peer_check"
    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)


COUNTS_FOR_AUTHOR = ~exists().where(Check.review_id == Review.id)
"""The condition that a review is no hidden check."""
