"""Strict validation of statements, by the letter of xAPI 1.0.3 and of 2.0.

What the specification leaves to a store's discretion is refused where some store refuses it: a timestamp without a
zone or with `-00:00`, a list of components that does not belong to the interaction. What is valid here is valid anywhere.

Source: https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md (1.0.3); IEEE 9274.1.1-2023 (2.0).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from marshmallow import ValidationError

from xapi.errors import InvalidStatementError
from xapi.fields import Many, Object, One, Text, timestamp, uuid, word
from xapi.objects import (
    Activity,
    Agent,
    Attachment,
    AuthorityGroup,
    Context,
    Context2,
    Group,
    Result,
    StatementRef,
    Verb,
)

Version = Literal["1.0.3", "2.0.0"]

VOIDED = "http://adlnet.gov/expapi/verbs/voided"

_VERSION_1 = re.compile(r"1\.0(?:\.(?:0|[1-9][0-9]*))?")
_VERSION_2 = re.compile(r"(?:1\.0(?:\.(?:0|[1-9][0-9]*))?|2\.0\.0)")
_ACTORS = {"Agent": Agent(), "Group": Group()}
_THINGS = {"Activity": Activity(), **_ACTORS, "StatementRef": StatementRef()}


class _Told(Object):
    """What a statement and a statement within a statement share. Source: xAPI 1.0.3, Data, 2.4."""

    actor = One(_ACTORS, required=True)
    verb = One(Verb(), required=True)
    object = One(_THINGS, required=True)
    result = One(Result())
    context = One(Context())
    timestamp = timestamp()
    attachments = Many(One(Attachment()))

    def check_whole(self, data: Mapping[str, Any]) -> None:
        """Only statements can be voided, and only an activity has a revision and a platform.

        Source: xAPI 1.0.3, Data, 2.3.2; 2.4.6.
        """
        kind = data["object"].get("objectType", "Activity")
        wrong: dict[str, Any] = {}
        if data["verb"]["id"] == VOIDED and kind != "StatementRef":
            wrong["object"] = {"objectType": ["must be StatementRef where the verb is voided"]}
        if kind != "Activity":
            misplaced = [name for name in ("revision", "platform") if name in data.get("context", {})]
            wrong |= {"context": {name: ["is for activities only"] for name in misplaced}} if misplaced else {}
        if wrong:
            raise ValidationError(wrong)


class _SubStatement(_Told):
    """A statement that did not happen. Source: xAPI 1.0.3, Data, 2.4.4.3."""

    object_type = word("SubStatement", required=True, data_key="objectType")


class _SubStatement2(_SubStatement):
    context = One(Context2())


class _Statement(_Told):
    """Source: xAPI 1.0.3, Data, 2.4."""

    id = uuid()
    object = One({**_THINGS, "SubStatement": _SubStatement()}, required=True)
    stored = timestamp()
    authority = One({"Agent": Agent(), "Group": AuthorityGroup()})
    version = Text(lambda text: _VERSION_1.fullmatch(text) is not None, "1.0.x")


class _Statement2(_Statement):
    """Source: IEEE 9274.1.1, 4.2."""

    object = One({**_THINGS, "SubStatement": _SubStatement2()}, required=True)
    context = One(Context2())
    version = Text(lambda text: _VERSION_2.fullmatch(text) is not None, "2.0.0 or 1.0.x")


_SCHEMAS = {"1.0.3": _Statement(), "2.0.0": _Statement2()}


def validate(statement: object, *, version: Version = "1.0.3") -> None:
    """Check a statement, as `json.loads` returns it, against the specification.

    A statement fresh from a producer and one that a store completed (`stored`, `authority`, `version`) are both valid.
    Whether a signature fits, and whether a voided statement exists, is for the store that takes them.

    Args:
        statement: Anything that JSON can say; it is not changed.
        version: The specification to judge by: 2.0.0 knows `contextAgents` and `contextGroups`, 1.0.3 refuses them.

    Raises:
        InvalidStatementError: The statement breaks a rule; where it breaks several, the first by path is named.
    """
    schema = _SCHEMAS[version]
    if schema.fits(statement):
        return
    try:
        schema.load(statement)  # type: ignore[arg-type]  # load itself refuses what is no object
    except ValidationError as error:
        path, reason = min(_problems(error.messages, ""))
        raise InvalidStatementError(path, reason) from error


def _problems(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, reason) for every message in marshmallow's tree of them."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _problems(below, path if key == "_schema" else _join(path, key))
    else:
        for message in messages:
            yield path, str(message)


def _join(path: str, key: object) -> str:
    """Return `path` extended by a property's name or an index."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    name = str(key)
    if not name.isidentifier():
        return f"{path}[{name!r}]"
    return f"{path}.{name}" if path else name
