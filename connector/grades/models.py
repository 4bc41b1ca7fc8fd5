"""Line items, grades, and the lanes that scores travel by.

A grade is one row: what is wanted for one learner in one line item, and what the LMS was last told and last answered. A
new wish overwrites the old one, so only the newest is ever sent.

Whoever writes grades locks their line item's row first; whoever also writes a lane locks the lane before. So nobody waits
in a circle, and a request of a member and the worker never overwrite each other.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.platforms.models import Platform
from lti.grades import ActivityProgress, GradingProgress

MAIN = "grade"
"""The tag of an activity's main line item: the one that the LMS may have made together with the resource link."""


class State(StrEnum):
    """How far a grade has come."""

    NONE = "none"
    """Nothing is wanted: the row only tells what the LMS shows."""
    DUE = "due"
    SENT = "sent"
    REFUSED = "refused"
    """The LMS refused it for good; somebody has to change something before it is sent again."""


class LineItem(Identified, Model):
    """A column of the LMS's gradebook that belongs to an activity; the tag says which of its grades."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("activity_id", "tag"), Index("ix_line_item_due", "platform_id", "due_at"))
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    activity: Mapped[Activity] = relationship()
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    """Whose lane it goes by."""
    tag: Mapped[str]
    label: Mapped[str]
    score_maximum: Mapped[float]
    """What trainers grade out of here; a column that came with the resource link may count to something else."""
    created_at: Mapped[datetime]

    url: Mapped[str | None]
    """Where it is in the LMS; None until it was found or made there."""
    is_coupled: Mapped[bool] = mapped_column(default=False)
    """Whether the LMS made it together with the resource link; its label is then the LMS's."""
    wants_update: Mapped[bool] = mapped_column(default=False)
    """Whether the LMS has to be told a new label or maximum; without a `url`, whether it has to make the column."""
    link_id: Mapped[str | None]
    """The resource link that the column has to be bound to, since it was made before that; None where nothing has to be."""
    former_url: Mapped[str | None]
    """A column of ours in whose place the link's own has come; it stays while it holds what did not come from here."""
    wants_results: Mapped[bool] = mapped_column(default=False)
    """Whether the LMS has to be asked what it shows."""
    due_at: Mapped[datetime | None]
    """When to do what is wanted for the line item itself; None where nothing is."""
    results_at: Mapped[datetime | None]
    """When the LMS was last asked what it shows."""
    answer_code: Mapped[str | None]
    """Why the LMS last refused something about the line item, as `lti.errors` names it; None after it did as asked."""
    answer_status: Mapped[int | None]
    answer_detail: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Grade(Identified, Model):
    """What one learner is to get in one line item."""

    __tablename__ = "grade"
    __table_args__ = (
        UniqueConstraint("line_item_id", "member_id"),
        # Claiming reads this index from its first entry on, however many grades were sent.
        Index("ix_grade_due", "platform_id", "state", "due_at", "id"),
    )
    line_item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("line_item.id"))
    line_item: Mapped[LineItem] = relationship()
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"))
    """Whose lane it goes by."""
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    member: Mapped[Membership] = relationship()

    points: Mapped[float | None]
    """What is wanted, out of `maximum`; None where a grade is to be taken back, or none was ever wanted."""
    maximum: Mapped[float]
    comment: Mapped[str | None]
    activity_progress: Mapped[ActivityProgress]
    grading_progress: Mapped[GradingProgress]
    version: Mapped[int]
    """Grows with every wish."""
    wanted_at: Mapped[datetime | None]
    """When the newest wish came."""

    state: Mapped[State]
    due_at: Mapped[datetime | None]
    """Not sent before; None where nothing is due."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often this version failed on its own account."""
    conflicts: Mapped[int] = mapped_column(default=0)
    """How often the LMS said that it holds something newer than this version."""
    timestamp: Mapped[datetime | None]
    """The newest time under which anything was sent, stored before sending: whatever becomes of a request, the next
    wish is newer, and a late older one finds the newer one there."""
    stamped_version: Mapped[int | None]
    """The version that `timestamp` belongs to: tried again, it is the same request."""

    sent_points: Mapped[float | None]
    """What the LMS took last, and on which scale."""
    sent_maximum: Mapped[float | None]
    sent_comment: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    """The time of the score that the LMS took last; None while it took none."""
    answer_code: Mapped[str | None]
    """Why the LMS did not take the last one, as `lti.errors` names it; None after it did."""
    answer_status: Mapped[int | None]
    answer_detail: Mapped[str | None]
    """The LMS's own words."""
    answered_at: Mapped[datetime | None]

    seen_points: Mapped[float | None]
    """What the LMS showed when it was last asked; None where it showed no grade."""
    seen_maximum: Mapped[float | None]
    seen_comment: Mapped[str | None]
    seen_recorded_at: Mapped[datetime | None]
    """The time of the score that it showed, where the LMS tells it."""
    seen_at: Mapped[datetime | None]
    """When it was asked; None if never."""


class GradeLane(Model):
    """The way to one platform's gradebooks: one request at a time, by one worker."""

    __tablename__ = "grade_lane"
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    platform: Mapped[Platform] = relationship()
    lane_token: Mapped[uuid.UUID | None]
    lane_until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    """Nothing is sent before: the lane's back-off."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row the platform did not work."""
    is_closed: Mapped[bool] = mapped_column(default=False)
    """Whether somebody has to mend the registration; until then it is only probed."""
    answer_code: Mapped[str | None]
    """Why the platform did not work last, as `lti.errors` names it; None while it works."""
    answer_status: Mapped[int | None]
    failed_at: Mapped[datetime | None]
