"""Questions that the knowledge pool answers: who leads the course points them to an entry, as many as there are to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connector.content.text import plain_text
from connector.courses.models import Membership
from connector.delivery.services import record
from connector.expert_qa import services, statements
from connector.expert_qa.calibrating import share, words_of
from connector.expert_qa.desk import keep_question, tell_asker
from connector.pool import solving
from connector.pool.access import Standing, standing_of
from connector.pool.finding import Card, find_similar
from connector.pool.models import Entry
from connector.search.services import look_alike
from connector.threads.models import Thread
from connector.web.errors import ConflictError, NotFoundError
from connector.web.i18n import gettext as _

POOLED = "question pooled"
"""What the notice is called that an entry of the pool answers somebody's question."""
MOST_OFFERED = 3
_ALIKE = 0.3
"""How many of the words of both titles must be the same, from 0 to 1, for the offer to stand open on the page."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Entries that may answer a question."""

    cards: Sequence[Card] = ()
    is_likely: bool = False
    """Whether one of them comes so near that it is worth the room."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """What the pool answers to a question."""

    entry: Entry | None
    """None where it is in the pool no longer."""
    standing: Standing
    """How far one can rely on it."""


def pooled_of(session: Session, member: Membership, thread: Thread, *, now: datetime) -> Pooled | None:
    """Return what the pool answers to a question that the member may see; None where nobody pointed it there."""
    entry = solving.entries_of(session, member, [thread.id]).get(thread.id)
    if entry is not None:
        return Pooled(entry, standing_of(entry, now=now))
    return Pooled(None, Standing.OUTDATED) if solving.is_pointed(session, thread) else None


def offer(session: Session, member: Membership, thread: Thread, *, now: datetime) -> Offer:
    """Return what the pool may have for a question, to who leads the course."""
    if not member.is_staff or not member.can_write:
        return Offer()
    text = plain_text(thread.opening.body_html)
    alike = look_alike(session, thread.title, text, course_id=member.course_id)
    found = find_similar(session, member, alike, now=now, limit=MOST_OFFERED + 1)
    cards = [each for each in found if each.entry.thread_id != thread.id][:MOST_OFFERED]
    words = words_of(thread.title)
    return Offer(cards, any(share(words, words_of(each.entry.title)) >= _ALIKE for each in cards))


def point(session: Session, thread: Thread, entry: Entry, by: Membership, *, now: datetime) -> None:
    """Say that an entry answers a question: it is solved, and who asked is told where the answer is.

    Args:
        entry: Of the pool of the question's course.

    Raises:
        NotFoundError: `by` does not lead the course.
        ConflictError: An answer was accepted meanwhile, or the question is closed.
    """
    if not by.is_staff or not by.can_write:
        raise NotFoundError
    if thread.accepted_id is not None or thread.closed_at is not None:
        raise ConflictError(_("This question is solved or closed, so it was not pointed to the pool."))
    solving.point(session, entry, thread, now=now)
    question = keep_question(session, thread)
    if question.resolved_at is not None:
        return
    services.settle(session, thread, question, now=now)
    record(session, statements.resolved(thread, by, now, reason=statements.POOL), by=by, now=now)
    tell_asker(session, thread, POOLED, by=by.id, now=now)
