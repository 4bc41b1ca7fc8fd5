"""What members do who were about to ask and find that it was asked, or is known, already."""

from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership, Role
from connector.delivery.services import record
from connector.expert_qa import statements
from connector.notifications.models import Level, Scope
from connector.notifications.services import set_level
from connector.pool.models import Entry
from connector.pool.solving import note_found
from connector.threads import statements as thread_statements
from connector.threads.models import Thread


def reuse(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Note that a member found what they were about to ask for, in a question that was asked before."""
    if by.role is not Role.TEST_STUDENT:
        record(session, statements.resolved(thread, by, now, reason=statements.REUSE), by=by, now=now)


def reuse_entry(session: Session, entry: Entry, activity: Activity, by: Membership, *, now: datetime) -> None:
    """Note that a member found what they were about to ask for in the knowledge pool.

    Args:
        activity: Where they were about to ask.
    """
    if by.role is not Role.TEST_STUDENT:
        note_found(session, entry)
        record(session, statements.resolved_by_entry(entry, activity, by, now), by=by, now=now)


def follow(session: Session, thread: Thread, by: Membership, *, now: datetime) -> None:
    """Let a member hear of everything in a question: they were about to ask the same."""
    before = set_level(session, by.id, Scope.THREAD, thread.id, Level.EVERYTHING, now=now)
    # Their author follows a thread from its beginning: that they do again would tell who began it.
    if before is not Level.EVERYTHING and thread.author_id != by.id:
        record(session, thread_statements.followed(thread, by, now, follows=True), by=by, now=now)
