"""Notices, subscriptions, what a person wants in the mail, and the mails themselves."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.courses.models import Membership, Person
from connector.db import Identified, Model

UNREAD = "uq_notice_unread"
"""The index that lets nobody be told of the same twice, as long as they have not read it."""


class Level(StrEnum):
    """How much of a place somebody wants to be told of."""

    EVERYTHING = "everything"
    THREADS = "threads"
    """New threads, and answers to what they wrote."""
    MENTIONS = "mentions"
    """Only what names them."""
    MUTED = "muted"


class Scope(StrEnum):
    """What a subscription is about."""

    COURSE = "course"
    ACTIVITY = "activity"
    THREAD = "thread"


class Cadence(StrEnum):
    """How often somebody wants mail."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


class MailState(StrEnum):
    """How far a mail has come."""

    NEW = "new"
    DONE = "done"
    """The mail server has taken it."""
    DROPPED = "dropped"
    """When it was to be sent, there was nothing left that its reader may see, or nobody to send it to."""
    DEAD = "dead"
    """The mail server will never take it."""


class Mail(Identified, Model):
    """What is sent to one person at one time. What it says is made when it is sent, and never stored."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_due_at", "state", "due_at"),)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose notices it tells of; None for a letter of its own kind, which knows where it goes."""
    person: Mapped[Person | None] = relationship()
    cadence: Mapped[Cadence]
    """What it was put together for: instant, daily or weekly."""
    letter: Mapped[str | None] = mapped_column(String(32))
    """Names the writer of a letter that tells of no notices; None for one that does."""
    about: Mapped[uuid.UUID | None]
    """What that letter is about."""
    state: Mapped[MailState] = mapped_column(default=MailState.NEW)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Not sent before."""
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[uuid.UUID | None]
    lease_until: Mapped[datetime | None]
    """Until when it is one worker's to send."""
    last_status: Mapped[int | None]
    """The mail server's last answer; None where there was none."""
    done_at: Mapped[datetime | None]
    """Since when nothing more happens to it."""


class Notice(Identified, Model):
    """Something that one member is told of. What it says is asked for when it is shown: it holds no text and no author."""

    __tablename__ = "notice"
    __table_args__ = (
        # One unread at most; the bell counts in it.
        Index(
            UNREAD,
            "member_id",
            "what",
            "about",
            unique=True,
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_notice_member_id_created_at", "member_id", "created_at"),
        Index(
            "ix_notice_mail_due_at",
            "mail_due_at",
            "person_id",
            sqlite_where=text("mail_due_at IS NOT NULL"),
            postgresql_where=text("mail_due_at IS NOT NULL"),
        ),
        *(
            Index(
                f"ix_notice_{column}",
                column,
                sqlite_where=text(f"{column} IS NOT NULL"),
                postgresql_where=text(f"{column} IS NOT NULL"),
            )
            for column in ("thread_id", "mail_id")
        ),
    )
    # No foreign keys: rows come from the memberships themselves, which are never deleted, and each key is looked up for
    # every one of thousands of notices.
    member_id: Mapped[uuid.UUID]
    member: Mapped[Membership] = relationship(primaryjoin="foreign(Notice.member_id) == Membership.id")
    person_id: Mapped[uuid.UUID] = mapped_column(index=True)
    """The member's: mail is a person's, over all courses."""
    activity_id: Mapped[uuid.UUID]
    activity: Mapped[Activity] = relationship(primaryjoin="foreign(Notice.activity_id) == Activity.id")
    thread_id: Mapped[uuid.UUID | None]
    """The thread that it belongs to, for who mutes it or has read it."""
    what: Mapped[str] = mapped_column(String(32))
    """What happened; names the teller that can put it in words."""
    about: Mapped[uuid.UUID]
    """What it happened to."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
    mail_due_at: Mapped[datetime | None]
    """When to look at it again for a mail; None where it is in one, or needs none."""
    is_held: Mapped[bool] = mapped_column(default=False)
    """Whether it waits for the digest, since the day has had its mails."""
    mail_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mail.id", ondelete="SET NULL"))
    """The one mail that tells of it."""


class Subscription(Identified, Model):
    """What a member said about a place; without one, the next wider place counts, and at last the role."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("member_id", "scope", "scope_id"),
        Index("ix_subscription_scope_id", "scope_id"),
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    member: Mapped[Membership] = relationship()
    scope: Mapped[Scope]
    scope_id: Mapped[uuid.UUID]
    level: Mapped[Level]
    changed_at: Mapped[datetime]


class MailPreference(Model):
    """What a person wants in the mail. The row is also what workers lock while they put mails together."""

    __tablename__ = "mail_preference"
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    person: Mapped[Person] = relationship()
    cadence: Mapped[Cadence] = mapped_column(default=Cadence.DAILY)
    digest_minute: Mapped[int] = mapped_column(default=8 * 60)
    """When digests go, in minutes after midnight where the person is."""
    weekday: Mapped[int] = mapped_column(default=0)
    """When weekly ones go; 0 is Monday."""
    quiet_from: Mapped[int | None] = mapped_column(default=21 * 60)
    """From when no mail goes, in minutes after midnight; None where all hours are good."""
    quiet_until: Mapped[int | None] = mapped_column(default=7 * 60)
    zone: Mapped[str | None]
    """The zone that the person chose, by its IANA name."""
    seen_zone: Mapped[str | None]
    """The zone that their browser last told."""
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    """Whether single keys do things on pages."""
    former_cadence: Mapped[Cadence | None]
    """What a mail's link took them off, to be able to go back."""
    budget_day: Mapped[date | None]
    budget_used: Mapped[int] = mapped_column(default=0)
    """Instant mails of `budget_day`, by the person's own calendar."""
    bounced_hash: Mapped[str | None]
    """SHA-256 of the address that a mail server refused for good; another address counts as good."""
    bounced_at: Mapped[datetime | None]
    bounced_status: Mapped[int | None]
