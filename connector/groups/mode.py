"""What groups mean for an activity, as its settings say."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, fields, pre_load
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, GroupMode
from connector.courses.models import GroupSet, Membership
from connector.groups.access import forget
from connector.groups.naming import by_name
from connector.web.errors import InvalidInputError, NotFoundError
from connector.web.i18n import gettext as _


class GroupModeForm(Schema):
    """The part of an activity's settings that is about groups; `groups/_mode.html` shows it."""

    class Meta:
        """It is a part of a bigger form."""

        unknown: ClassVar[str] = EXCLUDE

    group_mode = fields.Enum(GroupMode, by_value=True)
    """Left out, everything stays as it is."""
    group_set = fields.UUID(load_default=None)

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}


def typed_mode(activity: Activity) -> dict[str, str]:
    """Return an activity's group mode as its form's fields take it."""
    return {
        "group_mode": activity.group_mode.value,
        "group_set": str(activity.group_set_id) if activity.group_set_id else "",
    }


def list_set_choices(session: Session, activity: Activity) -> Sequence[GroupSet]:
    """Return the sets that an activity can count with, by name; among them the present one, dissolved or not."""
    rows = session.scalars(
        select(GroupSet).where(
            GroupSet.course_id == activity.course_id, or_(GroupSet.is_active, GroupSet.id == activity.group_set_id)
        )
    )
    return by_name(rows.all())


def list_sets_in_use(session: Session, course_id: uuid.UUID) -> Sequence[GroupSet]:
    """Return the sets of a course that a new activity can count with, by name."""
    return by_name(session.scalars(select(GroupSet).where(GroupSet.course_id == course_id, GroupSet.is_active)).all())


def set_group_mode(
    session: Session, activity: Activity, by: Membership, *, mode: GroupMode, set_id: uuid.UUID | None
) -> None:
    """Say what groups mean for an activity, and which ones. What was written before keeps its group.

    Args:
        set_id: The set whose groups count; None for all.

    Raises:
        InvalidInputError: The course has no such set, or does not use it any more.
        NotFoundError: The member does not lead the activity's course.
    """
    if not by.is_staff or by.course_id != activity.course_id:
        raise NotFoundError
    if set_id is not None and set_id != activity.group_set_id:
        found = session.get(GroupSet, set_id)
        if found is None or found.course_id != activity.course_id or not found.is_active:
            raise InvalidInputError({"group_set": [_("The course does not have these groups any more.")]})
    activity.group_mode, activity.group_set_id = mode, set_id
    session.flush()
    forget(session)
