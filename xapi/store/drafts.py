"""Statements on their way in: checked, completed but for the time, and ready to be stored."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from xapi.errors import InvalidStatementError
from xapi.formats import parse_timestamp
from xapi.schema import VOIDED, Version
from xapi.store import mentions, strictjson
from xapi.store.errors import BadRequestError, NotKeptError
from xapi.store.parts import Json, as_list
from xapi.store.validation import Validator

_SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
# What a statement without a version gets. Source: xAPI 1.0.3, Data, 2.4.10; IEEE 9274.1.1, 4.2.4.
_DEFAULT_VERSION = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}


@dataclass(frozen=True)
class Draft:
    """A valid statement that only lacks the time at which it is stored."""

    id: str
    """As it was sent, or assigned here."""
    key: str
    """The id in lower case: UUIDs that differ only in case are the same."""
    received: Json
    """As it was sent, but for the id: what a repeat is compared by."""
    completed: Json
    """With everything that the store sets but `stored`, and `timestamp` where it was not sent."""
    text: str
    """`completed` as JSON."""
    mentions: frozenset[mentions.Mention]
    target: str | None
    """The key of the statement that the object refers to."""
    is_voiding: bool


def draft(
    statement: Any, *, version: Version, authority: Json, validator: Validator, statement_id: str | None = None
) -> Draft:
    """Check a statement and complete it.

    Args:
        statement: As parsed from the request.
        version: The specification that the request follows.
        authority: The agent that stands for the credentials of the request.
        statement_id: The parameter of a PUT.

    Raises:
        InvalidStatementError: The statement breaks the specification.
        BadRequestError: Its id is not `statement_id`, or the data of an attachment is missing.
        NotKeptError: It is signed.
    """
    if statement_id is not None and isinstance(statement, dict):
        _check_id(statement, statement_id)
        statement = {"id": statement_id, **statement}
    validator.check(statement, version=version)
    if "id" not in statement:
        statement = {"id": str(uuid.uuid4()), **statement}
    _check_attachments(statement)
    completed = _completed(statement, version=version)
    completed["authority"] = authority
    thing = statement["object"]
    is_reference = thing.get("objectType") == "StatementRef"
    return Draft(
        id=statement["id"],
        key=statement["id"].lower(),
        received=statement,
        completed=completed,
        text=strictjson.serialize(completed),
        mentions=frozenset(mentions.mentions(completed)),
        target=thing["id"].lower() if is_reference else None,
        is_voiding=is_reference and statement["verb"]["id"] == VOIDED,
    )


def _check_id(statement: Json, statement_id: str) -> None:
    own = statement.get("id", statement_id)
    if not isinstance(own, str) or own.lower() != statement_id.lower():
        raise BadRequestError(f"The statement's id is {own!r}, and the parameter statementId {statement_id!r}.")


def _check_attachments(statement: Json) -> None:
    """Source: xAPI 1.0.3, Communication, 1.5.2: without its data in the request, an attachment needs a `fileUrl`."""
    places = [statement]
    if statement["object"].get("objectType") == "SubStatement":
        places.append(statement["object"])
    for attachment in (item for place in places for item in place.get("attachments", ())):
        if attachment["usageType"] == _SIGNATURE:
            # Data, 2.6 has every signature checked before it is stored, and its data never gets here.
            raise NotKeptError("signed statements")
        if "fileUrl" not in attachment:
            raise BadRequestError("In application/json, every attachment needs a fileUrl.")


def _completed(statement: Json, *, version: Version) -> Json:
    result = _normalized(statement, version=version)
    result.pop("stored", None)
    result.setdefault("version", _DEFAULT_VERSION[version])
    if result["object"].get("objectType") == "SubStatement":
        result["object"] = _normalized(result["object"], version=version)
    return result


def _normalized(statement: Json, *, version: Version) -> Json:
    """Return a copy as the store gives it back: context activities in lists, and in 2.0 the time in UTC.

    Source: xAPI 1.0.3, Data, 2.4.6.2; IEEE 9274.1.1, 4.2.7 (timestamps).
    """
    result = dict(statement)
    if version == "2.0.0" and "timestamp" in result:
        result["timestamp"] = _in_utc(result["timestamp"])
    activities = result.get("context", {}).get("contextActivities", {})
    if any(not isinstance(items, list) for items in activities.values()):
        lists = {role: as_list(items) for role, items in activities.items()}
        result["context"] = {**result["context"], "contextActivities": lists}
    return result


def _in_utc(timestamp: str) -> str:
    """Return the same time in UTC, with all the decimals that it came with."""
    moment = parse_timestamp(timestamp)
    if timestamp.endswith("Z") or moment is None:
        return timestamp
    fraction = timestamp[19:-6]  # between the seconds and the offset, its point included
    try:
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"
    except OverflowError:  # in UTC, it would be before the year 1 or after 9999
        return timestamp


def drafts(body: Any, *, version: Version, authority: Json, validator: Validator) -> list[Draft]:
    """Check and complete the statement or statements of a POST.

    Raises:
        BadRequestError: The body holds an id twice, or as `draft` raises it.
        InvalidStatementError: A statement breaks the specification; the path begins with its place in the list.
        NotKeptError: A statement is signed.

    Source: xAPI 1.0.3, Communication, 2.1.2.
    """
    if not isinstance(body, list):
        return [draft(body, version=version, authority=authority, validator=validator)]
    result = list(_each(body, version=version, authority=authority, validator=validator))
    keys = [one.key for one in result]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadRequestError(f"The id {twice} stands twice in the list.")
    return result


def _each(body: list[Any], *, version: Version, authority: Json, validator: Validator) -> Iterator[Draft]:
    for number, statement in enumerate(body):
        try:
            yield draft(statement, version=version, authority=authority, validator=validator)
        except InvalidStatementError as error:
            path = f"[{number}].{error.path}" if error.path else f"[{number}]"
            raise InvalidStatementError(path, error.reason) from error
