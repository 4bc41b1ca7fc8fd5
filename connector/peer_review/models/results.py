"""What reviews come to, what is known of how somebody reviews, and how work was distributed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from connector.db import Identified, Model
from connector.peer_review.aggregation.guard import Method


class WorkResult(Model):
    """What the reviews of a piece of work say together."""

    __tablename__ = "peer_work_result"
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_submission.id"), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    reviews: Mapped[int]
    """How many count."""
    score: Mapped[float | None]
    """From 0 to 100; None where no review has a score."""
    low: Mapped[float | None]
    high: Mapped[float | None]
    mean: Mapped[float | None]
    modelled: Mapped[float | None]
    method: Mapped[Method | None]
    shares: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """What each review brings: {"review", "score", "share", "adjustment"}, by the review's id and not the reviewer's."""
    first: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the first round came to, where the work was revised: {"score", "low", "high", "reviews"}."""
    doubts: Mapped[list[str]] = mapped_column(JSON)
    """Why it needs another review."""
    by_expert: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a review by an expert is among them: then these are enough, and its score is the result."""
    computed_at: Mapped[datetime]
    override: Mapped[float | None]
    """A trainer's own score; it stands, whatever reviews say."""
    override_reason: Mapped[str | None]
    overridden_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    overridden_at: Mapped[datetime | None]

    @property
    def final(self) -> float | None:
        """What counts: the trainer's score, or else what the reviews say."""
        return self.score if self.override is None else self.override


class ReviewerResult(Model):
    """What is known of how somebody reviews."""

    __tablename__ = "peer_reviewer_result"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True, index=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the model makes of them here: bias, spread, effort, flatness."""
    told: Mapped[dict[str, float]] = mapped_column(JSON)
    """What this activity tells of them, for the next one: the sums of a record."""
    computed_at: Mapped[datetime]


class Distribution(Identified, Model):
    """One time that a trainer distributed the work, with what explains it."""

    __tablename__ = "peer_distribution"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    seed: Mapped[int]
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How many pairs, the fewest and the most reviews, notices, and which way found it."""
