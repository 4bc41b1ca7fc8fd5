"""Telling authors that there is something to read: as soon as their own rule shows it, and not before."""

from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.notifications.services import notify
from connector.peer_review import rules
from connector.peer_review.models import Submission, WorkResult, WorkState
from connector.peer_review.pool import Pool
from connector.peer_review.releasing import Release, judge
from connector.peer_review.setup_models import PeerReview

SHOWN = "feedback shown"


def tell_author(
    session: Session, activity: Activity, found: PeerReview, pool: Pool, work: Submission, *, now: datetime
) -> None:
    """Tell an author that their feedback is there, if this is the moment: the last review came, or they wrote their own.

    Nobody is told who wrote it; what changes later is told only where the author has not looked yet.
    """
    if work.state is not WorkState.HANDED_IN:
        return
    result = session.get(WorkResult, work.id)
    participant = rules.get_participant(session, activity, work.author)
    owing = rules.quota_of(found, participant) - pool.written_by().get(work.author_id, 0)
    release = judge(activity, found, done=result.reviews if result else 0, needed_own=max(0, owing), now=now)
    if release is Release.SHOWN and result is not None and result.told is None:
        notify(session, [work.author_id], SHOWN, about=work.id, activity=activity, by=None, now=now)
