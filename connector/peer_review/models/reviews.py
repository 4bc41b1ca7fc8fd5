"""What people hand in, and what they say of each other's work."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.activities.models import Activity
from connector.content.models import Written
from connector.courses.models import Group, Membership
from connector.db import Identified, Model
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.setup import Rubric


class WorkState(StrEnum):
    """Where a piece of work is."""

    HANDED_IN = "handed-in"
    WAITING = "waiting"
    """It came late, and a trainer is to say whether it counts; nobody reviews it before."""
    DENIED = "denied"
    """It came late, and a trainer did not accept it."""
    WITHDRAWN = "withdrawn"


class ReviewState(StrEnum):
    """Where a review is."""

    OPEN = "open"
    """Given to a reviewer; begun or not."""
    SUBMITTED = "submitted"
    GONE = "gone"
    """The work was withdrawn, or a trainer took the review back."""


class Author(Model):
    """Somebody who wrote a piece of work: alone, or with their group. They stay its author wherever they go."""

    __tablename__ = "peer_author"
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("peer_submission.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True, index=True)
    member: Mapped[Membership] = relationship(foreign_keys=member_id)
    since: Mapped[datetime]
    told: Mapped[float | None]
    """The score that they were last told."""
    own_score: Mapped[float | None]
    """From 0 to 100: what a trainer gives them for the work in place of what it got."""
    own_reason: Mapped[str | None]
    own_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    own_at: Mapped[datetime | None]

    def final(self, result: WorkResult | None) -> float | None:
        """Return what counts for them, out of 100: what a trainer gave them, or else what the work came to."""
        if self.own_score is not None:
            return self.own_score
        return result.final if result is not None else None


class Submission(Written, Identified, Model):
    """A piece of work: what its authors handed in last."""

    __tablename__ = "peer_submission"
    __table_args__ = (
        UniqueConstraint("activity_id", "group_id"),
        Index(
            "ix_peer_submission_alone",
            "activity_id",
            "author_id",
            unique=True,
            sqlite_where=text("group_id IS NULL"),
            postgresql_where=text("group_id IS NULL"),
        ),
    )
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    activity: Mapped[Activity] = relationship()
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    """Who handed it in first; who wrote it stands in `authors`."""
    author: Mapped[Membership] = relationship(foreign_keys=author_id)
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_group.id"))
    """None where somebody handed in alone."""
    group: Mapped[Group | None] = relationship()
    authors: Mapped[list[Author]] = relationship(
        cascade="all, delete-orphan", order_by=(Author.since, Author.member_id), lazy="selectin"
    )
    iri: Mapped[str]
    state: Mapped[WorkState] = mapped_column(default=WorkState.HANDED_IN)
    version: Mapped[int] = mapped_column(default=1)
    """How often it was handed in."""
    link: Mapped[str | None]
    """Where the work is, where it is elsewhere."""
    language: Mapped[str | None]
    first_at: Mapped[datetime]
    handed_in_at: Mapped[datetime]
    """The last time."""
    is_late: Mapped[bool] = mapped_column(default=False)
    late_note: Mapped[str | None] = mapped_column(Text)
    """What a trainer said to its authors when they accepted late work, or did not."""
    late_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), index=True)
    """Who did."""
    late_at: Mapped[datetime | None]
    """When; None where nobody was asked, or nobody has decided."""
    revised_at: Mapped[datetime | None]
    """When it was first handed in again after its feedback."""
    revised_from: Mapped[int | None]
    """The last version before that: reviews of this one and of earlier ones are of the first round."""
    shows_intentions: Mapped[bool] = mapped_column(default=False)
    """Whether reviewers see, beside the revised work, what its authors meant to change and did."""

    @property
    def author_ids(self) -> frozenset[uuid.UUID]:
        """Everybody who wrote it."""
        return frozenset(each.member_id for each in self.authors)

    def authorship(self, member_id: uuid.UUID) -> Author | None:
        """Return what is known of somebody as its author; None for everybody else."""
        return next((each for each in self.authors if each.member_id == member_id), None)


class SubmissionVersion(Model):
    """A text that was handed in, each time."""

    __tablename__ = "peer_submission_version"
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("peer_submission.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None]
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"))
    """Who handed it in; None where it was handed in before that was kept."""


class Answer(Model):
    """What a review says about one criterion."""

    __tablename__ = "peer_answer"
    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_criterion.id"), primary_key=True)
    level: Mapped[int | None]
    """From 0, into the criterion's levels; None where words are asked for."""
    comment: Mapped[str] = mapped_column(Text)


