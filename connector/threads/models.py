"""Threads, posts, and what each member has read."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.content.models import Written
from connector.courses.models import Membership
from connector.db import Identified, Model

OPENING = 1
"""The number of a thread's opening post; replies count on from there."""


class ThreadKind(StrEnum):
    """What its author wants of a thread."""

    DISCUSSION = "discussion"
    """To hear what others think."""
    QUESTION = "question"
    """An answer, which the author can accept."""
    SHARE = "share"
    """Nothing: here is an experience, a link or a file for others to use."""


class PostState(StrEnum):
    """Who may read a post."""

    VISIBLE = "visible"
    """Who may see the thread."""
    HELD = "held"
    """Its author and those who lead the course, until one of these lets it stand."""
    REMOVED = "removed"
    """Those who lead the course, who took it from sight and can put it back; others see that something stood there."""
    WITHDRAWN = "withdrawn"
    """Nobody but those who lead the course: its author took it back."""


class Moderation(StrEnum):
    """Which posts wait until somebody who leads the course has seen them."""

    NONE = "none"
    FIRST = "first"
    """The first of each member in the activity."""
    ALL = "all"


class Rules(Model):
    """How the threads of an activity work; an activity without a row has the defaults."""

    __tablename__ = "thread_rules"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    learners_start: Mapped[bool] = mapped_column(default=True)
    """Whether learners begin threads; they answer in any case."""
    allows_anonymous: Mapped[bool] = mapped_column(default=False)
    """Whether members may hide their names from each other."""
    allows_private: Mapped[bool] = mapped_column(default=True)
    """Whether members may begin a thread with those who lead the course alone."""
    moderation: Mapped[Moderation] = mapped_column(default=Moderation.NONE)
    hold_after_reports: Mapped[int] = mapped_column(default=3)
    """From how many members' reports on a post is held; 0 for never."""
    close_after_days: Mapped[int | None]
    """After how many days without a post a thread closes; None for never."""
    keep_days: Mapped[int | None]
    """For how many days after the last post of a thread its texts are kept; None for good."""
    posts_a_day: Mapped[int | None]
    """How many posts a learner may write here in 24 hours; None for any number."""


class Thread(Identified, Model):
    """A topic and its posts; the opening post is the one with the number `OPENING`."""

    __tablename__ = "thread"
    __table_args__ = (Index("ix_thread_recent", "activity_id", "last_activity_at"),)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    activity: Mapped[Activity] = relationship()
    iri: Mapped[str]
    """The thread's name in statements: made once, kept wherever the thread moves."""
    kind: Mapped[ThreadKind] = mapped_column(default=ThreadKind.DISCUSSION)
    title: Mapped[str]
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    author: Mapped[Membership] = relationship()
    """Who opened it; what pages call them is `bylines.byline`'s to say."""
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_group.id"), index=True)
    """The group that it is for; None for the whole course."""
    is_private: Mapped[bool] = mapped_column(default=False)
    """Whether it is between its author and those who lead the course."""
    created_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    """When the newest post was written; one that was held counts once it is let stand."""
    post_count: Mapped[int] = mapped_column(default=OPENING)
    """How many numbers were given to posts: also the newest post's."""
    opens_at: Mapped[datetime | None]
    """From when others than those who lead the course see it; None from the beginning."""
    due_at: Mapped[datetime | None]
    """By when members should have answered; later answers are marked late."""
    closes_at: Mapped[datetime | None]
    """From when nobody may reply; None without end."""
    shows_after_posts: Mapped[int] = mapped_column(default=0)
    """How many posts of their own here members need before they see those of others; 0 for none."""
    shows_from: Mapped[datetime | None]
    """From when everybody sees all posts, own ones or not; None for never."""
    closed_at: Mapped[datetime | None]
    """Since when nobody may reply; None while the thread is open."""
    pinned_at: Mapped[datetime | None]
    """Since when it stands above the others."""
    featured_at: Mapped[datetime | None]
    """Since when it is shown as a good example."""
    accepted_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("post.id", use_alter=True, name="fk_thread_accepted")
    )
    """The answer that helped, of a question."""
    forgotten_at: Mapped[datetime | None]
    """When its texts were deleted, because their time was over; nobody finds it any more."""
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("thread.id"))
    """Where its posts went; its address leads there."""
    opening: Mapped["Post"] = relationship(
        primaryjoin=lambda: (Post.thread_id == Thread.id) & (Post.number == OPENING),
        viewonly=True,
        uselist=False,
    )

    @property
    def reply_count(self) -> int:
        """How many replies were written, whoever may see them."""
        return self.post_count - OPENING


