"""The world, made once for all tests of a module."""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

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
def postgresql_world(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[str, Path], str]
) -> Iterator[World]:
    """The same on PostgreSQL, where that is tested on."""
    folder = tmp_path_factory.mktemp("world")
    with make_world(new_database("postgresql", folder), folder) as found:
        yield found


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    """Log nothing: the walk is ten thousand requests long."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)
