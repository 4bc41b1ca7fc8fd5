import json
import uuid
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from connector.courses.models import Role
from connector.delivery import services
from connector.delivery.models import Delivery, Message, State
from connector.delivery.services import Backlog, EndpointError
from connector.sealing import unseal
from tests import make
from tests.connector.delivery import build
from xapi.errors import InvalidStatementError
from xapi.statement import to_bytes

NOW = make.NOW


@pytest.fixture
def member(session):
    return make.member(session)


def tenant_of(member):
    return member.course.deployment.platform.tenant


def record(session, member, statement=None, *, now=NOW):
    statement = statement or build.statement()
    services.record(session, statement, by=member, now=now)
    return statement


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_statement_is_stored_once_and_waits_for_every_endpoint(session, member):
    endpoints = [build.endpoint(session, tenant_of(member)) for _ in range(3)]
    statement = record(session, member)
    [message] = session.scalars(select(Message))
    assert (message.id, message.course_id, message.created_at) == (statement.id, member.course_id, NOW)
    assert message.body == to_bytes(statement)
    rows = build.rows(session)
    assert {row.endpoint_id for row in rows} == {endpoint.id for endpoint in endpoints}
    assert {(row.message_id, row.state, row.attempts, row.due_at) for row in rows} == {
        (statement.id, State.NEW, 0, NOW)
    }


def test_a_rollback_leaves_nothing(session, member, database):
    build.endpoint(session, tenant_of(member))
    session.commit()
    record(session, member)
    session.rollback()
    with database.session(writes=False) as other:
        assert (count(other, Message), count(other, Delivery)) == (0, 0)


def test_a_commit_stores_act_and_statement_together(session, member, database):
    build.endpoint(session, tenant_of(member))
    session.commit()
    make.activity(session, course=member.course)
    record(session, member)
    session.commit()
    with database.session(writes=False) as other:
        assert (count(other, Message), count(other, Delivery)) == (1, 1)


def test_a_test_student_leaves_no_trace(session):
    member = make.member(session, role=Role.TEST_STUDENT)
    build.endpoint(session, tenant_of(member))
    record(session, member)
    assert count(session, Message) == 0


def test_a_tenant_without_an_active_endpoint_stores_nothing(session, member):
    build.endpoint(session, tenant_of(member), is_active=False)
    build.endpoint(session)  # somebody else's
    record(session, member)
    assert count(session, Message) == 0


def test_a_paused_endpoint_goes_on_collecting(session, member):
    build.endpoint(session, tenant_of(member), paused_reason="refuses the password")
    record(session, member)
    assert count(session, Delivery) == 1


def test_a_statement_that_breaks_the_specification_fails_before_it_is_stored(session, member):
    build.endpoint(session, tenant_of(member))
    statement = build.statement()
    statement.verb.id = "no IRI"
    with pytest.raises(InvalidStatementError):
        record(session, member, statement)
    assert count(session, Message) == 0


@pytest.mark.parametrize("is_loaded", [False, True])
def test_recording_costs_three_queries_with_one_endpoint_and_with_thirty(session, count_queries, is_loaded):
    seen = []
    for endpoints in (1, 30):
        member = make.member(session)
        for _ in range(endpoints):
            build.endpoint(session, tenant_of(member))
        session.commit()
        if not is_loaded:
            session.expire(member.course)
        with count_queries() as queries:
            record(session, member)
        seen.append(len(queries))
    assert seen == [3, 3]


def test_an_idle_course_has_no_backlog(session, member):
    assert services.backlog(session, member.course, now=NOW) == Backlog(waiting=0, oldest=None, dead=0, sent=0)


def test_the_backlog_of_a_course(session, member):
    endpoint = build.endpoint(session, tenant_of(member))
    colleague = make.member(session, course=make.course(session, deployment=member.course.deployment))
    stranger = make.member(session)
    build.endpoint(session, tenant_of(stranger))
    for minutes, by in ((0, member), (1, member), (2, colleague), (3, colleague), (4, colleague), (5, stranger)):
        record(session, by, now=NOW + timedelta(minutes=minutes))
    rows = [row for row in build.rows(session) if row.endpoint_id == endpoint.id]
    for row, state in zip(rows, (State.DONE, State.DEAD, State.LEASED, State.NEW, State.NEW), strict=True):
        row.state = state
    session.flush()
    now = NOW + timedelta(minutes=10)
    assert services.backlog(session, member.course, now=now) == Backlog(0, None, 1, 1)
    assert services.backlog(session, colleague.course, now=now) == Backlog(3, timedelta(minutes=8), 0, 0)


def test_the_password_of_an_endpoint_is_stored_sealed(session):
    endpoint = build.endpoint(session)
    assert build.PASSWORD.encode() not in endpoint.password
    assert unseal(build.SETTINGS.secret_key, endpoint.password).decode() == build.PASSWORD


@pytest.mark.parametrize(
    "url",
    ["", "lrs.example/xapi", "ftp://lrs.example", "https://", "https://a:b@lrs.example", "https://lrs.example?x=1"],
)
def test_an_address_that_cannot_be_one_is_refused(session, url):
    with pytest.raises(EndpointError):
        build.endpoint(session, url=url)


PRIVATE = [
    "http://localhost:8080/xapi",
    "http://127.0.0.1/xapi",
    "http://10.1.2.3/xapi",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/xapi",
    "http://[::ffff:192.168.1.1]/xapi",
    "http://[fe80::1%25eth0]/xapi",
    "https://lrs.localhost./xapi",
]


@pytest.mark.parametrize("url", PRIVATE)
@pytest.mark.parametrize("is_allowed", [False, True])
def test_a_private_address_is_refused_unless_allowed(session, url, is_allowed):
    settings = replace(build.SETTINGS, allow_private_addresses=is_allowed)
    add = partial(
        services.add_endpoint, session, make.tenant(session), settings, name="LRS", username="kring", password="secret"
    )
    if is_allowed:
        assert add(url=url, now=NOW).url == url
    else:
        with pytest.raises(EndpointError, match="KRING_ALLOW_PRIVATE_ADDRESSES"):
            add(url=url, now=NOW)


def test_an_unknown_version_is_refused(session):
    tenant = make.tenant(session)
    with pytest.raises(EndpointError, match=r"2\.1"):
        services.add_endpoint(
            session,
            tenant,
            build.SETTINGS,
            name="LRS",
            url="https://lrs.example",
            username="kring",
            password="secret",
            version="2.1",
            now=NOW,
        )


def test_the_bytes_name_the_statement(session, member):
    build.endpoint(session, tenant_of(member))
    id_ = uuid.uuid4()
    record(session, member, build.statement(id_=id_))
    assert json.loads(session.scalars(select(Message.body)).one())["id"] == str(id_)
