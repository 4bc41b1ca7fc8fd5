"""What the pages around an activity share: the slim bar with its sections."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from connector.activities.models import THREADED, Activity, GroupMode, Kind
from connector.activities.services import is_there
from connector.courses.models import Membership
from connector.web.i18n import gettext as _
from connector.web.sessions import current_launch


def activity_bar(member: Membership, activity: Activity, current: str) -> dict[str, Any]:
    """Return the slim bar's content. Who leads the course has further sections, who administers the LMS one; others
    have one for their groups, where these count.

    Args:
        current: The endpoint of the section that the page belongs to, such as `discussion.overview`.
    """
    home = url_for(f"{activity.kind}.index", activity_id=activity.id)
    sections = _sections(activity) if member.is_staff else _groups(activity)
    tabs = [
        {"label": label, "url": url_for(endpoint, activity_id=activity.id), "current": endpoint == current}
        for endpoint, label in sections
    ]
    if current_launch().is_lms_admin:
        first = [] if tabs else [{"label": _names()[activity.kind], "url": home, "current": True}]
        tabs += [*first, {"label": _("Connection"), "url": url_for("connection.show"), "current": False}]
    titles = {"title": activity.title, "subtitle": member.course.title}
    search = url_for("discussion.search", activity_id=activity.id) if activity.kind in THREADED else None
    foot = recording_link(member, activity)
    return {**titles, **_notebook(member), "home_url": home, "search_url": search, "tabs": tabs, "foot": foot}


def visit_bar(session: Session, member: Membership, current: str) -> dict[str, Any]:
    """Return the slim bar for pages about the whole course: of the activity that the visit began in, else the course's.

    Args:
        current: The endpoint of the page.
    """
    activity_id = current_launch().activity_id
    activity = session.get(Activity, activity_id) if activity_id else None
    if activity is not None and is_there(member, activity):
        return activity_bar(member, activity, current)
    return {"title": member.course.title, "subtitle": None, **_notebook(member), "home_url": url_for("course.index")}


def recording_link(member: Membership, activity: Activity | None = None) -> dict[str, str]:
    """Return the link at a page's foot to what is recorded, which who leads the course may change for everybody.

    Args:
        activity: Where the way back leads to.
    """
    label = _("Recording in this course") if member.is_staff else _("What is recorded of you")
    return {"label": label, "url": url_for("recording.show", activity=activity.id if activity else None)}


def _notebook(member: Membership) -> dict[str, str]:
    """Return the way to one's own notebook, which who only looks on does not have."""
    return {"notebook_url": url_for("notebook.index")} if member.can_write else {}


def _groups(activity: Activity) -> list[tuple[str, str]]:
    """Return the sections of those who do not lead the course."""
    if activity.group_mode is GroupMode.NONE:
        return []
    return [_sections(activity)[0], ("groups.index", _("Groups"))]


def _sections(activity: Activity) -> list[tuple[str, str]]:
    return [
        (f"{activity.kind}.index", _names()[activity.kind]),
        (f"{activity.kind}.overview", _("Overview")),
        ("people.index", _("People")),
        ("grades.index", _("Grades")),
        ("settings.show", _("Settings")),
    ]


def _names() -> dict[Kind, str]:
    return {Kind.DISCUSSION: _("Discussion"), Kind.PEER_REVIEW: _("Peer review"), Kind.EXPERT_QA: _("Questions")}
