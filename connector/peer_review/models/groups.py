"""What a group writes together before it hands in: every text that somebody kept for the others, the newest last."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Membership
from connector.db import Identified, Model


class SharedText(Identified, Model):
    """A group's text as one of its people kept it. It never changes: whoever goes on writing adds the next one.

    Of two who go on from the same one, the second meets the first's number, and is asked; so nobody's text is lost.
    """

    __tablename__ = "peer_shared_text"
    __table_args__ = (UniqueConstraint("activity_id", "group_id", "revision"),)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_group.id"), index=True)
    revision: Mapped[int]
    """From 1."""
    body: Mapped[str] = mapped_column(Text)
    """Markdown, normalised."""
    link: Mapped[str | None]
    language: Mapped[str | None]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    by: Mapped[Membership] = relationship()
    at: Mapped[datetime]
    is_handed_in: Mapped[bool] = mapped_column(default=False)
    """Whether it is what was handed in, and not only kept."""
