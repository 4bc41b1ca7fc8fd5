"""The world, made once for all tests of a module."""

import logging
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text

from tests.connector.access.visiting import make_world
from tests.connector.access.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[World]:
    """Everything, and everybody, on SQLite."""
    folder = tmp_path_factory.mktemp("world")
    file = folder / "kring.sqlite"
    shutil.copy(_sqlite_template, file)
    with make_world(f"sqlite:///{file}", folder) as found:
        yield found


@pytest.fixture(scope="module")
def postgresql_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same on PostgreSQL, where that is tested on."""
    if "postgresql" not in request.config.getoption("--engines").split(","):
        pytest.skip("PostgreSQL is not asked for")
    server: str = request.getfixturevalue("postgresql_url")
    name = f"world_{uuid.uuid4().hex[:8]}"
    admin = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template"))
    admin.dispose()
    with make_world(server.format(name=name), tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    """Log nothing: the walk is ten thousand requests long."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)
