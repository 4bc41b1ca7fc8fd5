import threading
from contextlib import contextmanager
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
