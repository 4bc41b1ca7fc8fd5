"""How questions fare, for who leads the course. Test students are left out."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.expert_qa.listing import Entry, Row, list_entries, load_rows
from connector.expert_qa.models import Question
from connector.expert_qa.states import UNANSWERED, State
from connector.experts.wording import count_knowing
from connector.threads.access import Sight
from connector.threads.models import OPENING, Post, PostState, Thread, ThreadTag
from connector.web.errors import NotFoundError

SILENT_AFTER = timedelta(days=3)
"""After how long without a post an unsolved question is silent."""
MOST_GAPS = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """A tag whose questions wait."""

    tag: str
    unanswered: int
    asked: int
    knowing: int
    """Of how many members it is confirmed that they know about it, whatever they call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How questions fare."""

    asked: int
    solved: int
    unanswered: Sequence[Row]
    """The longest waiting first."""
    silent: Sequence[Row]
    """Answered or waiting for their author, not solved, and nobody has written for days."""
    alike: Sequence[tuple[Row, Thread]]
    """Questions that may repeat another one."""
    gaps: Sequence[Gap]
    """Tags with unanswered questions, the emptiest first."""
    waits: Sequence[timedelta]
    """From asking to the first answer of somebody else, the shortest first."""

    @property
    def median(self) -> timedelta | None:
        """Half of the answered questions had their first answer within it."""
        return quantile(self.waits, 0.5)

    @property
    def p90(self) -> timedelta | None:
        """Nine of ten had."""
        return quantile(self.waits, 0.9)


def quantile(waits: Sequence[timedelta], share: float) -> timedelta | None:
    """Return the shortest wait that at least a share of all are within; None of nothing.

    Args:
        waits: The shortest first.
        share: More than 0, at most 1.
    """
    return waits[ceil(share * len(waits)) - 1] if waits else None


def get_figures(session: Session, sight: Sight) -> Figures:
    """Return how the questions of an activity fare; the same few queries however many there are.

    Raises:
        NotFoundError: The member does not lead the course.
    """
    if not sight.member.is_staff:
        raise NotFoundError
    left_out = _of_test_students(session, sight.activity)
    entries = [entry for entry in list_entries(session, sight) if entry.id not in left_out and _counts(entry)]
    unanswered = sorted((entry for entry in entries if _is_unanswered(entry)), key=lambda entry: entry.created_at)
    silent = sorted(
        (entry for entry in entries if _is_silent(entry, sight.now) and not _is_unanswered(entry)),
        key=lambda entry: entry.last_at,
    )
    rows = {row.entry.id: row for row in load_rows(session, entries)}
    return Figures(
        asked=len(entries),
        solved=sum(entry.state in {State.SOLVED, State.ENDORSED} for entry in entries),
        unanswered=[rows[entry.id] for entry in unanswered],
        silent=[rows[entry.id] for entry in silent],
        alike=_alike(session, rows),
        gaps=_gaps(session, sight.activity, entries),
        waits=_waits(session, sight.activity, left_out),
    )


def _counts(entry: Entry) -> bool:
    return entry.state not in {State.GONE, State.HELD}


def _is_unanswered(entry: Entry) -> bool:
    return entry.answers == 0 and entry.state in UNANSWERED


def _is_silent(entry: Entry, now: datetime) -> bool:
    return entry.state in {State.NEEDS_INFO, State.ANSWERED, State.OPEN} and entry.last_at <= now - SILENT_AFTER


def _of_test_students(session: Session, activity: Activity) -> set[uuid.UUID]:
    found = select(Thread.id).join(Thread.author).where(Thread.activity_id == activity.id)
    return set(session.scalars(found.where(Membership.role == Role.TEST_STUDENT)))


def _alike(session: Session, rows: dict[uuid.UUID, Row]) -> list[tuple[Row, Thread]]:
    pairs = session.execute(
        select(Question.thread_id, Thread)
        .join(Thread, Thread.id == Question.alike_id)
        .where(Question.thread_id.in_(list(rows)), Thread.merged_into_id.is_(None))
        .order_by(Question.alike_chance.desc())
    )
    return [(rows[thread_id], other) for thread_id, other in pairs if thread_id in rows]


def _gaps(session: Session, activity: Activity, entries: Sequence[Entry]) -> list[Gap]:
    waiting = {entry.id: _is_unanswered(entry) for entry in entries}
    asked: Counter[str] = Counter()
    unanswered: Counter[str] = Counter()
    tags = select(ThreadTag.thread_id, ThreadTag.tag).join(Thread, Thread.id == ThreadTag.thread_id)
    for thread_id, tag in session.execute(tags.where(Thread.id.in_(list(waiting)))):
        asked[tag] += 1
        unanswered[tag] += waiting[thread_id]
    missing = [tag for tag, count in unanswered.items() if count]
    missing.sort(key=lambda tag: (-unanswered[tag] / asked[tag], -unanswered[tag], tag))
    knowing = count_knowing(session, activity.course_id, missing[:MOST_GAPS])
    return [Gap(tag, unanswered[tag], asked[tag], knowing[tag]) for tag in missing[:MOST_GAPS]]


def _waits(session: Session, activity: Activity, left_out: set[uuid.UUID]) -> list[timedelta]:
    found = session.execute(
        select(Thread.id, Thread.created_at, Question.answered_at)
        .join(Question, Question.thread_id == Thread.id)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .where(Thread.activity_id == activity.id, Question.answered_at.is_not(None), Post.state == PostState.VISIBLE)
    )
    return sorted(
        max(answered - asked, timedelta()) for id_, asked, answered in found if answered and id_ not in left_out
    )
