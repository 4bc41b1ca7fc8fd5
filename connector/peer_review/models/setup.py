"""How a peer review is set up: its rules, what is special about somebody, and its criteria in versions."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.db import Identified, Model
from connector.peer_review.aggregation.guard import Method
from connector.peer_review.allocation.problem import GroupMode


class Product(StrEnum):
    """What people hand in."""

    TEXT = "text"
    """A text, with files if they like."""
    FILES = "files"
    """Files, with a few words if they like."""
    LINK = "link"
    """The address of something that is elsewhere, with a few words if they like."""
    NOTHING = "nothing"
    """Nothing here: a talk, or something that is shown in the room. They say that it is done."""
    PRACTICE = "practice"
    """No work at all: they judge the trainer's examples, and see how the trainer judged them."""


class Unit(StrEnum):
    """Who hands in one piece of work, and who writes one review."""

    PERSON = "person"
    GROUP = "group"
    """The people of a group together."""


class Anonymity(StrEnum):
    """Who is hidden from whom, in the words of the vocabulary's `ANONYMITY`; who leads the course sees all names."""

    NONE = "open"
    SINGLE = "single-blind"
    """Authors do not see who reviews them."""
    DOUBLE = "double-blind"
    """Nor do reviewers see whose work it is."""


class Late(StrEnum):
    """What becomes of what comes after a date."""

    ACCEPT = "accept"
    """It counts, and is marked late."""
    APPROVE = "approve"
    """Work waits until a trainer accepts it, or does not; late reviews count, and are marked late."""
    REFUSE = "refuse"
    """It is kept as a draft, and does not count until somebody gives more time."""


class Giving(StrEnum):
    """How reviewers get work."""

    ON_DEMAND = "on-demand"
    """Whoever asks gets the work that needs it most."""
    BATCH = "batch"
    """A trainer distributes all work at once."""


class SecondRound(StrEnum):
    """Whether authors hand in again after their feedback, and how it is reviewed then."""

    NONE = "none"
    BRIEF = "brief"
    """Each reviewer begins from what they said, and changes what has changed."""
    FULL = "full"
    """Each reviewer answers all criteria anew."""


class CriterionKind(StrEnum):
    """How a criterion is answered."""

    LEVELS = "levels"
    """A rubric: each level is described, and worth some points."""
    SCALE = "scale"
    """From 1 to a number."""
    YES_NO = "yes-no"
    COMMENT = "comment"
    """In words only."""


class PeerReview(Model):
    """The rules of a peer review. Whoever gives or takes reviews locks this row: so two of them never give the same."""

    __tablename__ = "peer_review"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    product: Mapped[Product] = mapped_column(default=Product.TEXT)
    unit: Mapped[Unit] = mapped_column(default=Unit.PERSON)
    group_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("group_set.id"))
    """Whose groups hand in, where groups do."""
    reviewed_by: Mapped[Unit] = mapped_column(default=Unit.PERSON, server_default=Unit.PERSON.value)
    """Who writes one review: each person, or the people of a group that hands in together."""
    reviews_each: Mapped[int] = mapped_column(default=4)
    """How many reviews each person writes, and each piece of work is to get."""
    needed: Mapped[int] = mapped_column(default=3)
    """How many reviews are enough to show an author the result."""
    due_at: Mapped[datetime | None]
    """By when to hand in; None without a date."""
    reviews_due_at: Mapped[datetime | None]
    """By when to review; what is there then is shown, as provisional where it is little."""
    second_round: Mapped[SecondRound] = mapped_column(default=SecondRound.NONE)
    revision_due_at: Mapped[datetime | None]
    """By when to hand in the revised work."""
    second_due_at: Mapped[datetime | None]
    """By when to review it."""
    late: Mapped[Late] = mapped_column(default=Late.ACCEPT)
    has_self_review: Mapped[bool] = mapped_column(default=False)
    anonymity: Mapped[Anonymity] = mapped_column(default=Anonymity.DOUBLE)
    grouping: Mapped[GroupMode] = mapped_column(default=GroupMode.ANY)
    giving: Mapped[Giving] = mapped_column(default=Giving.ON_DEMAND)
    method: Mapped[Method] = mapped_column(default=Method.MEAN)
    reviewing_maximum: Mapped[float | None]
    """The points for reviewing, in a column of its own; None where reviewing is not graded."""
    seed: Mapped[int]
    """What lots are drawn with: kept, so that every allocation can be made again."""
    has_reminders: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether people are reminded before the dates of what they have to do, and can."""
    asks_experts: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether experts are asked for what will lack reviews, without a trainer."""
    shows_others: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether reviewers read what others said of the same work, once all results are shown."""
    released_at: Mapped[datetime | None]
    """Since when all results are shown, whatever is missing; None while each author's own rule decides."""
    keep_days: Mapped[int | None]
    """How many days after the last that happened the texts are deleted; None for keeping them."""
    forgotten_at: Mapped[datetime | None]
    """When they were: since then all is over, and figures are what is left."""


