"""Peer reviews, as pages for a whole course and the picker see them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from connector.activities.kinds import Holding, Keeping, KindParts
from connector.activities.models import Activity, Kind
from connector.courses.models import Membership, Person
from connector.peer_review.copying import copy_settings
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.reviews import Author, Message, Review, ReviewState, Submission, WorkState
from connector.peer_review.rules import get_rules, keep_for
from connector.peer_review.views import beginnings
from connector.peer_review.views.setup_words import tell_setup
from connector.peer_review.works.teams import is_mine
from connector.threads.ruling import begin_rules
from connector.web.i18n import gettext as _


def _count_news(
    session: Session, member: Membership, activity_ids: Collection[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, int]:
    """Return what waits for a member: reviews that were given and not begun; for who leads, what authors asked
    and late work that waits.
    """
    del now  # what waits, waits at any time
    mine = select(Review.activity_id, func.count()).where(Review.activity_id.in_(list(activity_ids)))
    late: Mapping[uuid.UUID, int] = {}
    if member.is_staff:
        is_late = (Submission.activity_id.in_(list(activity_ids)), Submission.state == WorkState.WAITING)
        waiting = select(Submission.activity_id, func.count()).where(*is_late).group_by(Submission.activity_id)
        late = dict(iter(session.execute(waiting)))
        is_asked = and_(Review.flagged_at.is_not(None), Review.settled_at.is_(None))
        waits = and_(Review.reviewer_id == member.id, Review.state == ReviewState.OPEN, _is_new())
        mine = mine.where(or_(is_asked, waits))
    else:
        mine = (
            mine.join(Review.submission)
            .where(Submission.state == WorkState.HANDED_IN)
            .where(is_mine(member.id), Review.state == ReviewState.OPEN, Review.started_at.is_(None))
        )
    found = dict(iter(session.execute(mine.group_by(Review.activity_id))))
    return {id_: found.get(id_, 0) + late.get(id_, 0) for id_ in {*found, *late}}


def _is_new() -> ColumnElement[bool]:
    """Return the condition that a review was not begun; one that somebody drafts is new once it is handed over."""
    drafted = exists().where(ReviewDraft.review_id == Review.id)
    is_ready = exists().where(ReviewDraft.review_id == Review.id, ReviewDraft.ready_at.is_not(None))
    return or_(and_(Review.started_at.is_(None), ~drafted), is_ready)


def _list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    mine = select(Membership.id).where(Membership.person_id == person.id)
    works = session.execute(
        select(Submission, Activity.title)
        .join(Submission.activity)
        .where(Submission.authors.any(Author.member_id.in_(mine)))
        .order_by(Submission.first_at)
    ).all()
    reviews = session.execute(
        select(Review, Activity.title)
        .join(Review.activity)
        .where(Review.reviewer_id.in_(mine))
        .order_by(Review.given_at)
    ).all()
    messages = session.scalars(select(Message).where(Message.member_id.in_(mine)).order_by(Message.at)).all()
    return [
        Holding(
            label=_("Messages about reviews"),
            name="review_messages",
            records=[
                {"review": str(each.review_id), "at": each.at.isoformat(), "text": each.body} for each in messages
            ],
        ),
        Holding(
            label=_("Work handed in"),
            name="submissions",
            records=[
                {
                    "id": str(work.id),
                    "activity": title,
                    "at": work.handed_in_at.isoformat(),
                    "state": work.state.value,
                    "link": work.link,
                    "said_of_being_late": work.late_note,
                    "text": work.body,
                }
                for work, title in works
            ],
        ),
        Holding(
            label=_("Reviews written"),
            name="reviews",
            records=[
                {
                    "id": str(review.id),
                    "activity": title,
                    "at": review.submitted_at.isoformat() if review.submitted_at else None,
                    "state": review.state.value,
                    "summary": review.summary,
                    "comments": [answer.comment for answer in review.answers if answer.comment],
                    "not_sent": review.typed,
                    "score": review.score,
                    "usefulness": review.usefulness,
                }
                for review, title in reviews
            ],
        ),
    ]


PARTS = KindParts(
    kind=Kind.PEER_REVIEW,
    icon="review",
    label=lambda: _("Review each other"),
    about=lambda: _(
        "Everybody hands something in, reviews the work of colleagues by your criteria, and gets feedback."
    ),
    ideas=beginnings.ideas,
    count_news=_count_news,
    list_holdings=_list_holdings,
    copy_settings=copy_settings,
    begin=begin_rules,
    tell=tell_setup,
    clear=beginnings.clear,
    keeping=Keeping(days_of=lambda session, activity: get_rules(session, activity).keep_days, keep=keep_for),
)
