"""Addresses that mean harm, or are just wrong: each ends in a page with a sentence and a code, and registers nothing."""

import dataclasses
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from sqlalchemy import func, select

from connector.app import create_app
from connector.platforms import views
from connector.platforms.deadline import deadline
from connector.platforms.models import Invite, Platform
from lti.platform_configuration import MAX_DOCUMENT
from tests.connector.platforms.registering import CONFIGURATION, PLATFORM, REGISTRATION, code_of, recorded, text_of
from tests.lti.server import Reply

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def visit(registering_page):
    return registering_page


@pytest.fixture
def hurried(monkeypatch):
    """Registrations that have half a second."""
    monkeypatch.setattr(views, "deadline", lambda http: deadline(http, 0.5))


def check_refused(response, code, stored):
    """Check that there is a page with a sentence, and that nothing came of it."""
    assert code_of(response) == code
    assert HTTPStatus.BAD_REQUEST <= response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    assert "could not be registered" not in text_of(response), "the code has no sentence of its own"
    assert stored(select(func.count()).select_from(Platform)) == [0]
    assert stored(select(Invite.used_at)) == [None]


@contextmanager
def dripping(*, head: bool) -> Iterator[tuple[str, threading.Event]]:
    """A server that sends one byte now and then, for ever; tells when somebody came."""
    server = socket.create_server(("127.0.0.1", 0))
    arrived = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65_536)
                arrived.set()
                start = b"HTTP/1.1 200 OK\r\nX-Slow: " if head else b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"
                connection.sendall(start)
                while True:
                    connection.sendall(b" ")
                    time.sleep(0.05)
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/", arrived
    server.close()


# --- where it is ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    ["http://lms.example/configuration", "ftp://lms.example/", "file:///etc/passwd", "//lms.example", "https://", "x"],
)
def test_address_without_https(visit, stored, url):
    check_refused(visit.open(url), "configuration_url", stored)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "169.254.169.254"],  # noqa: S104 -- called, not bound
)
def test_private_address(visit, settings, clock, moodle, stored, host):
    app = create_app(dataclasses.replace(settings, allow_private_addresses=False), clock=clock)
    visit.client = app.test_client()
    port = moodle.url.rpartition(":")[2]
    check_refused(visit.open(f"https://{host}:{port}{CONFIGURATION}"), "configuration_unavailable", stored)
    assert moodle.asked == []
    app.extensions["kring"].database.dispose()


def test_redirect_is_not_followed(visit, moodle, stored):
    moodle.answers[CONFIGURATION] = Reply(status=302, headers={"Location": f"{moodle.url}/elsewhere"})
    moodle.answers["/elsewhere"] = Reply(moodle.document())
    check_refused(visit.open(), "configuration_unavailable", stored)
    assert [asked.path for asked in moodle.asked] == [CONFIGURATION]


def test_nobody_answers(visit, stored):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check_refused(visit.open(f"http://127.0.0.1:{port}/"), "configuration_unavailable", stored)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_error(visit, moodle, stored, status):
    moodle.answers[CONFIGURATION] = Reply(status=status)
    check_refused(visit.open(), "configuration_unavailable", stored)


# --- how much, how slowly ---------------------------------------------------------------------------------------------
def test_too_large(visit, moodle, stored):
    moodle.say(padding="x" * MAX_DOCUMENT)
    check_refused(visit.open(), "configuration_unavailable", stored)


@pytest.mark.parametrize("head", [True, False])
def test_slow_answer_is_cut(visit, stored, hurried, head):
    began = time.monotonic()
    with dripping(head=head) as (url, _):
        refused = visit.open(url)
    assert time.monotonic() - began < 5
    code = code_of(refused)
    assert code in {"configuration_unavailable", "configuration_malformed"}
    check_refused(refused, code, stored)


def test_slow_registration_is_cut(visit, moodle, stored, hurried):
    with dripping(head=False) as (url, _):
        moodle.say(registration_endpoint=url)
        check_refused(visit.connect(), "registration_unavailable", stored)


def test_slow_server_holds_one_thread_only(visit, app, stored, hurried):
    with dripping(head=False) as (url, arrived):
        first = threading.Thread(target=visit.open, args=(url,))
        first.start()
        assert arrived.wait(5)
        visit.client = app.test_client()
        busy = visit.open(url)
        first.join()
    assert (busy.status_code, code_of(busy)) == (HTTPStatus.SERVICE_UNAVAILABLE, "registration_busy")
    assert visit.open().status_code == HTTPStatus.OK  # its turn was given back


# --- what it says -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("body", [b"", b"<!doctype html><p>Log in", b"{", b"[]", b"null", b"\xff", b'{"a": NaN}'])
def test_not_json(visit, moodle, stored, body):
    moodle.answers[CONFIGURATION] = Reply(body)
    refused = visit.open()
    code = code_of(refused)
    assert code in {"configuration_malformed", "configuration_unavailable"}
    check_refused(refused, code, stored)


ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("value", [None, 7, "http://lms.example/x", "javascript:alert(1)", "/relative"])
def test_endpoint_that_is_missing_or_without_https(visit, moodle, stored, name, value):
    moodle.say(**{name: value})
    check_refused(visit.open(), f"{name}_invalid", stored)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_endpoint_that_would_write_into_a_policy(visit, moodle, stored, name):
    moodle.say(**{name: "https://lms.example;script-src"})
    check_refused(visit.connect(), "endpoint_unusable", stored)


def test_issuer_of_somebody_else_is_shown(visit, moodle):
    moodle.say(issuer="https://moodle.university.example")
    words = text_of(visit.open())
    assert "Two different addresses" in words
    assert "moodle.university.example" in words


def test_nonsense_where_lists_are_due(visit, moodle):
    moodle.say(scopes_supported="openid", **{PLATFORM: {"messages_supported": [7, {"type": []}], "variables": 3}})
    assert visit.open().status_code == HTTPStatus.OK


# --- what it answers to the registration ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Reply("missing_domain", 400), "registration_refused"),
        (Reply("<!DOCTYPE html><title>Error", 404), "registration_refused"),
        (Reply(status=302, headers={"Location": "/x"}), "registration_refused"),
        (Reply(status=503), "registration_unavailable"),
        (Reply(b"<p>Welcome"), "registration_unavailable"),
        (Reply(b"{}"), "registration_malformed"),
        (Reply({"client_id": ""}), "registration_malformed"),
        (Reply({"client_id": "x" * 256}), "registration_malformed"),
        (Reply({"client_id": ["x"]}), "registration_malformed"),
    ],
)
def test_bad_answer_to_a_registration(visit, moodle, stored, answer, code):
    moodle.answers[REGISTRATION] = answer
    check_refused(visit.connect(), code, stored)


def test_what_the_lms_says_is_shown_as_text(visit, moodle):
    moodle.refuse(400, "<script>alert(1)</script> nonsense")
    assert "<script>alert" not in visit.connect().text


def test_token_with_a_line_break_is_no_header(visit, moodle, stored):
    visit.token = "x\r\nX-Injected: 1"
    check_refused(visit.open(), "configuration_unavailable", stored)
    assert moodle.asked == []


def test_registering_needs_the_pages_fields(visit, stored):
    check_refused(visit.client.post(visit.path), "configuration_url", stored)


def test_recorded_refusal_of_a_used_token(visit, moodle, stored):
    moodle.refuse(401, recorded("04-registration-token-reused"))
    refused = visit.connect()
    check_refused(refused, "registration_refused", stored)
    assert "token_already_used" in text_of(refused)
