import pytest

from connector.activities.links import Link
from connector.activities.placing import place_link
from connector.courses.models import Role
from tests import make


@pytest.fixture
def deployment(session):
    return make.deployment(session)


@pytest.fixture
def course(session, deployment):
    return make.course(session, deployment=deployment, title="Autumn")


@pytest.fixture
def copy(session, deployment):
    """Another course of the same deployment, made from the first."""
    return make.course(session, deployment=deployment, title="Spring")


@pytest.fixture
def trainer(session, copy):
    return make.member(session, course=copy, role=Role.TRAINER)


@pytest.fixture
def open_link(session):
    """Return how a launch opens a link; gives the activity, or None for a course's own link that names none."""

    def open_link(course, link_id, activity=None, **more):
        link = Link(id=link_id, activity_id=getattr(activity, "id", activity), **more)
        placement = place_link(session, course, link, public_url=make.PUBLIC_URL, now=make.NOW)
        session.flush()
        return placement and placement.activity

    return open_link
