import pytest

from tests.connector.delivery import dialects
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
