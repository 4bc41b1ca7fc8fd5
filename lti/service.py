"""Calls to a platform's services: one token for many of them, tried again once when it is refused; lists, page by page."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import requests

from lti.access_tokens import AccessToken, TokenStore, fetch_token
from lti.errors import IncompleteListError, ServiceRefusedError
from lti.exchange import Answer, exchange, expect_success, json_bytes
from lti.keys import ToolKey
from lti.links import next_url
from lti.registration import Registration
from lti.values import origin, secure_url

MAX_PAGES: Final = 200
"""Pages of one list: 10,000 members at Canvas's 50 a page."""


class Service:
    """One platform's services, as one registration may use them.

    `registration_key` is the caller's own name for the registration; tokens are kept by it. `http` sends the requests, and
    `clock` tells the time, aware.
    """

    def __init__(
        self,
        registration: Registration,
        *,
        registration_key: str,
        key: ToolKey,
        tokens: TokenStore,
        http: requests.Session,
        clock: Callable[[], datetime],
    ) -> None:
        self.registration = registration
        self._registration_key = registration_key
        self._key = key
        self._tokens = tokens
        self._http = http
        self._clock = clock

    def request(
        self,
        method: str,
        url: str,
        *,
        scopes: Iterable[str],
        accept: str | None = None,
        content_type: str | None = None,
        json: Any = None,
    ) -> Answer:
        """Send one request and return the good answer to it.

        Args:
            url: An address that the platform itself gave: in a signed claim, or in an answer on that claim's origin.
            accept: One media type: Moodle takes no list of them. None takes anything.
            content_type: What to call `json`; sent without a charset, which Moodle would not take for scores.

        Raises:
            ServiceUnavailableError: No answer to rely on: wait, then ask again.
            ServiceConflictError: The platform holds something at least as new.
            ServiceRefusedError: This call cannot work; `service_url` if the address is no https address.
            ServiceClosedError: The platform gives no token.

        Source: https://www.rfc-editor.org/rfc/rfc6750, 2.1 and 5.3.
        """
        if secure_url(url) is None:
            raise ServiceRefusedError("service_url", "the service's address is not an https address")
        wanted = frozenset(scopes)
        headers = {"Accept": accept or "*/*"} | ({"Content-Type": content_type} if content_type else {})
        body = None if content_type is None else json_bytes(json)
        token = self._token(wanted)
        answer = exchange(self._http, method, url, headers=headers | _bearer(token), body=body)
        if answer.status == HTTPStatus.UNAUTHORIZED:  # withdrawn before its time, or the tool's rights have changed
            self._tokens.drop(self._registration_key, wanted, token)
            token = self._token(wanted)
            answer = exchange(self._http, method, url, headers=headers | _bearer(token), body=body)
        expect_success(answer)
        return answer

    def pages(self, url: str, *, scopes: Iterable[str], accept: str) -> Iterator[Answer]:
        """Yield the pages of a list, each asked for when it is wanted.

        Raises:
            ServiceError: As `request`.
            IncompleteListError: There is more, but it cannot be read: the next page is one that was read before
                (`page_loop`), it is on another origin, where our token must not go (`page_foreign`), or there are too many
                (`too_many_pages`). Raised after the last good page.
        """
        wanted, home, seen = frozenset(scopes), origin(url), set[str]()
        for _ in range(MAX_PAGES):
            answer = self.request("GET", url, scopes=wanted, accept=accept)
            yield answer
            following = next_url(answer.headers.get("Link", ""), url)
            if following is None:
                return
            seen.add(url)
            if origin(following) != home:
                raise IncompleteListError("page_foreign", "the next page is on another origin than the first one")
            if following in seen:
                raise IncompleteListError("page_loop", "the next page is one that was read before")
            url = following
        raise IncompleteListError("too_many_pages", f"the list has more than {MAX_PAGES} pages")

    def _token(self, scopes: frozenset[str]) -> AccessToken:
        now = self._clock()
        token = self._tokens.load(self._registration_key, scopes)
        if token is None or token.use_until <= now:
            token = fetch_token(self._http, self.registration, self._key, scopes, now)
            self._tokens.save(self._registration_key, scopes, token)
        return token


def _bearer(token: AccessToken) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.value}"}
