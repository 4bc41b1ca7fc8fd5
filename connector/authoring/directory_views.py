"""All courses: for operators under their own bar, and for who administers an LMS from inside a visit."""

import uuid
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from connector.authoring.directory import list_courses
from connector.platforms import directory as platforms
from connector.platforms.admin_frame import admin_blueprint, admin_page
from connector.platforms.models import Platform
from connector.platforms.selfcheck import may_see
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.sessions import current_launch, launch_blueprint

operators = admin_blueprint("admin_courses", __name__, url_prefix="/admin/courses", label=lambda: _("Courses"))
visits = launch_blueprint("lms_courses", __name__, url_prefix="/s/<sid>/connection/courses")


@operators.get("")
def index() -> ResponseReturnValue:
    """List the courses of all LMSs, or of one."""
    session = current_session()
    try:
        platform_id = uuid.UUID(request.args.get("platform", ""))
    except ValueError:
        platform_id = None
    return admin_page(
        "authoring/courses.html",
        current="admin_courses.index",
        platforms=platforms.list_platforms(session),
        **_listed("admin_courses.index", platform_id),
    )


@visits.get("")
def show() -> ResponseReturnValue:
    """List the courses of the LMS that this visit came from, for its administrator."""
    session, launch = current_session(), current_launch()
    platform = session.get(Platform, launch.platform_id)
    if platform is None or not may_see(launch, platform):
        raise NotFoundError
    return render(
        "authoring/courses.html",
        bar={"title": platform.name, "subtitle": None, "home_url": url_for("connection.show")},
        platforms=[],
        **_listed("lms_courses.show", platform.id),
    )


def _listed(endpoint: str, platform_id: uuid.UUID | None) -> dict[str, Any]:
    asked = request.args.get("q", "").strip()[:200]
    found = list_courses(
        current_session(), platform_id=platform_id, asked=asked, page=request.args.get("page", 1, type=int)
    )
    of = platform_id if endpoint == "admin_courses.index" else None

    def address(page: int) -> str:
        return url_for(endpoint, page=page, q=asked or None, platform=of)

    return {"found": found, "asked": asked, "platform_id": platform_id, "address": address, "here": url_for(endpoint)}
