import pytest

from connector.courses.models import Role
from tests import make
from tests.connector.threads.members import *  # noqa: F403 -- the fixtures of everybody who tests threads


@pytest.fixture
def eva(session, course):
    return make.member(session, course=course, role=Role.EXPERT, name="Eva Lind")
