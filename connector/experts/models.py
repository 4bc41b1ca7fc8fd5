"""What members say that they know, and when they can be asked."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Course, Membership
from connector.db import Model


class Standing(StrEnum):
    """What those who lead a course made of a member whom the LMS calls something else."""

    EXPERT = "expert"
    MENTOR = "mentor"


class Claim(StrEnum):
    """What became of a topic that a member says to know."""

    DECLARED = "declared"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Expert(Model):
    """How a member can be asked; a member without a row can be asked at any time, and is no expert by appointment."""

    __tablename__ = "expert"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    member: Mapped[Membership] = relationship()
    standing: Mapped[Standing | None]
    weekly_capacity: Mapped[int | None]
    """How many questions a week they want to be asked at most; None for any number."""
    away_until: Mapped[datetime | None]
    """Until when they are not asked."""
    quiet_from: Mapped[int | None]
    """In minutes after midnight, by the clock of the organisation; others are asked first from then on."""
    quiet_until: Mapped[int | None]
    introduced_at: Mapped[datetime | None]
    """When they said that they have read what is expected of experts."""


class Topic(Model):
    """A subject that a member says to know: one of the course's tags, or a new word."""

    __tablename__ = "expert_topic"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    member: Mapped[Membership] = relationship(foreign_keys=[member_id])
    tag: Mapped[str] = mapped_column(primary_key=True)
    """In lower case, as tags are."""
    claim: Mapped[Claim] = mapped_column(default=Claim.DECLARED)
    declared_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    """Who confirmed or declined it."""
    decided_by: Mapped[Membership | None] = relationship(foreign_keys=[decided_by_id])
    decided_at: Mapped[datetime | None]


class TopicWord(Model):
    """A word for a topic of a course: its own, which lists the topic though nobody may know it yet, or another one for it."""

    __tablename__ = "expert_topic_word"
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    course: Mapped[Course] = relationship()
    tag: Mapped[str] = mapped_column(primary_key=True)
    """The topic, in lower case."""
    word: Mapped[str] = mapped_column(primary_key=True)
    """In lower case, in whatever language; the tag itself where the row lists the topic."""
    said_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), index=True)
    """Who suggests it; None for what those who lead the course have said: that counts for everybody, and nobody's name stays."""
    said_by: Mapped[Membership | None] = relationship(foreign_keys=[said_by_id])
