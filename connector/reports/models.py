"""Facts, where they come from, and what trainers want of them.

A fact is a statement that a store holds, flattened. It names people as statements do: whom a key belongs to is looked
up when a page is made, and nowhere else. What is not told of (a private note) and what a store's other users told of other
courses never becomes a fact.
"""

import uuid
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Course, Membership
from connector.db import Identified, Model
from connector.delivery.models import Endpoint

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Return an aware time as facts keep it: databases differ in how they reckon with times, not with numbers."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment_of(value: int) -> datetime:
    """Return the time that a fact's number stands for."""
    return _EPOCH + timedelta(milliseconds=value)


class Source(Model):
    """A store that is read, and how far."""

    __tablename__ = "report_source"
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("endpoint.id", ondelete="CASCADE"), primary_key=True)
    endpoint: Mapped[Endpoint] = relationship()
    cursor: Mapped[datetime | None]
    """Everything that the store stored until then is here; None before the first page."""
    due_at: Mapped[datetime]
    """When to read on."""
    succeeded_at: Mapped[datetime | None]
    """When it was last read to its end."""
    swept_at: Mapped[datetime | None]
    """When more than the newest was last read again, for stores that mean another time by `since`."""
    error: Mapped[str | None]
    """Why the last attempt ended early; None after a good one."""
    seen: Mapped[int] = mapped_column(BigInteger, default=0)
    """How many statements were looked at, ever."""
    kept: Mapped[int] = mapped_column(BigInteger, default=0)
    """How many of them told of a course here."""
    lease_token: Mapped[uuid.UUID | None]
    lease_until: Mapped[datetime | None]
    """Until when somebody reads; nobody else does meanwhile."""


class Feed(Model):
    """What one store holds of one course."""

    __tablename__ = "report_feed"
    __table_args__ = (UniqueConstraint("endpoint_id", "course_id"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("endpoint.id", ondelete="CASCADE"))
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), index=True)
    course: Mapped[Course] = relationship()


class Fact(Model):
    """A statement about a course, flattened."""

    __tablename__ = "fact"
    __table_args__ = (
        # Figures read this index and no row: it holds what most of them count by.
        Index("ix_fact_counted", "feed_id", "event", "day", "actor", "activity_id"),
        # What became of a thread or a question: read for each of them, from the index alone.
        Index("ix_fact_object", "feed_id", "object", "event", "at", "actor"),
        Index("ix_fact_parent", "feed_id", "parent", "event", "at", "actor"),
        # Who did something for whom: from the index alone, too.
        Index(
            "ix_fact_helped",
            "feed_id",
            "event",
            "day",
            "actor",
            "target",
            "activity_id",
            sqlite_where=text("target IS NOT NULL"),
            postgresql_where=text("target IS NOT NULL"),
        ),
        # To forget somebody.
        Index("ix_fact_actor", "actor"),
        Index(
            "ix_fact_target",
            "target",
            sqlite_where=text("target IS NOT NULL"),
            postgresql_where=text("target IS NOT NULL"),
        ),
    )
    feed_id: Mapped[int] = mapped_column(ForeignKey("report_feed.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The statement's."""
    stored: Mapped[int] = mapped_column(BigInteger)
    """When the store stored it, in milliseconds since 1970."""
    at: Mapped[int] = mapped_column(BigInteger)
    """When it happened, in milliseconds since 1970."""
    day: Mapped[int]
    """The day when it happened, in UTC, as `date.toordinal` counts; Mondays are 1 modulo 7."""
    actor: Mapped[str] = mapped_column(String(64))
    """A pseudonym, or `other:` and a digest for somebody that only the store knows."""
    role: Mapped[str | None]
    event: Mapped[str | None]
    """The key of the vocabulary's event; None for what other tools told and we have no word for."""
    verb: Mapped[str]
    object: Mapped[str]
    object_type: Mapped[str | None]
    parent: Mapped[str | None]
    activity_id: Mapped[uuid.UUID | None]
    """The activity of ours that it happened in."""
    target: Mapped[str | None] = mapped_column(String(64))
    """The other person, like `actor`."""
    about: Mapped[str | None]
    """The answer, the review or the earlier question that the act brought about or is about."""
    score: Mapped[float | None]
    """Scaled: -1 to 1."""
    rating: Mapped[float | None]
    """How useful a review was: 0 to 1."""
    seconds: Mapped[float | None]
    """How long it took: a review its writing, an answer since the question."""
    words: Mapped[int | None] = mapped_column(BigInteger)
    due: Mapped[int | None] = mapped_column(BigInteger)
    """By when it was to be done, like `at`."""
    word: Mapped[str | None]
    """Which reaction, reason, route or severity."""
    tags: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    criteria: Mapped[dict[str, float] | None] = mapped_column(JSON(none_as_null=True))
    """What a review gave by each criterion: 0 to 1, by the criterion's IRI."""
    answered_at: Mapped[int | None] = mapped_column(BigInteger)
    """Of a thread or a question: when somebody else first replied or answered; kept by `settling`, like `at`."""
    accepted_at: Mapped[int | None] = mapped_column(BigInteger)
    """Of a question: when an answer was first accepted; kept by `settling`, like `at`."""


class VoidedStatement(Model):
    """A statement that somebody took back; not every store leaves it out of its answers."""

    __tablename__ = "report_void"
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("endpoint.id", ondelete="CASCADE"), primary_key=True)
    statement_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class ForgottenActor(Model):
    """The digest of a random name that was forgotten: stores go on showing it, and facts must not."""

    __tablename__ = "report_forgotten"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)


class Direction(StrEnum):
    """Which way a figure is meant to go."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Goal(Identified, Model):
    """What a trainer wants of a course, by when, and the figure that tells."""

    __tablename__ = "report_goal"
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), index=True)
    wish: Mapped[str]
    """In the trainer's words."""
    figure: Mapped[str] = mapped_column(String(64))
    """The key of its definition."""
    direction: Mapped[Direction]
    value: Mapped[float]
    since: Mapped[date]
    """From which day on the figure is measured, in UTC."""
    due: Mapped[date]
    """By the end of which day, in UTC."""
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    created_at: Mapped[datetime]


class WeeklyReader(Model):
    """Somebody who leads a course and wants its figures once a week."""

    __tablename__ = "report_weekly_reader"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    member: Mapped[Membership] = relationship()
    due_at: Mapped[datetime]
