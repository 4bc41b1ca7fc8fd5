"""Notes, and what became of them when they were shared."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.content.models import Written
from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.threads.models import Post, Thread


class Note(Identified, Written, Model):
    """What a member wrote for themselves. Nobody else sees it, nor that it is there: whoever they are."""

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        Index("ix_note_newest", "member_id", "created_at"),
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    member: Mapped[Membership] = relationship()
    key: Mapped[uuid.UUID]
    """The form's: sent twice, it is one note."""
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"), index=True)
    """Where it was begun; None where that was nowhere."""
    activity: Mapped[Activity | None] = relationship()
    post_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), index=True)
    """What it is about; None for a thought of its own."""
    post: Mapped[Post | None] = relationship()
    quotation: Mapped[str] = mapped_column(Text, default="")
    """Words of that post, in plain text. Shown as long as the post can be read and still has them."""
    words: Mapped[str] = mapped_column(Text)
    """The member's own words without case, to look for some among them: search knows nothing of notes."""
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]


class Receipt(Identified, Model):
    """That a member began a thread with a copy of a note: for them alone."""

    __tablename__ = "note_receipt"
    __table_args__ = (UniqueConstraint("note_id", "thread_id"),)
    note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("note.id", ondelete="CASCADE"))
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    thread: Mapped[Thread] = relationship()
    shared_at: Mapped[datetime]
