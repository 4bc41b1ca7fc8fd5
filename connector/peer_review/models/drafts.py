"""Drafts of reviews that somebody else edits and sends."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Membership
from connector.db import Model


class ReviewDraft(Model):
    """That somebody drafts a review for an expert, or has."""

    __tablename__ = "peer_review_draft"
    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_submission.id", ondelete="CASCADE"), index=True)
    drafter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    drafter: Mapped[Membership] = relationship()
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    """When they handed it over; what is typed from then on is the expert's."""
    said: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What it said then, by field: its writer reads later what became of it."""
