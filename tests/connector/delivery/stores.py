"""Learning record stores to deliver to: the embedded one as a process, and the same in a thread with scripted faults."""

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.connector.delivery.build import PASSWORD, USERNAME
from xapi.lrs import Endpoint, LRSClient
from xapi.store import Credential, StoreConfig, create_app


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


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
        server.wait(timeout=20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("the store ended")
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{url}/about", timeout=5)
            return
        time.sleep(0.05)
    raise RuntimeError("the store did not answer")


class Store:
    """The embedded store in a thread. `before` and `after` may answer in its place.

    `before` gets the ids of a POST (none otherwise) and keeps the request from the store; `after` gets the WSGI
    environment and changes only what the sender hears. Both return None, a status, or a status with a body and headers.
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.app = create_app(StoreConfig([Credential(USERNAME, PASSWORD)], folder / "store.sqlite"))
        self.folder = folder
        self.posts = []
        """The ids of every POST that arrived, in order."""
        self.before = self.after = say_nothing
        self._server = make_server("127.0.0.1", port or 0, self._answer, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/xAPI"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.app.extensions["xapi.store"].database.close()

    def _answer(self, environ, start_response):
        ids = []
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            ids = [one["id"] for one in json.loads(body)]
            self.posts.append(ids)
        own = self.before(ids)
        if own is None:
            answer = self._heard(environ)
            own = self.after(environ)
            if own is None:
                start_response(answer[0], answer[1])
                return [answer[2]]
        status, body, headers = own if isinstance(own, tuple) else (own, "{}", {})
        start_response(f"{status} Scripted", [("Content-Type", "application/json"), *headers.items()])
        return [body.encode()]

    def _heard(self, environ):
        heard = []
        parts = self.app(environ, lambda status, headers, _error=None: heard.extend((status, headers)))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return heard[0], heard[1], body


class _Quiet(WSGIRequestHandler):
    def log(self, type, message, *args):  # noqa: A002
        pass


def say_nothing(_about: object) -> None:
    """Let the store answer."""


def hang_up(environ) -> int:
    """End the connection without an answer."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return 500
