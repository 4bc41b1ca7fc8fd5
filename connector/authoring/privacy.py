"""What the settings of courses hold of people: what they changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.holders import Holder
from connector.activities.kinds import Holding
from connector.activities.models import CourseChange
from connector.courses.models import Membership, Person
from connector.web.i18n import gettext as _


def list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return the settings that a person changed."""
    found = session.scalars(
        select(CourseChange)
        .join(CourseChange.by)
        .where(Membership.person_id == person.id)
        .order_by(CourseChange.changed_at, CourseChange.id)
    )
    records = [_change(each) for each in found]
    return [Holding(label=_("Settings that you changed"), name="course_changes", records=records)]


def _change(each: CourseChange) -> Mapping[str, Any]:
    return {
        "course": str(each.course_id),
        "activity": str(each.activity_id) if each.activity_id else None,
        "what": each.what,
        "before": each.before,
        "after": each.after,
        "at": each.changed_at.isoformat(),
    }


def forget(_session: Session, _person: Person) -> None:
    """Keep what was changed, by a former member: no text of theirs is in it."""


HOLDER = Holder(list_holdings=list_holdings, forget=forget)