class Participant(Model):
    """What is special about somebody in a peer review."""

    __tablename__ = "peer_participant"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    opened_at: Mapped[datetime | None]
    """When they first opened the activity."""
    due_at: Mapped[datetime | None]
    """Their own date for handing in; None for everybody's."""
    reviews_due_at: Mapped[datetime | None]
    quota: Mapped[int | None]
    """How many reviews they write; None for as many as everybody, 0 for none."""
    told_at: Mapped[datetime | None]
    """When they were first shown their result."""
    is_alone: Mapped[bool] = mapped_column(default=False)
    """Whether they hand in by themselves where groups hand in: a trainer lets them."""


class Reminder(Model):
    """That somebody was reminded, so that they are not again; or that a trainer was told what will be missing."""

    __tablename__ = "peer_reminder"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True, index=True)
    what: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The notice's word for it."""
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    """The date that it is about: with another date, they are reminded again. Of one that a trainer sent, when that was."""
    hours: Mapped[int] = mapped_column(primary_key=True)
    """How long before; 0 where a trainer sent it."""
    at: Mapped[datetime]
    lacking: Mapped[int] = mapped_column(default=0)
    """Reviews that will be missing, in what trainers are told."""


class Pairing(Model):
    """A trainer's rule about two people: who must, or must not, review whose work."""

    __tablename__ = "peer_pairing"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    is_must: Mapped[bool]
    """Otherwise neither may review the other."""


class Criterion(Identified, Model):
    """One thing that reviewers look at."""

    __tablename__ = "peer_criterion"
    __table_args__ = (UniqueConstraint("rubric_id", "position"),)
    rubric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_rubric.id"))
    position: Mapped[int]
    kind: Mapped[CriterionKind]
    title: Mapped[str]
    about: Mapped[str]
    """What to look for, in a sentence or two; may be empty."""
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """From the lowest: {"label": str, "points": float}; none where words are asked for only."""
    weight: Mapped[float] = mapped_column(default=1.0)
    needs_comment: Mapped[bool] = mapped_column(default=False)

    @property
    def is_scored(self) -> bool:
        """Whether it is part of the score."""
        return self.kind is not CriterionKind.COMMENT

    def share(self, level: int) -> float:
        """Return what a level is worth, from 0 to 1."""
        points = [float(each["points"]) for each in self.levels]
        span = max(points) - min(0.0, *points)
        return (points[level] - min(0.0, *points)) / span if span else 0.0


class Rubric(Identified, Model):
    """One version of the criteria. Once somebody reviews by it, it never changes: a change makes another version."""

    __tablename__ = "peer_rubric"
    __table_args__ = (UniqueConstraint("activity_id", "version"),)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    version: Mapped[int]
    created_at: Mapped[datetime]
    criteria: Mapped[list[Criterion]] = relationship(
        order_by=Criterion.position, cascade="all, delete-orphan", lazy="selectin"
    )
