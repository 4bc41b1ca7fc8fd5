import pytest

from connector.platforms import keys
from tests import make
from tests.connector.launch.choosing import open_picker


@pytest.fixture
def registered(session, platform, settings):
    """The registration of the test's LMS, and a key of ours to sign with."""
    row = make.platform(session, **platform.registration)
    keys.ensure_key(session, settings.secret_key, now=make.NOW)
    session.commit()
    return row


@pytest.fixture
def picker(platform, client):
    return open_picker(platform, client)
