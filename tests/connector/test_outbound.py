import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from connector import outbound
from connector.config import Settings

PUBLIC_ONLY = Settings()
ANYWHERE = Settings(allow_private_addresses=True)


@contextmanager
def server(answer):
    """Serve `answer(handler)` to every GET; yields the URL and the paths that were asked for."""
    paths = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            answer(self)

        def log_message(self, *_):
            pass

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{found.server_port}", paths
    finally:
        found.shutdown()
        found.server_close()


def hello(handler):
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"hello")


def test_private_address_is_refused_before_anything_is_sent():
    with server(hello) as (url, paths), outbound.new_session(PUBLIC_ONLY) as http:
        with pytest.raises(requests.ConnectionError, match="not a public address"):
            http.get(url)
        with pytest.raises(requests.ConnectionError, match="not a public address"):
            http.get(url.replace("127.0.0.1", "localhost"))
    assert paths == []


def test_private_address_where_allowed():
    with server(hello) as (url, _), outbound.new_session(ANYWHERE) as http:
        assert http.get(url).content == b"hello"


def test_redirects_are_not_followed():
    def away(handler):
        handler.send_response(302)
        handler.send_header("Location", "/elsewhere")
        handler.end_headers()

    with server(away) as (url, paths), outbound.new_session(ANYWHERE) as http:
        assert http.get(f"{url}/here").status_code == 302
    assert paths == ["/here"]


def test_endless_answer_is_cut_off():
    def pour(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 100_000)
        except OSError:
            pass

    with server(pour) as (url, _), outbound.new_session(ANYWHERE) as http, pytest.raises(outbound.AnswerTooLargeError):
        http.get(url)


def test_compressed_bomb_is_cut_off():
    import gzip

    bomb = gzip.compress(b"0" * 50_000_000)

    def explode(handler):
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(bomb)

    with (
        server(explode) as (url, _),
        outbound.new_session(ANYWHERE) as http,
        pytest.raises(outbound.AnswerTooLargeError),
    ):
        http.get(url)


def test_environment_changes_nothing(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with server(hello) as (url, _), outbound.new_session(ANYWHERE) as http:
        assert http.get(url).status_code == 200


def drip(handler):
    """Answer a byte now and then, for ever: each comes before a read could time out."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def drip_headers(handler):
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            handler.wfile.write(f"X-{number}: y\r\n".encode())
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


@pytest.mark.parametrize("answer", [drip, drip_headers])
def test_dripping_answer_is_cut_off(answer):
    with server(answer) as (url, _), outbound.new_session(ANYWHERE) as http:
        http.total_seconds = 0.3
        began = time.monotonic()
        with pytest.raises(requests.RequestException):
            http.get(url)
        assert time.monotonic() - began < 5


def test_dripping_stream_is_cut_off():
    with server(drip) as (url, _), outbound.new_session(ANYWHERE) as http:
        http.total_seconds = 0.3
        began = time.monotonic()
        with suppress(requests.RequestException):
            b"".join(http.get(url, stream=True).iter_content(65_536))
        assert time.monotonic() - began < 5


def test_session_goes_on_after_a_cut():
    with server(drip) as (slow, _), server(hello) as (quick, _), outbound.new_session(ANYWHERE) as http:
        http.total_seconds = 0.3
        with pytest.raises(requests.RequestException):
            http.get(slow)
        assert [http.get(quick).content for _ in range(20)] == [b"hello"] * 20


def test_connection_that_broke_is_not_held_open_by_who_watches_it():
    heard = threading.Event()

    def break_off(handler):
        if handler.path == "/bad":
            handler.wfile.write(b"no HTTP at all\r\n\r\n")
            handler.wfile.flush()
            handler.connection.settimeout(10)
            if handler.connection.recv(1) == b"":
                heard.set()
        else:
            hello(handler)

    with server(break_off) as (url, _), outbound.new_session(ANYWHERE) as http:
        with pytest.raises(requests.ConnectionError):
            http.get(f"{url}/bad")
        http.get(url)
        assert heard.wait(5)
