"""What a statement says, for reports: pure, and total on whatever a store may show.

A store holds other tools' statements too, of either version of xAPI, and some that break it. So nothing here raises:
what cannot be read is None, and what says nothing about a value leaves it out.
"""

import json
import math
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from connector.reports.models import milliseconds
from xapi.formats import parse_timestamp
from xapi.schema import VOIDED
from xapi.vocabulary.activity_types import TARGET_ROLE
from xapi.vocabulary.events import EVENTS
from xapi.vocabulary.extensions import (
    ANSWER_ID,
    CRITERIA,
    DUE,
    DUPLICATE_OF,
    EVENT,
    REACTION,
    REASON,
    RESPONSE_SECONDS,
    REVIEW_ID,
    ROLE,
    ROUTE,
    SEVERITY,
    TAGS,
    TARGET,
    VISIBILITY,
    WORD_COUNT,
)

_LONGEST_IRI = 600
_LONGEST_WORD = 100
_LARGEST = 2**53
_MOST_CRITERIA = 100
_BY_VERB = {
    (event.verb.id, object_type.id): key
    for key, event in EVENTS.items()
    if not event.is_private
    for object_type, _parent in event.pairs
} | {
    # What Moodle's own logstore plug-in says of forums. Source: xAPI-vle/moodle-logstore_xapi, its transformer.
    ("http://activitystrea.ms/create", "http://id.tincanapi.com/activitytype/discussion"): "thread.created",
    ("http://id.tincanapi.com/verb/viewed", "http://id.tincanapi.com/activitytype/discussion"): "thread.viewed",
}
_DURATION = re.compile(
    r"P(?:(?P<weeks>[\d.,]+)W)?(?:(?P<years>[\d.,]+)Y)?(?:(?P<months>[\d.,]+)M)?(?:(?P<days>[\d.,]+)D)?"
    r"(?:T(?:(?P<hours>[\d.,]+)H)?(?:(?P<minutes>[\d.,]+)M)?(?:(?P<seconds>[\d.,]+)S)?)?",
    re.ASCII,
)
_SECONDS = {
    "weeks": 604_800.0,
    "years": 31_536_000.0,
    "months": 2_592_000.0,
    "days": 86_400.0,
    "hours": 3600.0,
    "minutes": 60.0,
    "seconds": 1.0,
}


class Agent(NamedTuple):
    """Whom a statement names, as far as anybody can be known again by it."""

    home_page: str
    """Of an account; `mbox_sha1sum` for a hash of an address; empty for everything else."""
    name: str

    @property
    def digest(self) -> str:
        """Return a name for somebody that only the store knows: it says nothing of them."""
        return f"other:{sha256(f'{self.home_page} {self.name}'.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a statement says."""

    id: uuid.UUID
    stored: datetime
    timestamp: datetime
    actor: Agent
    target: Agent | None
    verb: str
    event: str | None
    object: str
    object_type: str | None
    parent: str | None
    groupings: tuple[str, ...]
    """IRIs that it happened in, as it says."""
    places: tuple[str, ...]
    """Other IRIs that it may have happened in: what else it belongs to, and the object."""
    values: Mapping[str, Any]
    """The columns of a fact that are neither people nor places."""


def read_id(statement: Mapping[str, Any]) -> uuid.UUID | None:
    """Return a statement's id; None where it has none that is one."""
    try:
        return uuid.UUID(str(statement.get("id")))
    except ValueError:
        return None


def read_stored(statement: Mapping[str, Any]) -> datetime | None:
    """Return when a store says that it stored a statement, else when it happened."""
    return _time(statement.get("stored")) or _time(statement.get("timestamp"))


def read_voided(statement: Mapping[str, Any]) -> uuid.UUID | None:
    """Return the id of the statement that this one takes back; None for one that takes nothing back."""
    if _at(statement, "verb", "id") != VOIDED or _at(statement, "object", "objectType") != "StatementRef":
        return None
    return read_id(_map(statement.get("object")))


def read(statement: Mapping[str, Any]) -> Reading | None:
    """Return what a statement says; None for what cannot be a fact, or is nobody's business but its actor's."""
    id_, stored = read_id(statement), read_stored(statement)
    timestamp = _time(statement.get("timestamp")) or stored
    actor, verb = _agent(statement.get("actor")), _iri(_at(statement, "verb", "id"))
    thing = _map(statement.get("object"))
    object_ = _iri(thing.get("id")) if thing.get("objectType", "Activity") == "Activity" else None
    if id_ is None or stored is None or timestamp is None or actor is None or verb is None or object_ is None:
        return None
    context, result = _map(statement.get("context")), _map(statement.get("result"))
    extensions = {**_map(result.get("extensions")), **_map(context.get("extensions"))}
    object_type = _iri(_at(thing, "definition", "type"))
    event = _event(extensions, verb, object_type)
    if VISIBILITY.id in extensions or (event is not None and EVENTS[event].is_private):
        return None
    activities = _map(context.get("contextActivities"))
    parents = list(_ids(activities.get("parent")))
    return Reading(
        id=id_,
        stored=stored,
        timestamp=timestamp,
        actor=actor,
        target=_target(context, extensions),
        verb=verb,
        event=event,
        object=object_,
        object_type=object_type,
        parent=next(iter(parents), None),
        groupings=tuple(_ids(activities.get("grouping"))),
        places=tuple(dict.fromkeys([*parents, *_ids(activities.get("other")), object_])),
        values=_values(event, result, extensions),
    )


