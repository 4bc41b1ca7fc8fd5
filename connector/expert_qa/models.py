"""What is kept of questions beside their threads. What follows from the thread is not: see `states`."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.threads.models import Thread


class Desk(Model):
    """How questions are asked in an activity; an activity without a row has the defaults."""

    __tablename__ = "question_desk"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    assessed_until: Mapped[datetime | None]
    """When questions about assessed work are shown to everybody; None for never."""
    nudge_days: Mapped[int] = mapped_column(default=3)
    """After how many days with an answer who asked is reminded to say whether it helped; 0 for never."""
    starters: Mapped[str] = mapped_column(Text, default="")
    """What an empty page proposes to ask, one question a line."""


class Hour(Identified, Model):
    """An hour in which somebody answers what was asked for it before."""

    __tablename__ = "question_hour"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    host_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    host: Mapped[Membership] = relationship()
    title: Mapped[str]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    passed_on_at: Mapped[datetime | None]
    """When what it left unanswered was sent on to experts."""


class Question(Model):
    """What is known of a question that its thread does not tell."""

    __tablename__ = "question"
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    thread: Mapped[Thread] = relationship(foreign_keys=[thread_id])
    sent_on_at: Mapped[datetime | None]
    """Since when experts are looked for; None before others can read it."""
    answered_at: Mapped[datetime | None]
    """When the first answer of somebody else could be read."""
    last_answer_at: Mapped[datetime | None]
    info_asked_at: Mapped[datetime | None]
    """Since when it waits for something that who asked must add; None while it does not."""
    info_asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    info_asked_by: Mapped[Membership | None] = relationship(foreign_keys=[info_asked_by_id])
    info_wanted: Mapped[str] = mapped_column(Text, default="")
    """What was missing, in plain text."""
    resolved_at: Mapped[datetime | None]
    """Since when who asked needs nothing more; None while it is open."""
    reopened_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    """When who asked was last reminded to say whether an answer helped."""
    is_assessed: Mapped[bool] = mapped_column(default=False)
    """Whether it is about work that is graded: then it is between who asked and those who lead the course."""
    unlike_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"))
    unlike: Mapped[Thread | None] = relationship(foreign_keys=[unlike_id])
    """A question that it looks like, and is not, as who asked said."""
    unlike_reason: Mapped[str] = mapped_column(Text, default="")
    alike_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"))
    alike: Mapped[Thread | None] = relationship(foreign_keys=[alike_id])
    """The question that it may repeat, for who leads the course; None where none comes near, or they said no."""
    alike_chance: Mapped[float | None]
    """How likely that is, from 0 to 1."""
    hour_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question_hour.id"), index=True)
    """The hour that it was asked for."""
    named_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    """Whom its author asks for, from the directory of the course; None for whoever is likely to know."""


class Choice(Identified, Model):
    """What somebody made of a question that was shown as similar: what the course learns from. Nobody's name is with it."""

    __tablename__ = "question_choice"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    likeness: Mapped[float]
    """How much the two titles share, from 0 to 1."""
    lead: Mapped[float]
    """How much more that is than the next similar one shared."""
    tags: Mapped[float]
    """The share of tags that both have, from 0 to 1."""
    is_same: Mapped[bool]
