"""What reviewers say about passages of a text."""

import uuid

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from connector.content.anchoring import Anchor
from connector.db import Identified, Model


class Passage(Identified, Model):
    """Words of a text that a reviewer marked, and what they say of them. Nothing tells when: it would tell who."""

    __tablename__ = "peer_passage"
    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    """Which version of the work the words stand in."""
    start: Mapped[int]
    """How many characters of the text stand before them."""
    exact: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str]
    suffix: Mapped[str]
    comment: Mapped[str] = mapped_column(Text)
    """As it was sent; empty before. What is typed and not sent stands with the rest of the review's form."""
    is_dropped: Mapped[bool]
    """Whether the reviewer took it away since; it is there until they send the review again."""

    @property
    def anchor(self) -> Anchor:
        """The words, and how they are found again."""
        return Anchor(self.exact, self.prefix, self.suffix, self.start)

    @property
    def is_sent(self) -> bool:
        """Whether others may read it."""
        return bool(self.comment)
