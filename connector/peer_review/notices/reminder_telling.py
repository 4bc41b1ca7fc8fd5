"""What reminders say, asked for when they are shown or mailed: what was done meanwhile, or is past, is no longer told."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notifications.tellers import Telling
from connector.peer_review import rules
from connector.peer_review.board.standing import handing_door, reviewing_door
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.models.setup import Participant, PeerReview, Reminder
from connector.peer_review.notices.reminders import LACKING, REVIEWS, VOLUNTEERS, WORK
from connector.peer_review.rules import Dates
from connector.peer_review.stepper import Door
from connector.peer_review.works import units
from connector.peer_review.works.teams import is_mine
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext
from connector.web.pages import in_words
from connector.web.requests import now

_OPEN = frozenset({Door.OPEN, Door.LATE})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a learner is in one activity; a few queries for any number."""

    activity: Activity
    rules: PeerReview
    dates: Dates
    work: Submission | None
    participant: Participant | None

    @property
    def has_work(self) -> bool:
        return self.work is not None and self.work.state in {WorkState.HANDED_IN, WorkState.WAITING}


def tell_work(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to a learner that their work is asked for, as long as they have not handed it in and can."""
    at = now()
    found = {}
    for each in _places(session, reader, ids):
        if each.has_work or handing_door(each.rules, each.dates, each.work, at) not in _OPEN:
            continue
        title, due_at = each.activity.title, each.dates.due_at
        if due_at is None or due_at <= at:
            said = _("Your work for “%(title)s” is not handed in yet", title=title)
        else:
            said = _("Hand in your work for “%(title)s” until %(time)s", title=title, time=in_words(due_at))
        found[each.activity.id] = Telling(
            title=said, topic=title, endpoint="peer_review.index", values={"activity_id": each.activity.id}
        )
    return found


def tell_reviews(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to a learner how many reviews they still owe, as long as they do and can."""
    at, written = now(), _written(session, reader, ids)
    found = {}
    for each in _places(session, reader, ids):
        owing = rules.quota_of(each.rules, each.participant) - written.get(each.activity.id, 0)
        if owing <= 0 or reviewing_door(each.rules, each.dates, each.work, at) not in _OPEN:
            continue
        title = each.activity.title
        due_at = each.dates.reviews_due_at
        if due_at is None or due_at <= at:
            said = ngettext(
                "You have %(num)s review to write in “%(title)s”",
                "You have %(num)s reviews to write in “%(title)s”",
                owing,
                title=title,
            )
        else:
            said = ngettext(
                "You have %(num)s review to write in “%(title)s”, until %(time)s",
                "You have %(num)s reviews to write in “%(title)s”, until %(time)s",
                owing,
                title=title,
                time=in_words(due_at),
            )
        found[each.activity.id] = Telling(
            title=said, topic=title, endpoint="peer_review.index", values={"activity_id": each.activity.id}
        )
    return found


def tell_volunteers(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to a learner who has done theirs that another review would help, as long as they can write one."""
    at = now()
    return {
        each.activity.id: Telling(
            title=_("Some work in “%(title)s” lacks reviews: could you write one more?", title=each.activity.title),
            topic=each.activity.title,
            endpoint="peer_review.index",
            values={"activity_id": each.activity.id},
        )
        for each in _places(session, reader, ids)
        if reviewing_door(each.rules, each.dates, each.work, at) in _OPEN
    }


def tell_lacking(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to those who lead the course how many reviews will be missing, as things went when they were told."""
    if not reader.is_staff:
        return {}
    rows = session.execute(
        select(Activity, Reminder.lacking)
        .join(Reminder, Reminder.activity_id == Activity.id)
        .where(Activity.id.in_(ids), Activity.course_id == reader.course_id)
        .where(Reminder.member_id == reader.id, Reminder.what == LACKING)
        .order_by(Reminder.at)  # the newest is the last, and stays
    )
    return {
        activity.id: Telling(
            title=ngettext(
                "%(num)s review will be missing in “%(title)s”, as things go",
                "%(num)s reviews will be missing in “%(title)s”, as things go",
                lacking,
                title=activity.title,
            ),
            text=_("The overview offers what helps: more time, a reminder, volunteers."),
            topic=activity.title,
            endpoint="peer_review.overview",
            values={"activity_id": activity.id},
        )
        for activity, lacking in rows
    }


def _places(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> list[_Place]:
    mine = list(ids)
    activities = session.scalars(select(Activity).where(Activity.id.in_(mine), Activity.course_id == reader.course_id))
    setups = {
        row.activity_id: row for row in session.scalars(select(PeerReview).where(PeerReview.activity_id.in_(mine)))
    }
    special = {
        row.activity_id: row
        for row in session.scalars(
            select(Participant).where(Participant.activity_id.in_(mine), Participant.member_id == reader.id)
        )
    }
    works = {
        row.activity_id: row
        for row in session.scalars(
            select(Submission)
            .where(Submission.activity_id.in_(mine), Submission.authors.any(Author.member_id == reader.id))
            .order_by(Submission.state == WorkState.HANDED_IN)  # the last one stays
        )
    }
    found = []
    for activity in activities:
        setup = setups.get(activity.id) or rules.defaults(activity)
        participant = special.get(activity.id)
        dates = units.dates_for(session, activity, setup, reader)
        found.append(_Place(activity, setup, dates, works.get(activity.id), participant))
    return found


def _written(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = select(Review.activity_id, func.count()).where(
        Review.activity_id.in_(list(ids)),
        is_mine(reader.id),
        Review.state == ReviewState.SUBMITTED,
        Review.is_own.is_(False),
        Review.is_expert.is_(False),
    )
    return dict(iter(session.execute(query.group_by(Review.activity_id))))


TELLERS = {WORK: tell_work, REVIEWS: tell_reviews, VOLUNTEERS: tell_volunteers, LACKING: tell_lacking}
