"""The log of a course's settings: who changed what, from what to what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from connector.activities.models import Activity
from connector.authoring.models import CourseChange, What
from connector.courses.models import Course, Membership

MOST_SHOWN = 50


def note(
    session: Session,
    by: Membership,
    what: What,
    before: str | None,
    after: str | None,
    *,
    activity: Activity | None = None,
    now: datetime,
) -> None:
    """Note a change, in the transaction in which it happens; nothing where nothing changes."""
    if before == after:
        return
    change = CourseChange(
        course_id=by.course_id, activity=activity, by=by, changed_at=now, what=what, before=before, after=after
    )
    session.add(change)
    session.flush()


def list_log(session: Session, course: Course, *, limit: int = MOST_SHOWN) -> Sequence[CourseChange]:
    """Return what was changed in a course, the last change first."""
    return session.scalars(
        select(CourseChange)
        .where(CourseChange.course_id == course.id)
        .options(
            joinedload(CourseChange.by).joinedload(Membership.person),
            joinedload(CourseChange.by).joinedload(Membership.course),
            joinedload(CourseChange.activity),
        )
        .order_by(CourseChange.changed_at.desc(), CourseChange.id)
        .limit(limit)
    ).all()
