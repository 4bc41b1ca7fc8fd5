import json

import flask
import pytest
from sqlalchemy import select

from connector.courses.models import Role
from connector.delivery.models import Message
from connector.web import i18n
from tests import make
from tests.connector.delivery.build import endpoint as build_endpoint


@pytest.fixture
def course(session):
    return make.course(session)


@pytest.fixture
def activity(session, course):
    return make.activity(session, course=course)


@pytest.fixture
def trainer(session, course):
    return make.member(session, course=course, role=Role.TRAINER)


@pytest.fixture
def learner(session, course):
    return make.member(session, course=course, name="Ana Sørensen")


@pytest.fixture(autouse=True)
def translated():
    """A context in which sentences can be made, for services that refuse in words."""
    app = flask.Flask(__name__)
    i18n.init_app(app)
    with app.app_context():
        yield app


@pytest.fixture
def told(session, course):
    """Return what was told of groups, in order: the event's last word, and who it was by their pseudonym."""
    build_endpoint(session, course.deployment.platform.tenant)

    def read():
        rows = session.scalars(select(Message).order_by(Message.created_at)).all()
        found = []
        for row in rows:
            statement = json.loads(row.body)
            (event,) = [
                value for iri, value in statement["context"]["extensions"].items() if str(value).startswith("group.")
            ]
            found.append((event.removeprefix("group."), statement["actor"]["account"]["name"]))
        return sorted(found)

    return read
