"""Good work that is shown to all with its authors' consent: what was asked about, and what each of them said."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.content.models import Written
from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.peer_review.models.reviews import Submission, WorkState
from connector.pool.models import Entry


class Consent(Model):
    """What one author answered; who has not answered has none."""

    __tablename__ = "peer_exemplar_consent"
    exemplar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_exemplar.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True, index=True)
    agrees: Mapped[bool]
    shows_name: Mapped[bool]
    """Whether it may be shown under their name; it is only where all authors say so."""
    for_pool: Mapped[bool] = mapped_column(default=False)
    """Whether a copy may stand in the knowledge pool too; it does only where all authors say so."""
    at: Mapped[datetime]


class Exemplar(Written, Identified, Model):
    """A copy of a piece of work as its authors are asked to show it: what they agree to does not change afterwards."""

    __tablename__ = "peer_exemplar"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), index=True)
    activity: Mapped[Activity] = relationship()
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_submission.id"), unique=True)
    submission: Mapped[Submission] = relationship()
    version: Mapped[int]
    """Which version of the work it is."""
    link: Mapped[str | None]
    language: Mapped[str | None]
    note: Mapped[str] = mapped_column(Text)
    """What the trainer finds good about it; readers see it."""
    files_left_out: Mapped[int]
    """How many files are not in it, since they would tell who made them."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    asked_by: Mapped[Membership] = relationship()
    asked_at: Mapped[datetime]
    promoted_at: Mapped[datetime | None]
    """When all authors had agreed for the first time; they may have thought better of it since."""
    asks_pool: Mapped[bool] = mapped_column(default=False)
    """Whether they are asked as well whether a copy may stand in the knowledge pool."""
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pool_entry.id", ondelete="SET NULL"), unique=True)
    entry: Mapped[Entry | None] = relationship()
    """That copy."""
    consents: Mapped[list[Consent]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def is_current(self) -> bool:
        """Whether it is of what its authors handed in last, or of what was reviewed before they revised it."""
        work = self.submission
        return work.state is WorkState.HANDED_IN and self.version in {work.version, work.revised_from}

    @property
    def agreeing(self) -> list[Consent]:
        """The answers of those authors who agree and whom anybody can still ask."""
        here = {each.member_id for each in self.submission.authors if each.member.person.erased_at is None}
        return [each for each in self.consents if each.agrees and each.member_id in here]

    @property
    def is_shared(self) -> bool:
        """Whether all authors agree, and it is still theirs to show."""
        agreeing = {each.member_id for each in self.agreeing}
        return self.is_current and bool(agreeing) and agreeing == self.submission.author_ids

    @property
    def shows_names(self) -> bool:
        """Whether it is shown under its authors' names: all of them want that."""
        return self.is_shared and all(each.shows_name for each in self.agreeing)

    @property
    def may_be_lent(self) -> bool:
        """Whether all authors agree that a copy stands in the knowledge pool."""
        return self.is_shared and self.asks_pool and all(each.for_pool for each in self.agreeing)

    def answer_of(self, member_id: uuid.UUID) -> Consent | None:
        """Return what somebody answered; None where they have not."""
        return next((each for each in self.consents if each.member_id == member_id), None)
