import contextlib
import io
import json
import sqlite3

import pytest
import structlog
from sqlalchemy import text

from connector.app import create_app
from connector.config import Settings
from connector.web.i18n import ZONE_COOKIE
from connector.web.models import LaunchSession
from connector.web.tracing import configure_logs
from tests import make

JSON = {"Accept": "application/json", "Content-Type": "application/json"}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def here(session, visiting):
    activity = make.activity(session)
    return visiting(make.member(session, course=activity.course), activity)


@pytest.fixture
def logged(settings):
    """Return how to read the log, as text."""
    with contextlib.redirect_stderr(io.StringIO()) as stream:
        configure_logs(settings)
    yield stream.getvalue
    structlog.reset_defaults()


# --- correlation ids --------------------------------------------------------------------------------------------------
@on_sqlite
@pytest.mark.parametrize("id_", ["12345678", "0af7651916cd43dd8448eb211c80319c", "a" * 64, "Root-1-67891233-abcdef"])
def test_harmless_id_of_a_proxy_is_kept(id_, client):
    assert client.get("/healthz", headers={"X-Request-ID": id_}).headers["X-Request-ID"] == id_


@on_sqlite
@pytest.mark.parametrize(
    "id_",
    [
        "",
        "1234567",
        "a" * 65,
        "<b>12345678</b>",
        "12345678 9",
        '12345678"',
        "12345678{}",
        "1234_5678",
        "１２３４５６７８",
        "12345678\t",
    ],
)
def test_other_id_is_replaced(id_, client):
    response = client.get("/nowhere", headers={"X-Request-ID": id_.encode().decode("latin-1")})
    kept = response.headers["X-Request-ID"]
    assert (len(kept), kept == id_, kept in response.text) == (16, False, True)


@on_sqlite
def test_each_request_has_an_id_of_its_own(client):
    assert client.get("/healthz").headers["X-Request-ID"] != client.get("/healthz").headers["X-Request-ID"]


# --- the log ----------------------------------------------------------------------------------------------------------
@on_sqlite
def test_request_is_logged_by_its_figures(client, logged):
    client.get("/nowhere?name=Ana", headers={"X-Request-ID": "abcdefgh"})
    line = json.loads(logged().splitlines()[-1])
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/nowhere", 404)
    assert (line["correlation_id"], line["ms"] >= 0, "Ana" in logged()) == ("abcdefgh", True, False)


@on_sqlite
def test_session_id_stays_out_of_the_log(here, logged):
    here.get()
    here.client.get(f"{here.path}/nowhere")
    assert (here.sid in logged(), here.path.replace(here.sid, "-") in logged()) == (False, True)


@on_sqlite
def test_what_is_written_and_who_writes_it_stays_out_of_the_log(here, logged):
    here.post("/threads", title="My boss is ill", body="Do not tell.")
    assert "/threads" in logged()
    for word in ("boss", "tell", "Person"):
        assert word not in logged()


@on_sqlite
@pytest.mark.parametrize("path", ["/healthz", "/static/mark.svg"])
def test_what_comes_too_often_is_not_logged(path, client, logged):
    client.get(path, buffered=True)
    assert logged() == ""


@on_sqlite
@pytest.mark.parametrize("log_format", ["json", "console"])
def test_path_cannot_forge_a_line(log_format, client):
    with contextlib.redirect_stderr(io.StringIO()) as stream:
        configure_logs(Settings(log_format=log_format))
    client.get("/a%0a2026-01-01%20[info]%20everything%20is%20well%1b[2J")
    structlog.reset_defaults()
    assert [line for line in stream.getvalue().splitlines() if line.startswith("2026-01-01")] == []
    assert "\x1b[2J" not in stream.getvalue()


# --- languages --------------------------------------------------------------------------------------------------------
def language(response):
    return response.text.partition('<html lang="')[2].partition('"')[0]


