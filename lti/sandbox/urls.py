"""Where the services of a course are, as tools are told."""

from lti.sandbox.courses import Course
from lti.sandbox.platform import Platform
from lti.sandbox.store import LineItem
from lti.sandbox.tools import Tool


def memberships_url(platform: Platform, course: Course) -> str:
    """Return where a course's members are."""
    return f"{platform.config.url}/courses/{course.id}/memberships"


def groups_url(platform: Platform, course: Course) -> str:
    """Return where a course's groups are."""
    return f"{platform.config.url}/courses/{course.id}/groups"


def line_items_url(platform: Platform, course_id: str, tool: Tool) -> str:
    """Return where a tool's line items in a course are."""
    return f"{platform.config.url}/courses/{course_id}/lineitems" + _query(platform, tool.id)


def line_item_url(platform: Platform, item: LineItem, part: str = "") -> str:
    """Return a line item's id, which is where it is; or where a part of it is: `/scores`, `/results`."""
    return f"{platform.config.url}/courses/{item.course_id}/lineitems/{item.id}{part}" + _query(platform, item.tool_id)


def notices_url(platform: Platform, tool: Tool) -> str:
    """Return where a tool says which notices it wants."""
    return f"{platform.config.url}/notices/{tool.id}"


def _query(platform: Platform, tool_id: int) -> str:
    return f"?type_id={tool_id}" if platform.mode.service.has_tool_in_item_ids else ""
