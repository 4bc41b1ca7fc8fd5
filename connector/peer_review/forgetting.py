"""Forgets what was written in a peer review when its time is over, where its trainer says how long texts are kept.

All of an activity goes at once: a review means nothing without the work that it is about. What people did, and what that
came to, stays, so that results, grades and figures can be read as before; so do a trainer's own reasons and examples.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.attachments import detach
from connector.content.models import Draft
from connector.content.storage import FileStore
from connector.courses.models import Course, TenantPolicy
from connector.courses.policies import kept_days, policy_of
from connector.peer_review.board.standing import draft_place
from connector.peer_review.exemplars import exemplars
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.models.groups import SharedText
from connector.peer_review.models.passages import Passage
from connector.peer_review.models.reviews import Answer, Intention, Message, Review, Submission, SubmissionVersion
from connector.peer_review.models.setup import Participant, PeerReview
from connector.peer_review.works import giving_back, handing_in, sharing
from connector.platforms.models import Deployment, Platform

_AT_ONCE = 10
_NOTHING = {"body": "", "body_html": "", "snippet": "", "link": None, "language": None}


def forget_old(session: Session, store: FileStore, *, now: datetime) -> int:
    """Delete the texts of the peer reviews whose time is over, some at once; return how many they were.

    Raises:
        StoreError: The store of the files failed; nothing should be committed then.
    """
    query = (
        select(PeerReview)
        .join(Activity, Activity.id == PeerReview.activity_id)
        .join(Activity.course)
        .join(Course.deployment)
        .join(Deployment.platform)
        .outerjoin(TenantPolicy, TenantPolicy.tenant_id == Platform.tenant_id)
        .where(
            or_(PeerReview.keep_days.is_not(None), TenantPolicy.most_keep_days.is_not(None)),
            PeerReview.forgotten_at.is_(None),
        )
    )
    count = 0
    for rules in session.scalars(query.order_by(PeerReview.activity_id)).all():
        activity = session.get_one(Activity, rules.activity_id)
        when = due_at(session, activity, rules)
        if when is not None and when < now:
            _forget(session, store, activity)
            rules.forgotten_at = now
            session.flush()
            count += 1
        if count >= _AT_ONCE:
            break
    return count


def due_at(session: Session, activity: Activity, rules: PeerReview) -> datetime | None:
    """Return when the texts go if nothing more happens; None where they are kept, or there are none (yet, or any more)."""
    days = kept_days(rules.keep_days, policy_of(session, activity.course).most_keep_days)
    if days is None or rules.forgotten_at is not None:
        return None
    acts = _acts(session, activity)
    if not acts:
        return None
    dates = [rules.due_at, rules.reviews_due_at, rules.revision_due_at, rules.second_due_at, activity.closes_at]
    own = select(func.max(Participant.due_at), func.max(Participant.reviews_due_at))
    dates.extend(session.execute(own.where(Participant.activity_id == activity.id)).one())
    return max([*acts, *(each for each in dates if each is not None)]) + timedelta(days=days)


def _acts(session: Session, activity: Activity) -> list[datetime]:
    """Return when people last did something of each kind; nothing where nobody wrote anything."""
    works = select(Submission.id).where(Submission.activity_id == activity.id)
    reviews = select(Review.id).where(Review.activity_id == activity.id)
    moments = (
        select(func.max(Submission.handed_in_at)).where(Submission.activity_id == activity.id),
        select(func.max(SharedText.at)).where(SharedText.activity_id == activity.id),
        select(func.max(Message.at)).where(Message.review_id.in_(reviews)),
        select(func.max(Intention.at)).where(Intention.submission_id.in_(works)),
        *(
            select(func.max(column)).where(Review.activity_id == activity.id)
            for column in (Review.given_at, Review.typed_at, Review.changed_at, Review.rated_at, Review.flagged_at)
        ),
    )
    found = session.execute(select(*(each.scalar_subquery() for each in moments))).one()
    return [each for each in found if each is not None]


def _forget(session: Session, store: FileStore, activity: Activity) -> None:
    works = session.scalars(select(Submission.id).where(Submission.activity_id == activity.id)).all()
    reviews = select(Review.id).where(Review.activity_id == activity.id)
    _forget_texts(session, store, activity, works)
    session.execute(delete(Message).where(Message.review_id.in_(reviews)))
    session.execute(delete(Passage).where(Passage.review_id.in_(reviews)))
    session.execute(update(Answer).where(Answer.review_id.in_(reviews)).values(comment=""))
    mine = update(Review).where(Review.activity_id == activity.id)
    session.execute(mine.values(summary="", typed={}, typed_at=None, beside=[]))
    session.execute(update(ReviewDraft).where(ReviewDraft.activity_id == activity.id).values(said={}))
    session.execute(mine.where(Review.flag.is_not(None)).values(flag=""))
    for place in (draft_place(activity), f"{draft_place(activity)} %", f"revision {activity.id} %"):
        session.execute(
            update(Draft).where(Draft.place.like(place)).values(fields={}, others=[], revision=Draft.revision + 1)
        )  # a tab that is still open finds that it was thrown away


def _forget_texts(session: Session, store: FileStore, activity: Activity, works: Sequence[uuid.UUID]) -> None:
    """Delete what was handed in, what groups wrote before they did, what was shown of it, and all files."""
    giving_back.give_all_back(session, activity, store)
    texts, shown = (
        session.scalars(select(model.id).where(model.activity_id == activity.id)).all()
        for model in (SharedText, Exemplar)
    )
    for kind, ids in ((handing_in.HOLDER, works), (sharing.HOLDER, texts), (exemplars.HOLDER, shown)):
        for id_ in ids:
            detach(session, store, kind, id_)
    session.execute(update(Submission).where(Submission.id.in_(works)).values(**_NOTHING))
    session.execute(delete(SubmissionVersion).where(SubmissionVersion.submission_id.in_(works)))
    session.execute(delete(Intention).where(Intention.submission_id.in_(works)))
    session.execute(delete(SharedText).where(SharedText.activity_id == activity.id))
    session.execute(delete(Exemplar).where(Exemplar.activity_id == activity.id))
