"""Launch sessions, as stored."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from connector.db import Model


class LaunchSession(Model):
    """One visit: a membership in an activity, from one launch."""

    __tablename__ = "launch_session"
    id_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the id in the path: a copy of the database opens no session."""
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    browser_hash: Mapped[str | None]
    """SHA-256 of the browser's secret; None where cookies are blocked."""
    platform_origin: Mapped[str]
    """Where the LMS's pages come from: may frame ours, and gets our messages about height."""
    frame_origins: Mapped[str]
    """All origins that may show our pages in a frame, separated by spaces."""
    locale: Mapped[str | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
