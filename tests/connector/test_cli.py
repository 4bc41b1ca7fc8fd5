import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator

import click
import pytest
import requests
from click.testing import CliRunner, Result

from connector.cli import main
from connector.db import Database
from connector.delivery.models import Endpoint
from connector.platforms.keys import tool_keys
from tests.ports import free_port

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SECRET = "0123456789abcdef0123456789abcdef"
PLATFORM = {
    "--name": "Moodle",
    "--issuer": "https://moodle.example",
    "--client-id": "client-1",
    "--authorization-url": "https://moodle.example/mod/lti/auth.php",
    "--token-url": "https://moodle.example/mod/lti/token.php",
    "--jwks-url": "https://moodle.example/mod/lti/certs.php",
}
LRS = {"--name": "Store", "--url": "https://lrs.example/xapi", "--username": "kring", "--password": "a long password"}
STOP_SECONDS = 60


def words(options: dict[str, str], **changes: str) -> list[str]:
    changed = options | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return [word for pair in changed.items() for word in pair]


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = [pytest.param(path, command, id=" ".join(path) or "kring") for path, command in commands()]


@pytest.fixture
def environ(database_url) -> dict[str, str | None]:
    """The settings of an installation; a variable that is None is not set."""
    ours = {name: None for name in os.environ if name.startswith("KRING_")}
    return {**ours, "KRING_DATABASE_URL": database_url, "KRING_SECRET_KEY": SECRET}


@pytest.fixture
def kring(environ):
    """Return how to run a command to its end."""

    def run(*args: str, **changes: str | None) -> Result:
        result = CliRunner().invoke(main, args, env={**environ, **changes})
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


def refusal(result: Result) -> str:
    """Return the one sentence that a refused command says."""
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    return lines[0].removeprefix("Error: ")


# --- help -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_help(path, command, kring):
    result = kring(*path, "--help")
    first_sentence = command.help.partition("\n\n")[0].replace("\n", " ").partition(". ")[0]
    assert (result.exit_code, first_sentence in " ".join(result.output.split())) == (0, True)


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_help_says_what_each_option_is_for(path, command, kring):
    output = " ".join(kring(*path, "--help").output.split())
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help or option.help not in output] == []


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_lists_of_commands_are_not_cut_off(path, command, kring):
    _usage, _, rest = kring(*path, "--help").output.partition("\n")
    assert "..." not in rest


def test_help_names_every_setting(kring):
    from dataclasses import fields

    from connector.config import Settings

    output = kring("--help").output
    assert [f.name for f in fields(Settings) if f"KRING_{f.name.upper()}" not in output] == []


@pytest.mark.parametrize("width", [80, 120])
def test_settings_stand_one_below_the_other(width, kring):
    output = kring("--help", COLUMNS=str(width), TERMINAL_WIDTH=str(width)).output
    assert sum(line.startswith("    KRING_") for line in output.splitlines()) == 21


def test_version(kring):
    from importlib.metadata import version

    assert kring("--version").output == f"kring, version {version('kring')}\n"


# --- settings and the database ----------------------------------------------------------------------------------------
NEEDS_SETTINGS = pytest.mark.parametrize(
    "args",
    [
        ("serve",),
        ("worker",),
        ("migrate",),
        ("platform", "list"),
        ("platform", "add", *words(PLATFORM)),
        ("keys", "rotate"),
        ("platform", "invite"),
        ("admin", "link"),
        ("lrs", "list"),
        ("lrs", "add", *words(LRS)),
        ("lrs", "serve"),
        ("outbox", "status"),
        ("outbox", "retry", "--lrs", "Store"),
        ("xapi", "reconcile"),
    ],
    ids=lambda args: " ".join(args[:2]),
)


@NEEDS_SETTINGS
def test_without_a_secret(args, kring):
    said = refusal(kring(*args, KRING_SECRET_KEY=None))
    assert said.startswith("KRING_SECRET_KEY must have at least 32 characters; make one with: python3 -c ")


@NEEDS_SETTINGS
def test_with_a_database_that_is_not_there(args, kring):
    said = refusal(kring(*args, KRING_DATABASE_URL="sqlite:////nowhere/kring.sqlite"))
    assert said == "the database cannot be used: unable to open database file"


@NEEDS_SETTINGS
def test_with_a_server_that_does_not_answer(args, kring):
    said = refusal(kring(*args, KRING_DATABASE_URL="postgresql+psycopg://kring:secret@127.0.0.1:1/kring"))
    assert said.startswith("the database cannot be used: connection failed: ")
    assert "secret" not in said


@pytest.mark.parametrize("url", ["kring.sqlite", "mysql://kring@localhost/kring", "gopher://kring"])
@NEEDS_SETTINGS
def test_with_a_database_url_that_means_nothing(args, url, kring):
    said = refusal(kring(*args, KRING_DATABASE_URL=url))
    assert said == "KRING_DATABASE_URL must look like sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"


