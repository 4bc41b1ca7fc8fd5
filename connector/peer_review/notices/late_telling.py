"""What notices of late work say, asked for when they are shown or mailed."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.courses.models import Membership
from connector.notifications.tellers import Telling
from connector.peer_review.models.reviews import Author, Submission, WorkState
from connector.peer_review.works.late import DECIDED, WAITS
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext


def tell_waiting(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to those who lead the course how much late work waits to be accepted; nothing once all is decided."""
    if not reader.is_staff:
        return {}
    rows = session.execute(
        select(Activity, func.count(Submission.id))
        .join(Submission, Submission.activity_id == Activity.id)
        .where(Activity.id.in_(ids), Activity.course_id == reader.course_id, Submission.state == WorkState.WAITING)
        .group_by(Activity.id)
    )
    return {
        activity.id: Telling(
            title=ngettext(
                "%(num)s piece of late work waits for you in “%(title)s”",
                "%(num)s pieces of late work wait for you in “%(title)s”",
                count,
                title=activity.title,
            ),
            text=_("Accept it on the overview, or say why you do not."),
            topic=activity.title,
            endpoint="peer_review.overview",
            values={"activity_id": activity.id, "_anchor": "late"},
        )
        for activity, count in rows
    }


def tell_decided(session: Session, reader: Membership, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Telling]:
    """Return to an author whether their late work counts, with what the trainer said."""
    found = session.scalars(
        select(Submission)
        .where(Submission.id.in_(ids), Submission.authors.any(Author.member_id == reader.id))
        .where(Submission.late_at.is_not(None))
        .options(joinedload(Submission.activity))
    )
    return {
        each.id: Telling(
            title=(
                _("Your late work in “%(title)s” was not accepted", title=each.activity.title)
                if each.state is WorkState.DENIED
                else _("Your late work in “%(title)s” was accepted", title=each.activity.title)
            ),
            text=each.late_note or "",
            topic=each.activity.title,
            endpoint="peer_review.index",
            values={"activity_id": each.activity_id},
        )
        for each in found
    }


TELLERS = {WAITS: tell_waiting, DECIDED: tell_decided}
