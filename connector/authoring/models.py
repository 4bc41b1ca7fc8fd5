"""What was changed in the settings of a course, and by whom."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.db import Identified, Model

PREPARED, ON, OFF = "prepared", "on", "off"
"""The states of an activity, as the log has them."""


class What(StrEnum):
    """Which setting was changed; that of recording has a log of its own."""

    ACTIVITY = "activity"
    """Whether people find it."""
    LANGUAGE = "language"
    LEARNERS_START = "learners_start"
    ALLOWS_ANONYMOUS = "allows_anonymous"
    MODERATION = "moderation"
    KEEP_DAYS = "keep_days"


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
    what: Mapped[What]
    before: Mapped[str | None]
    """As stored: yes and no are `on` and `off`, days a number; None for nothing."""
    after: Mapped[str | None]
    """The same."""
