"""Copies: of a course, with new ids for it and its links, and of one activity."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lti.sandbox.catalogue import copy_of
from lti.sandbox.courses import Activity, Course
from lti.sandbox.notices import tell_of_copy
from lti.sandbox.platform import Platform, current_platform
from lti.sandbox.signin import open_activity, require_person, teach_course

blueprint = Blueprint("copies", __name__)


@blueprint.post("/courses/<course_id>/copy")
def copy_course(course_id: str) -> ResponseReturnValue:
    """Copy a course: custom values, tags and resource ids stay; the course and its links get ids of their own."""
    platform = current_platform()
    course = teach_course(require_person(), course_id)
    copied = platform.catalogue.copy(course)
    links = {old.id: new for old, new in zip(course.activities, copied.activities, strict=True)}
    _copy_line_items(platform, course, copied, links)
    tell_of_copy(platform, copied)
    flash(f"This is {copied.title}.")
    return redirect(url_for("pages.course", course_id=copied.id))


@blueprint.post("/activities/<activity_id>/duplicate")
def duplicate(activity_id: str) -> ResponseReturnValue:
    """Copy one activity in its course."""
    platform = current_platform()
    person = require_person()
    course, activity = open_activity(person, activity_id)
    teach_course(person, course.id)
    copied = copy_of(activity, title=f"{activity.title} (copy)")
    platform.catalogue.add(course, copied)
    _copy_line_items(platform, course, course, {activity.id: copied})
    return redirect(url_for("pages.activity", activity_id=copied.id))


def _copy_line_items(platform: Platform, source: Course, target: Course, links: dict[str, Activity]) -> None:
    """Copy the columns of the links; and in another course, those of no link, too."""
    for item in platform.store.line_items(source.id):
        link = links.get(item.body.get("resourceLinkId", ""))
        if link is not None and item.coupled_to is not None:
            body = {**item.body, "resourceLinkId": link.id}
            platform.store.couple_line_item(target.id, link.id, body, tool_id=item.tool_id)
        elif link is not None:
            body = {**item.body, "resourceLinkId": link.id}
            platform.store.add_line_item(target.id, body, tool_id=item.tool_id)
        elif source.id != target.id and "resourceLinkId" not in item.body:
            platform.store.add_line_item(target.id, item.body, tool_id=item.tool_id)
