"""JSON as RFC 8259 has it and no looser: Python's parser lets through what other stores cannot read back."""

import json
import math
from typing import Any, NoReturn

from xapi.store.errors import BadRequestError

_DEEPEST = 100


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequestError(f"The JSON has the property {twice!r} twice in one object.")
    return members


def _no_constant(name: str) -> NoReturn:
    raise BadRequestError(f"{name} is no JSON.")


def _finite(literal: str) -> float:
    number = float(literal)
    if math.isinf(number):
        raise BadRequestError(f"The number {literal} is too large to be kept.")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def parse(text: bytes | str) -> Any:
    """Return what a JSON text says.

    Raises:
        BadRequestError: It is no UTF-8, no JSON, says `NaN`, or names a property twice in one object.
        RecursionError: It is nested too deeply.

    Source: xAPI 1.0.3, Communication, 1.4; Data, 2.2 ("each property no more than one time").
    """
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode())
    except UnicodeDecodeError as error:
        raise BadRequestError("The body is not encoded in UTF-8.") from error
    except ValueError as error:  # a JSONDecodeError, or an integer of thousands of digits
        raise BadRequestError(f"The text is no valid JSON: {error}.") from error


def serialize(value: Any) -> str:
    """Return compact JSON for a value that came out of `parse`.

    Raises:
        BadRequestError: A string holds half of a surrogate pair, which has no UTF-8; or the value is nested so deeply
            that whoever reads it back could fail.
    """
    text = _ENCODER.encode(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadRequestError("A string holds half of a surrogate pair, which is no character.") from error
    if text.count("{") + text.count("[") > _DEEPEST and _is_deep(value):
        raise BadRequestError("The JSON is nested too deeply.")
    return text


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        inside = [
            list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))
        ]
        level = [item for items in inside for item in items]
    return bool(level)
