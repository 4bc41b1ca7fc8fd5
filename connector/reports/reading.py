"""What a statement says, for reports: pure, and total on whatever a store may show.

A store holds other tools' statements too, of either version of xAPI, and some that break it. So nothing here raises:
what cannot be read is None, and what says nothing about a value leaves it out.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from connector.reports.models import milliseconds
from connector.reports.scalars import LONGEST_WORD, at, clean, duration_of, iri_of, mapping, number_of, time_of, word_of
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

_MOST_CRITERIA = 100
# Looked up in every statement: the ids themselves, once.
_EVENT, _VISIBILITY, _TARGET = EVENT.id, VISIBILITY.id, TARGET.id
_DUE, _RESPONSE, _WORDS, _TAGGED, _ROLE = DUE.id, RESPONSE_SECONDS.id, WORD_COUNT.id, TAGS.id, ROLE.id
_ABOUT = (ANSWER_ID.id, REVIEW_ID.id, DUPLICATE_OF.id)
_WORD_KEYS = (REACTION.id, REASON.id, ROUTE.id, SEVERITY.id)
_PRIVATE = frozenset(key for key, event in EVENTS.items() if event.is_private)
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
    return time_of(statement.get("stored")) or time_of(statement.get("timestamp"))


def read_voided(statement: Mapping[str, Any]) -> uuid.UUID | None:
    """Return the id of the statement that this one takes back; None for one that takes nothing back."""
    verb = statement.get("verb")
    if (
        not isinstance(verb, dict)
        or verb.get("id") != VOIDED
        or at(statement, "object", "objectType") != "StatementRef"
    ):
        return None
    return read_id(mapping(statement.get("object")))


def read(statement: Mapping[str, Any]) -> Reading | None:
    """Return what a statement says; None for what cannot be a fact, or is nobody's business but its actor's."""
    id_, stored = read_id(statement), read_stored(statement)
    timestamp = time_of(statement.get("timestamp")) or stored
    actor, verb = _agent(statement.get("actor")), iri_of(at(statement, "verb", "id"))
    thing = mapping(statement.get("object"))
    object_ = iri_of(thing.get("id")) if thing.get("objectType", "Activity") == "Activity" else None
    if id_ is None or stored is None or timestamp is None or actor is None or verb is None or object_ is None:
        return None
    context, result = mapping(statement.get("context")), mapping(statement.get("result"))
    extensions = {**mapping(result.get("extensions")), **mapping(context.get("extensions"))}
    object_type = iri_of(at(thing, "definition", "type"))
    event = _event(extensions, verb, object_type)
    if _VISIBILITY in extensions or event in _PRIVATE:
        return None
    activities = mapping(context.get("contextActivities"))
    parents = _ids(activities.get("parent"))
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
        parent=parents[0] if parents else None,
        groupings=tuple(_ids(activities.get("grouping"))),
        places=tuple(dict.fromkeys([*parents, *_ids(activities.get("other")), object_])),
        values=_values(event, result, extensions),
    )


def _event(extensions: Mapping[str, Any], verb: str, object_type: str | None) -> str | None:
    told = extensions.get(_EVENT)
    if isinstance(told, str) and told in EVENTS:
        return told
    return _BY_VERB.get((verb, object_type or ""))


def _values(event: str | None, result: Mapping[str, Any], extensions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the other columns. Most statements have few of them, and each page has hundreds: what is not there is
    not looked into.
    """
    due = time_of(extensions.get(_DUE))
    seconds = number_of(extensions.get(_RESPONSE))
    words = number_of(extensions.get(_WORDS))
    score = number_of(mapping(result.get("score")).get("scaled"))
    tags = extensions.get(_TAGGED)
    duration = result.get("duration")
    return {
        "role": word_of(extensions.get(_ROLE)),
        "about": next(
            (iri for key in _ABOUT if key in extensions and (iri := iri_of(extensions[key])) is not None), None
        ),
        "score": score if score is None or -1 <= score <= 1 else None,
        "rating": score if event == "review.rated" and score is not None and 0 <= score <= 1 else None,
        "seconds": duration_of(duration) if seconds is None and duration is not None else seconds,
        "words": None if words is None or words < 0 else int(words),
        "due": milliseconds(due) if due is not None else None,
        "word": next((word_of(extensions[key]) for key in _WORD_KEYS if key in extensions), None),
        "criteria": _criteria(extensions.get(CRITERIA.id)) if event == "review.submitted" else None,
        "tags": [clean(tag)[:LONGEST_WORD] for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else None,
    }


def _criteria(told: object) -> dict[str, float] | None:
    """Return what was given by each criterion, of what it could give; what does not say how much is left out."""
    found: dict[str, float] = {}
    for each in told[:_MOST_CRITERIA] if isinstance(told, list) else ():
        iri = iri_of(at(each, "id"))
        raw, least, most = (number_of(at(each, key)) for key in ("raw", "min", "max"))
        if iri is not None and raw is not None and least is not None and most is not None and least <= raw <= most:
            found |= {iri: (raw - least) / (most - least)} if least < most else {}
    return found or None


def _target(context: Mapping[str, Any], extensions: Mapping[str, Any]) -> Agent | None:
    """Return the other person: xAPI 2.0 has a place for them, 1.0.3 an extension.

    Source: IEEE 9274.1.1, 4.2.2.5.
    """
    told = extensions.get(_TARGET)
    if isinstance(told, dict):
        return _agent(told)
    agents = context.get("contextAgents")
    for each in agents if isinstance(agents, list) else ():
        types = mapping(each).get("relevantTypes")
        if isinstance(types, list) and TARGET_ROLE.id in types:
            return _agent(mapping(each).get("agent"))
    return None


def _agent(value: object) -> Agent | None:
    agent = mapping(value)
    account = mapping(agent.get("account"))
    home_page, name = account.get("homePage"), account.get("name")
    if isinstance(home_page, str) and isinstance(name, str):
        return Agent(clean(home_page), clean(name))
    hashed = agent.get("mbox_sha1sum")
    if isinstance(hashed, str):
        return Agent("mbox_sha1sum", clean(hashed).lower())
    known = {key: agent[key] for key in ("mbox", "openid") if isinstance(agent.get(key), str)}
    if known or agent.get("objectType") == "Group":
        return Agent("", clean(json.dumps(known or {"member": agent.get("member")}, sort_keys=True, default=str)))
    return None


def _ids(activities: object) -> list[str]:
    """Return the IRIs of context activities: a list in 1.0.3 and later, a single one before."""
    listed = activities if isinstance(activities, list) else [activities]
    found = (iri_of(each.get("id")) for each in listed if isinstance(each, dict))
    return [iri for iri in found if iri is not None]
