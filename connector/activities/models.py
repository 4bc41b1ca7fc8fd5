"""Activities and the resource links that open them."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Course, GroupSet, Membership
from connector.db import Identified, Model
from connector.platforms.models import Deployment


class Kind(StrEnum):
    """What people do in an activity."""

    DISCUSSION = "discussion"
    PEER_REVIEW = "peer_review"
    EXPERT_QA = "expert_qa"


THREADED = frozenset({Kind.DISCUSSION, Kind.EXPERT_QA})
"""The kinds of activities in which people write threads."""


class CopyChoice(StrEnum):
    """What a trainer wants of an activity that came with a copied course. People's posts are never among it."""

    SETTINGS = "settings"
    """The prompt and the settings."""
    EMPTY = "empty"
    """An activity to fill anew."""
    NOTHING = "nothing"
    """Not this activity: it stays closed."""


class GroupMode(StrEnum):
    """What the groups of a course mean for an activity."""

    NONE = "none"
    """Nothing: everybody is together."""
    SEPARATE = "separate"
    """Each group is by itself, and sees no other."""
    VISIBLE = "visible"
    """Each group is by itself, and can look at the others."""


class Activity(Identified, Model):
    """One discussion, peer review or Q&A in a course."""

    __tablename__ = "activity"
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), index=True)
    course: Mapped[Course] = relationship()
    kind: Mapped[Kind]
    title: Mapped[str]
    prompt: Mapped[str]
    """What the trainer asks for, in Markdown; may be empty."""
    iri: Mapped[str] = mapped_column(unique=True)
    """Names the activity in statements: made once, kept even when the installation moves."""
    created_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    """From when people may take part; None from the beginning."""
    closes_at: Mapped[datetime | None]
    """Until when; None without end."""
    score_maximum: Mapped[float | None]
    """The points that it gives at most; None where it is not graded."""
    group_mode: Mapped[GroupMode] = mapped_column(default=GroupMode.NONE, server_default=GroupMode.NONE.value)
    group_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("group_set.id"))
    """The set whose groups count; None for all groups of the course."""
    group_set: Mapped[GroupSet | None] = relationship()
    copied_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"), index=True)
    """What its link was a copy of, when it was opened first."""
    copied_from: Mapped["Activity | None"] = relationship(remote_side="Activity.id")
    copy_choice: Mapped[CopyChoice | None]
    """None where nothing was copied, and where nobody has chosen yet."""
    chosen_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    """Who chose; None where the whole course's choice was taken."""
    chosen_at: Mapped[datetime | None]
    prepared_at: Mapped[datetime | None]
    """Since when its trainer prepares it, unseen by learners; None once it is published, and for what a link brought."""
    published_at: Mapped[datetime | None]
    """Since when the course's page shows it though no link of the LMS's leads to it; None for what a link brought."""
    template: Mapped[str | None] = mapped_column(String(32))
    """The key of the idea that it began with; None where it began with none."""
    switched_off_at: Mapped[datetime | None]
    """Since when who leads the course wants it to be found by nobody; all that is in it stays."""

    @property
    def is_waiting(self) -> bool:
        """Whether somebody who leads the course must first say what to take over."""
        return self.copied_from_id is not None and self.copy_choice is None

    @property
    def is_open(self) -> bool:
        """Whether people find it in the course."""
        is_left = self.is_waiting or self.copy_choice is CopyChoice.NOTHING
        return not is_left and self.switched_off_at is None


class CourseCopy(Identified, Model):
    """What is known of a course that was made from others: by launches, by the LMS's notices, and by its trainer."""

    __tablename__ = "course_copy"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"))
    deployment: Mapped[Deployment] = relationship()
    context_id: Mapped[str]
    """Of the copy; the LMS may tell of it before anybody opens it."""
    origin_context_ids: Mapped[list[str]] = mapped_column(JSON)
    """What it was copied from, the nearest first."""
    choice: Mapped[CopyChoice | None]
    """What its trainer chose for all its activities; None as long as each is asked about."""
    created_at: Mapped[datetime]


class CourseChange(Identified, Model):
    """That somebody changed a setting of a course, or of one of its activities."""

    __tablename__ = "course_change"
    __table_args__ = (Index("ix_course_change_course_id_changed_at", "course_id", "changed_at"),)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    """None for what is the course's own."""
    activity: Mapped[Activity | None] = relationship()
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    by: Mapped[Membership] = relationship()
    changed_at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(32))
    """The setting: `part.name`, or one that is about the whole course."""
    before: Mapped[str | None]
    """As stored: yes and no are `on` and `off`, days a number; None for nothing."""
    after: Mapped[str | None]
    """The same."""


class Placement(Identified, Model):
    """A resource link that opens an activity; unique within its deployment."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("deployment_id", "resource_link_id", "qualifier"),)
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"))
    deployment: Mapped[Deployment] = relationship()
    resource_link_id: Mapped[str]
    qualifier: Mapped[str] = mapped_column(default="", server_default="")
    """Empty, but for ids that are not the link's own: the activity that was asked for where the id is the course's, and
    the context id where another course has a link of this id."""
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    activity: Mapped[Activity] = relationship()
    created_at: Mapped[datetime]
    lineitems_url: Mapped[str | None]
    """Where the LMS keeps the course's line items, as the last launch said; None where it is not offered."""
    lineitem_url: Mapped[str | None]
    """The line item that belongs to this link alone."""
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What the LMS lets us do with grades, as the last launch said."""
    opened_at: Mapped[datetime | None]
    """When a learner first came by it: before, the LMS may still hide it, so other learners do not find it in lists."""

    @property
    def is_link(self) -> bool:
        """Whether the LMS's gradebook knows the id as a link: one that is the course's own it does not."""
        return self.qualifier in {"", self.activity.course.context_id}
