"""How questions are asked, in words: for the log of a course's settings."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from connector.activities.changes import Told, Value, moment, number, text
from connector.activities.models import Activity
from connector.expert_qa.desk import get_desk, starters_of
from connector.web.i18n import gettext as _

PART = "desk"


def read_desk(session: Session, activity: Activity) -> Mapping[str, Value]:
    """Return how questions are asked, by name."""
    desk = get_desk(session, activity)
    return {
        "assessed_until": desk.assessed_until,
        "nudge_days": desk.nudge_days,
        "starters": "; ".join(starters_of(desk)),
    }


def told_desk() -> Mapping[str, Told]:
    """Return each of it in words."""
    return {
        "assessed_until": Told(_("Questions about assessed work are shown from"), moment),
        "nudge_days": Told(_("Days until who asked is reminded"), number(_("Never"))),
        "starters": Told(_("Questions to begin with"), text),
    }
