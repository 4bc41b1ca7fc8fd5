"""Content that a tool offers: what the LMS asks for by deep linking, and what it makes of the items that come back.

Source: https://www.imsglobal.org/spec/lti-dl/v2p0; for Moodle, `mod/lti/locallib.php` and messages recorded from 4.5.6.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lti import claims
from lti.sandbox.catalogue import new_link_id
from lti.sandbox.courses import Activity, Course
from lti.sandbox.people import Person
from lti.sandbox.platform import Platform
from lti.sandbox.tools import Tool

PURPOSE = "deep linking"
_LINK = "ltiResourceLink"
_DATES = {"available": "ResourceLink.available", "submission": "ResourceLink.submission"}


class ContentError(ValueError):
    """An item is not one that this LMS takes; the message says why."""


def settings(platform: Platform, tool: Tool, course: Course, person: Person) -> dict[str, Any]:
    """Return the claim that asks the tool for content."""
    habits = platform.mode.deep_linking
    # The browser keeps our cookie back from what the tool's page posts; so the address itself says who asked.
    ticket = platform.ticket(PURPOSE, {"tool": tool.id, "course": course.id, "person": person.id})
    data = {"data": data_of(ticket)} if habits.has_data else {}
    return {
        claims.DEEP_LINKING_SETTINGS: {
            **habits.settings,
            "title": tool.name,
            "text": "",
            "deep_link_return_url": f"{platform.config.url}/deep-linking/return?ticket={ticket}",
            **data,
        }
    }


def data_of(ticket: str) -> str:
    """Return what the tool has to echo for this ticket."""
    return f"sandbox:{ticket[-24:]}"


def read_items(platform: Platform, tool: Tool, items: Any) -> list[tuple[Activity, dict[str, Any] | None]]:
    """Return the activities that the items describe, each with the line item that comes with it.

    Raises:
        ContentError: One of them is not what this LMS asked for.
    """
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ContentError("content_items must be a list of objects")
    reduced = platform.mode.deep_linking.is_reduced
    return [_as_moodle(tool, item) if reduced else _by_the_letter(tool, item) for item in items]


def create(platform: Platform, course: Course, activity: Activity, line_item: Mapping[str, Any] | None) -> None:
    """Put an activity into a course, with its column."""
    platform.catalogue.add(course, activity)
    if line_item is not None:
        body = {**line_item, "resourceLinkId": activity.id}
        platform.store.couple_line_item(
            course.id, activity.id, body, tool_id=activity.tool_id or platform.tools.main.id
        )


def _by_the_letter(tool: Tool, item: dict[str, Any]) -> tuple[Activity, dict[str, Any] | None]:
    if item.get("type") != _LINK:
        raise ContentError(f"the type {item.get('type')!r} is not in accept_types")
    custom = item.get("custom", {})
    if not isinstance(custom, dict) or not all(isinstance(text, str) for text in custom.values()):
        raise ContentError("custom must be an object of texts")
    for name in ("url", "title", "text"):
        if not isinstance(item.get(name, ""), str):
            raise ContentError(f"{name} must be a text")
    activity = Activity(
        id=new_link_id(),
        title=item.get("title") or tool.name,
        description=item.get("text", ""),
        target="window" if "window" in item and "iframe" not in item else "iframe",
        custom=custom,
        tool_id=tool.id,
        url=item.get("url", ""),
        dates=_dates(item),
    )
    line_item = item.get("lineItem")
    if line_item is None:
        return activity, None
    if not isinstance(line_item, dict) or not is_positive(line_item.get("scoreMaximum")):
        raise ContentError("lineItem must have a scoreMaximum over 0")
    body = {"label": activity.title, **line_item}
    return replace(activity, score_maximum=line_item["scoreMaximum"]), body


def _as_moodle(tool: Tool, item: dict[str, Any]) -> tuple[Activity, dict[str, Any] | None]:
    """Take whatever comes for a link, and keep of it what Moodle keeps."""
    lines = "\n".join(f"{key}={_flat(value)}" for key, value in (item.get("custom") or {}).items())
    activity = Activity(
        id=new_link_id(),
        title=item.get("title") or tool.name,
        description=item.get("text") or "",
        custom=dict(line.split("=", 1) for line in lines.split("\n") if "=" in line),
        tool_id=tool.id,
        url=item.get("url") or "",
    )
    given = item.get("lineItem")
    if not isinstance(given, dict) or not is_positive(given.get("scoreMaximum")):
        return activity, None
    review = given.get("submissionReview")
    body = {
        "label": activity.title,
        "scoreMaximum": given["scoreMaximum"],
        "resourceId": given.get("resourceId", ""),
        "tag": given.get("tag", ""),
        **({"submissionReview": reduced_review(review)} if isinstance(review, dict) else {}),
    }
    return replace(activity, score_maximum=given["scoreMaximum"]), body


def reduced_review(review: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Moodle keeps of a submission review: its address and its custom values."""
    return {name: review[name] for name in ("url", "custom") if name in review}


def is_positive(value: Any) -> bool:
    """Whether this is a number over 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def _flat(value: Any) -> str:
    """Return a value as PHP writes it into a text."""
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def _dates(item: dict[str, Any]) -> dict[str, str]:
    return {
        f"{stem}.{name}": str(item[field][name])
        for field, stem in _DATES.items()
        if isinstance(item.get(field), dict)
        for name in ("startDateTime", "endDateTime")
        if item[field].get(name)
    }
