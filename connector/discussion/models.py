"""Threads, replies, and what each member has read."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.content.models import Written
from connector.courses.models import Membership
from connector.db import Identified, Model

OPENING = 1
"""The number of a thread's opening post; replies count on from there."""


class Thread(Identified, Written, Model):
    """A topic that the members of a discussion reply to; its text is the opening post."""

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("author_id", "key"),
        Index("ix_thread_recent", "activity_id", "last_activity_at"),
    )
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    activity: Mapped[Activity] = relationship()
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    author: Mapped[Membership] = relationship()
    key: Mapped[uuid.UUID]
    """Made from the form's key and what was written: sent twice, it is one thread."""
    title: Mapped[str]
    created_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    """When the newest post was written."""
    post_count: Mapped[int] = mapped_column(default=OPENING)
    """The opening post and the replies; also the newest post's number."""
    closed_at: Mapped[datetime | None]
    """Since when nobody may reply; None while the thread is open."""

    @property
    def number(self) -> int:
        """That of the opening post."""
        return OPENING

    @property
    def iri(self) -> str:
        """The thread's name in statements."""
        return f"{self.activity.iri}/threads/{self.id}"

    @property
    def reply_count(self) -> int:
        """How many replies there are."""
        return self.post_count - OPENING


class Reply(Identified, Written, Model):
    """An answer to a thread's opening post, or to another reply."""

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("author_id", "key"), UniqueConstraint("thread_id", "number"))
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"))
    thread: Mapped[Thread] = relationship()
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reply.id"))
    """The reply that this one answers; None where it answers the opening post."""
    parent: Mapped["Reply | None"] = relationship(remote_side="Reply.id")
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    author: Mapped[Membership] = relationship()
    key: Mapped[uuid.UUID]
    """Made from the form's key and what was written: sent twice, it is one reply."""
    number: Mapped[int]
    """Counts the posts of the thread in the order they were written, and never changes: pages are cut by it."""
    depth: Mapped[int]
    """1 for an answer to the opening post, one more than the parent's otherwise."""
    created_at: Mapped[datetime]

    @property
    def iri(self) -> str:
        """The reply's name in statements."""
        return f"{self.thread.iri}/replies/{self.id}"


class ReadMark(Model):
    """A post that a member has seen, on whichever device. Authors have seen what they wrote."""

    __tablename__ = "read_mark"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The post's number in its thread."""


class Visit(Model):
    """The last day on which a member opened a thread: opening is told once a day."""

    __tablename__ = "thread_visit"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    day: Mapped[date]
    """In UTC."""
