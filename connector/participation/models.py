"""What taking part means in an activity, and what was marked by hand."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Membership
from connector.db import Identified, Model


class Grading(StrEnum):
    """How taking part becomes points. Nothing is sent before a trainer has seen it."""

    NONE = "none"
    COUNT = "count"
    """By the share of what was asked for that is done; more than that earns nothing."""
    RUBRIC = "rubric"
    """By criteria that a trainer marks."""


class Late(StrEnum):
    """What a post after the due date is worth."""

    COUNTS = "counts"
    """As much as any; it is only marked."""
    HALF = "half"
    NOTHING = "nothing"


class Participation(Model):
    """What an activity asks of each learner; an activity without a row asks for nothing."""

    __tablename__ = "participation"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    threads: Mapped[int] = mapped_column(default=0)
    """How many threads to begin."""
    replies: Mapped[int] = mapped_column(default=0)
    """How many replies to write."""
    posts: Mapped[int] = mapped_column(default=0)
    """How many posts in all, of either kind."""
    due_at: Mapped[datetime | None]
    """By when; None without a date."""
    late: Mapped[Late] = mapped_column(default=Late.COUNTS)
    grading: Mapped[Grading] = mapped_column(default=Grading.NONE)


class Extension(Model):
    """A later due date for one learner."""

    __tablename__ = "participation_extension"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    due_at: Mapped[datetime]
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    given_at: Mapped[datetime]


class Criterion(Identified, Model):
    """One thing that a trainer looks for, with the levels that it is marked on."""

    __tablename__ = "participation_criterion"
    __table_args__ = (UniqueConstraint("activity_id", "position"),)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    position: Mapped[int]
    title: Mapped[str]
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """From the lowest: {"label": str, "points": float}."""

    @property
    def maximum(self) -> float:
        """The points of its best level."""
        return max((float(level["points"]) for level in self.levels), default=0.0)


class Mark(Model):
    """The level that a trainer gave a learner for one criterion."""

    __tablename__ = "participation_mark"
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participation_criterion.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    level: Mapped[int]
    """From 0, into the criterion's levels."""
    points: Mapped[float]
    """What the level was worth when it was given: a changed rubric does not change what was marked."""
    marked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    marked_at: Mapped[datetime]


class Remark(Model):
    """What a trainer writes to a learner with the grade."""

    __tablename__ = "participation_remark"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    text: Mapped[str]


class Completion(Model):
    """That a learner has done all that an activity asks for: noted once, and kept whatever is asked for later."""

    __tablename__ = "participation_completion"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    member: Mapped[Membership] = relationship()
    completed_at: Mapped[datetime]


class WithPoints(Model):
    """That an activity has points: a trainer wanted it so."""

    __tablename__ = "participation_with_points"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    set_at: Mapped[datetime]


class ShownPoints(Model):
    """That a learner lets the course see their points; whoever is not here keeps them to themselves."""

    __tablename__ = "participation_shown_points"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    since: Mapped[datetime]
