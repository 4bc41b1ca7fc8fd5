"""Takes copies of good examples out of the knowledge pool as soon as they may stand there no longer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.doors import file_store
from connector.content.storage import FileStore
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.models.reviews import Submission
from connector.pool import lending


def give_back(session: Session, row: Exemplar, store: FileStore | None = None) -> None:
    """Delete the copy in the pool, if there is one.

    Args:
        store: Where files are; the application's where left out.
    """
    entry = row.entry
    if entry is None:
        return
    row.entry = None
    session.flush()
    lending.give_back(session, store or file_store(), entry)


def look_again(session: Session, work: Submission) -> None:
    """Delete the copy of a piece of work that was handed in again, was taken back, or has another author now."""
    for row in session.scalars(
        select(Exemplar).where(Exemplar.submission_id == work.id, Exemplar.entry_id.is_not(None))
    ):
        if not row.may_be_lent:
            give_back(session, row)


def give_all_back(session: Session, activity: Activity, store: FileStore | None = None) -> None:
    """Delete all copies of an activity's work: results are shown no longer, or texts are forgotten."""
    mine = select(Exemplar).where(Exemplar.activity_id == activity.id, Exemplar.entry_id.is_not(None))
    for row in session.scalars(mine).all():
        give_back(session, row, store)
