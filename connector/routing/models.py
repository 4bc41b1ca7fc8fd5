"""Questions on their way to an answer: who was asked, who answers for it, and what happens next."""

import uuid
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.courses.models import Membership
from connector.db import Identified, Model
from connector.threads.models import Thread

ANSWER_HOURS, RESOLVE_HOURS = 24, 72
"""How many working hours a first answer, and a solution, may take where nobody says otherwise."""


class Wave(IntEnum):
    """Who is asked, one after the other, as long as nobody has answered."""

    NONE = 0
    FIRST = 1
    """Two experts and three peers, at once."""
    NEXT = 2
    """Two more experts, when a quarter of the time is over."""
    TRAINER = 3
    """Who leads the course, after three fifths of it."""
    STANDBY = 4
    """Experts from outside, when it is over; and who asked is told."""


AFTER: Final = {Wave.FIRST: 0.0, Wave.NEXT: 0.25, Wave.TRAINER: 0.6, Wave.STANDBY: 1.0}
"""After which part of the time for a first answer each wave comes."""


class State(StrEnum):
    """What became of a request."""

    ASKED = "asked"
    CLAIMED = "claimed"
    """They said that they are going to answer."""
    ANSWERED = "answered"
    PASSED = "passed"
    """They passed it on to somebody."""
    DECLINED = "declined"
    HANDED_OVER = "handed over"
    """They were silent for too long, or are not here any more."""
    EXPIRED = "expired"
    """Somebody else answered."""


OPEN_STATES: Final = frozenset({State.ASKED, State.CLAIMED})


class Refusal(StrEnum):
    """Why somebody does not answer."""

    TOPIC = "not my topic"
    TIME = "no time"
    CONFLICT = "conflict"
    """They should not be the one: of this asker they are not asked again."""


class RoutingRules(Model):
    """How fast questions of an activity are to be answered; an activity without a row has the defaults."""

    __tablename__ = "routing_rules"
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    answer_hours: Mapped[int] = mapped_column(default=ANSWER_HOURS)
    """Of working time, until the first answer."""
    resolve_hours: Mapped[int] = mapped_column(default=RESOLVE_HOURS)


class Case(Model):
    """A question on its way. Somebody of the course always owns it, from the moment it is asked."""

    __tablename__ = "question_case"
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    thread: Mapped[Thread] = relationship()
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    owner: Mapped[Membership] = relationship(foreign_keys=[owner_id])
    """Who sees to it that the question is answered."""
    wave: Mapped[int] = mapped_column(SmallInteger, default=Wave.NONE)
    """The last wave that was asked."""
    begun_at: Mapped[datetime]
    """When the time for an answer began to run: when it was asked, or reopened."""
    running_since: Mapped[datetime | None]
    """Since when the time runs; None while it stands still."""
    spent: Mapped[int] = mapped_column(default=0)
    """How many seconds of working time had run before that."""
    answered_at: Mapped[datetime | None]
    """When the first answer came."""
    resolved_at: Mapped[datetime | None]
    """Since when nothing more happens: it was solved, closed, merged or taken back."""
    escalated_at: Mapped[datetime | None]
    """When those who lead the course were asked."""
    overdue_at: Mapped[datetime | None]
    """When who asked was told that it takes longer."""
    nudged_at: Mapped[datetime | None]
    """When who asked, and who owns it, were asked whether it is solved."""
    answer_due_at: Mapped[datetime | None]
    """By when a first answer is expected; None while the time stands still, and when there is one."""
    resolve_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When something happens next if nobody does anything; None for never."""

    @property
    def is_paused(self) -> bool:
        """Whether the time stands still because the asker must say more."""
        return self.resolved_at is None and self.running_since is None


class Request(Identified, Model):
    """A member who was asked to answer a question, once."""

    __tablename__ = "question_request"
    __table_args__ = (
        UniqueConstraint("thread_id", "member_id"),
        Index("ix_question_request_of_member", "member_id", "state", "asked_at"),
    )
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    thread: Mapped[Thread] = relationship()
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"))
    member: Mapped[Membership] = relationship(foreign_keys=[member_id])
    wave: Mapped[int] = mapped_column(SmallInteger)
    rank: Mapped[int] = mapped_column(SmallInteger)
    """The place among all who were asked, from 0 on."""
    is_peer: Mapped[bool]
    """Whether they were asked as a fellow learner, who owes nothing."""
    is_named: Mapped[bool] = mapped_column(default=False)
    """Whether somebody chose this very person: their silence hands the question over."""
    why: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Why they were asked: what `reasons` puts into words."""
    state: Mapped[State] = mapped_column(default=State.ASKED)
    refusal: Mapped[Refusal | None]
    asked_at: Mapped[datetime]
    at: Mapped[datetime]
    """When the state was last changed."""
    silent_at: Mapped[datetime | None]
    """From when the silence of who was chosen, or has claimed, counts as none to come."""
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What somebody who passed the question on, or suggested them, says to them; plain text, for them and who leads the course."""
    noted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("membership.id"), index=True)
    """Who says it."""
