"""The kinds of statements that Kring sends: one table, in a module for each area."""

from collections.abc import Mapping
from types import MappingProxyType

from xapi.vocabulary import Event
from xapi.vocabulary.events import community, discussion, peer_review, questions
from xapi.vocabulary.events.community import *  # noqa: F403 -- one table, whichever module a row stands in
from xapi.vocabulary.events.discussion import *  # noqa: F403 -- as above
from xapi.vocabulary.events.peer_review import *  # noqa: F403 -- as above
from xapi.vocabulary.events.questions import *  # noqa: F403 -- as above


def _rows(module: object) -> tuple[Event, ...]:
    return tuple(value for value in vars(module).values() if isinstance(value, Event))


AREAS: Mapping[str, tuple[Event, ...]] = MappingProxyType(
    {
        "discussion": _rows(discussion),
        "peer-review": _rows(peer_review),
        "questions": _rows(questions),
        "community": _rows(community),
    }
)
"""The events of each area, in the order of the table."""
EVENTS: Mapping[str, Event] = MappingProxyType({event.key: event for area in AREAS.values() for event in area})
"""Every event by its key."""
