"""Learning record stores to deliver to: the embedded one as a process, and any dialect in a thread, with faults."""

import contextlib
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from tests.connector.delivery import dialects
from tests.connector.delivery.build import PASSWORD, USERNAME
from tests.connector.delivery.dialects import Ask, Reply
from tests.ports import free_port
from xapi.lrs import Endpoint, LRSClient


def held_by(url: str) -> list[str]:
    """Return the id of every statement that a store holds, in the order in which it stored them."""
    with requests.Session() as http:
        client = LRSClient(Endpoint(url, USERNAME, PASSWORD), http)
        return [one["id"] for one in client.statements(limit=1000, ascending=True)]


@contextlib.contextmanager
def process(folder: Path, port: int | None = None) -> Iterator[str]:
    """Run the embedded store as a process of its own; gives its address."""
    port = port or free_port()
    options = ["--port", str(port), "--database", str(folder / f"lrs-{port}.sqlite"), "--user", USERNAME]
    server = subprocess.Popen(
        [sys.executable, "-m", "xapi.store", *options],
        env={**os.environ, "KRING_LRS_PASSWORD": PASSWORD},
    )
    try:
        url = f"http://127.0.0.1:{port}/xAPI"
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("the store ended")
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{url}/about", timeout=5)
            return
        time.sleep(0.05)
    raise RuntimeError("the store did not answer")


class Exchange(BaseHTTPRequestHandler):
    """One request, and what can become of it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        self.ask = Ask(self.command, path, query, dict(self.headers), body)
        self.ids = [one["id"] for one in json.loads(body)] if self.command == "POST" else []
        with contextlib.suppress(ConnectionError):  # clients hang up on what has no end
            self.server.store.handle(self)

    do_POST = do_GET  # noqa: N815 -- http.server's name

    def commit(self) -> Reply:
        """Let the store do what it is asked to, and return what it would say."""
        return self.server.store.dialect.answer(self.ask)

    def say(self, reply: Reply, *, length: int | None = None) -> None:
        """Answer; with a `length` of its own, the answer breaks off."""
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body) if length is None else length))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = self.close_connection or length is not None

    def hang_up(self, *, reset: bool = False) -> None:
        """End the connection without an answer."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def wait(self) -> None:
        """Say nothing until the other side has had enough."""
        self.connection.settimeout(20)
        with contextlib.suppress(OSError):
            self.rfile.read(1)
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


Fault = Callable[[Exchange], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, store: "Store", port: int) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.store = store


class Store:
    """A store in a thread. `faults` go wrong in turn, one a request; `before` and `after` may answer in its place.

    `before` gets the ids of a POST (none otherwise) and keeps the request from the store; `after` gets the exchange
    and changes only what the sender hears. Both return None, a status, or a status with a body and headers.
    """

    def __init__(
        self, folder: Path, port: int = 0, *, dialect: str = "embedded", tls: ssl.SSLContext | None = None
    ) -> None:
        self.folder, self.tls = folder, tls
        self.dialect = dialects.speaking(dialect, folder)
        self.faults: deque[Fault] = deque()
        self.posts = []
        """The ids of every POST that arrived, in order."""
        self.before = self.after = say_nothing
        self.port = port
        self.open()
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/xAPI"

    def open(self) -> None:
        """Listen."""
        self._server = _Server(self, self.port)
        self.port = self._server.server_port
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def shut(self) -> None:
        """Listen no longer; connections are refused."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def close(self) -> None:
        self.shut()
        self.dialect.close()

    def handle(self, exchange: Exchange) -> None:
        if exchange.ids:
            self.posts.append(exchange.ids)
        if self.faults:
            self.faults.popleft()(exchange)
            return
        own = self.before(exchange.ids)
        if own is None:
            reply = exchange.commit()
            own = self.after(exchange)
            own = reply if own is None else own
        if own is not HUNG_UP:
            exchange.say(_reply(own))


HUNG_UP = object()


def _reply(own: object) -> Reply:
    if isinstance(own, Reply):
        return own
    status, body, headers = own if isinstance(own, tuple) else (own, "{}", {})
    return Reply(status, body.encode(), {"Content-Type": "application/json", **headers})


def say_nothing(_about: object) -> None:
    """Let the store answer."""


def hang_up(exchange: Exchange) -> object:
    """End the connection without an answer."""
    exchange.hang_up()
    return HUNG_UP
