"""What members find of posts, and which they keep."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.threads.models import Post


class Sign(StrEnum):
    """What somebody says of a post without writing a reply. None of them says that it is bad."""

    HELPFUL = "helpful"
    ME_TOO = "me-too"
    """That they have the same question or experience."""
    THANKS = "thanks"
    """With a reason, and signed."""
    ENDORSED = "endorsed"
    """That an answer is right, by somebody who should know: signed. The author of the question accepts answers instead."""


SIGNED = frozenset({Sign.THANKS, Sign.ENDORSED})
"""With the name of who says it; of the others there are only numbers."""


class Reaction(Identified, Model):
    """What a member says of a post: each sign once."""

    __tablename__ = "post_reaction"
    __table_args__ = (UniqueConstraint("post_id", "sign", "member_id"),)
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    post: Mapped[Post] = relationship()
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    member: Mapped[Membership] = relationship()
    sign: Mapped[Sign]
    reason: Mapped[str] = mapped_column(Text, default="")
    """What somebody gives thanks for, in plain text; empty with the other signs."""
    created_at: Mapped[datetime]


class Bookmark(Model):
    """A post that a member keeps to find it again. Nobody else sees that."""

    __tablename__ = "bookmark"
    __table_args__ = (Index("ix_bookmark_newest", "member_id", "created_at"),)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, index=True)
    post: Mapped[Post] = relationship()
    created_at: Mapped[datetime]
