"""A course with a peer review, and the people in it."""

import pytest

from connector.activities.models import Kind
from tests import make
from tests.connector.threads.members import *  # noqa: F403 -- a course and its members


@pytest.fixture
def activity(session, course):
    found = make.activity(session, course=course, title="A plan on one page")
    found.kind = Kind.PEER_REVIEW
    found.prompt = "Write a plan on one page."
    session.flush()
    return found


@pytest.fixture
def people(session, course):
    """Six learners."""
    return [make.member(session, course=course, name=f"Learner {letter}") for letter in "ABCDEF"]
