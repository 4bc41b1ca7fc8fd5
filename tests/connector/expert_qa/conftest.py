"""A course with an activity for questions, and the people in it."""

import pytest
from sqlalchemy import update

from connector.activities.models import Kind, Placement
from connector.courses.models import Role
from tests import make
from tests.connector.threads.members import *  # noqa: F403 -- a course and its members


@pytest.fixture
def activity(session, course):
    found = make.activity(session, course=course, title="Ask the experts")
    found.kind = Kind.EXPERT_QA
    opened = update(Placement).where(Placement.activity_id == found.id)
    session.execute(opened.values(opened_at=make.NOW))  # learners find it
    session.flush()
    return found


@pytest.fixture
def expert(session, course):
    return make.member(session, course=course, role=Role.EXPERT, name="Eva Lund")


@pytest.fixture
def enter(visiting, activity):
    """Return how to put a member into the activity; what the session holds is committed."""
    return lambda member: visiting(member, activity)