class Post(Identified, Written, Model):
    """What somebody wrote in a thread."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("author_id", "key"),
        UniqueConstraint("thread_id", "number"),
        Index("ix_post_activity_author", "activity_id", "author_id"),
        Index("ix_post_activity_thread", "activity_id", "thread_id", "state"),
        Index(
            "ix_post_activity_shown",
            "activity_id",
            "shown_at",
            sqlite_where=text("shown_at IS NOT NULL"),
            postgresql_where=text("shown_at IS NOT NULL"),
        ),
    )
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    """The thread's: what somebody wrote in an activity is asked for often."""
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"))
    thread: Mapped[Thread] = relationship(foreign_keys=[thread_id])
    iri: Mapped[str]
    """The post's name in statements; an opening post goes by its thread's."""
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("post.id"))
    """What it answers; None for an opening post alone."""
    parent: Mapped["Post | None"] = relationship(remote_side="Post.id")
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    author: Mapped[Membership] = relationship()
    """Who wrote it; what pages call them is `bylines.byline`'s to say."""
    alias: Mapped[int | None]
    """The number that its author goes by in this thread; None where the name is shown."""
    key: Mapped[uuid.UUID]
    """Made from the form's key and what was written: sent twice, it is one post."""
    number: Mapped[int]
    """Counts the posts of the thread in the order they came: pages are cut by it, and it stays while the post does."""
    depth: Mapped[int]
    """0 for an opening post, one more than the parent's otherwise."""
    language: Mapped[str | None]
    """Of the text, as its author said: an IETF tag; None where nobody did."""
    state: Mapped[PostState] = mapped_column(default=PostState.VISIBLE)
    created_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    """When it was let stand after it had been held, or put back after it had been removed; None where it never was away."""
    edited_at: Mapped[datetime | None]
    """When it was last changed so that readers should know."""
    version: Mapped[int] = mapped_column(default=1)

    @property
    def is_opening(self) -> bool:
        """Whether the thread begins with it."""
        return self.number == OPENING

    @property
    def is_anonymous(self) -> bool:
        """Whether its author's name is hidden from the other members."""
        return self.alias is not None


class PostVersion(Identified, Model):
    """What a post said before it was changed."""

    __tablename__ = "post_version"
    __table_args__ = (UniqueConstraint("post_id", "version"),)
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id"))
    version: Mapped[int]
    title: Mapped[str | None]
    """The thread's, where it is the opening post."""
    body: Mapped[str]
    body_html: Mapped[str]
    replaced_at: Mapped[datetime]
    replaced_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    replaced_by: Mapped[Membership] = relationship()
    reason: Mapped[str | None]
    """Why, where somebody else than the author changed it."""


class ThreadTag(Model):
    """A word that a thread is found by."""

    __tablename__ = "thread_tag"
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    """In lower case."""


class ReadMark(Model):
    """A post that a member has seen, on whichever device. Authors have seen what they wrote."""

    __tablename__ = "read_mark"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id"), primary_key=True, index=True)


class Visit(Model):
    """The last day on which a member opened a thread: opening is told once a day."""

    __tablename__ = "thread_visit"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    day: Mapped[date]
    """In UTC."""


class Mute(Model):
    """Somebody who may read and not write in the course until a time."""

    __tablename__ = "member_mute"
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str]
    """In words, for the person."""
