"""What came back from a learning record store, read with limits and sorted into our errors.

Nothing that a server does here raises anything else: not silence, not a page of HTML, not an answer without an end.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, MaxRetryError, NewConnectionError

from xapi.errors import (
    LRSAmbiguousError,
    LRSConflictError,
    LRSError,
    LRSMisconfiguredError,
    LRSRefusedError,
    LRSRejectedError,
    LRSTooLargeError,
    LRSUnavailableError,
)

_CHUNK = 65_536
_SECONDS = 120.0
"""How long an answer may take to arrive in all; a byte now and then passes the read time-out."""
_EXCERPT = 300
_HTML = re.compile(rb"\s*(?:<!doctype|<html|<head|<body|<\?xml)", re.IGNORECASE)
_BY_STATUS: Mapping[int, type[LRSError]] = {
    HTTPStatus.BAD_REQUEST: LRSRejectedError,
    HTTPStatus.UNAUTHORIZED: LRSRefusedError,
    HTTPStatus.FORBIDDEN: LRSRefusedError,
    HTTPStatus.REQUEST_TIMEOUT: LRSUnavailableError,
    HTTPStatus.CONFLICT: LRSConflictError,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: LRSTooLargeError,
    HTTPStatus.UNPROCESSABLE_ENTITY: LRSRejectedError,
    HTTPStatus.TOO_EARLY: LRSUnavailableError,
    HTTPStatus.TOO_MANY_REQUESTS: LRSUnavailableError,
}
"""Any other status below 500 is what no store answers to what we ask."""
_NO_ADDRESS = (
    requests.exceptions.SSLError,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    LocationValueError,
    UnicodeError,
)


@dataclass(frozen=True)
class Answer:
    """An answer as far as it was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    """Whether it broke off: the connection ended, or what is JSON in its beginning is none as a whole."""
    value: Any = None
    """What its JSON says; None where it is none."""


def read(
    session: requests.Session, request: requests.Request, *, timeout: tuple[float, float], max_bytes: int
) -> Answer:
    """Send a request and return the answer, whatever its status.

    Args:
        session: Used without following redirects.
        request: A POST is taken for one that changes something, anything else for a question.
        timeout: Seconds to connect, and between two bytes.
        max_bytes: How much of the answer is read.

    Raises:
        LRSUnavailableError: The server cannot be reached; or a question stayed without an answer.
        LRSAmbiguousError: The request was sent, and no answer came.
        LRSMisconfiguredError: The address is none, its certificate is not to be trusted, or the answer has no end.
    """
    try:
        response = session.request(
            request.method or "GET",
            request.url or "",
            params=request.params,
            data=request.data,
            headers=dict(request.headers),
            auth=request.auth,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        )
    except (requests.RequestException, HTTPError, UnicodeError, OSError) as error:
        raise _unsent_or_unanswered(error, is_question=request.method != "POST") from error
    try:
        body, is_cut = _read_body(response, max_bytes)
    finally:
        response.close()
    value = _parse(body)
    is_cut = is_cut or (value is None and body[:1] in {b"[", b"{"})
    return Answer(response.status_code, response.headers, body, is_cut, value)


def error_for(answer: Answer) -> LRSError:
    """Return the error that an answer's status stands for."""
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind: type[LRSError] = LRSUnavailableError
    else:
        kind = _BY_STATUS.get(answer.status, LRSMisconfiguredError)
    if kind is LRSRejectedError and _HTML.match(answer.body):
        kind = LRSMisconfiguredError  # a web server's own page, such as for plain HTTP to its port for TLS
    said = _excerpt(answer.body) or answer.headers.get("Location", "")
    message = f"the LRS answered {answer.status}" + (f": {said}" if said else "")
    return kind(message, status=answer.status, retry_after=_retry_after(answer.headers))


def refusal(answer: Answer, why: str) -> LRSMisconfiguredError:
    """Return the error for an answer that no store would give."""
    what = "HTML" if _HTML.match(answer.body) else f"{_excerpt(answer.body) or 'nothing'!r}"
    return LRSMisconfiguredError(f"the address answers {what}: {why}", status=answer.status)


def _unsent_or_unanswered(error: Exception, *, is_question: bool) -> LRSError:
    """Return the error for a request without an answer: only one that surely never left is known to have had no effect."""
    if isinstance(error, _NO_ADDRESS):
        return LRSMisconfiguredError(f"the LRS cannot be asked: {error}")
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    never_left = isinstance(error, requests.ConnectTimeout) or isinstance(
        reason, (NewConnectionError, ConnectTimeoutError)
    )
    if never_left or isinstance(error, requests.exceptions.ProxyError):
        return LRSUnavailableError(f"the LRS cannot be reached: {error}")
    if is_question:
        return LRSUnavailableError(f"the LRS did not answer: {error}")
    return LRSAmbiguousError(f"the LRS did not answer: {error}")


def _read_body(response: requests.Response, max_bytes: int) -> tuple[bytes, bool]:
    """Return the body, and whether it broke off."""
    deadline = time.monotonic() + _SECONDS
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_content(_CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > max_bytes and response.status_code == HTTPStatus.OK:
                raise LRSMisconfiguredError(f"the answer has more than {max_bytes} bytes", status=HTTPStatus.OK)
            if size > max_bytes or time.monotonic() > deadline:
                return b"".join(parts), True
    except (requests.RequestException, HTTPError, OSError):
        return b"".join(parts), True
    return b"".join(parts), False


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _excerpt(body: bytes) -> str:
    """Return the beginning of what a server said, on one line; HTML says nothing."""
    if _HTML.match(body):
        return ""
    return " ".join(body[: 4 * _EXCERPT].decode("utf-8", "replace").split())[:_EXCERPT]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait; a date is counted from the server's own clock where it tells it.

    Source: RFC 9110, 10.2.3.
    """
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        return float(said)
    moment = _http_date(said)
    if moment is None:
        return None
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
