"""What a link of the LMS says of the activity that it opens, and how we say it when we make one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

ACTIVITY = "activity"
"""The custom parameter, and the part of the address, that names an activity."""
_LEARNER = "learner"
_CONTEXT_HISTORY = "context_history"
_LINK_HISTORY = "resource_link_history"
_MOST = 20
"""Ids of a history that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a launch says of the link that was opened."""

    id: str
    title: str | None = None
    description: str | None = None
    activity_id: uuid.UUID | None = None
    """The activity that the link was made for, as far as it says; nothing of it is believed."""
    history: tuple[str, ...] = ()
    """Ids of links that it was copied from, the nearest first."""
    is_course: bool = False
    """Whether the id is the course's, and says nothing of the activity: Canvas's menu, modules and SpeedGrader."""


def launch_url(public_url: str, activity_id: uuid.UUID | None = None, learner_id: uuid.UUID | None = None) -> str:
    """Return the address that a link to an activity launches, or to what one learner did in it.

    Canvas's SpeedGrader launches the address of a submission without the link's custom parameters.
    """
    named = {ACTIVITY: activity_id, _LEARNER: learner_id}
    query = urlencode({name: str(id_) for name, id_ in named.items() if id_ is not None})
    return f"{public_url}/lti/launch" + (f"?{query}" if query else "")


def read_activity_id(custom: Mapping[str, str], target_link_uri: str) -> uuid.UUID | None:
    """Return the activity that a launch names, by its custom parameter or else by its address; None if none is named."""
    return _uuid(custom.get(ACTIVITY)) or _uuid(_queried(target_link_uri, ACTIVITY))


def read_learner_id(target_link_uri: str) -> uuid.UUID | None:
    """Return the learner whose work a launch is for."""
    return _uuid(_queried(target_link_uri, _LEARNER))


def read_context_history(custom: Mapping[str, str]) -> tuple[str, ...]:
    """Return the courses that the course was copied from, the nearest first."""
    return _ids(custom.get(_CONTEXT_HISTORY))


def read_link_history(custom: Mapping[str, str]) -> tuple[str, ...]:
    """Return the links that the link was copied from, the nearest first."""
    return _ids(custom.get(_LINK_HISTORY))


def _ids(value: str | None) -> tuple[str, ...]:
    """Source: https://www.imsglobal.org/spec/lti/v1p3, Appendix B: ids are separated by commas."""
    return tuple(id_ for each in (value or "").split(",") if (id_ := each.strip()))[:_MOST]


def _queried(url: str, name: str) -> str | None:
    return next(iter(parse_qs(urlsplit(url).query).get(name, [])), None)


def _uuid(value: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None
