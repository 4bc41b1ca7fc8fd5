import os

import pytest
from click.testing import CliRunner

from connector.cli import main
from tests.connector.delivery import build, dialects
from tests.connector.delivery.stores import Store


@pytest.fixture
def store(tmp_path):
    """The embedded LRS in a thread, with scripted faults."""
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture(params=dialects.NAMES)
def any_store(request, tmp_path):
    """A store of each dialect."""
    store = Store(tmp_path, dialect=request.param)
    yield store
    store.close()


@pytest.fixture
def environ(database_url):
    """The settings of an installation; a variable that is None is not set."""
    ours = {name: None for name in os.environ if name.startswith("KRING_")}
    return {**ours, "KRING_DATABASE_URL": database_url, "KRING_SECRET_KEY": build.SETTINGS.secret_key}


@pytest.fixture
def kring(environ):
    """Return how to run a command to its end."""

    def run(*args, **changes):
        result = CliRunner().invoke(main, args, env={**environ, **changes})
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run
