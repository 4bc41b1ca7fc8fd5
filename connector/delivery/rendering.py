"""What a statement says to each store: the xAPI version that the store speaks, and how it is to know people.

Features build a statement once, with pseudonyms. Here those of the actor and of the target are put into the words that
a store is meant to get; an account that is nobody's pseudonym, such as that of somebody veiled, is left as it is.
"""

import json
import uuid
from collections.abc import Iterator
from copy import copy
from hashlib import sha1
from typing import Any, NamedTuple, cast

import tincan

from connector.delivery.models import ActorMode
from xapi.schema import Version
from xapi.statement import actor, to_bytes
from xapi.vocabulary.events import EVENTS
from xapi.vocabulary.extensions import EVENT, TARGET


class Identity(NamedTuple):
    """A person as their LMS knows them."""

    issuer: str
    subject: str
    email: str | None


class Rendering(NamedTuple):
    """One way to tell a statement."""

    version: str
    mode: ActorMode

    @property
    def name(self) -> str:
        """Return what stands beside the bytes."""
        return f"{self.version}/{self.mode}"


def render(
    statement: tincan.Statement, rendering: Rendering, *, actor: Identity | None, target: Identity | None
) -> bytes:
    """Return a statement's bytes in one rendering.

    Args:
        actor: Who stands behind the actor; None where the actor is to stay as it is.
        target: Who stands behind the target; None likewise.

    Raises:
        InvalidStatementError: The statement breaks the specification.
    """
    actor_agent = _agent(actor, rendering.mode)
    target_agent = _agent(target, rendering.mode)
    if actor_agent is not None:
        statement = copy(statement)
        statement.actor = actor_agent
    if target_agent is not None:
        value = target_agent.as_version()
        value.pop("objectType", None)
        statement = _with_target(statement, value)
    return to_bytes(statement, version=cast("Version", rendering.version))


def without_target(statement: tincan.Statement) -> tincan.Statement | None:
    """Return the statement without the other person; None where it would tell nothing then."""
    event = EVENTS.get(_extensions(statement).get(EVENT.id, ""))
    if event is not None and TARGET in event.extensions:
        return None
    return _with_target(statement, None)


def strip_target(body: bytes) -> tuple[bytes, bool]:
    """Return a statement's bytes without the other person, and whether it still tells of something."""
    told = json.loads(body)
    context = told.get("context", {})
    extensions = context.get("extensions", {})
    event = EVENTS.get(extensions.get(EVENT.id, ""))
    extensions.pop(TARGET.id, None)
    context.pop("contextAgents", None)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode(), event is None or TARGET not in event.extensions


def target_pseudonym(statement: tincan.Statement) -> uuid.UUID | None:
    """Return the target's account name, if it can be a pseudonym; None where there is no target."""
    target = _extensions(statement).get(TARGET.id)
    try:
        return uuid.UUID(target["account"]["name"]) if target else None
    except ValueError:
        return None


def marks(statement: tincan.Statement) -> frozenset[str]:
    """Return what a statement can be chosen by: its event, and the IRIs of its verb, its activities and their types."""
    found = {statement.verb.id, _extensions(statement).get(EVENT.id, "")}
    for activity in _activities(statement):
        found.add(activity.id)
        if activity.definition is not None and activity.definition.type is not None:
            found.add(activity.definition.type)
    return frozenset(found)


def _agent(person: Identity | None, mode: ActorMode) -> tincan.Agent | None:
    """Return what a store is to call a person; None where that is the pseudonym."""
    if person is None or mode is ActorMode.PSEUDONYMOUS:
        return None
    if mode is ActorMode.INTEROPERABLE:
        return actor(person.issuer, person.subject)
    if not person.email:
        return None
    # xAPI asks for SHA-1: nothing here relies on its strength. Source: xAPI 1.0.3, Data, 2.4.2.3.
    digest = sha1(f"mailto:{person.email}".encode(), usedforsecurity=False).hexdigest()
    return tincan.Agent(mbox_sha1sum=digest)


def _with_target(statement: tincan.Statement, value: dict[str, object] | None) -> tincan.Statement:
    """Return a copy with another target, or with none; the original keeps its own."""
    extensions = {key: kept for key, kept in _extensions(statement).items() if key != TARGET.id}
    if value is not None:
        extensions[TARGET.id] = value
    changed = copy(statement)
    changed.context = copy(statement.context)
    changed.context.extensions = tincan.Extensions(extensions)
    return changed


def _extensions(statement: tincan.Statement) -> dict[str, Any]:
    context = statement.context
    return {} if context is None or context.extensions is None else context.extensions


def _activities(statement: tincan.Statement) -> Iterator[tincan.Activity]:
    yield statement.object
    related = statement.context.context_activities if statement.context is not None else None
    if related is not None:
        for activities in (related.parent, related.grouping, related.other):
            yield from activities or ()
