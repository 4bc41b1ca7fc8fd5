"""What notices of peer reviews say, asked for when they are shown or mailed: never a name that the reader may not see."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notifications.tellers import Telling
from connector.peer_review import consulting, preparing
from connector.peer_review.exemplars.exemplars import ASKED
from connector.peer_review.matching.distributing import GIVEN
from connector.peer_review.models.drafts import ReviewDraft
from connector.peer_review.models.exemplars import Exemplar
from connector.peer_review.models.reviews import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.notices import late_telling
from connector.peer_review.results.news import CHANGED, SHOWN
from connector.peer_review.reviews.conversing import WRITTEN
from connector.peer_review.reviews.feedback import APPEALED, SETTLED
from connector.peer_review.reviews.reviewing import LOOKED_AGAIN
from connector.peer_review.revising import REVISED
from connector.peer_review.works.handing_in import GROUP_ACTED
from connector.peer_review.works.teams import is_mine, list_people
from connector.web.i18n import gettext as _


def _telling(activity: Activity, title: str, page: str, *, text: str = "", **values: uuid.UUID) -> Telling:
    """Return a telling that leads to a page of a peer review."""
    return Telling(
        title=title,
        text=text,
        topic=activity.title,
        endpoint=f"peer_review.{page}",
        values={"activity_id": activity.id, **values},
    )


def _reviews(session: Session, *which: ColumnElement[bool]) -> Sequence[Review]:
    return session.scalars(select(Review).where(*which).options(joinedload(Review.activity))).all()


def _works(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Sequence[Submission]:
    """Return those of some pieces of work that the reader is an author of."""
    mine = Submission.authors.any(Author.member_id == reader.id)
    found = select(Submission).where(Submission.id.in_(ids), mine).options(joinedload(Submission.activity))
    return session.scalars(found).all()


def _led(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Sequence[Review]:
    """Return those of some reviews that are of a course which the reader leads."""
    found = _reviews(session, Review.id.in_(ids)) if reader.is_staff else ()
    return [each for each in found if each.activity.course_id == reader.course_id]


def tell_given(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return that there is work to review."""
    found = session.scalars(select(Activity).where(Activity.id.in_(ids), Activity.course_id == reader.course_id))
    return {
        each.id: _telling(each, _("There is work for you to review in “%(title)s”", title=each.title), "index")
        for each in found
    }


