"""HTTP to the outside: one session factory with time-outs, no redirects, a size cap, and no private addresses.

URLs come from LMS administrators and from messages, so each request could be aimed at our own network. The address is
judged after the connection is made and before anything is sent: a name cannot be resolved to one address for the
check and to another one for the request.
"""

import ipaddress
import socket
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from connector.config import Settings

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
TOTAL_SECONDS = 30.0
"""How long an answer may take to arrive in all; a server that sends a byte now and then would pass the read time-out."""
ANSWER_BYTES = 5_000_000
"""How large an answer may be."""
_CHUNK = 65_536


class AnswerTooLargeError(requests.RequestException):
    """The answer is larger than `ANSWER_BYTES`, or took longer than `TOTAL_SECONDS`."""


def new_session(settings: Settings) -> requests.Session:
    """Return a session for requests to LMSs, LRSs and other services; one for each thread."""
    session = GuardedSession()
    adapter = HTTPAdapter(max_retries=0) if settings.allow_private_addresses else _PublicAdapter(max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = "Kring/0.1 (LTI tool)"  # some LMSs refuse requests' own name
    session.trust_env = False  # a proxy or a .netrc of the operator's shell must not change where secrets go
    return session


class GuardedSession(requests.Session):
    """A session that never follows redirects, never waits for ever and never reads without end."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send a request; see requests.

        Raises:
            requests.RequestException: Whatever goes wrong on the way, an answer that is too large included.
        """
        kwargs.setdefault("timeout", (CONNECT_SECONDS, READ_SECONDS))
        kwargs["allow_redirects"] = False
        streamed = kwargs.pop("stream", False)
        kwargs["stream"] = True
        response = super().request(method, url, *args, **kwargs)
        if not streamed:
            _read(response)
        return response


def _read(response: requests.Response) -> None:
    """Read the body within the limits, and give the connection back."""
    deadline = time.monotonic() + TOTAL_SECONDS
    parts, size = [], 0
    for chunk in response.iter_content(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > ANSWER_BYTES or time.monotonic() > deadline:
            response.close()
            raise AnswerTooLargeError(f"the answer is over {ANSWER_BYTES} bytes or {TOTAL_SECONDS:.0f} s")
    response._content = b"".join(parts)  # noqa: SLF001 -- requests has no public way to set what it would have read


def _refuse_private(connection: HTTPConnection, sock: socket.socket) -> socket.socket:
    address = ipaddress.ip_address(str(sock.getpeername()[0]).split("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if not address.is_global or address.is_multicast:
        sock.close()
        raise NewConnectionError(connection, f"{connection.host} is not a public address")
    return sock


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_private(self, super()._new_conn())


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _refuse_private(self, super()._new_conn())


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
    """An adapter whose connections end at public addresses only."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}
