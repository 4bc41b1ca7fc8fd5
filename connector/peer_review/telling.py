"""What notices of peer reviews say, asked for when they are shown or mailed: never a name that the reader may not see."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notifications.tellers import Telling
from connector.peer_review import consulting, late_telling
from connector.peer_review.conversing import WRITTEN
from connector.peer_review.distributing import GIVEN
from connector.peer_review.exemplar_models import Exemplar
from connector.peer_review.exemplars import ASKED
from connector.peer_review.feedback import APPEALED
from connector.peer_review.handing_in import GROUP_ACTED
from connector.peer_review.models import Author, Review, ReviewState, Submission, WorkState
from connector.peer_review.news import CHANGED, SHOWN
from connector.peer_review.reviewing import LOOKED_AGAIN
from connector.peer_review.revising import REVISED
from connector.peer_review.teams import is_mine, list_people
from connector.web.i18n import gettext as _


def tell_given(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return that there is work to review."""
    found = session.scalars(select(Activity).where(Activity.id.in_(ids), Activity.course_id == reader.course_id))
    return {
        each.id: Telling(
            title=_("There is work for you to review in “%(title)s”", title=each.title),
            topic=each.title,
            endpoint="peer_review.index",
            values={"activity_id": each.id},
        )
        for each in found
    }


def tell_shown(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author that there is feedback to read."""
    found = session.scalars(
        select(Submission)
        .where(Submission.id.in_(ids), Submission.authors.any(Author.member_id == reader.id))
        .options(joinedload(Submission.activity))
    )
    return {
        each.id: Telling(
            title=_("Your feedback in “%(title)s” is there", title=each.activity.title),
            topic=each.activity.title,
            endpoint="peer_review.feedback",
            values={"activity_id": each.activity_id},
        )
        for each in found
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
    if not reader.is_staff:
        return {}
    found = session.scalars(select(Review).where(Review.id.in_(ids)).options(joinedload(Review.activity)))
    return {
        each.id: Telling(
            title=_("Somebody asks you to look at a review in “%(title)s”", title=each.activity.title),
            text=each.flag or "",
            topic=each.activity.title,
            endpoint="peer_review.one_work",
            values={"activity_id": each.activity_id, "submission_id": each.submission_id},
        )
        for each in found
        if each.activity.course_id == reader.course_id
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
        values = {"activity_id": each.activity_id}
        if reader.id in each.submission.author_ids:
            title = _("A reviewer answered you in “%(title)s”", title=each.activity.title)
            told[each.id] = Telling(
                title=title, topic=each.activity.title, endpoint="peer_review.feedback", values=values
            )
        elif reader.id in people[each.id]:
            title = _("An author wrote to you about your review in “%(title)s”", title=each.activity.title)
            values["review_id"] = each.id
            told[each.id] = Telling(title=title, topic=each.activity.title, endpoint="peer_review.write", values=values)
    return told


def tell_group_acted(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to the others of a group that one of them handed in, or took the work back."""
    found = session.scalars(
        select(Submission)
        .where(Submission.id.in_(ids), Submission.authors.any(Author.member_id == reader.id))
        .options(joinedload(Submission.activity))
    )
    return {
        each.id: Telling(
            title=(
                _("Your group handed in its work in “%(title)s”", title=each.activity.title)
                if each.state is not WorkState.WITHDRAWN
                else _("Your group took its work back in “%(title)s”", title=each.activity.title)
            ),
            topic=each.activity.title,
            endpoint="peer_review.work",
            values={"activity_id": each.activity_id},
        )
        for each in found
    }


def tell_revised(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to a reviewer that work that they reviewed was revised; never whose it is."""
    found = session.scalars(
        select(Review)
        .where(Review.id.in_(ids), is_mine(reader.id), Review.state != ReviewState.GONE)
        .options(joinedload(Review.activity))
    )
    return {
        each.id: Telling(
            title=_("Work that you reviewed in “%(title)s” was revised", title=each.activity.title),
            topic=each.activity.title,
            endpoint="peer_review.write",
            values={"activity_id": each.activity_id, "review_id": each.id},
        )
        for each in found
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
        each.id: Telling(
            title=_("May your work in “%(title)s” be shown as a good example?", title=each.activity.title),
            topic=each.activity.title,
            endpoint="peer_review.show_consent",
            values={"activity_id": each.activity_id},
        )
        for each in found
        if each.is_current
    }


def tell_consulted(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an expert that they are asked for a review, as long as they have not sent it."""
    found = session.scalars(
        select(Review)
        .where(Review.id.in_(ids), Review.reviewer_id == reader.id, Review.state == ReviewState.OPEN)
        .options(joinedload(Review.activity))
    )
    return {
        each.id: Telling(
            title=_("Could you review a piece of work in “%(title)s”?", title=each.activity.title),
            text=_("Too few colleagues can. You are asked as somebody who knows the subject; you can also decline."),
            topic=each.activity.title,
            endpoint="peer_review.write",
            values={"activity_id": each.activity_id, "review_id": each.id},
        )
        for each in found
    }


def tell_nobody(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to those who lead the course that an expert declined, and nobody else can be asked."""
    if not reader.is_staff:
        return {}
    found = session.scalars(select(Review).where(Review.id.in_(ids)).options(joinedload(Review.activity)))
    return {
        each.id: Telling(
            title=_("No expert can review a piece of work in “%(title)s”", title=each.activity.title),
            topic=each.activity.title,
            endpoint="peer_review.one_work",
            values={"activity_id": each.activity_id, "submission_id": each.submission_id},
        )
        for each in found
        if each.activity.course_id == reader.course_id
    }


TELLERS = {
    consulting.ASKED: tell_consulted,
    consulting.NOBODY: tell_nobody,
    **late_telling.TELLERS,
    ASKED: tell_asked,
    REVISED: tell_revised,
    LOOKED_AGAIN: tell_looked_again,
    WRITTEN: tell_written,
    GIVEN: tell_given,
    SHOWN: tell_shown,
    CHANGED: tell_changed,
    APPEALED: tell_appealed,
    GROUP_ACTED: tell_group_acted,
}
