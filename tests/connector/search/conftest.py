import pytest

from tests.connector.search.shelf import Shelf


@pytest.fixture
def shelf(session):
    """A course with nothing to be found yet."""
    return Shelf(session)
