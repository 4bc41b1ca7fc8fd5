"""One request to a platform: bounded in time and size, never redirected, and judged by its status.

The session is the caller's, and so is the choice of addresses that it may reach at all.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from lti.errors import ServiceConflictError, ServiceError, ServiceRefusedError, ServiceUnavailableError
from lti.values import json_value, text

TIMEOUT: Final = (5.0, 20.0)
"""Seconds to connect, and between two bytes."""
TOTAL_SECONDS: Final = 60.0
"""How long an answer may take in all: Moodle needs 2 seconds for a thousand members."""
MAX_ANSWER: Final = 8 * 1024 * 1024
"""Bytes of an answer, unpacked: a member takes about 700 at most."""
MAX_WAIT: Final = 86_400.0
"""Seconds that a platform may ask us to wait."""
_MAX_DETAIL: Final = 500
_CHUNK: Final = 65_536

_REFUSALS: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: "service_bad_request",
    HTTPStatus.UNAUTHORIZED: "service_unauthorized",
    HTTPStatus.FORBIDDEN: "service_forbidden",
    HTTPStatus.NOT_FOUND: "service_not_found",
    HTTPStatus.GONE: "service_gone",
    HTTPStatus.PRECONDITION_FAILED: "service_precondition",
    HTTPStatus.UNPROCESSABLE_ENTITY: "service_unprocessable",
}
_PATIENCE: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a platform answered, whatever that is."""

    where: str
    """Method and host, for messages: paths and queries may name persons."""
    status: int
    reason: str
    headers: Mapping[str, str]
    """By name in any case."""
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON, whatever its media type is called: Moodle's tokens come as `text/html`.

        Raises:
            ServiceUnavailableError: It is none (`answer_malformed`), as when a proxy answers in the platform's place.
        """
        try:
            return json_value(self.body)
        except ValueError as error:
            raise malformed(self, "is not JSON") from error

    def json_list(self) -> list[Any]:
        """Return the body as a JSON list.

        Raises:
            ServiceUnavailableError: It is none (`answer_malformed`).
        """
        value = self.json()
        if not isinstance(value, list):
            raise malformed(self, "is not a list")
        return value

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object.

        Raises:
            ServiceUnavailableError: It is none (`answer_malformed`).
        """
        value = self.json()
        if not isinstance(value, dict):
            raise malformed(self, "is not an object")
        return value


def malformed(answer: Answer, what: str) -> ServiceUnavailableError:
    """Return the error for an answer that is no answer."""
    return ServiceUnavailableError("answer_malformed", f"the answer to {answer.where} {what}", status=answer.status)


def exchange(
    http: requests.Session,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    maximum: int = MAX_ANSWER,
) -> Answer:
    """Send one request and return the answer, good or bad.

    Args:
        body: Sent as it is; its media type is in `headers`.
        maximum: Bytes.

    Raises:
        ServiceUnavailableError: No answer came, or only a part of it (`service_timeout`, `service_unreachable`).
        ServiceRefusedError: The answer has more than `maximum` bytes (`answer_too_large`).
    """
    where = f"{method} {urlsplit(url).hostname}"
    try:
        with http.request(
            method,
            url,
            headers=dict(headers),
            data=body,
            auth=_as_it_is,
            allow_redirects=False,
            timeout=TIMEOUT,
            stream=True,
        ) as response:
            return Answer(
                where=where,
                status=response.status_code,
                reason=response.reason or "",
                headers=response.headers,
                body=_read(response, where, maximum),
            )
    except requests.Timeout as error:
        raise ServiceUnavailableError("service_timeout", f"{where}: no answer in time") from error
    except (OSError, ValueError) as error:  # all of requests' errors, and addresses that cannot be encoded
        raise ServiceUnavailableError("service_unreachable", f"{where}: {type(error).__name__}") from error


def expect_success(answer: Answer) -> None:
    """Let 2xx pass, if it is not a page for people.

    Raises:
        ServiceUnavailableError: 408, 425, 429, 5xx, Canvas's throttling, or a page (`answer_malformed`).
        ServiceConflictError: 409.
        ServiceRefusedError: Every other status; a redirection, too (`service_redirected`).
    """
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        if answer.body.lstrip()[:1] == b"<":
            raise malformed(answer, "is a page for people")
        return
    raise _error(answer)


def _error(answer: Answer) -> ServiceError:
    status, detail = answer.status, _detail(answer)
    message = f"{answer.where}: {status}"
    if status in _PATIENCE or status >= HTTPStatus.INTERNAL_SERVER_ERROR or _is_throttled(answer):
        code = "service_busy" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "service_failed"
        return ServiceUnavailableError(code, message, status=status, retry_after=_retry_after(answer), detail=detail)
    if status == HTTPStatus.CONFLICT:
        return ServiceConflictError("service_conflict", message, status=status, detail=detail)
    is_redirected = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    code = "service_redirected" if is_redirected else _REFUSALS.get(status, "service_refused")
    return ServiceRefusedError(code, message, status=status, detail=detail)


def _is_throttled(answer: Answer) -> bool:
    """Tell whether this is Canvas's way to ask for patience.

    Source: https://developerdocs.instructure.com/services/canvas/basics/file.throttling.
    """
    return answer.status == HTTPStatus.FORBIDDEN and b"rate limit exceeded" in answer.body[:_MAX_DETAIL].lower()


def _retry_after(answer: Answer) -> float | None:
    """Return the seconds that the platform asks for; a date is judged by the platform's own clock.

    Source: https://www.rfc-editor.org/rfc/rfc9110, 10.2.3.
    """
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), MAX_WAIT)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(answer.headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), MAX_WAIT)


def _detail(answer: Answer) -> str | None:
    body = answer.body[:_MAX_DETAIL].decode(errors="replace").strip()
    said = answer.reason if body.startswith("<") or body in ("", "[]") else f"{answer.reason}: {body}"
    return text(said[:_MAX_DETAIL])


def _read(response: requests.Response, where: str, maximum: int) -> bytes:
    deadline = time.monotonic() + TOTAL_SECONDS
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > maximum:
            raise ServiceRefusedError("answer_too_large", f"the answer to {where} has more than {maximum} bytes")
        if time.monotonic() > deadline:
            raise ServiceUnavailableError("service_timeout", f"{where}: no end after {TOTAL_SECONDS:.0f} seconds")
    return bytes(content)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave the request alone: without this, requests looks for a password in the operator's home."""
    return request


def json_bytes(value: Any) -> bytes:
    """Return `value` as JSON in plain ASCII, since the media types of LTI have no room for a charset."""
    return json.dumps(value, allow_nan=False).encode()
