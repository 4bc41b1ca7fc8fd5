"""Statements: built with tincan's model, serialised once.

The bytes that `to_bytes` returns are what is kept and what is sent, also when it is sent again: a store compares a
statement that it knows with the one that comes, and many find `PT1H` and `PT60M`, or two renderings of one moment,
different. So nothing here depends on the order of a dict, on a set, or on the time of day.

tincan changes the dicts that it is given, drops None from a map but not from what is inside it, and reads no UUID of
version 6 or higher. So it is given copies, no None, and is never asked to read back.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any, TypeAlias, TypedDict, Unpack
from uuid import UUID

import tincan

from xapi.errors import InvalidStatementError
from xapi.plain import plain
from xapi.schema import Version, validate
from xapi.vocabulary import PROFILE_VERSION, ActivityType, Event, Extension, Verb
from xapi.vocabulary.activity_types import PROFILE_ACTIVITY, TARGET_ROLE
from xapi.vocabulary.extensions import ANONYMITY, EVENT, TARGET

Activities: TypeAlias = tincan.Activity | Sequence[tincan.Activity] | None
ExtensionValues: TypeAlias = Mapping[Extension, Any]


class ContextValues(TypedDict, total=False):
    """Where an act happened, as `statement` takes it; everything may be left out or None."""

    parent: Activities
    """What holds the object directly: of a reply, its thread."""
    grouping: Activities
    """What holds it indirectly: the course."""
    other: Activities
    """Whatever else belongs to it."""
    statement_ref: UUID | None
    """The id of the statement that this one answers."""
    registration: UUID | None
    """Of the actor in the course."""
    platform: str | None
    """The product that the course lives in."""
    instructor: tincan.Agent | tincan.Group | None
    """Who really taught; not everybody who may."""
    language: str | None
    """The language tag of what happened."""


_READABLE_UUIDS = (1, 2, 3, 4, 5)


def actor(home_page: str, name: str) -> tincan.Agent:
    """Return the person that a system knows by an account: never by a person's name or address.

    Args:
        home_page: Of the system that issued the account: an LTI issuer, or our own for pseudonyms.
        name: Opaque: an LTI `sub`, or a pseudonym.

    Raises:
        InvalidStatementError: One of them is empty.
    """
    with _refusals("actor.account"):
        return tincan.Agent(account=tincan.AgentAccount(home_page=home_page, name=name))


def activity(iri: str, type_: ActivityType | str, name: str | None = None, *, language: str = "und") -> tincan.Activity:
    """Return a thing that something was done to.

    Args:
        iri: Stable: it identifies the thing in every store for ever.
        type_: From the vocabulary, or the IRI of one that others use.
        name: One that never changes, such as a criterion's. A live title differs from statement to statement, which
            stores take for a conflict, and may tell what people wrote.
        language: The language tag of `name`; `und` where nobody knows.

    Raises:
        InvalidStatementError: An IRI is empty. Whether it is one is checked with the statement.
    """
    kind = type_.id if isinstance(type_, ActivityType) else type_
    with _refusals("activity"):
        if name is None:
            return tincan.Activity(id=iri, definition=_definition(kind))
        return tincan.Activity(id=iri, definition=tincan.ActivityDefinition(type=kind, name={language: name}))


def result(
    *,
    score: Mapping[str, float] | None = None,
    success: bool | None = None,
    completion: bool | None = None,
    response: str | None = None,
    duration: timedelta | None = None,
) -> tincan.Result:
    """Return what came of it.

    Args:
        score: Any of scaled (-1 to 1), raw, min and max.
        success: Whether it was good enough.
        completion: Whether it was finished.
        response: What was answered; free text that people wrote does not belong here.
        duration: Kept to 0.01 seconds, which is all that stores compare.
    """
    made = tincan.Result(success=success, completion=completion, response=response)
    if score is not None:
        made.score = tincan.Score(**score)
    if duration is not None:
        seconds = Decimal(duration // timedelta(microseconds=1)) / 1_000_000
        made.duration = timedelta(seconds=float(seconds.quantize(Decimal("0.01"), ROUND_HALF_EVEN)))
    return made


def statement(
    *,
    id_: UUID,
    actor: tincan.Agent,
    object_: tincan.Activity,
    timestamp: datetime,
    event: Event | None = None,
    verb: Verb | None = None,
    result: tincan.Result | None = None,
    extensions: ExtensionValues | None = None,
    target: tincan.Agent | None = None,
    has_consent: bool = False,
    **context: Unpack[ContextValues],
) -> tincan.Statement:
    """Return a statement of our profile, which it names as its category.

    Args:
        id_: Derived from what it tells of (version 5), so that an act told twice is one statement; or version 4.
        actor: Who did it.
        object_: What it was done to; always an activity, since stores differ about anything else.
        timestamp: Aware: when it happened.
        event: The row of the vocabulary that this is; gives the verb, and travels as an extension.
        verb: Needed only without `event`.
        result: What came of it.
        extensions: Values by extension; each goes to the part of the statement that it is for; None is left out.
        target: The person that the act was for. Left out where the anonymity among `extensions` is double-blind.
        has_consent: Whether the actor agreed that events which are private are told; they are off until then.
        **context: See `ContextValues`.

    Raises:
        InvalidStatementError: A UUID is of a version that widespread readers refuse, the timestamp is naive, the
            language is none, there is neither event nor verb, or nobody agreed to tell of a private event.
    """
    verb = verb or (event.verb if event else None)
    if verb is None:
        raise InvalidStatementError("verb", "is missing: give an event or a verb")
    if event is not None and event.is_private and not has_consent:
        raise InvalidStatementError("actor", f"has not agreed that {event.key} is told")
    _check_time(timestamp)
    _check_uuid("id", id_)
    values = dict(extensions or {})
    if event is not None:
        values[EVENT] = event.key
    if target is not None and values.get(ANONYMITY) != "double-blind":
        values[TARGET] = {"account": target.account.as_version()}
    return tincan.Statement(
        id=id_,
        actor=actor,
        verb=_verb(verb),
        object=object_,
        timestamp=timestamp,
        result=_result(result, _placed(values, "result")),
        context=_context(context, _placed(values, "context")),
        version=None,  # a producer should not set it, and 2.0 stores differ about what they take
    )


def to_bytes(statement: tincan.Statement, *, version: Version = "1.0.3") -> bytes:
    """Return the statement as canonical JSON: UTF-8, keys in order, nothing between the tokens.

    Args:
        statement: As `statement` or tincan made it; it is not changed.
        version: That of the store that it is for. 2.0.0 knows the target as a context agent too.

    Raises:
        InvalidStatementError: The statement breaks the specification, has no id or no timestamp (a store could not
            tell a second sending from a second act), or holds what JSON cannot say.
    """
    told: dict[str, Any] = plain(statement)
    told.pop("version", None)
    for name in ("id", "timestamp"):
        if name not in told:
            raise InvalidStatementError(name, "is missing")
    _check_time(statement.timestamp)
    told["timestamp"] = render_timestamp(statement.timestamp)
    if version == "2.0.0":
        _add_context_agent(told)
    validate(told, version=version)
    try:
        text = json.dumps(told, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidStatementError("", f"holds what JSON cannot say: {error}") from error


def render_timestamp(moment: datetime) -> str:
    """Return an aware time as every store reads it: in UTC, with milliseconds and `Z`.

    Source: RFC 3339, 5.6.
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Every act pays for its statement, and tincan is slow: what is always the same is built once and shared, never changed.
@lru_cache(maxsize=256)
def _verb(verb: Verb) -> tincan.Verb:
    return tincan.Verb(id=verb.id, display=tincan.LanguageMap(verb.display))


