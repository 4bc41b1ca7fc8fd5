"""A client for learning record stores: send a batch, read back, ask what the store is.

Written against what stores really answer: some say 204 or fewer ids for statements that they know, some wrap a single
statement in a list, some know no `about`; and what stands at a mistyped address answers in HTML. Every failure comes
out as one of the errors in `xapi.errors`, chosen by what the sender must do about it.

Source: https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Communication.md (1.0.3).
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import requests

from xapi.answers import Answer, error_for, read, refusal
from xapi.errors import LRSAmbiguousError, LRSMisconfiguredError, LRSUnavailableError
from xapi.formats import parse_timestamp
from xapi.schema import Version
from xapi.statement import render_timestamp

TIMEOUT = (3.05, 30.0)
"""Seconds to connect, and between two bytes of an answer."""
MAX_BYTES = 32 * 1024 * 1024
"""How much of an answer is read: a page of 500 statements has a few megabytes at the most."""
MAX_PAGES = 1000


@dataclass(frozen=True)
class Endpoint:
    """Where a store is, and as whom we speak to it."""

    url: str
    """The base of its resources, such as `https://lrs.example/xAPI/`; with or without the last slash."""
    username: str = field(repr=False)
    password: str = field(repr=False)
    version: Version = "1.0.3"

    def resource(self, name: str) -> str:
        """Return the address of a resource, such as `statements`."""
        return f"{self.url.rstrip('/')}/{name}"


@dataclass(frozen=True)
class Page:
    """A part of the answer to a query."""

    statements: Sequence[dict[str, Any]]
    consistent_through: datetime | None
    """Up to when of what was stored nothing is left out; None where the store does not say.

    Source: xAPI 1.0.3, Communication, 3.3.
    """


class _Credentials(requests.auth.AuthBase):
    """Basic authentication in UTF-8: requests itself would encode in Latin-1, and fail beyond it.

    Source: RFC 7617, 2.1.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        pair = f"{endpoint.username}:{endpoint.password}".encode()
        self._header = f"Basic {base64.b64encode(pair).decode('ascii')}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class LRSClient:
    """One store, spoken to over one HTTP session.

    Args:
        endpoint: The store.
        session: Belongs to the caller, with its adapters and limits; not shared between threads.
        timeout: Seconds to connect, and between two bytes of an answer.
        max_bytes: How much of an answer is read.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        session: requests.Session,
        *,
        timeout: tuple[float, float] = TIMEOUT,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._endpoint, self._session = endpoint, session
        self._timeout, self._max_bytes = timeout, max_bytes
        self._auth = _Credentials(endpoint)

    def send(self, bodies: Sequence[bytes]) -> None:
        """Store a batch of statements in one request; when this returns, the store has them all.

        Sending the same bytes again is harmless. Which ids the store answers with is not looked at: some answer only
        the new ones, some none.

        Args:
            bodies: One statement each, as `xapi.statement.to_bytes` made them.

        Raises:
            LRSError: The subclass says what to do.
        """
        if not bodies:
            return  # some stores refuse an empty batch
        body = b"[" + b",".join(bodies) + b"]"
        answer = self._ask("POST", self._endpoint.resource("statements"), body=body)
        if answer.status == HTTPStatus.NO_CONTENT:
            return
        if answer.status != HTTPStatus.OK:
            raise error_for(answer)
        if answer.is_cut:
            raise LRSAmbiguousError("the LRS's answer broke off", status=answer.status)
        if not isinstance(answer.value, list):
            raise refusal(answer, "an LRS answers a batch with a list of ids")

    def get(self, statement_id: UUID | str, *, voided: bool = False) -> dict[str, Any] | None:
        """Return one statement; None where the store does not have it.

        Args:
            voided: Whether to look among those that were voided, and only there.

        Raises:
            LRSError: The subclass says what to do.
        """
        wanted = str(statement_id).lower()
        name = "voidedStatementId" if voided else "statementId"
        answer = self._ask("GET", self._endpoint.resource("statements"), query={name: wanted})
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        value = self._object(answer)
        # Ralph wraps the statement in a list, and finds an empty one where there is none.
        found = value.get("statements", [value])
        if not isinstance(found, list):
            raise refusal(answer, "its statements are no list")
        for one in found:
            if isinstance(one, dict) and str(one.get("id", "")).lower() == wanted:
                return one
        return None

    def statements(self, *, max_pages: int = MAX_PAGES, **filters: Any) -> Iterator[dict[str, Any]]:
        """Yield statements in the order of the store; see `pages`.

        Raises:
            LRSError: The subclass says what to do.
        """
        for page in self.pages(max_pages=max_pages, **filters):
            yield from page.statements

    def pages(self, *, max_pages: int = MAX_PAGES, **filters: Any) -> Iterator[Page]:
        """Yield statements, page after page, in the order of the store.

        Args:
            max_pages: After how many pages to stop, so that a store whose pages never end does not keep us for ever.
            **filters: As the specification names them; times are aware, `agent` is a mapping, None is left out.

        Raises:
            LRSMisconfiguredError: What comes is no result of a query, or the next page is elsewhere or one seen before.
            LRSError: The subclass says what to do.

        Source: xAPI 1.0.3, Communication, 2.1.3; Data, 2.5.
        """
        url = self._endpoint.resource("statements")
        query: Mapping[str, str] | None = {name: _text(value) for name, value in filters.items() if value is not None}
        seen: set[str] = set()
        for _page in range(max_pages):
            answer = self._ask("GET", url, query=query)
            value = self._object(answer)
            page, more = value.get("statements"), value.get("more") or ""
            if not isinstance(page, list) or not isinstance(more, str):
                raise refusal(answer, "an LRS answers a query with statements")
            if not all(isinstance(one, dict) for one in page):
                raise refusal(answer, "one of its statements is no object")
            yield Page(page, parse_timestamp(answer.headers.get("X-Experience-API-Consistent-Through", "")))
            if not more:
                return
            url, query = self._next(url, more), None
            if url in seen:
                raise LRSMisconfiguredError("the LRS's pages lead back to one that was read before")
            seen.add(url)

    def about(self) -> dict[str, Any] | None:
        """Return what the store says of itself; None where it says nothing.

        Raises:
            LRSError: The subclass says what to do.

        Source: xAPI 1.0.3, Communication, 2.8.
        """
        answer = self._ask("GET", self._endpoint.resource("about"))
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        return self._object(answer)

    def _ask(
        self, method: str, url: str, *, query: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request and read its answer, neither following nor believing anything."""
        headers = {"Accept": "application/json", "X-Experience-API-Version": self._endpoint.version}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return read(
            self._session,
            requests.Request(method, url, params=query, data=body, headers=headers, auth=self._auth),
            timeout=self._timeout,
            max_bytes=self._max_bytes,
        )

    def _object(self, answer: Answer) -> dict[str, Any]:
        """Return the object that the store answered a question with."""
        if answer.status != HTTPStatus.OK:
            raise error_for(answer)
        if answer.is_cut:
            raise LRSUnavailableError("the LRS's answer broke off", status=answer.status)
        if not isinstance(answer.value, dict):
            raise refusal(answer, "an LRS answers with an object")
        return answer.value

    def _next(self, url: str, more: str) -> str:
        """Return the address of the next page, which has to be on the store's own host: it gets our credentials."""
        try:
            following = urljoin(url, more)
            is_own = _origin(following) == _origin(self._endpoint.url)
        except ValueError as error:
            raise LRSMisconfiguredError(f"the LRS's next page has no address: {error}") from error
        if not is_own:
            raise LRSMisconfiguredError("the LRS's next page is on another host")
        return following


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _text(value: Any) -> str:
    """Return a filter as it stands in a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return render_timestamp(value)
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"))
    return str(value)
