import pytest

from connector.activities.links import Link
from connector.activities.placing import place_link
from connector.courses.models import Membership, Role
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
def open_link(session, deployment):
    """Return how a launch opens a link; gives the activity, or None for a course's own link that names none.

    It is opened by somebody who leads each course of the deployment, unless another one is named.
    """
    lead = make.person(session, platform=deployment.platform)
    members = {}

    def open_link(course, link_id, activity=None, *, by=None, **more):
        if course not in members:
            members[course] = Membership(course=course, person=lead, role=Role.TRAINER, created_at=make.NOW)
            session.add(members[course])
        link = Link(id=link_id, activity_id=getattr(activity, "id", activity), **more)
        placement = place_link(session, by or members[course], link, public_url=make.PUBLIC_URL, now=make.NOW)
        session.flush()
        return placement and placement.activity

    return open_link
