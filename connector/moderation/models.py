"""Reports of posts, and the log of everything that was done about posts, threads and their authors."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.threads.models import Post, Thread


class Complaint(StrEnum):
    """Why somebody reports a post."""

    UNKIND = "unkind"
    """It insults or harasses."""
    PRIVATE = "private"
    """It tells what is nobody's business."""
    OFF_TOPIC = "off-topic"
    ADVERTISING = "advertising"
    COPIED = "copied"
    """Somebody else wrote it."""
    OTHER = "other"


class Deed(StrEnum):
    """What was done."""

    HELD = "held"
    APPROVED = "approved"
    REMOVED = "removed"
    RESTORED = "restored"
    EDITED = "edited"
    REVEALED = "revealed"
    MUTED = "muted"
    UNMUTED = "unmuted"
    CLOSED = "closed"
    REOPENED = "reopened"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    FEATURED = "featured"
    UNFEATURED = "unfeatured"
    SPLIT = "split"
    MOVED = "moved"
    MERGED = "merged"
    PROPOSED = "proposed"
    """Somebody was asked whether their private thread may be opened to the course."""
    PUBLISHED = "published"
    """They agreed, and a copy stands in the course."""
    DECLINED = "declined"


class Answer(StrEnum):
    """What somebody says to the wish that their private thread be opened to the course."""

    WAITING = "waiting"
    DECLINED = "declined"
    PUBLISHED = "published"


class Report(Identified, Model):
    """What a member says is wrong with a post. Who it was is told to nobody."""

    __tablename__ = "post_report"
    __table_args__ = (UniqueConstraint("post_id", "reporter_id"),)
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id"))
    reporter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    complaint: Mapped[Complaint]
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When somebody who leads the course has seen to it; None while it waits."""


class Act(Identified, Model):
    """One entry of the log. It is never changed, but for the time when it was undone."""

    __tablename__ = "moderation_act"
    __table_args__ = (Index("ix_moderation_act_log", "activity_id", "done_at"),)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    activity: Mapped[Activity] = relationship()
    deed: Mapped[Deed]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    """None where the rules of the activity did it."""
    by: Mapped[Membership | None] = relationship(foreign_keys=[by_id])
    post_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("post.id"), index=True)
    post: Mapped[Post | None] = relationship()
    thread_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"), index=True)
    """The thread that it was done to, or that the post stood in then."""
    thread: Mapped[Thread | None] = relationship(foreign_keys=[thread_id])
    target_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"))
    """Where the posts went."""
    target: Mapped[Thread | None] = relationship(foreign_keys=[target_id])
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), index=True)
    """Whom it was done to: who was muted. Of posts, their author is asked for when it is told."""
    member: Mapped[Membership | None] = relationship(foreign_keys=[member_id])
    reason: Mapped[str] = mapped_column(Text)
    """In words, for the log and for the author; may be empty."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What undoing it needs."""
    done_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Proposal(Identified, Model):
    """The wish of somebody who leads a course that a private thread be opened to it; for its author alone to decide.

    There is one for a thread: who has said no is not asked again.
    """

    __tablename__ = "publication_proposal"
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"), unique=True)
    thread: Mapped[Thread] = relationship(foreign_keys=[thread_id])
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    by: Mapped[Membership] = relationship()
    note: Mapped[str] = mapped_column(Text)
    """Why, in words, for the author."""
    proposed_at: Mapped[datetime]
    answer: Mapped[Answer] = mapped_column(default=Answer.WAITING)
    answered_at: Mapped[datetime | None]
    copy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"))
    """The thread that the course sees; the private one stays as it is."""
    copy: Mapped[Thread | None] = relationship(foreign_keys=[copy_id])
    undone_at: Mapped[datetime | None]
    """Since when the copy is out of sight again."""


class Print(Model):
    """That a post was compared with the others of its course, and which version of it."""

    __tablename__ = "post_print"
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]


class Fingerprint(Model):
    """A hash of some words of a post, to find others that have them too. The words cannot be made of it."""

    __tablename__ = "post_fingerprint"
    __table_args__ = (Index("ix_post_fingerprint_found", "course_id", "hash"),)
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))


class Alike(Identified, Model):
    """That two posts have much of their words in common: a hint for those who lead the course, and no verdict."""

    __tablename__ = "post_alike"
    __table_args__ = (UniqueConstraint("post_id", "other_id"), Index("ix_post_alike_waiting", "settled_at", "found_at"))
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    """The later one."""
    post: Mapped[Post] = relationship(foreign_keys=[post_id])
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    other: Mapped[Post] = relationship(foreign_keys=[other_id])
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When somebody who leads the course had looked at it."""