def tell_shown(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author that there is feedback to read."""
    return {
        each.id: _telling(
            each.activity, _("Your feedback in “%(title)s” is there", title=each.activity.title), "feedback"
        )
        for each in _works(session, reader, ids)
    }


def tell_changed(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author that their result is another one than they were told."""
    told = tell_shown(session, reader, ids)
    return {
        id_: replace(each, title=_("Your result in “%(title)s” has changed", title=each.topic))
        for id_, each in told.items()
    }


def tell_appealed(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to those who lead the course that an author asked them to look at a review."""
    return {
        each.id: _telling(
            each.activity,
            _("Somebody asks you to look at a review in “%(title)s”", title=each.activity.title),
            "one_work",
            text=each.flag or "",
            submission_id=each.submission_id,
        )
        for each in _led(session, reader, ids)
    }


def tell_settled(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author that a trainer has looked at a review that they asked about."""
    mine = Review.submission.has(Submission.authors.any(Author.member_id == reader.id))
    return {
        each.id: _telling(
            each.activity,
            _("Your trainer has looked at the review that you asked about in “%(title)s”", title=each.activity.title),
            "feedback",
        )
        for each in _reviews(session, Review.id.in_(ids), mine, Review.settled_at.is_not(None))
    }


def tell_written(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author, or to a reviewer, that the other one wrote about a review; never who that is."""
    found = session.scalars(
        select(Review).where(Review.id.in_(ids)).options(joinedload(Review.activity), joinedload(Review.submission))
    )
    told = {}
    rows = found.all()
    people = list_people(session, rows)
    for each in rows:
        if reader.id in each.submission.author_ids:
            title = _("A reviewer answered you in “%(title)s”", title=each.activity.title)
            told[each.id] = _telling(each.activity, title, "feedback")
        elif reader.id in people[each.id]:
            title = _("An author wrote to you about your review in “%(title)s”", title=each.activity.title)
            told[each.id] = _telling(each.activity, title, "write", review_id=each.id)
    return told


def tell_group_acted(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to the others of a group that one of them handed in, or took the work back."""
    return {
        each.id: _telling(
            each.activity,
            _("Your group handed in its work in “%(title)s”", title=each.activity.title)
            if each.state is not WorkState.WITHDRAWN
            else _("Your group took its work back in “%(title)s”", title=each.activity.title),
            "work",
        )
        for each in _works(session, reader, ids)
    }


def tell_revised(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to a reviewer that work that they reviewed was revised; never whose it is."""
    return {
        each.id: _telling(
            each.activity,
            _("Work that you reviewed in “%(title)s” was revised", title=each.activity.title),
            "write",
            review_id=each.id,
        )
        for each in _reviews(session, Review.id.in_(ids), is_mine(reader.id), Review.state != ReviewState.GONE)
    }


def tell_looked_again(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author that somebody has reviewed their revised work."""
    told = tell_shown(session, reader, ids)
    return {
        id_: replace(each, title=_("A reviewer has looked at your revised work in “%(title)s”", title=each.topic))
        for id_, each in told.items()
    }


def tell_asked(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author that a trainer asks whether their work may be shown."""
    found = session.scalars(
        select(Exemplar)
        .where(Exemplar.id.in_(ids), Exemplar.submission.has(Submission.authors.any(Author.member_id == reader.id)))
        .options(joinedload(Exemplar.activity), joinedload(Exemplar.submission))
    )
    return {
        each.id: _telling(
            each.activity,
            _("May your work in “%(title)s” be shown as a good example?", title=each.activity.title),
            "show_consent",
        )
        for each in found
        if each.is_current
    }


def tell_consulted(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an expert that they are asked for a review, as long as they have not sent it."""
    which = (Review.id.in_(ids), Review.reviewer_id == reader.id, Review.state == ReviewState.OPEN)
    return {
        each.id: _telling(
            each.activity,
            _("Could you review a piece of work in “%(title)s”?", title=each.activity.title),
            "write",
            text=_("Too few colleagues can. You are asked as somebody who knows the subject; you can also decline."),
            review_id=each.id,
        )
        for each in _reviews(session, *which)
    }


def tell_nobody(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to those who lead the course that an expert declined, and nobody else can be asked."""
    return {
        each.id: _telling(
            each.activity,
            _("No expert can review a piece of work in “%(title)s”", title=each.activity.title),
            "one_work",
            submission_id=each.submission_id,
        )
        for each in _led(session, reader, ids)
    }


def tell_drafting(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return that somebody is asked to draft a review, as long as they have not handed it over."""
    mine = exists().where(
        ReviewDraft.review_id == Review.id, ReviewDraft.drafter_id == reader.id, ReviewDraft.ready_at.is_(None)
    )
    return {
        each.id: _telling(
            each.activity,
            _("Could you draft a review in “%(title)s”?", title=each.activity.title),
            "write",
            text=_(
                "You write it, somebody who knows the subject changes what they like and sends it; you can also decline."
            ),
            review_id=each.id,
        )
        for each in _reviews(session, Review.id.in_(ids), mine, Review.state == ReviewState.OPEN)
    }


def tell_drafted(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to who sends a review that its draft is ready; never who drafted it."""
    which = (Review.id.in_(ids), Review.reviewer_id == reader.id, Review.state == ReviewState.OPEN)
    return {
        each.id: _telling(
            each.activity,
            _("A review in “%(title)s” is drafted, and waits for you to edit and send it", title=each.activity.title),
            "write",
            review_id=each.id,
        )
        for each in _reviews(session, *which)
    }


TELLERS = {
    consulting.ASKED: tell_consulted,
    consulting.NOBODY: tell_nobody,
    **late_telling.TELLERS,
    preparing.ASKED: tell_drafting,
    preparing.READY: tell_drafted,
    ASKED: tell_asked,
    REVISED: tell_revised,
    LOOKED_AGAIN: tell_looked_again,
    WRITTEN: tell_written,
    GIVEN: tell_given,
    SHOWN: tell_shown,
    CHANGED: tell_changed,
    APPEALED: tell_appealed,
    SETTLED: tell_settled,
    GROUP_ACTED: tell_group_acted,
}
