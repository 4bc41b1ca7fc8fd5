"""What the pages of reports share."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from connector.activities.pages import visit_bar
from connector.courses.models import Membership
from connector.reports.asking import Asked
from connector.reports.definitions import REPORTS, report_title
from connector.web.i18n import gettext as _


def bar_of(session: Session, member: Membership) -> dict[str, Any]:
    """Return the slim bar of a page of reports."""
    return visit_bar(session, member, "reports.index")


def sections(asked: Asked, current: str) -> list[dict[str, Any]]:
    """Return the ways to the other reports, the filters kept.

    Args:
        current: The key of the page.
    """
    names = [("index", _("At a glance"), url_for("reports.index", **asked.filters))]
    names += [(each, report_title(each), url_for("reports.show", report=each, **asked.filters)) for each in REPORTS]
    names.append(("goals", _("Goals"), url_for("report_goals.index")))
    names.append(("proof", _("Completeness"), url_for("report_proof.proof")))
    return [{"label": label, "url": url, "current": key == current} for key, label, url in names]


def about(asked: Asked) -> list[tuple[str, str]]:
    """Return in words what a report looks at."""
    group = next((each.name for each in asked.groups if str(each.id) == str(asked.typed["group"])), _("Everybody"))
    activity = next(
        (each.title for each in asked.activities if each.id == asked.scope.activity_id), _("All activities")
    )
    days = f"{asked.scope.since.isoformat()} – {asked.scope.until.isoformat()}"
    return [
        (_("Course"), asked.member.course.title),
        (_("Days, in UTC"), days),
        (_("Group"), group),
        (_("Activity"), activity),
    ]