class Review(Identified, Model):
    """What one person says of a piece of work; it exists from the moment in which they are given the work."""

    __tablename__ = "review"
    __table_args__ = (
        # Begins with who reviews: rows of one distribution are stored in that order.
        UniqueConstraint("reviewer_id", "submission_id", "round"),
        Index(
            "uq_review_group_id_submission_id_round",
            "group_id",
            "submission_id",
            "round",
            unique=True,
            sqlite_where=text("group_id IS NOT NULL"),
            postgresql_where=text("group_id IS NOT NULL"),
        ),
        Index("ix_review_submission_id", "submission_id", "state"),
    )
    # No foreign key: the work's says the same, and each is looked up for every one of thousands of reviews.
    activity_id: Mapped[uuid.UUID] = mapped_column(index=True)
    activity: Mapped[Activity] = relationship(primaryjoin="foreign(Review.activity_id) == Activity.id")
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_submission.id"))
    submission: Mapped[Submission] = relationship()
    # No foreign key: memberships are never deleted, and to look one up is to lock it, for every one of thousands.
    reviewer_id: Mapped[uuid.UUID]
    reviewer: Mapped[Membership] = relationship(primaryjoin="foreign(Review.reviewer_id) == Membership.id")
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_group.id"))
    """Which group reviews together; the reviewer stands for it then, whoever writes."""
    group: Mapped[Group | None] = relationship()
    rubric_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer_rubric.id"))
    """The criteria that it was begun with; None before."""
    rubric: Mapped[Rubric | None] = relationship()
    iri: Mapped[str]
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.OPEN)
    round: Mapped[int] = mapped_column(default=1)
    """2 for another look at revised work by who reviewed it before."""
    is_own: Mapped[bool] = mapped_column(default=False)
    """Whether the author looks at their own work: it never counts for the grade."""
    is_expert: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether somebody was asked who knows the subject: their score is the result, and they are no colleague."""
    given_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    """Until when the work is kept for this reviewer; None where it is theirs until the end."""
    why: Mapped[str]
    """What decided that they get this work; for the trainer."""
    started_at: Mapped[datetime | None]
    typed: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What is in the form and not sent, by field."""
    typed_at: Mapped[datetime | None]
    beside: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    """What people of a group typed where another one had meanwhile: {"field", "text", "by", "at"}; gone once it is sent."""
    submitted_at: Mapped[datetime | None]
    """The first time."""
    changed_at: Mapped[datetime | None]
    submission_version: Mapped[int | None]
    """Which version of the work it is about."""
    number: Mapped[int | None]
    """What the author knows the reviewer by: Reviewer 2."""
    summary: Mapped[str] = mapped_column(Text, default="")
    score: Mapped[float | None]
    """From 0 to 100; None where the criteria ask for words only."""
    is_late: Mapped[bool] = mapped_column(default=False)
    excluded_at: Mapped[datetime | None]
    """Since when it does not count for the grade."""
    exclusion_reason: Mapped[str | None]
    usefulness: Mapped[int | None]
    """What the author said of it, from 1 to 3."""
    rated_at: Mapped[datetime | None]
    flag: Mapped[str | None]
    """Why the author asked a trainer to look at it; None where they did not."""
    flagged_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    """When a trainer had looked."""
    answers: Mapped[list[Answer]] = relationship(cascade="all, delete-orphan")


class Message(Identified, Model):
    """What an author and a reviewer write to each other about a review, as they know each other there."""

    __tablename__ = "peer_message"
    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    is_by_author: Mapped[bool]
    """Otherwise the reviewer wrote it."""
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    """The form's: sent twice, it is one."""
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Intention(Identified, Model):
    """Something that authors mean to change, and what they did about it: their own, unless they show it."""

    __tablename__ = "peer_intention"
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer_submission.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    """Who noted it."""
    review_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review.id", ondelete="SET NULL"))
    """Whose comment it came from; None for their own idea."""
    criterion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer_criterion.id", ondelete="SET NULL"))
    passage_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Passage.id, ondelete="SET NULL"))
    """The comment on a passage that it was; None where it stood elsewhere in the review."""
    body: Mapped[str] = mapped_column(Text)
    """What they will change: the comment's words, or their own."""
    outcome: Mapped[str] = mapped_column(Text, default="")
    """What they changed."""
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
