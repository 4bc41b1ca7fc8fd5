"""A little HTTP server in a thread that answers as badly as it is told to."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[["Stage"], None]


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Stage(BaseHTTPRequestHandler):
    """One request; what answers it is the play of the server."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append(Request(self.command, self.path, dict(self.headers), body))
        with contextlib.suppress(ConnectionError):  # clients of an endless answer hang up
            self.server.play(self)

    do_POST = do_GET  # noqa: N815 -- http.server's name

    def log_message(self, *args: Any) -> None:
        pass

    def answer(self, status: int, body: bytes = b"", content_type: str = "application/json", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response_only(status)
        said = {"Content-Type": content_type, "Content-Length": str(len(body))}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in said.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def hang_up(self, *, reset: bool = False) -> None:
        """End the connection as it is."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def wait(self) -> None:
        """Say nothing until the test is over."""
        self.server.is_over.wait(20)
        self.close_connection = True


class Server(ThreadingHTTPServer):
    """Listens on a port of its own."""

    daemon_threads = True
    block_on_close = True

    def __init__(self, play: Play) -> None:
        super().__init__(("127.0.0.1", 0), Stage)
        self.play = play
        self.requests: list[Request] = []
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextlib.contextmanager
def serving(play: Play) -> Iterator[Server]:
    """Run a server for as long as the block lasts."""
    with Server(play) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()
            thread.join()
