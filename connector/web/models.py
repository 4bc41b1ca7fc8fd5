"""Launch sessions, as stored."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from connector.db import Model


class Proof(StrEnum):
    """How a browser showed that it is the one that began the launch."""

    COOKIE = "cookie"
    STORAGE = "storage"
    """The LMS kept the secret, where cookies are blocked."""
    TAB = "tab"
    """A cookie again, but in a tab of its own."""


class LaunchSession(Model):
    """One visit, from one launch: of a member in an activity, or in a course; or of somebody about a person's data."""

    __tablename__ = "launch_session"
    id_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the id in the path: a copy of the database opens no session."""
    membership_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), index=True)
    """None outside of courses, where no page of a course opens."""
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whose data this visit may see, and nobody else's."""
    may_export: Mapped[bool] = mapped_column(default=False)
    """Whether it may also take a copy of that data."""
    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"), index=True)
    is_lms_admin: Mapped[bool]
    """Whether this person administers the LMS: gives no right in a course, but lets them see how we are connected."""
    proof: Mapped[Proof]
    browser_hash: Mapped[str | None]
    """SHA-256 of the browser's secret; None where cookies are blocked."""
    platform_origin: Mapped[str]
    """Where the LMS's pages come from: may frame ours, and gets our messages about height."""
    frame_origins: Mapped[str]
    """All origins that may show our pages in a frame, separated by spaces."""
    locale: Mapped[str | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
