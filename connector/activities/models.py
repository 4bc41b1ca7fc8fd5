"""Activities and the resource links that open them."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Course
from connector.db import Identified, Model
from connector.platforms.models import Deployment


class Kind(StrEnum):
    """What people do in an activity."""

    DISCUSSION = "discussion"


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


class Placement(Identified, Model):
    """A resource link that opens an activity; unique within its deployment."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("deployment_id", "resource_link_id"),)
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deployment.id"))
    deployment: Mapped[Deployment] = relationship()
    resource_link_id: Mapped[str]
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    activity: Mapped[Activity] = relationship()
    created_at: Mapped[datetime]
    lineitems_url: Mapped[str | None]
    """Where the LMS keeps the course's line items, as the last launch said; None where it is not offered."""
    lineitem_url: Mapped[str | None]
    """The line item that belongs to this link alone."""
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What the LMS lets us do with grades, as the last launch said."""
