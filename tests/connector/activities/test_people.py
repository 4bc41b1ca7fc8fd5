import pytest

from connector.courses.models import Role
from tests import make

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def course(session):
    return make.course(session)


def visit(session, visiting, course, role):
    activity = make.activity(session, course=course)
    found = visiting(make.member(session, course=course, role=role), activity)
    return lambda method, **more: getattr(found.client, method)(
        f"/s/{found.sid}/activities/{activity.id}/people", **more
    )


def test_trainer_sees_everybody(session, visiting, course):
    make.member(session, course=course, name="Åsa Lindqvist")
    gone = make.member(session, course=course, name="Gone Away")
    gone.is_active = False
    ask = visit(session, visiting, course, Role.TRAINER)
    page = ask("get")
    assert page.status_code == 200
    assert [name for name in ("Åsa Lindqvist", "Gone Away", "Has left") if name not in page.text] == []


@pytest.mark.parametrize("role", [Role.LEARNER, Role.OBSERVER, Role.TEST_STUDENT])
def test_others_do_not(session, visiting, course, role):
    ask = visit(session, visiting, course, role)
    assert ask("get").status_code == 404


def test_people_of_other_courses_are_not_listed(session, visiting, course):
    make.member(session, name="Somebody Else")
    ask = visit(session, visiting, course, Role.TRAINER)
    assert "Somebody Else" not in ask("get").text


def test_roster_is_read_when_asked_for(session, visiting, course, clock):
    course.memberships_url = "https://lms.example/members"
    activity = make.activity(session, course=course)
    found = visiting(make.member(session, course=course, role=Role.TRAINER), activity)
    found.get()
    where = f"/s/{found.sid}/activities/{activity.id}/people"
    assert "Read the roster again" in found.client.get(where).text
    answer = found.client.post(where, data={"csrf_token": found.token}, follow_redirects=True)
    assert "The roster is being read" in answer.text
    session.expire_all()
    assert course.roster_due_at == clock()


def test_queries_do_not_grow_with_people(session, visiting, course, count_queries):
    ask = visit(session, visiting, course, Role.TRAINER)
    with count_queries() as few:
        ask("get")
    for _ in range(30):
        make.member(session, course=course)
    session.commit()
    with count_queries() as many:
        ask("get")
    assert len(few) == len(many)
