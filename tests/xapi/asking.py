"""A client of a store that answers as a test wants it to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.xapi.servers import Play, Server, Stage, serving
from xapi.errors import (
    LRSError,
)
from xapi.lrs import Endpoint, LRSClient

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
STATEMENT = {"id": ID, "actor": {}, "verb": {}, "object": {}}
BODIES = [b'{"id":"1"}', b'{"id":"2"}']
HTML = b"<!DOCTYPE html><html><body>Welcome</body></html>"
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"


class Answering:
    """A play that gives one whole answer, always the same."""

    def __init__(self, status: int, body: object = b"", **headers: str) -> None:
        self.status, self.headers = status, headers
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    def __call__(self, stage: Stage) -> None:
        stage.answer(self.status, self.body, **self.headers)


@contextmanager
def client(play: Play, **endpoint: str) -> Iterator[tuple[LRSClient, Server]]:
    with serving(play) as server, requests.Session() as session:
        values = {"url": f"{server.url}/xAPI/", "username": "ann", "password": "secret"} | endpoint
        patience = 0.3 if play in (Stage.wait, stalling) else 10  # a busy machine is no silent server
        yield LRSClient(Endpoint(**values), session, timeout=(10, patience), max_bytes=200_000), server


def error_of(play: Play, ask=lambda lrs: lrs.send(BODIES)) -> LRSError:
    """Return the error that a request ends in."""
    with client(play) as (lrs, _), pytest.raises(LRSError) as caught:
        ask(lrs)
    return caught.value


def stalling(stage: Stage) -> None:
    stage.answer(200, b'["1', Content_Length="1000")
    stage.wait()


def two_lengths(stage: Stage) -> None:
    stage.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n[1]")
    stage.hang_up()


def endless(stage: Stage) -> None:
    stage.answer(200, b"", Transfer_Encoding="chunked", Content_Length="")
    while True:
        stage.wfile.write(b"10000\r\n" + b"[" * 0x10000 + b"\r\n")


def endless_failure(stage: Stage) -> None:
    stage.answer(503, b"", Transfer_Encoding="chunked", Content_Length="")
    while True:
        stage.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def cut_short(stage: Stage) -> None:
    stage.answer(200, b'["1', Content_Length="1000")
    stage.hang_up()


def broken_gzip(stage: Stage) -> None:
    stage.answer(200, b'["1"]', Content_Encoding="gzip")


def reset(stage: Stage) -> None:
    stage.hang_up(reset=True)


def garbage(stage: Stage) -> None:
    stage.wfile.write(b"\x16\x03\x01 not HTTP\r\n\r\n")
    stage.hang_up()
