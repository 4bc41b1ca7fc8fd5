import pytest

from tests.connector.delivery.stores import Store


@pytest.fixture
def store(tmp_path):
    """The embedded LRS in a thread, with scripted faults."""
    store = Store(tmp_path)
    yield store
    store.close()