NEEDS_A_SCHEMA = pytest.mark.parametrize(
    "args",
    [("serve",), ("worker",), ("platform", "list"), ("keys", "rotate"), ("lrs", "list"), ("outbox", "status")],
    ids=" ".join,
)


@NEEDS_A_SCHEMA
def test_on_a_database_that_was_never_migrated(args, kring, tmp_path):
    said = refusal(kring(*args, KRING_DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite"))
    assert said.endswith(": run kring migrate")


@NEEDS_A_SCHEMA
def test_on_a_database_of_another_version(args, kring, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "old.sqlite")) as old, old:
        old.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        old.execute("INSERT INTO alembic_version VALUES ('another')")
    said = refusal(kring(*args, KRING_DATABASE_URL=f"sqlite:///{tmp_path}/old.sqlite"))
    assert (said.startswith("the schema is at another, "), said.endswith(": run kring migrate")) == (True, True)


def test_migrate_makes_an_empty_database_usable(kring, tmp_path):
    empty = f"sqlite:///{tmp_path}/empty.sqlite"
    assert kring("migrate", KRING_DATABASE_URL=empty).output.endswith("The database is ready.\n")
    assert kring("platform", "list", KRING_DATABASE_URL=empty).exit_code == 0


def test_migrate_again_changes_nothing(kring, database):
    for _ in range(2):
        assert kring("migrate").exit_code == 0
    with database.session(writes=False) as session:
        assert len(tool_keys(session, SECRET)) == 1


# --- platforms --------------------------------------------------------------------------------------------------------
def test_platform_is_added_and_listed(kring):
    added = kring("platform", "add", *words(PLATFORM), KRING_PUBLIC_URL="https://kring.example")
    id_ = added.output.split()[0]
    assert "Initiate login URL          https://kring.example/lti/login\n" in added.output
    assert kring("platform", "list").output == f"{id_}  active    Moodle  https://moodle.example  client-1\n"


def test_platform_twice(kring):
    kring("platform", "add", *words(PLATFORM))
    said = refusal(kring("platform", "add", *words(PLATFORM)))
    assert said == "https://moodle.example with client id client-1 is registered already"
    assert len(kring("platform", "list").stdout.splitlines()) == 1


def test_platform_with_another_client_id_of_the_same_issuer(kring):
    for client_id in ("client-1", "client-2"):
        assert kring("platform", "add", *words(PLATFORM, client_id=client_id)).exit_code == 0


@pytest.mark.parametrize("option", ["issuer", "authorization_url", "token_url", "jwks_url"])
@pytest.mark.parametrize("url", ["moodle.example", "ftp://moodle.example/", "https:///path", ""])
def test_platform_with_a_bad_address(option, url, kring):
    assert refusal(kring("platform", "add", *words(PLATFORM, **{option: url}))) == f"not a web address: {url}"
    assert kring("platform", "list").stdout == ""


def test_platform_without_its_values(kring):
    result = kring("platform", "add", "--name", "Moodle")
    assert (result.exit_code, "Missing option '--issuer'" in result.output) == (2, True)


def test_no_platform_says_how_to_begin(kring):
    assert "kring platform add" in kring("platform", "list").stderr


def test_invitation_is_a_link(kring):
    link = kring("platform", "invite", KRING_PUBLIC_URL="https://kring.example").output
    assert link.startswith("https://kring.example/lti/register/")


def test_operators_sign_in_by_a_link(kring):
    link = kring("admin", "link", KRING_PUBLIC_URL="https://kring.example").output
    assert link.startswith("https://kring.example/admin/enter/")


# --- keys -------------------------------------------------------------------------------------------------------------
def test_rotate_adds_a_key_and_retires_the_one_before(kring, database):
    kring("migrate")
    kid = kring("keys", "rotate").output.strip()
    with database.session(writes=False) as session:
        before, added = tool_keys(session, SECRET)
    assert (before.retired_at is not None, added.kid, added.retired_at) == (True, kid, None)


@pytest.mark.parametrize("args", [("keys", "rotate"), ("serve",)], ids=" ".join)
def test_with_another_secret_than_before(args, kring, database):
    kring("migrate")
    said = refusal(kring(*args, KRING_SECRET_KEY=SECRET[::-1]))
    assert said == "a stored secret cannot be read: was KRING_SECRET_KEY changed?"
    with database.session(writes=False) as session:
        assert len(tool_keys(session, SECRET)) == 1


# --- LRSs -------------------------------------------------------------------------------------------------------------
def test_lrs_is_added_and_listed(kring):
    id_ = kring("lrs", "add", *words(LRS)).output.split()[0]
    assert kring("lrs", "list").output == f"{id_}  Store  https://lrs.example/xapi  nothing sent yet\n"


def test_lrs_password_is_asked_for_and_not_shown(environ, database):
    args = words({name: value for name, value in LRS.items() if name != "--password"})
    result = CliRunner().invoke(main, ["lrs", "add", *args], env=environ, input="typed password\n")
    assert (result.exit_code, "typed password" in result.output) == (0, False)
    with database.session(writes=False) as session:
        assert b"typed password" not in session.query(Endpoint).one().password


def test_lrs_password_from_the_environment(kring):
    args = words({name: value for name, value in LRS.items() if name != "--password"})
    assert kring("lrs", "add", *args, KRING_LRS_PASSWORD="from a secret store").exit_code == 0


@pytest.mark.parametrize("url", ["lrs.example", "https://lrs.example/xapi?key=1", "ftp://lrs.example"])
def test_lrs_with_a_bad_address(url, kring):
    assert repr(url) in refusal(kring("lrs", "add", *words(LRS, url=url)))


def test_lrs_with_a_version_that_we_do_not_speak(kring):
    result = kring("lrs", "add", *words(LRS, version="0.9"))
    assert (result.exit_code, "'1.0.3', '2.0.0'" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("state", "words_for_it"),
    [
        ({"is_active": False}, "switched off"),
        ({"paused_reason": "HTTP 401"}, "paused: HTTP 401"),
        ({"failures": 3, "last_error": "HTTP 503"}, "failed 3 times in a row: HTTP 503"),
    ],
)
def test_list_of_lrss_says_how_delivery_goes(state, words_for_it, kring, database):
    kring("lrs", "add", *words(LRS))
    with database.session(writes=True) as session:
        session.query(Endpoint).update(state)
        session.commit()
    assert kring("lrs", "list").output.splitlines()[0].endswith(f"  {words_for_it}")


def test_lrs_is_switched_off_and_on(kring):
    kring("lrs", "add", *words(LRS))
    assert kring("lrs", "off", "Store").output == "Store is off.\n"
    assert kring("lrs", "list").output.endswith("  switched off\n")
    assert kring("lrs", "on", "Store").output == "Store is on.\n"
    assert kring("lrs", "list").output.endswith("  nothing sent yet\n")


def test_lrs_at_a_private_address(kring):
    bad = words(LRS, url="http://127.0.0.1:8002/xAPI")
    assert "KRING_ALLOW_PRIVATE_ADDRESSES=1" in refusal(kring("lrs", "add", *bad))
    assert kring("lrs", "add", *bad, KRING_ALLOW_PRIVATE_ADDRESSES="1").exit_code == 0


def test_no_lrs_says_how_to_begin(kring):
    assert "kring lrs add" in kring("lrs", "list").stderr


# --- the programs that go on until they are stopped -------------------------------------------------------------------
@contextlib.contextmanager
def program(environ: dict[str, str | None], *args: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command as a process of its own; one that a test leaves running is killed."""
    inherited = {name: value for name, value in os.environ.items() if name not in environ}
    process = subprocess.Popen(
        [sys.executable, "-c", "from connector.cli import main; main()", *args],
        env={**inherited, **{name: value for name, value in environ.items() if value is not None}},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def stop(process: "subprocess.Popen[str]") -> int:
    """Ask a process to end as container runtimes do, and return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=STOP_SECONDS)


def answer(process: "subprocess.Popen[str]", url: str) -> requests.Response:
    """Return what a server that is about to start answers first."""
    end = time.monotonic() + 30
    while True:
        try:
            return requests.get(url, timeout=5)
        except requests.ConnectionError:
            if process.poll() is not None:
                raise RuntimeError(process.stderr.read()) from None
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_serve_answers_and_stops(environ):
    port = free_port()
    with program(environ, "serve", "--port", str(port)) as process:
        assert answer(process, f"http://127.0.0.1:{port}/healthz").text == "ok\n"
        assert answer(process, f"http://127.0.0.1:{port}/readyz").text == "ready\n"
        assert stop(process) == 0
    with socket.socket() as one:
        assert one.connect_ex(("127.0.0.1", port)) != 0


def test_serve_stops_under_an_open_connection(environ):
    port = free_port()
    with program(environ, "serve", "--port", str(port), "--workers", "1") as process:
        answer(process, f"http://127.0.0.1:{port}/healthz")
        with socket.create_connection(("127.0.0.1", port)) as idle:
            idle.send(b"POST /lti/launch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
            assert stop(process) == 0


def test_serve_where_somebody_else_listens(kring):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(kring("serve", "--port", str(port)))
    assert said == f"cannot listen at 127.0.0.1:{port}: Address already in use"


def test_worker_stops(environ):
    with program(environ, "worker") as process:
        assert "worker_started" in process.stderr.readline()
        assert stop(process) == 0
        assert "worker_stopped" in process.stderr.read()


def test_first_key_is_made_by_serving(environ, database_url):
    port = free_port()
    with program(environ, "serve", "--port", str(port), "--workers", "1") as process:
        assert len(answer(process, f"http://127.0.0.1:{port}/lti/jwks").json()["keys"]) == 1
        stop(process)
    database = Database(database_url)
    with database.session(writes=False) as session:
        assert len(tool_keys(session, SECRET)) == 1
    database.dispose()
