"""What somebody opens in a tool: a link, its place in the course's menu, a dialog to choose content, a learner's work."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from lti.sandbox.courses import Activity, Course
from lti.sandbox.people import Person, find_person
from lti.sandbox.platform import Platform, current_platform
from lti.sandbox.store import LineItem
from lti.sandbox.tools import Tool

Kind = Literal["link", "navigation", "deep linking", "review", "speedgrader", "privacy"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """What somebody is going to open; its ids travel in the lti_message_hint."""

    kind: Kind
    tool: Tool
    course: Course | None = None
    activity: Activity | None = None
    item: LineItem | None = None
    for_user: Person | None = None

    def ids(self) -> dict[str, Any]:
        """Return what brings the message back by `find_message`."""
        return {
            "kind": self.kind,
            "tool": self.tool.id,
            "course": self.course and self.course.id,
            "activity": self.activity and self.activity.id,
            "item": self.item and self.item.id,
            "for_user": self.for_user and self.for_user.id,
        }

    @property
    def target_link_uri(self) -> str:
        """What the tool is asked to show."""
        if self.kind == "deep linking":
            return self.tool.deep_linking_url or self.tool.target_link_uri
        if self.kind == "review" and self.item is not None:
            url = self.item.body.get("submissionReview", {}).get("url")
            return str(url or self._link_url)
        if self.kind == "speedgrader" and self.item is not None and self.for_user is not None:
            score = current_platform().store.scores(self.item).get(self.for_user.id)
            return str(score.body.get("submission_url") or self._link_url) if score is not None else self._link_url
        return self._link_url

    @property
    def _link_url(self) -> str:
        return (self.activity.url if self.activity is not None else "") or self.tool.target_link_uri


def tool_of(platform: Platform, activity: Activity) -> Tool | None:
    """Return the tool that an activity opens, or None where it is gone or switched off."""
    tool = platform.tools.main if activity.tool_id is None else platform.tools.find(activity.tool_id)
    return tool if tool is not None and tool.is_active else None


def find_message(platform: Platform, person: Person, ids: dict[str, Any]) -> Message | None:
    """Return the message with these ids, or None where it is not there, or not for `person`."""
    tool = platform.tools.find(ids["tool"])
    if tool is None or not tool.is_active or ids["kind"] not in get_args(Kind):
        return None
    course, activity = _place(platform, ids)
    item = platform.store.line_item(course.id, ids["item"]) if course is not None and ids["item"] else None
    if item is not None and course is not None:
        activity = next((link for link in course.activities if link.id == item.body.get("resourceLinkId")), None)
    message = Message(
        kind=ids["kind"],
        tool=tool,
        course=course,
        activity=activity,
        item=item,
        for_user=find_person(ids["for_user"]) if ids["for_user"] else None,
    )
    return message if _is_for(message, person) else None


def _place(platform: Platform, ids: dict[str, Any]) -> tuple[Course | None, Activity | None]:
    if ids["activity"]:
        return platform.catalogue.activity(ids["activity"]) or (None, None)
    return (platform.catalogue.course(ids["course"]) if ids["course"] else None), None


def _is_for(message: Message, person: Person) -> bool:
    course = message.course
    if message.kind == "privacy":
        return person.is_administrator and message.for_user is not None
    if course is None or not course.is_open_to(person):
        return False
    if message.kind == "link":
        return message.activity is not None
    if message.kind == "deep linking":
        return course.is_taught_by(person)
    return message.kind == "navigation" or (
        person.role.sees_all_grades and message.item is not None and message.for_user is not None
    )