@on_sqlite
@pytest.mark.parametrize(
    ("locale", "accepted", "shown"),
    [
        ("da-DK", "sv", "da"),
        ("da_DK", "sv", "da"),
        ("SV", None, "sv"),
        ("nl-BE", "en", "nl"),
        ("fr", "nl, en;q=0.5", "nl"),
        ("fr", None, "en"),
        ("", "da", "da"),
        (None, "sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        (None, "fr;q=0.9, nl-BE;q=0.5", "nl"),
        (None, "fr, de", "en"),
        (None, None, "en"),
    ],
)
def test_language_is_the_one_of_the_launch_then_the_one_of_the_browser(locale, accepted, shown, here, session):
    session.query(LaunchSession).update({"locale": locale})
    session.commit()
    headers = {"Accept-Language": accepted} if accepted else {}
    assert language(here.get(headers=headers)) == shown


@on_sqlite
def test_error_within_a_visit_is_in_its_language(here, session):
    session.query(LaunchSession).update({"locale": "nl"})
    session.commit()
    assert language(here.get("/threads/00000000-0000-0000-0000-000000000000")) == "nl"


@on_sqlite
@pytest.mark.parametrize(
    ("accepted", "shown"),
    [("sv-SE,en;q=0.5", "sv"), ("*", "en"), ("", "en"), (";;;q=,", "en"), ("da;q=0", "en"), ("x" * 5000, "en")],
)
def test_language_outside_of_a_visit(accepted, shown, client):
    response = client.get("/nowhere", headers={"Accept-Language": accepted})
    assert (response.status_code, language(response)) == (404, shown)


@on_sqlite
def test_caches_are_told_what_a_page_depends_on(here):
    headers = here.get().headers
    assert (headers["Vary"], headers["Cache-Control"]) == ("Cookie, Accept-Language", "no-store")


# --- time zones -------------------------------------------------------------------------------------------------------
def shown_time(here, zone):
    here.post("/threads", title="A thread", body="A text.")
    here.client.set_cookie(ZONE_COOKIE, zone, secure=True, domain="localhost")
    return here.get().text.partition('<time datetime="')[2].partition("</time>")[0]


@on_sqlite
@pytest.mark.parametrize(
    ("zone", "time"), [("Europe/Copenhagen", "10:30"), ("Asia%2FKolkata", "15:00"), ("UTC", "09:30")]
)
def test_times_are_in_the_zone_of_the_browser(zone, time, here):
    assert time in shown_time(here, zone)


@on_sqlite
def test_zone_is_called_as_its_people_call_it(here):
    assert shown_time(here, "Europe/Copenhagen").partition('title="')[2].partition('"')[0].endswith(" CET")


@on_sqlite
@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "", "%00", "x" * 3000])
def test_zone_that_nobody_knows_is_utc(zone, here):
    assert "09:30" in shown_time(here, zone)


# --- input ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def send(here):
    """Return how to send a body to an address that takes JSON."""
    here.get()
    headers = {**JSON, "X-CSRF-Token": here.token}
    return lambda body: here.client.post(f"{here.path}/threads", data=body, headers=headers)


def test_json_is_taken_like_a_form(send):
    assert send(json.dumps({"title": "A thread", "body": "A text."})).status_code == 303


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"1", b"\xff\xfe", b"NaN", b"[" * 100_000, b'{"a":' * 100_000],
    ids=lambda body: body[:6].decode("latin-1"),
)
@on_sqlite
def test_json_that_is_no_object(body, send):
    response = send(body)
    assert (response.status_code, response.json["error"]["code"]) == (400, "bad_json")


@on_sqlite
@pytest.mark.parametrize("value", [None, 1, True, ["a"], {"a": 1}, ""], ids=repr)
def test_field_of_another_kind_has_its_sentence(value, send):
    response = send(json.dumps({"title": "A thread", "body": value}))
    assert (response.status_code, list(response.json["error"]["fields"])) == (422, ["body"])


def test_letters_that_no_database_takes(send, session):
    response = send(r'{"title": "A\u0000 thr\ud800ead", "body": "A\u0000 te\udfffxt."}')
    assert response.status_code == 303
    assert session.execute(
        text("SELECT thread.title, post.body FROM thread JOIN post ON post.thread_id = thread.id")
    ).one() == ("A thread", "A text.")


# --- sessions of the database -----------------------------------------------------------------------------------------
def test_connections_are_given_back(app, here):
    pool = app.extensions["kring"].database.engine.pool
    for path in ("", "/threads/00000000-0000-0000-0000-000000000000"):
        here.get(path)
        assert pool.checkedout() == 0


def test_reading_takes_no_write_lock(here, database):
    here.get()
    with database.session(writes=True) as other:
        other.execute(text("UPDATE tenant SET name = 'x'"))
        assert here.get().status_code == 200


# --- health -----------------------------------------------------------------------------------------------------------
def test_alive_and_ready(client):
    for path, word in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        response = client.get(path)
        assert (response.status_code, response.text, response.mimetype) == (200, word, "text/plain")


def test_not_ready_while_the_schema_is_of_another_version(client, session):
    session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    session.commit()
    response = client.get("/readyz")
    assert (response.status_code, response.mimetype) == (503, "text/plain")
    assert response.text.startswith("the schema is at another, this version needs ")
    assert response.text.endswith(": run kring migrate\n")
    assert client.get("/healthz").status_code == 200


@on_sqlite
def test_not_ready_before_the_first_migration(settings, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "empty.sqlite")):
        app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/empty.sqlite", secret_key=settings.secret_key))
    response = app.test_client().get("/readyz")
    assert (response.status_code, response.text.endswith(": run kring migrate\n")) == (503, True)
    app.extensions["kring"].database.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/kring.sqlite",
        "postgresql+psycopg://kring:password@127.0.0.1:1/kring",
        "postgresql+psycopg://kring:password@/kring?host=/nowhere",
    ],
)
def test_not_ready_while_the_database_is_away(url):
    client = create_app(Settings(database_url=url)).test_client()
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, "the database does not answer\n")
    assert client.get("/healthz").status_code == 200