def _event(extensions: Mapping[str, Any], verb: str, object_type: str | None) -> str | None:
    told = extensions.get(EVENT.id)
    if isinstance(told, str) and told in EVENTS:
        return told
    return _BY_VERB.get((verb, object_type or ""))


def _values(event: str | None, result: Mapping[str, Any], extensions: Mapping[str, Any]) -> dict[str, Any]:
    due = _time(extensions.get(DUE.id))
    about = (_iri(extensions.get(each.id)) for each in (ANSWER_ID, REVIEW_ID, DUPLICATE_OF))
    seconds = _number(extensions.get(RESPONSE_SECONDS.id))
    words = _number(extensions.get(WORD_COUNT.id))
    score = _number(_at(result, "score", "scaled"))
    tags = extensions.get(TAGS.id)
    return {
        "role": _word(extensions.get(ROLE.id)),
        "about": next(filter(None, about), None),
        "score": score if score is None or -1 <= score <= 1 else None,
        "rating": score if event == "review.rated" and score is not None and 0 <= score <= 1 else None,
        "seconds": _duration(result.get("duration")) if seconds is None else seconds,
        "words": None if words is None or words < 0 else int(words),
        "due": milliseconds(due) if due is not None else None,
        "word": next(
            (_word(extensions[e.id]) for e in (REACTION, REASON, ROUTE, SEVERITY) if e.id in extensions), None
        ),
        "criteria": _criteria(extensions.get(CRITERIA.id)) if event == "review.submitted" else None,
        "tags": [_clean(tag)[:_LONGEST_WORD] for tag in tags if isinstance(tag, str)]
        if isinstance(tags, list)
        else None,
    }


def _criteria(told: object) -> dict[str, float] | None:
    """Return what was given by each criterion, of what it could give; what does not say how much is left out."""
    found: dict[str, float] = {}
    for each in told[:_MOST_CRITERIA] if isinstance(told, list) else ():
        iri = _iri(_at(each, "id"))
        raw, least, most = (_number(_at(each, key)) for key in ("raw", "min", "max"))
        if iri is not None and raw is not None and least is not None and most is not None and least <= raw <= most:
            found |= {iri: (raw - least) / (most - least)} if least < most else {}
    return found or None


def _target(context: Mapping[str, Any], extensions: Mapping[str, Any]) -> Agent | None:
    """Return the other person: xAPI 2.0 has a place for them, 1.0.3 an extension.

    Source: IEEE 9274.1.1, 4.2.2.5.
    """
    told = extensions.get(TARGET.id)
    if isinstance(told, dict):
        return _agent(told)
    agents = context.get("contextAgents")
    for each in agents if isinstance(agents, list) else ():
        types = _map(each).get("relevantTypes")
        if isinstance(types, list) and TARGET_ROLE.id in types:
            return _agent(_map(each).get("agent"))
    return None


def _agent(value: object) -> Agent | None:
    agent = _map(value)
    account = _map(agent.get("account"))
    home_page, name = account.get("homePage"), account.get("name")
    if isinstance(home_page, str) and isinstance(name, str):
        return Agent(_clean(home_page), _clean(name))
    hashed = agent.get("mbox_sha1sum")
    if isinstance(hashed, str):
        return Agent("mbox_sha1sum", _clean(hashed).lower())
    known = {key: agent[key] for key in ("mbox", "openid") if isinstance(agent.get(key), str)}
    if known or agent.get("objectType") == "Group":
        return Agent("", _clean(json.dumps(known or {"member": agent.get("member")}, sort_keys=True, default=str)))
    return None


def _ids(activities: object) -> Iterator[str]:
    """Yield the IRIs of context activities: a list in 1.0.3 and later, a single one before."""
    for each in activities if isinstance(activities, list) else [activities]:
        iri = _iri(_map(each).get("id"))
        if iri is not None:
            yield iri


def _time(value: object) -> datetime | None:
    return _parsed(value) if isinstance(value, str) else None


_parsed = lru_cache(maxsize=4096)(parse_timestamp)
"""Each time of a page is asked for more than once."""


def _duration(value: object) -> float | None:
    """Return an ISO 8601 duration in seconds, a year of 365 days and a month of 30."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return sum(float(each.replace(",", ".")) * _SECONDS[unit] for unit, each in match.groupdict().items() if each)
    except ValueError:
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= _LARGEST else None


def _iri(value: object) -> str | None:
    return _clean(value) if isinstance(value, str) and 0 < len(value) <= _LONGEST_IRI else None


def _word(value: object) -> str | None:
    return _clean(value)[:_LONGEST_WORD] if isinstance(value, str) else None


def _clean(text: str) -> str:
    """Return a text without what PostgreSQL cannot store: NUL, and halves of characters."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = _map(value).get(key)
    return value


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
