import pytest

from tests.connector.delivery import dialects
from tests.connector.delivery.stores import Store
from tests.connector.reports.scene import Scene


@pytest.fixture
def store(tmp_path):
    """The embedded LRS in a thread, with scripted faults."""
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def scene(database, store):
    """A course whose statements stand in the embedded LRS."""
    return Scene(database, store)


@pytest.fixture(params=dialects.NAMES)
def any_scene(request, database, tmp_path):
    """The same in a store of each dialect."""
    store = Store(tmp_path, dialect=request.param)
    yield Scene(database, store)
    store.close()
