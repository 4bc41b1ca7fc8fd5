"""The members of a course with one activity, as fixtures."""

import flask
import pytest

from connector.courses.models import Role
from connector.web import i18n
from tests import make


@pytest.fixture
def course(session):
    return make.course(session)


@pytest.fixture
def activity(session, course):
    return make.activity(session, course=course)


@pytest.fixture
def ana(session, course):
    return make.member(session, course=course, name="Ana Holm")


@pytest.fixture
def bo(session, course):
    return make.member(session, course=course, name="Bo Dam")


@pytest.fixture
def trainer(session, course):
    return make.member(session, course=course, role=Role.TRAINER, name="Tine Bech")


@pytest.fixture
def observer(session, course):
    return make.member(session, course=course, role=Role.OBSERVER, name="Olav Ris")


@pytest.fixture
def test_student(session, course):
    return make.member(session, course=course, role=Role.TEST_STUDENT, name="Test student")


@pytest.fixture
def translated():
    """A context in which sentences can be made, for services that refuse in words."""
    app = flask.Flask(__name__)
    i18n.init_app(app)
    with app.app_context():
        yield


@pytest.fixture
def endpoint(session, course):
    """An LRS, so that statements are stored for it."""
    from datetime import timedelta

    from connector.delivery.models import Endpoint

    row = Endpoint(
        tenant=course.deployment.platform.tenant,
        name="LRS",
        url="https://lrs.example/xapi",
        username="kring",
        password=b"sealed",
        version="1.0.3",
        created_at=make.NOW,
        due_at=make.NOW - timedelta(seconds=1),
    )
    session.add(row)
    session.flush()
    return row
