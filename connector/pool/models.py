"""Entries of a course's knowledge pool, what they said before, proposals to change them, and who keeps which."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.content.models import Written
from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.threads.models import Thread


class Entry(Identified, Written, Model):
    """Something worth knowing, for the whole course."""

    __tablename__ = "pool_entry"
    __table_args__ = (Index("ix_pool_entry_course_id_changed_at", "course_id", "changed_at"),)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    """Where it came from, and where it is talked about."""
    activity: Mapped[Activity] = relationship()
    iri: Mapped[str]
    """Its name in statements."""
    title: Mapped[str]
    language: Mapped[str | None]
    """Of the text: an IETF tag; None where nobody said."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    """Who looks after it."""
    owner: Mapped[Membership] = relationship(foreign_keys=[owner_id])
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    """Who wrote what it began as; None where they hid their name, and where it came from another course."""
    author: Mapped[Membership | None] = relationship(foreign_keys=[author_id])
    alias: Mapped[int | None]
    """The number that the author went by, where they hid their name: who they are is not kept here."""
    source_post_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), unique=True)
    """The post that it began as; what becomes of that changes nothing here."""
    thread_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"))
    """Where it is talked about: the thread that it came from, or one begun for it."""
    thread: Mapped[Thread | None] = relationship()
    copied_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pool_entry.id"))
    """The entry of another course that it is a copy of."""
    is_lent: Mapped[bool] = mapped_column(default=False)
    """Whether it stands here with its authors' consent, which they can take back: nothing of it is kept then, and no other
    course may have it.
    """
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    """The form's: sent twice, it is one entry."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    review_at: Mapped[datetime]
    """When somebody should look at it again."""
    confirmed_at: Mapped[datetime | None]
    """When somebody last said that it is right; None for what nobody in this course has looked at."""
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    confirmed_by: Mapped[Membership | None] = relationship(foreign_keys=[confirmed_by_id])
    outdated_at: Mapped[datetime | None]
    """Since when somebody who should know says that it is right no longer."""
    reminded_at: Mapped[datetime | None]
    """When those who look after it were told that it is due; None as long as they were not."""
    removed_at: Mapped[datetime | None]
    """Since when it is not in the pool any more."""
    found_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often somebody who was about to ask found here what they needed."""


class EntryVersion(Identified, Model):
    """What an entry said before it was changed."""

    __tablename__ = "pool_entry_version"
    __table_args__ = (UniqueConstraint("pool_entry_id", "version"),)
    pool_entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pool_entry.id"))
    """Called as `content.mentions` looks for it: names are taken out of earlier versions too."""
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]
    replaced_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    replaced_by: Mapped[Membership] = relationship()


class EntryTag(Model):
    """A word that an entry is found by."""

    __tablename__ = "pool_entry_tag"
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pool_entry.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    """In lower case."""


class Proposal(Identified, Written, Model):
    """A change of an entry that somebody wishes for, until who should know has decided; then nothing of it is kept."""

    __tablename__ = "pool_proposal"
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pool_entry.id"), index=True)
    entry: Mapped[Entry] = relationship()
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    by: Mapped[Membership] = relationship()
    title: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    """Why, in plain text; may be empty."""
    created_at: Mapped[datetime]


class EntryMark(Model):
    """An entry that a member keeps to find it again. Nobody else sees that."""

    __tablename__ = "pool_mark"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pool_entry.id"), primary_key=True, index=True)
    created_at: Mapped[datetime]


class SolvedQuestion(Model):
    """A question that an entry answers, as somebody who leads the course has said."""

    __tablename__ = "pool_solved_question"
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pool_entry.id"), index=True)
    """None where the entry was lent and is deleted: who asked has read it."""
    pointed_at: Mapped[datetime]
