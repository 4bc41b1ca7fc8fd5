"""A GET of statements: its parameters, the page that answers it, and where the next page begins."""

import base64
import binascii
import re
import sqlite3
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from xapi.errors import InvalidStatementError
from xapi.formats import is_iri, is_uuid, parse_timestamp
from xapi.schema import Version, validate
from xapi.store import mentions, strictjson, times
from xapi.store.errors import BadRequestError
from xapi.store.rendering import Format

_BOTH = {"attachments", "format"}
_SINGLE = ("statementId", "voidedStatementId")
_LIST = {
    *_BOTH,
    *("agent", "verb", "activity", "registration", "related_activities", "related_agents"),
    *("since", "until", "limit", "ascending", "cursor"),
}
_DIGITS = re.compile(r"[0-9]+")
_WINDOW = struct.Struct(">qq")
_BEGINNING = -(2**63)


@dataclass(frozen=True)
class SingleQuery:
    """A GET of one statement."""

    statement_id: str
    voided: bool
    format: Format


@dataclass(frozen=True)
class ListQuery:
    """A GET of a page of statements."""

    conditions: tuple[mentions.Mention, ...]
    """What the statements are to be found by, all at once."""
    lower: int
    """Only what was stored after this time, in microseconds since 1970."""
    upper: int
    """Only what was stored at or before this time."""
    limit: int
    ascending: bool
    format: Format
    parameters: tuple[tuple[str, str], ...]
    """As they were sent, for the next page."""


@dataclass(frozen=True)
class Page:
    """What answers a `ListQuery`."""

    rows: tuple[tuple[int, str], ...]
    """Time of storing and body of each statement."""
    more: str
    """The query string of the next page; empty after the last."""


def read_query(
    parameters: Mapping[str, str], *, version: Version, latest: int, default_page: int, max_page: int
) -> SingleQuery | ListQuery:
    """Return what the parameters of a GET ask for.

    Args:
        parameters: Each stands once in the request.
        version: The specification that the request follows.
        latest: Statements stored after this time are left out of all pages, so that a walk has an end.
        default_page: How many statements a page has where no limit was sent.
        max_page: How many it has at most, and where the limit is 0.

    Raises:
        BadRequestError: A parameter is unknown, has a wrong value, or may not stand beside another.

    Source: xAPI 1.0.3, Communication, 2.1.3 and 3.2.
    """
    single = [name for name in _SINGLE if name in parameters]
    known = {*_BOTH, *_SINGLE} if single else _LIST
    for name in parameters:
        if name not in known:
            beside = f" beside {single[0]}" if name in _LIST else ""
            raise BadRequestError(f"The parameter {name!r} is not known{beside}.")
    _boolean(parameters, "attachments")
    how = _format(parameters)
    if single:
        if len(single) > 1:
            raise BadRequestError("Only one of statementId and voidedStatementId can be sent.")
        return SingleQuery(_uuid(parameters, single[0]), voided=single[0] == "voidedStatementId", format=how)
    lower, upper = _window(parameters, latest)
    return ListQuery(
        conditions=tuple(_conditions(parameters, version)),
        lower=lower,
        upper=upper,
        limit=_limit(parameters, default_page, max_page),
        ascending=_boolean(parameters, "ascending"),
        format=how,
        parameters=tuple((name, value) for name, value in parameters.items() if name != "cursor"),
    )


def _conditions(parameters: Mapping[str, str], version: Version) -> list[mentions.Mention]:
    """Return the conditions, those first that few statements are likely to meet: the search goes along the first."""
    related_agents, related_activities = (
        _boolean(parameters, name) for name in ("related_agents", "related_activities")
    )
    found = []
    if "registration" in parameters:
        found.append((mentions.REGISTRATION, _uuid(parameters, "registration").lower()))
    if "agent" in parameters:
        kind = mentions.RELATED_AGENT if related_agents else mentions.AGENT
        found.append((kind, _agent(parameters["agent"], version)))
    if "activity" in parameters:
        kind = mentions.RELATED_ACTIVITY if related_activities else mentions.ACTIVITY
        found.append((kind, _iri(parameters, "activity")))
    if "verb" in parameters:
        found.append((mentions.VERB, _iri(parameters, "verb")))
    return found


def _agent(text: str, version: Version) -> str:
    agent = strictjson.parse(text)
    thing = {"id": "https://example.org/"}
    probe: dict[str, Any] = {"actor": agent, "verb": thing, "object": thing}
    try:
        validate(probe, version=version)
        strictjson.serialize(agent)
    except InvalidStatementError as error:
        raise BadRequestError(f"The parameter 'agent' is no agent: {error}") from error
    name = mentions.identifier(agent)
    if name is None:
        raise BadRequestError("The parameter 'agent' is an anonymous group, which nothing identifies.")
    return name


