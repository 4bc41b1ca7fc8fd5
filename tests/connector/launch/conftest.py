import pytest

from connector.platforms import keys
from tests import make


@pytest.fixture
def registered(session, platform, settings):
    """The registration of the test's LMS, and a key of ours to sign with."""
    row = make.platform(session, **platform.registration)
    keys.ensure_key(session, settings.secret_key, now=make.NOW)
    session.commit()
    return row
