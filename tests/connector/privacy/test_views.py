"""The page on which people say what of them is recorded, and who leads the course what of it."""

import re

import pytest
from sqlalchemy import func, select

from connector.courses.models import Course, Person, Recording, Role
from connector.delivery.models import Message
from connector.delivery.services import record
from connector.privacy.models import RecordingChange
from connector.web.models import LaunchSession
from tests import make
from tests.connector.delivery import build
from tests.connector.delivery.acts import act
from tests.visits import visit


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def arrive(app, session, activity):
    """Return how to visit the page as somebody."""

    def arrive(role=Role.LEARNER, **more):
        member = make.member(session, course=activity.course, role=role, **more)
        page = _Page(visit(app, session, member, activity), member)
        page.get()
        return page

    return arrive


class _Page:
    def __init__(self, came, member):
        self.came, self.member = came, member
        self.path = f"/s/{came.sid}/recording?activity={came.activity.id}"
        self.token = ""

    def get(self):
        response = self.came.client.get(self.path)
        self.token = (
            re.search(r'name="csrf_token" value="([^"]+)"', response.text)[1] if response.status_code == 200 else ""
        )
        return response

    def send(self, which, **form):
        path = self.path.replace("/recording", f"/recording/{which}")
        return self.came.client.post(path, data={"csrf_token": self.token, **form})


def test_every_page_of_an_activity_leads_there(visiting_learner):
    page = visiting_learner.get()
    assert f"/s/{visiting_learner.sid}/recording?activity={visiting_learner.activity.id}" in page.text


@pytest.fixture
def visiting_learner(app, session, activity):
    return visit(app, session, make.member(session, course=activity.course), activity)


def test_a_learner_says_no_and_nothing_is_recorded_of_them(session, arrive, activity):
    build.endpoint(session, activity.course.deployment.platform.tenant)
    page = arrive()
    assert "What you do here is recorded." in page.get().text
    answer = page.send("own", is_recorded="false")
    assert (answer.status_code, answer.location.endswith("saved=1")) == (303, True)
    assert "because you said so" in page.get().text
    session.expire_all()
    record(session, act(page.member, activity), by=page.member, now=make.NOW)
    assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_learner_says_yes_again(session, arrive):
    page = arrive()
    page.send("own", is_recorded="false")
    page.send("own", is_recorded="true")
    session.expire_all()
    assert session.get(Person, page.member.person_id).is_recorded


def test_saying_the_same_again_is_no_new_decision(session, arrive):
    page = arrive()
    page.send("own", is_recorded="true")
    assert page.came.client.get(page.path).status_code == 200
    assert session.scalars(select(Person.is_recorded)).all() == [True]


def test_a_learner_neither_sees_nor_changes_what_holds_for_everybody(session, arrive, activity):
    page = arrive()
    assert "recording/course" not in page.get().text
    assert page.send("course", recording="off").status_code == 404
    session.expire_all()
    assert session.get(Course, activity.course_id).recording is Recording.ON


@pytest.mark.parametrize("recording", ["pseudonymous", "off"])
def test_a_trainer_changes_what_holds_for_everybody_and_it_is_noted(session, arrive, activity, recording):
    page = arrive(Role.TRAINER, name="Tove Lund")
    assert page.send("course", recording=recording).status_code == 303
    session.expire_all()
    assert session.get(Course, activity.course_id).recording is Recording(recording)
    [change] = session.scalars(select(RecordingChange))
    assert (change.by_id, change.before, change.after) == (page.member.id, Recording.ON, Recording(recording))
    shown = page.get().text
    assert ("Who changed it" in shown, "Tove Lund" in shown) == (True, True)


def test_no_change_is_not_noted(session, arrive):
    arrive(Role.TRAINER).send("course", recording="on")
    assert session.scalars(select(RecordingChange)).all() == []


def test_an_assistant_sees_who_changed_it_and_does_not(arrive):
    arrive(Role.TRAINER, name="Tove Lund").send("course", recording="off")
    page = arrive(Role.ASSISTANT)
    assert "Tove Lund" in page.get().text
    assert page.send("course", recording="on").status_code == 404


def test_who_administers_the_lms_changes_it_too(session, arrive, activity):
    page = arrive(Role.OBSERVER)
    session.scalars(
        select(LaunchSession).where(LaunchSession.membership_id == page.member.id)
    ).one().is_lms_admin = True
    session.commit()
    assert page.send("course", recording="off").status_code == 303


def test_nobody_learns_from_the_page_who_said_no(session, arrive):
    arrive(name="Ana Holm").send("own", is_recorded="false")
    assert "Ana Holm" not in arrive(Role.TRAINER).get().text


def test_a_test_student_has_nothing_to_decide(app, session, activity):
    came = visit(app, session, make.member(session, course=activity.course, role=Role.TEST_STUDENT), activity)
    page = came.client.get(f"/s/{came.sid}/recording")
    assert (page.status_code, "recording/own" in page.text) == (200, False)


@pytest.mark.parametrize(("which", "form"), [("course", {"recording": "sometimes"}), ("course", {}), ("own", {})])
def test_what_is_no_answer_changes_nothing(session, arrive, which, form):
    page = arrive(Role.TRAINER)
    assert page.send(which, **form).status_code == 422
    assert session.scalars(select(RecordingChange)).all() == []


def test_a_way_back_that_does_not_exist_leads_to_the_course(arrive, session):
    page = arrive()
    other = make.activity(session)
    session.commit()
    for odd in ("nonsense", str(other.id)):
        shown = page.came.client.get(f"/s/{page.came.sid}/recording?activity={odd}")
        assert (shown.status_code, f'href="/s/{page.came.sid}/course"' in shown.text) == (200, True)


def test_it_costs_as_many_queries_whoever_changed_it(arrive, count_queries):
    page = arrive(Role.TRAINER)
    counts = []
    for recording in ("off", "on", "off"):
        page.send("course", recording=recording)
        with count_queries() as queries:
            page.get()
        counts.append(len(queries))
    assert counts[0] == counts[-1]
