"""Telling authors that there is something to read: as soon as their own rule shows it, and later only what matters."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notifications.services import notify, outdate
from connector.peer_review import rules
from connector.peer_review.models import Submission, WorkResult, WorkState
from connector.peer_review.pool import Pool
from connector.peer_review.releasing import Release, judge, matters
from connector.peer_review.setup_models import PeerReview

SHOWN = "feedback shown"
CHANGED = "result changed"


def tell_author(
    session: Session, activity: Activity, found: PeerReview, pool: Pool, work: Submission, *, now: datetime
) -> None:
    """Tell an author that their feedback is there, if this is the moment: the last review came, or they wrote their own.

    Nobody is told who wrote it. What comes after they have looked is told by `tell_changes`.
    """
    if work.state is not WorkState.HANDED_IN:
        return
    result = session.get(WorkResult, work.id)
    participant = rules.get_participant(session, activity, work.author)
    owing = rules.quota_of(found, participant) - pool.written_by().get(work.author_id, 0)
    release = judge(activity, found, done=result.reviews if result else 0, needed_own=max(0, owing), now=now)
    if release is Release.SHOWN and result is not None and result.told is None:
        notify(session, [work.author_id], SHOWN, about=work.id, activity=activity, by=None, now=now)


def tell_changes(session: Session, activity: Activity, *, now: datetime) -> int:
    """Tell authors who have seen their result that it is another one now, where the change matters; return how many.

    Call it after results were computed: one review can move other results than that of the work that it is about.
    """
    rows = session.execute(
        select(Submission, WorkResult)
        .join(WorkResult, WorkResult.submission_id == Submission.id)
        .where(Submission.activity_id == activity.id, Submission.state == WorkState.HANDED_IN)
        .where(WorkResult.told.is_not(None))
        .order_by(Submission.id)
    ).all()
    changed = [work for work, result in rows if matters(result.told, result.final)]
    for work in changed:
        outdate(session, [work.author_id], SHOWN, work.id, now=now)
        notify(session, [work.author_id], CHANGED, about=work.id, activity=activity, by=None, now=now)
    return len(changed)


def tell_all(
    session: Session, activity: Activity, found: PeerReview, *, but: Collection[uuid.UUID] = (), now: datetime
) -> Sequence[Submission]:
    """Tell all authors who have not looked that there is something to read, since it is shown to all; return whose.

    Args:
        but: The authors who were told before.
    """
    rows = session.execute(
        select(Submission, WorkResult)
        .join(WorkResult, WorkResult.submission_id == Submission.id)
        .where(Submission.activity_id == activity.id, Submission.state == WorkState.HANDED_IN)
        .where(WorkResult.told.is_(None))
        .order_by(Submission.id)
        .options(joinedload(Submission.author).joinedload(Membership.person))
    ).all()
    told = []
    for work, result in rows:
        if work.author_id not in but and judge(activity, found, done=result.reviews, needed_own=0, now=now).is_shown:
            notify(session, [work.author_id], SHOWN, about=work.id, activity=activity, by=None, now=now)
            told.append(work)
    return told
