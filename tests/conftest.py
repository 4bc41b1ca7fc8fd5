"""Fixtures for everybody: a migrated database on each engine, sessions on it, and a count of queries."""

import contextlib
import functools
import gc
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.orm import Session
from xdist.remote import Producer

from connector.activities.models import Activity
from connector.config import Settings
from connector.courses.models import Membership
from connector.db import Database
from connector.migrations import alembic_config, load_metadata, upgrade
from tests import compiled, groups, lms, needs, postgres
from tests.make import NOW
from tests.visits import Visit, visit

_names = itertools.count(1)

# No test depends on how much else the machine has to do.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")

compiled.share()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", default="sqlite,postgresql", help="the databases to test on")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> groups.Scheduling | None:
    return groups.Scheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in (each for each in items if each.nodeid.startswith("tests/browser/")):  # where the demos' fixtures are
        given = getattr(getattr(item, "callspec", None), "params", {})  # may be called as a fixture is
        demos = set(groups.FILES.values()) & set(getattr(item, "fixturenames", ())) - set(given)
        if not demos <= {groups.FILES.get(item.nodeid.partition("::")[0])}:
            raise pytest.UsageError(f"{item.nodeid} uses {demos}: say so in tests/groups.py")
    # What may take longer than others begins before them, so that no worker is left alone with it in the end.
    items.sort(key=lambda item: not _is_long(item))


def _is_long(item: pytest.Item) -> bool:
    """Whether a test has more time than the others have."""
    mark = item.get_closest_marker("timeout")
    return mark is not None and mark.args[0] > float(item.config.getini("timeout"))


def pytest_collection_finish() -> None:
    # What is there by now stays until the end: looking through it for garbage is half of what a collection takes.
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "database_url" in metafunc.fixturenames and "database_url" not in chosen:
        engines = metafunc.config.getoption("--engines").split(",")
        metafunc.parametrize("database_url", engines, indirect=True, scope="function")


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server's URL with a place for the database's name; its database `template` is migrated."""
    with postgres.serve() as url:
        admin = create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE template"))
        admin.dispose()
        upgrade(url.format(name="template"))
        compiled.statements.learn(url.format(name="postgres"))
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database of the test's own; once for each engine."""
    if request.param not in request.config.getoption("--engines").split(","):
        pytest.skip(f"{request.param} is not asked for")
    if request.param == "sqlite":
        path = tmp_path / "kring.sqlite"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgresql_url")
    pool: list[str] = request.getfixturevalue("_clean_databases")
    url = server.format(name=pool.pop() if pool else _create(server))
    yield url
    if _clean(url):
        pool.append(str(make_url(url).database))


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[[str, Path], str]:
    """Return how to get the URL of an empty, migrated database that a whole module uses: takes its engine and a folder."""

    def make(engine: str, folder: Path) -> str:
        if engine not in request.config.getoption("--engines").split(","):
            pytest.skip(f"{engine} is not asked for")
        if engine == "sqlite":
            shutil.copy(request.getfixturevalue("_sqlite_template"), folder / "kring.sqlite")
            return f"sqlite:///{folder / 'kring.sqlite'}"
        server: str = request.getfixturevalue("postgresql_url")
        return server.format(name=_create(server))

    return make


def _create(server: str) -> str:
    """Create a migrated database, and return its name."""
    name = f"test_{next(_names)}"
    admin = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template"))
    admin.dispose()
    return name


def _clean(url: str) -> bool:
    """Empty a database for the next test, which is ten times as quick as a new one; False where it cannot serve again."""
    names = [table.name for table in load_metadata().sorted_tables]
    return postgres.empty(make_url(url), names, kept={"alembic_version": [(head,) for head in _heads()]})


@functools.cache
def _heads() -> list[str]:
    return ScriptDirectory.from_config(alembic_config("")).get_heads()


@pytest.fixture(scope="session")
def _clean_databases() -> list[str]:
    """Databases that are migrated and empty."""
    return []


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database of the test's own."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that may write; a test commits where another connection must see what it made."""
    with database.session(writes=True) as session:
        yield session


@pytest.fixture
def count_queries(database: Database) -> Callable[[], AbstractContextManager[list[str]]]:
    """Return a context manager that collects the statements sent to the database."""

    @contextlib.contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    return collect


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        """Go on by days, hours, minutes or seconds."""
        self.time += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """The application's clock."""
    return Clock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The application's settings; a key like this one is for tests alone."""
    return Settings(
        public_url="http://localhost",
        database_url=database_url,
        secret_key="0123456789abcdef0123456789abcdef",
        allow_private_addresses=True,
        files_url=(tmp_path / "files").as_uri(),
    )


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The application, on the test's own database."""
    from connector.app import create_app

    app = create_app(settings, clock=clock)
    yield app
    app.extensions["kring"].database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that has been nowhere yet."""
    return app.test_client()


@pytest.fixture
def visiting(app: Flask, session: Session) -> Callable[[Membership, Activity], Visit]:
    """Return how to put a member into an activity; what the session holds is committed."""
    return lambda member, activity: visit(app, session, member, activity)


@pytest.fixture
def platform(settings: Settings, clock: Clock) -> Iterator[lms.LMS]:
    """An LMS that is not registered yet."""
    with lms.serve(settings.public_url, clock) as found:
        yield found


@pytest.fixture(scope="session")
def base_url() -> None:
    """There is no one site that the tests are about; the plug-in's own fixture warns under this pytest."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Let pytest-playwright use the distribution's Chromium."""
    return {
        **browser_type_launch_args,
        "executable_path": needs.find_chromium(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }
