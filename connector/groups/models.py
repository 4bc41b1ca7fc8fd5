"""What people wish for: to be in a group that takes an agreement."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Group, Membership
from connector.db import Identified, Model


class GroupWish(Identified, Model):
    """A member's wish to be in a group, or to begin one; it goes once somebody has decided. One at a time in each set."""

    __tablename__ = "group_wish"
    __table_args__ = (UniqueConstraint("set_id", "member_id"),)
    set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("group_set.id"))
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    member: Mapped[Membership] = relationship()
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_group.id"), index=True)
    """None where they want to begin one."""
    group: Mapped[Group | None] = relationship()
    name: Mapped[str | None]
    """Of the group that they want to begin."""
    created_at: Mapped[datetime]
