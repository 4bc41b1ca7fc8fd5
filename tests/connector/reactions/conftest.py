import pytest
from sqlalchemy import update

from connector.activities.models import Placement
from tests import make
from tests.connector.threads.members import *  # noqa: F403 -- the fixtures of everybody who tests threads


@pytest.fixture
def activity(session, course):
    """One that learners were let in to, so that they find it in the course."""
    found = make.activity(session, course=course)
    session.execute(update(Placement).values(opened_at=make.NOW))
    return found
