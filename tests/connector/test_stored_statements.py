"""The check that every test of the application makes of the statements that it stores."""

import json
import uuid

import pytest

from connector.delivery import services
from connector.delivery.models import Kind, Message
from tests import make
from tests.connector.delivery import build
from xapi.examples import example
from xapi.statement import to_bytes
from xapi.vocabulary.events import POST_REPLIED

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def member(session):
    member = make.member(session)
    build.endpoint(session, member.course.deployment.platform.tenant)
    return member


def test_a_statement_is_seen_that_was_rolled_back(session, member, stored_statements):
    statement = example(POST_REPLIED)
    services.record(session, statement, by=member, now=make.NOW)
    session.rollback()
    assert stored_statements == [to_bytes(statement)]


def test_statements_are_seen_that_were_added_as_rows(session, member, stored_statements):
    told = json.loads(to_bytes(example(POST_REPLIED)))
    bodies = [json.dumps(told | {"id": str(uuid.uuid4())}).encode() for _ in range(3)]
    for body in bodies:
        id_ = uuid.UUID(json.loads(body)["id"])
        row = Message(id=id_, kind=Kind.STATEMENT, course_id=member.course_id, body=body, created_at=make.NOW)
        session.add(row)
    session.flush()
    assert sorted(stored_statements) == sorted(bodies)
