"""Telling authors that there is something to read: as soon as their own rule shows it, and later only what matters."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.notifications.services import notify, outdate
from connector.peer_review import rules
from connector.peer_review.matching.pool import Pool
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Author, Submission, WorkState
from connector.peer_review.models.setup import PeerReview
from connector.peer_review.results.releasing import Release, enough, judge, matters

SHOWN = "feedback shown"
CHANGED = "result changed"


def tell_authors(
    session: Session, activity: Activity, found: PeerReview, pool: Pool, work: Submission, *, now: datetime
) -> None:
    """Tell authors that their feedback is there, if this is the moment: the last review came, or they wrote their own.

    Nobody is told who wrote it. What comes after they have looked is told by `tell_changes`.
    """
    if work.state is not WorkState.HANDED_IN:
        return
    result, written = session.get(WorkResult, work.id), pool.written_by()
    can_read = set()
    for author in work.authors:
        participant = rules.get_participant(session, activity, author.member)
        owing = rules.quota_of(found, participant) - written.get(author.member_id, 0)
        release = judge(
            activity,
            found,
            done=enough(found, result, result.reviews if result else 0),
            needed_own=max(0, owing),
            is_revised=work.revised_at is not None,
            now=now,
        )
        if release is Release.SHOWN and result is not None and author.told is None:
            can_read.add(author.member_id)
    if can_read:
        notify(session, can_read, SHOWN, about=work.id, activity=activity, by=None, now=now)


def tell_changes(session: Session, activity: Activity, *, now: datetime) -> int:
    """Tell authors who have seen their result that it is another one now, where the change matters; return how many.

    Call it after results were computed: one review can move other results than that of the work that it is about.
    """
    rows = session.execute(_authors(activity).where(Author.told.is_not(None))).all()
    changed = [author for author, result in rows if matters(author.told, author.final(result))]
    for author in changed:
        outdate(session, [author.member_id], SHOWN, author.submission_id, now=now)
        notify(session, [author.member_id], CHANGED, about=author.submission_id, activity=activity, by=None, now=now)
    return len(changed)


def tell_all(
    session: Session, activity: Activity, found: PeerReview, *, but: Collection[uuid.UUID] = (), now: datetime
) -> Sequence[Author]:
    """Tell all authors who have not looked that there is something to read, since it is shown to all; return whom.

    Args:
        but: The authors who were told before.
    """
    told = []
    for author, result in session.execute(_authors(activity).where(Author.told.is_(None))).all():
        if (
            author.member_id not in but
            and judge(activity, found, done=enough(found, result, result.reviews), needed_own=0, now=now).is_shown
        ):
            notify(session, [author.member_id], SHOWN, about=author.submission_id, activity=activity, by=None, now=now)
            told.append(author)
    return told


def _authors(activity: Activity) -> Select[Author, WorkResult]:
    """Return the query for all authors of what is handed in, with what their work came to."""
    return (
        select(Author, WorkResult)
        .join(WorkResult, WorkResult.submission_id == Author.submission_id)
        .join(Submission, Submission.id == Author.submission_id)
        .where(Submission.activity_id == activity.id, Submission.state == WorkState.HANDED_IN)
        .order_by(Author.submission_id, Author.member_id)
    )
