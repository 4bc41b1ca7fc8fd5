"""Questions that an entry answers: those that who leads the course pointed to it, the one that it came from, and how many were never asked."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from connector.activities.models import THREADED
from connector.activities.services import list_activities
from connector.courses.models import Membership
from connector.pool.access import is_in_pool
from connector.pool.models import Entry, SolvedQuestion
from connector.threads.access import look_all
from connector.threads.models import OPENING, Post, PostState, Thread, ThreadKind

MOST_LISTED = 50


def point(session: Session, entry: Entry, thread: Thread, *, now: datetime) -> None:
    """Note that an entry answers a question; one that another entry answered is answered by this one from now on."""
    row = session.get(SolvedQuestion, thread.id) or SolvedQuestion(thread_id=thread.id)
    row.entry_id, row.pointed_at = entry.id, now
    session.add(row)
    session.flush()


def part(session: Session, thread: Thread) -> None:
    """Note that no entry answers a question: it is open again."""
    session.execute(delete(SolvedQuestion).where(SolvedQuestion.thread_id == thread.id))


def is_pointed(session: Session, thread: Thread) -> bool:
    """Return whether somebody who leads the course pointed a question to an entry, whatever became of that."""
    return session.get(SolvedQuestion, thread.id) is not None


def note_found(session: Session, entry: Entry) -> None:
    """Count that somebody found in an entry what they were about to ask; nobody's name is kept."""
    found = update(Entry).where(Entry.id == entry.id).values(found_count=Entry.found_count + 1)
    session.execute(found.execution_options(synchronize_session=False))
    session.expire(entry, ["found_count"])


def entries_of(session: Session, member: Membership, threads: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Entry]:
    """Return which entries of the pool answer some questions, by the question's id; one query.

    Args:
        threads: Ids of questions that the member may see.
    """
    rows = session.execute(
        select(SolvedQuestion.thread_id, Entry)
        .join(Entry, Entry.id == SolvedQuestion.entry_id)
        .where(SolvedQuestion.thread_id.in_(list(threads)), is_in_pool(member))
    )
    return {row.thread_id: row.Entry for row in rows}


def list_solved(session: Session, member: Membership, entry: Entry, *, now: datetime) -> Sequence[Thread]:
    """Return the questions that an entry answers, as far as a member may see them, the newest first; the one it came from too."""
    activities = [each for each in list_activities(session, member) if each.kind in THREADED]
    sights = look_all(session, member, activities, now=now)
    if not sights:
        return []
    source = select(Post.thread_id).where(Post.id == entry.source_post_id).scalar_subquery()
    pointed = select(SolvedQuestion.thread_id).where(SolvedQuestion.entry_id == entry.id)
    return session.scalars(
        select(Thread)
        .join(Post, and_(Post.thread_id == Thread.id, Post.number == OPENING))
        .where(or_(Thread.id == source, Thread.id.in_(pointed)), Thread.kind == ThreadKind.QUESTION)
        .where(or_(*(sight.threads() for sight in sights)), Post.state == PostState.VISIBLE)
        .order_by(Thread.created_at.desc(), Thread.id)
        .limit(MOST_LISTED)
        .options(contains_eager(Thread.opening).joinedload(Post.author).joinedload(Membership.person))
        .options(joinedload(Thread.activity))
    ).all()
