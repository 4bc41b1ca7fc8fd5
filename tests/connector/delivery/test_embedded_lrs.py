"""The LRS that Kring brings along: an endpoint from the first day on, and a program that serves it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import requests

from connector.config import Settings
from connector.db import Database
from connector.delivery import worker
from connector.delivery.embedded import find_embedded, password_of
from connector.delivery.watching import standings
from connector.platforms.services import ensure_tenant
from tests import make
from tests.connector.delivery import build
from tests.ports import free_port

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def fresh(environ, tmp_path):
    """The settings of an installation whose database does not exist yet."""
    environ["KRING_DATABASE_URL"] = f"sqlite:///{tmp_path}/fresh.sqlite"
    return environ


@contextlib.contextmanager
def opened(environ):
    database = Database(environ["KRING_DATABASE_URL"])
    with database.session(writes=True) as session:
        yield session
    database.dispose()


def urls(environ):
    with opened(environ) as session:
        return [row.endpoint.url for row in standings(session, now=make.NOW)]


@contextlib.contextmanager
def serving(environ, port):
    kept = {name: value for name, value in environ.items() if value is not None}
    command = [sys.executable, "-c", "from connector.cli import main; main()", "lrs", "serve"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KRING_")}
    process = subprocess.Popen(command, env={**inherited, **kept}, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(300):
            with contextlib.suppress(requests.ConnectionError):
                requests.get(f"http://127.0.0.1:{port}/xAPI/about", timeout=5)
                break
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_fresh_installation_begins_with_it(kring, fresh):
    assert "kring lrs serve" in kring("migrate").output
    assert urls(fresh) == ["http://127.0.0.1:8002/xAPI/"]


def test_migrating_again_changes_nothing(kring, fresh):
    kring("migrate", "--lrs-port", "9002")
    with opened(fresh) as session:
        password = find_embedded(session).password
    assert "lrs" not in kring("migrate").output
    kring("migrate", "--with-lrs")
    assert urls(fresh) == ["http://127.0.0.1:9002/xAPI/"]
    with opened(fresh) as session:
        assert find_embedded(session).password == password


def test_port_can_be_changed(kring, fresh):
    kring("migrate")
    kring("migrate", "--lrs-port", "9002")
    assert urls(fresh) == ["http://127.0.0.1:9002/xAPI/"]


def test_fresh_installation_may_do_without(kring, fresh):
    assert "lrs" not in kring("migrate", "--without-lrs").output
    assert urls(fresh) == []


def test_installation_in_use_gets_none_by_itself(kring, environ, database):
    with database.session(writes=True) as session:
        ensure_tenant(session, Settings(), now=make.NOW)
        session.commit()
    kring("migrate")
    assert urls(environ) == []
    kring("migrate", "--with-lrs")
    assert urls(environ) == ["http://127.0.0.1:8002/xAPI/"]


def test_there_is_nothing_to_serve_without_it(kring, fresh):
    kring("migrate", "--without-lrs")
    assert "kring migrate --with-lrs" in kring("lrs", "serve").stderr


def test_it_is_served_and_gets_statements_although_private_addresses_are_not_allowed(kring, fresh, tmp_path):
    port = free_port()
    kring("migrate", "--lrs-port", str(port))
    settings = Settings(database_url=fresh["KRING_DATABASE_URL"], secret_key=build.SETTINGS.secret_key)
    with opened(fresh) as session:
        endpoint = find_embedded(session)
        password = password_of(endpoint, settings)
        ids = build.waiting(session, endpoint, count=3)
        session.commit()
    with serving(fresh, port) as process:
        deliver(settings)
        answer = requests.get(
            f"http://127.0.0.1:{port}/xAPI/statements",
            auth=("kring", password),
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=5,
        )
        assert {one["id"] for one in answer.json()["statements"]} == {str(id_) for id_ in ids}
        assert f"cannot listen at 127.0.0.1:{port}: Address already in use" in kring("lrs", "serve").stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert (tmp_path / "fresh-lrs.sqlite").exists()


def deliver(settings):
    """Let a worker run until nothing waits."""
    database = Database(settings.database_url)
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.run, args=(database, settings), kwargs={"stop": stop, "idle": 0.02, "chance": lambda: 0.05}
    )
    thread.start()
    for _ in range(400):
        with database.session(writes=False) as session:
            if not any(row.waiting for row in standings(session, now=make.NOW)):
                break
        time.sleep(0.05)
    stop.set()
    thread.join()
    database.dispose()


def test_file_is_where_the_operator_wants_it(kring, fresh, tmp_path):
    port = free_port()
    kring("migrate", "--lrs-port", str(port))
    with serving({**fresh, "KRING_LRS_DATABASE": str(tmp_path / "elsewhere.sqlite")}, port):
        assert (tmp_path / "elsewhere.sqlite").exists()
    assert not (tmp_path / "fresh-lrs.sqlite").exists()


def test_file_that_is_none_is_told_of(kring, fresh, tmp_path):
    kring("migrate")
    (tmp_path / "wrong.sqlite").write_text("no database at all, and long enough to be looked at" * 99)
    said = kring("lrs", "serve", KRING_LRS_DATABASE=str(tmp_path / "wrong.sqlite")).stderr
    assert "wrong.sqlite: file is not a database" in said
