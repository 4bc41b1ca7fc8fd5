"""A little mail server with faults, tellers of the tests' own, and a worker to drive."""

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from flask import Flask
from sqlalchemy import select

from connector.config import Settings
from connector.db import Database
from connector.notifications.models import Mail
from connector.notifications.outbox import LEASE
from connector.notifications.smtp import Post
from connector.notifications.tellers import Telling
from connector.notifications.worker import Worker

CUT = "cut"
"""A fault: the connection is reset instead of an answer."""


@dataclass
class Received:
    """A mail that the server took."""

    sender: str
    recipients: list[str]
    message: EmailMessage


@dataclass
class SmtpServer:
    """What the server took, and how it is to behave."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    """Answers to give once each, by command; DATA stands for the command, TEXT for what follows, HELLO for the greeting."""
    connections: int = 0
    certificate: ssl.SSLContext | None = None
    logins: list[str] = field(default_factory=list)

    def fails(self, command: str, *answers: str) -> None:
        """Let the next uses of a command fail."""
        self.faults.setdefault(command, []).extend(answers)

    def messages_for(self, address: str) -> list[EmailMessage]:
        """Return what somebody got."""
        return [each.message for each in self.received if address in each.recipients]


def _address(words: str) -> str:
    return words.partition(":")[2].split(">")[0].strip("< ")


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"
    sender = ""
    recipients: list[str]

    def handle(self) -> None:
        state = self.server.state
        state.connections += 1
        with contextlib.suppress(OSError):
            self._talk(state)
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.close()

    def _talk(self, state: SmtpServer) -> None:
        goes_on = self._answer("HELLO", "220 mail.example")
        while goes_on and (line := self.rfile.readline()):
            words = line.decode().strip()
            command = words.split()[0].lower() if words else ""
            goes_on = getattr(self, f"_{command}", self._other)(state, words)

    def _ehlo(self, state: SmtpServer, _words: str) -> bool:
        extensions = ["mail.example", *(["STARTTLS"] if state.certificate else []), "AUTH PLAIN"]
        lines = [f"250-{each}" for each in extensions] + ["250 ENHANCEDSTATUSCODES"]
        return self._give("\r\n".join(lines))

    def _starttls(self, state: SmtpServer, _words: str) -> bool:
        if state.certificate is None:
            return self._give("502 no")
        self._say("220 go ahead")
        self.connection = state.certificate.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        return True

    def _auth(self, state: SmtpServer, words: str) -> bool:
        state.logins.append(words)
        return self._answer("AUTH", "235 2.7.0 welcome")

    def _mail(self, _state: SmtpServer, words: str) -> bool:
        self.sender, self.recipients = _address(words), []
        return self._answer("MAIL", "250 ok")

    def _rcpt(self, _state: SmtpServer, words: str) -> bool:
        answer = self._fault("RCPT") or "250 ok"
        if answer.startswith("2"):
            self.recipients.append(_address(words))
        return self._give(answer)

    def _data(self, state: SmtpServer, _words: str) -> bool:
        answer = self._fault("DATA") or "354 go on"
        if not answer.startswith("354"):
            return self._give(answer)
        self._say(answer)
        text = b""
        while (row := self.rfile.readline()) not in {b".\r\n", b""}:
            text += row.removeprefix(b".") if row.startswith(b"..") else row
        answer = self._fault("TEXT") or "250 2.0.0 taken"
        if answer.startswith(("2", CUT)):  # what is cut off after the text may have been taken
            message = message_from_bytes(text, policy=default)
            state.received.append(Received(self.sender, self.recipients, message))
        return self._give(answer)

    def _quit(self, _state: SmtpServer, _words: str) -> bool:
        self._say("221 goodbye")
        return False

    def _other(self, _state: SmtpServer, _words: str) -> bool:
        return self._give("250 ok")

    def _fault(self, command: str) -> str | None:
        queue = self.server.state.faults.get(command)
        return queue.pop(0) if queue else None

    def _answer(self, command: str, usual: str) -> bool:
        return self._give(self._fault(command) or usual)

    def _give(self, answer: str) -> bool:
        """Give an answer; False where the connection ends with it."""
        if answer == CUT:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return False
        self._say(answer)
        return not answer.startswith("421")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    state: SmtpServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that go away are what the tests are about."""


@contextlib.contextmanager
def serve_smtp() -> Iterator[SmtpServer]:
    """Run a mail server on this machine."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.state = SmtpServer(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.state
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Chalkboard:
    """Things that somebody wrote, for whoever may see them."""

    texts: dict[uuid.UUID, tuple[str, str]] = field(default_factory=dict)
    hidden: set[uuid.UUID] = field(default_factory=set)

    def write(self, text: str, who: str = "Ana Holm") -> uuid.UUID:
        """Write something."""
        id_ = uuid.uuid4()
        self.texts[id_] = (text, who)
        return id_

    def tell(self, _session, _viewer, abouts):
        """Tell of what the reader may see, in the way of a feature's teller."""
        return {
            id_: Telling(
                title=f"{self.texts[id_][1]} wrote",
                text=self.texts[id_][0],
                who=self.texts[id_][1],
                endpoint="course.index",
                lang="en",
            )
            for id_ in abouts
            if id_ in self.texts and id_ not in self.hidden
        }


@dataclass
class MailBox:
    """A worker for mail that does one turn after the other, and the server that it sends to."""

    app: Flask
    database: Database
    settings: Settings
    clock: Callable[[], object]
    smtp: SmtpServer

    def worker(self, chance: Callable[[], float] = lambda: 0.5) -> Worker:
        """Return another worker."""
        return Worker(self.app, self.database, self.settings, self.clock, LEASE, chance, Post(self.settings))

    def run(self, worker: Worker | None = None, *, turns: int = 100) -> None:
        """Work until nothing is left to do."""
        worker = worker or self.worker()
        for _ in range(turns):
            if not worker.turn():
                break
        worker.post.close()

    def states(self) -> list[str]:
        """Return how far each mail has come, the oldest first."""
        with self.database.session(writes=False) as session:
            return [mail.state.value for mail in session.scalars(select(Mail).order_by(Mail.created_at, Mail.id))]
