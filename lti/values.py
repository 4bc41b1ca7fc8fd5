"""Values out of messages that others wrote: each reader takes anything at all, and returns a sound value or None."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

MAX_IDENTIFIER: Final = 255
"""Characters that an id may have.

Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3.3, 5.3.5 and 5.3.6.
"""

# Databases refuse NUL, and nothing can encode half of a surrogate pair (some platforms cut titles in the middle of one).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def json_object(document: bytes) -> dict[str, Any]:
    """Return the JSON object that `document` is.

    Raises:
        ValueError: It is not UTF-8, not JSON, nested too deep, or not an object.
    """
    value = json_value(document)
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 -- callers catch one class for every fault of a document
    return value


def json_value(document: bytes) -> Any:
    """Return what `document` is in JSON.

    Raises:
        ValueError: It is not UTF-8, not JSON, or nested too deep.
    """
    try:
        return json.loads(document.decode(), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def member(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object under `name`, or an empty one where there is none."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def identifier(value: object) -> str | None:
    """Return an id just as it is, or None if it is no string, empty, too long or impossible to store."""
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_IDENTIFIER or _UNSTORABLE.search(value):
        return None
    return value


def text(value: object) -> str | None:
    """Return text to be shown, without control characters and outer space; None if nothing is left."""
    return (_CONTROLS.sub("", value).strip() or None) if isinstance(value, str) else None


def texts(value: object) -> tuple[str, ...]:
    """Return the strings of a list; one bare string counts as a list of one."""
    values = value if isinstance(value, list) else [value]
    return tuple(clean for each in values if (clean := text(each)))


def is_storable(value: str) -> bool:
    """Tell whether a database takes `value` as it is."""
    return _UNSTORABLE.search(value) is None


def origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of a web address, or None if it is none or hides its host behind a user name.

    Source: https://html.spec.whatwg.org/multipage/browsers.html, "origin".
    """
    if _NOT_IN_URLS.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    default_port = _DEFAULT_PORTS.get(parts.scheme)
    if default_port is None or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, default_port if port is None else port


def web_url(value: object) -> str | None:
    """Return an http or https address as it is, or None: `javascript:` must never reach a page."""
    return value if isinstance(value, str) and origin(value) else None


def secure_url(value: object) -> str | None:
    """Return an https address as it is, or None; plain http passes only on the machine itself, where the sandbox runs."""
    url = web_url(value)
    where = origin(url) if url else None
    return url if where and (where[0] == "https" or where[1] in _LOOPBACK) else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
