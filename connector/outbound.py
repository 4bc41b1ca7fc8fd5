"""HTTP to the outside: one session factory with time-outs, no redirects, a size cap, and no private addresses.

URLs come from LMS administrators and from messages, so each request could be aimed at our own network. The address is
judged after the connection is made and before anything is sent: a name cannot be resolved to one address for the
check and to another one for the request.
"""

import ipaddress
import socket
import threading
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from connector.config import Settings

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
TOTAL_SECONDS = 60.0
"""How long a request may take in all; a server that sends a byte now and then would pass every read time-out."""
ANSWER_BYTES = 5_000_000
"""How large an answer may be."""
_CHUNK = 65_536


class AnswerTooLargeError(requests.RequestException):
    """The answer is larger than `ANSWER_BYTES`."""


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
    """A session that never follows redirects, never waits for ever and never reads without end; for one thread."""

    def __init__(self) -> None:
        """Build a session without connections."""
        super().__init__()
        self.total_seconds = TOTAL_SECONDS
        self._cutter = Cutter()
        self._timer: threading.Timer | None = None

    def mount(self, prefix: str | bytes, adapter: BaseAdapter) -> None:
        """Let `adapter` carry what begins with `prefix`, and watch the connections that it opens."""
        super().mount(prefix, adapter)
        if isinstance(adapter, HTTPAdapter) and hasattr(self, "_cutter"):
            manager = adapter.poolmanager
            manager.pool_classes_by_scheme = {
                scheme: self._cutter.watch(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
            }

    def close(self) -> None:
        """Close every connection."""
        self._set_timer(None)
        super().close()
        self._cutter.close()

    def _set_timer(self, seconds: float | None) -> None:
        """Let every connection be cut in `seconds`. A streamed answer is still being read when its request is over, so
        the time of one request ends where the next one begins.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None:
            self._cutter.begin()
            self._timer = threading.Timer(seconds, self._cutter.cut)
            self._timer.daemon = True
            self._timer.start()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send a request; see requests.

        Raises:
            requests.RequestException: Whatever goes wrong on the way, an answer that is too large included.
        """
        kwargs.setdefault("timeout", (CONNECT_SECONDS, READ_SECONDS))
        kwargs["allow_redirects"] = False
        streamed = kwargs.pop("stream", False)
        kwargs["stream"] = True
        self._set_timer(self.total_seconds)
        response = super().request(method, url, *args, **kwargs)
        if not streamed:
            _read(response)
            self._set_timer(None)
        if self._cutter.is_over:  # an answer without a length just ends when it is cut
            response.close()
            raise requests.Timeout(f"the answer took longer than {self.total_seconds:.0f} s")
        return response


class Cutter:
    """Cuts connections from another thread: who waits for an answer then gets an ordinary connection error.

    It keeps a second handle of every socket, since TLS takes the first one away.
    """

    _MOST = 8
    """How many of the newest connections are kept in mind: a session of one thread uses one at a time."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._lock = threading.Lock()
        self._handles: list[tuple[Any, socket.socket]] = []
        self.is_over = False
        """Whether time was up."""

    def watch(self, pool: type[Any]) -> type[Any]:
        """Return `pool` with connections that are known here."""
        base, cutter = pool.ConnectionCls, self

        def connect(connection: Any) -> socket.socket:
            opened: socket.socket = base._new_conn(connection)  # noqa: SLF001 -- where urllib3 opens its sockets
            cutter.keep(connection, opened)
            return opened

        connection_class = type(f"Watched{base.__name__}", (base,), {"_new_conn": connect})
        return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": connection_class})

    def keep(self, connection: Any, opened: socket.socket) -> None:
        """Note a socket, or refuse it where time is up."""
        with self._lock:
            if self.is_over:
                opened.close()
                raise NewConnectionError(connection, "no time is left")
            self._handles.append((connection, opened.dup()))
            while len(self._handles) > self._MOST:
                self._handles.pop(0)[1].close()

    def begin(self) -> None:
        """Let connections be opened again, and give up those that were closed: as long as a handle is kept, the other
        side does not hear of it.
        """
        with self._lock:
            self.is_over = False
            closed = [handle for connection, handle in self._handles if connection.sock is None]
            self._handles = [kept for kept in self._handles if kept[1] not in closed]
            for handle in closed:
                handle.close()

    def cut(self) -> None:
        """End every connection, and let no other be opened."""
        with self._lock:
            self.is_over = True
            for _connection, handle in self._handles:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

    def __del__(self) -> None:
        """Give the handles back where nobody closed the session."""
        self.close()

    def close(self) -> None:
        """Give the handles back."""
        with self._lock:
            for _connection, handle in self._handles:
                handle.close()
            self._handles.clear()


def _read(response: requests.Response) -> None:
    """Read the body within the limits, and give the connection back."""
    parts, size = [], 0
    for chunk in response.iter_content(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > ANSWER_BYTES:
            response.close()
            raise AnswerTooLargeError(f"the answer is over {ANSWER_BYTES} bytes")
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
