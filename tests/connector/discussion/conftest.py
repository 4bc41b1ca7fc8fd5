"""A discussion, and who takes part in it."""

import pytest

from tests.connector.threads.members import *  # noqa: F403 -- the fixtures of everybody who tests threads


@pytest.fixture
def enter(visiting, activity):
    """Return how to put a member into the discussion; what the session holds is committed."""
    return lambda member: visiting(member, activity)
