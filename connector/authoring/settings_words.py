"""The settings that every activity has, in words: for the log of a course's settings."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from connector.activities.changes import Told, Value, moment, number, one_of, text
from connector.activities.models import Activity, GroupMode
from connector.courses.models import GroupSet
from connector.web.i18n import gettext as _

PART = "activity"


def read_settings(session: Session, activity: Activity) -> Mapping[str, Value]:
    """Return the settings of an activity, by name."""
    group_set = session.get(GroupSet, activity.group_set_id) if activity.group_set_id else None
    return {
        **{
            name: getattr(activity, name) for name in ("prompt", "opens_at", "closes_at", "score_maximum", "group_mode")
        },
        "group_set": group_set.name if group_set else None,
    }


def told_settings() -> Mapping[str, Told]:
    """Return each of them in words."""
    modes = {
        GroupMode.NONE.value: _("Everybody is together"),
        GroupMode.SEPARATE.value: _("Each group by itself"),
        GroupMode.VISIBLE.value: _("Each group by itself, open to the others"),
    }
    return {
        "prompt": Told(_("Prompt"), text),
        "opens_at": Told(_("Opens"), moment),
        "closes_at": Told(_("Closes"), moment),
        "score_maximum": Told(_("Points at most"), number(_("Not graded"))),
        "group_mode": Told(_("Groups"), one_of(modes)),
        "group_set": Told(_("Which groups count"), text),
    }