@lru_cache(maxsize=256)
def _definition(type_: str) -> tincan.ActivityDefinition:
    return tincan.ActivityDefinition(type=type_)


@contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Say in our words what tincan refuses to build."""
    try:
        yield
    except ValueError as error:
        raise InvalidStatementError(path, f"is refused: {error}") from error


def _check_time(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise InvalidStatementError("timestamp", "must have a time zone")


def _check_uuid(path: str, uuid: UUID | None) -> None:
    if uuid is not None and uuid.version not in _READABLE_UUIDS:
        raise InvalidStatementError(path, "must be a UUID of version 1 to 5")


def _context(values: ContextValues, extensions: tincan.Extensions | None) -> tincan.Context:
    """Return where it happened, our profile's category added."""
    reference, registration = values.get("statement_ref"), values.get("registration")
    _check_uuid("context.statement.id", reference)
    _check_uuid("context.registration", registration)
    with _refusals("context"):
        return tincan.Context(
            registration=registration,
            instructor=values.get("instructor"),
            platform=values.get("platform"),
            language=values.get("language"),
            statement=tincan.StatementRef(id=reference) if reference else None,
            context_activities=tincan.ContextActivities(
                category=_CATEGORY,
                parent=_listed(values.get("parent")),
                grouping=_listed(values.get("grouping")),
                other=_listed(values.get("other")),
            ),
            extensions=extensions,
        )


def _result(made: tincan.Result | None, extensions: tincan.Extensions | None) -> tincan.Result | None:
    """Return `made` with `extensions`, as a result of its own; None where there is neither."""
    if extensions is None:
        return made
    whole = deepcopy(made) if made is not None else tincan.Result()
    whole.extensions = extensions
    return whole


def _listed(activities: Activities) -> tincan.ActivityList | None:
    """Return activities as tincan keeps them; none at all instead of an empty list."""
    listed = [activities] if isinstance(activities, tincan.Activity) else list(activities or ())
    return tincan.ActivityList(listed) if listed else None


def _placed(values: ExtensionValues, place: str) -> tincan.Extensions | None:
    """Return the extensions that belong to one part of the statement."""
    chosen = {
        extension.id: deepcopy(value)
        for extension, value in values.items()
        if extension.place == place and value is not None
    }
    return tincan.Extensions(chosen) if chosen else None


def _add_context_agent(told: dict[str, Any]) -> None:
    """Say who the target is where xAPI 2.0 has a place for it.

    Source: IEEE 9274.1.1, 4.2.2.5.
    """
    context = told.get("context", {})
    target = context.get("extensions", {}).get(TARGET.id)
    if isinstance(target, Mapping):
        agent = {"objectType": "Agent", **target}
        context["contextAgents"] = [{"objectType": "contextAgent", "agent": agent, "relevantTypes": [TARGET_ROLE.id]}]


_CATEGORY = tincan.ActivityList([activity(PROFILE_VERSION, PROFILE_ACTIVITY)])
