"""How many people and groups a learner addresses within a day: enough to talk with each other, too few to trouble a course."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, case, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.content.models import MentionPace
from connector.courses.models import Membership
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import in_words

MOST_A_DAY = 30
"""How many people and groups a learner may address within `PERIOD`, in all that they write in a course."""
PERIOD = timedelta(days=1)
_PACES = cast("Table", MentionPace.__table__)


def check_pace(session: Session, by: Membership, count: int, *, now: datetime) -> None:
    """Check that a member may address some more now; one query, and none for those who lead the course.

    Args:
        count: How many people and groups a text addresses that it did not address before.

    Raises:
        InvalidInputError: They have addressed many today; the sentence says until when.
    """
    if by.is_staff or not count:
        return
    pace = session.get(MentionPace, by.id, populate_existing=True)
    if pace is None or pace.since <= now - PERIOD or pace.count + count <= MOST_A_DAY:
        return
    sentence = _(
        "In 24 hours you can address %(most)s people and groups with @. Take names out of your text, or send it after %(time)s.",
        most=MOST_A_DAY,
        time=in_words(pace.since + PERIOD),
    )
    raise InvalidInputError({"body": [sentence]})


def count_pace(session: Session, by: Membership, count: int, *, now: datetime) -> None:
    """Note that a member has addressed some more: a period begins with the first of them."""
    if by.is_staff or not count or _add(session, by, count, now):
        return
    try:
        with session.begin_nested():
            session.execute(insert(_PACES).values(member_id=by.id, since=now, count=count))
    except IntegrityError:  # another text of theirs, at the same time
        _add(session, by, count, now)


def _add(session: Session, by: Membership, count: int, now: datetime) -> bool:
    """Add to what is noted of a member, and return whether something was."""
    is_over = _PACES.c.since <= now - PERIOD
    added = (
        update(_PACES)
        .where(_PACES.c.member_id == by.id)
        .values(
            since=case((is_over, now), else_=_PACES.c.since),
            count=case((is_over, count), else_=_PACES.c.count + count),
        )
        .returning(_PACES.c.member_id)
    )
    return session.execute(added).first() is not None
