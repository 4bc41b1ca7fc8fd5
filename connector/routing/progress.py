"""Where questions are on their way, for the pages that show them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.routing.models import Case, Request, State
from connector.routing.reasons import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody who was asked."""

    member_id: uuid.UUID
    reasons: Sequence[str]
    """In the reader's language, the strongest first."""
    state: State
    wave: int
    is_peer: bool
    """Whether they were asked as a fellow learner: pages say how many peers there are, and not who."""
    at: datetime
    """When the state was last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where one question is."""

    owner_id: uuid.UUID
    """The membership that sees to it. That is who asked where nobody leads the course: of a question without a name, pages
    never show it."""
    asked: Sequence[Asked]
    """In the order in which they were asked."""
    first_answer_due: datetime | None
    """None where there is an answer, and while the time stands still."""
    resolution_due: datetime | None
    is_paused: bool
    answered_at: datetime | None
    escalated_at: datetime | None
    """When those who lead the course were asked."""
    overdue_at: datetime | None
    """When the time for a first answer was over, and experts from outside were called in where there are any."""
    resolved_at: datetime | None

    @property
    def claimed_by(self) -> uuid.UUID | None:
        """Return who has taken it on."""
        return next((each.member_id for each in self.asked if each.state is State.CLAIMED), None)


def progress(session: Session, threads: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Progress]:
    """Return where questions are, by the thread's id; those that were never sent are left out; two queries."""
    asked: defaultdict[uuid.UUID, list[Asked]] = defaultdict(list)
    requests = session.scalars(
        select(Request).where(Request.thread_id.in_(list(threads))).order_by(Request.thread_id, Request.rank)
    )
    for each in requests:
        asked[each.thread_id].append(
            Asked(
                member_id=each.member_id,
                reasons=in_words(each.why),
                state=each.state,
                wave=each.wave,
                is_peer=each.is_peer,
                at=each.at,
            )
        )
    cases = session.scalars(select(Case).where(Case.thread_id.in_(list(threads))))
    return {
        each.thread_id: Progress(
            owner_id=each.owner_id,
            asked=asked[each.thread_id],
            first_answer_due=each.answer_due_at,
            resolution_due=each.resolve_due_at,
            is_paused=each.is_paused,
            answered_at=each.answered_at,
            escalated_at=each.escalated_at,
            overdue_at=each.overdue_at,
            resolved_at=each.resolved_at,
        )
        for each in cases
    }