def _uuid(parameters: Mapping[str, str], name: str) -> str:
    if not is_uuid(parameters[name]):
        raise BadRequestError(f"The parameter {name!r} is no UUID.")
    return parameters[name]


def _iri(parameters: Mapping[str, str], name: str) -> str:
    if not is_iri(parameters[name]):
        raise BadRequestError(f"The parameter {name!r} is no IRI with a scheme.")
    return parameters[name]


def _boolean(parameters: Mapping[str, str], name: str) -> bool:
    value = parameters.get(name, "false")
    if value not in {"true", "false"}:
        raise BadRequestError(f"The parameter {name!r} is either true or false.")
    return value == "true"


def _format(parameters: Mapping[str, str]) -> Format:
    value: Any = parameters.get("format", "exact")
    if value not in get_args(Format):
        raise BadRequestError("The parameter 'format' is one of ids, exact and canonical.")
    how: Format = value
    return how


def _limit(parameters: Mapping[str, str], default_page: int, max_page: int) -> int:
    value = parameters.get("limit", str(default_page))
    if not _DIGITS.fullmatch(value):
        raise BadRequestError("The parameter 'limit' is no whole number.")
    # Only as many digits as can matter: thousands of them are no number to Python.
    limit = min(int(value.lstrip("0")[:18] or "0"), max_page)
    return limit or max_page


def _time(parameters: Mapping[str, str], name: str) -> int:
    moment = parse_timestamp(parameters[name])
    if moment is None:
        hint = " (in a URL, + is written %2B)" if " " in parameters[name] else ""
        raise BadRequestError(f"The parameter {name!r} is no timestamp with a zone{hint}.")
    return times.microseconds(moment)


def _window(parameters: Mapping[str, str], latest: int) -> tuple[int, int]:
    lower = _time(parameters, "since") if "since" in parameters else _BEGINNING
    upper = min(_time(parameters, "until"), latest) if "until" in parameters else latest
    if "cursor" not in parameters:
        return lower, upper
    try:
        rest: tuple[int, int] = _WINDOW.unpack(base64.b64decode(parameters["cursor"], altchars=b"-_", validate=True))
    except (binascii.Error, struct.error, ValueError) as error:
        raise BadRequestError("The parameter 'cursor' does not come from here.") from error
    return max(lower, rest[0]), min(upper, rest[1])


def fetch(connection: sqlite3.Connection, query: ListQuery) -> Page:
    """Return the page that a query asks for; its cost does not depend on how many pages came before."""
    command, values = select(query)
    rows: list[tuple[int, str]] = connection.execute(command, values).fetchall()
    if len(rows) <= query.limit:
        return Page(rows=tuple(rows), more="")
    rows = rows[: query.limit]
    last = rows[-1][0]
    window = (last, query.upper) if query.ascending else (query.lower, last - 1)
    cursor = base64.urlsafe_b64encode(_WINDOW.pack(*window)).decode()
    return Page(rows=tuple(rows), more=urlencode([*query.parameters, ("cursor", cursor)]))


def select(query: ListQuery) -> tuple[str, list[str | int]]:
    """Return the SQL of a query and its values; it returns one row more than the page has, if there is one."""
    order: Literal["ASC", "DESC"] = "ASC" if query.ascending else "DESC"
    values: list[str | int] = []
    source, of = "statement", "statement"
    clauses = []
    for number, condition in enumerate(query.conditions):
        if number == 0:
            # Along the index of what is looked for, in the order of time; CROSS keeps SQLite from turning it round.
            source, of = "mention CROSS JOIN statement ON statement.stored = mention.stored", "mention"
            clauses.append("mention.kind = ? AND mention.value = ?")
        else:
            clauses.append(
                "EXISTS (SELECT 1 FROM mention AS other WHERE other.kind = ? AND other.value = ?"
                " AND other.stored = statement.stored)"
            )
        values.extend(condition)
    clauses.append(f"{of}.stored > ? AND {of}.stored <= ? AND NOT statement.is_voided")
    values.extend((query.lower, query.upper, query.limit + 1))
    command = (
        f"SELECT statement.stored, statement.body FROM {source}"  # noqa: S608 -- made of constants, values are bound
        f" WHERE {' AND '.join(clauses)} ORDER BY {of}.stored {order} LIMIT ?"
    )
    return command, values
