"""The settings of a whole course: switching activities off, recording, language, rules for all threads, and the log."""

import re
import uuid
from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import delete, func, select, update

from connector.activities.models import CourseChange, Kind, Placement
from connector.courses.models import Course, Recording
from connector.delivery.models import Message
from connector.notifications.models import Notice
from connector.notifications.services import notify
from connector.peer_review.models.setup import PeerReview
from connector.privacy.models import RecordingChange
from connector.threads.models import Moderation, Rules
from connector.web.models import LaunchSession
from tests import make
from tests.connector.threads import build

SETTINGS = "/course/settings"


@pytest.fixture
def enter(visiting, activity, session):
    """Return how to visit the course as a member; paths begin below the session."""

    class InCourse:
        def __init__(self, member):
            self.visit = visiting(member, activity)

        @property
        def sid(self):
            return self.visit.sid

        def get(self, path):
            page = self.visit.client.get(f"/s/{self.sid}{path}")
            if found := re.search(r'name="csrf_token" value="([^"]+)"', page.text):
                self.visit.token = found[1]
            return page

        def post(self, path, **form):
            if not self.visit.token:
                self.get("/course")
            return self.visit.client.post(f"/s/{self.sid}{path}", data={"csrf_token": self.visit.token, **form})

    return InCourse


@pytest.fixture
def settings_of(enter):
    def open_as(member):
        visit = enter(member)
        visit.get(SETTINGS)
        return visit

    return open_as


def publish(session, activity):
    activity.published_at = make.NOW
    session.commit()


def switch(visit, activity, state):
    return visit.post(f"{SETTINGS}/activities/{activity.id}/{state}")


# --- switching off ----------------------------------------------------------------------------------------------------
def test_learners_find_it_no_longer_and_again_when_it_is_on(
    session, settings_of, enter, trainer, ana, activity, stored
):
    publish(session, activity)
    lead, learner = settings_of(trainer), enter(ana)
    assert activity.title in learner.get("/course").text
    assert switch(lead, activity, "off").status_code == HTTPStatus.SEE_OTHER
    assert f"/discussions/{activity.id}" not in learner.get("/course").text
    answer = learner.get(f"/discussions/{activity.id}")
    assert answer.location.endswith(f"/activities/{activity.id}/setup")
    assert "This is not open any more." in learner.get(f"/activities/{activity.id}/setup").text
    assert "You have switched this off." in lead.get(f"/activities/{activity.id}/setup").text
    switch(lead, activity, "on")
    assert learner.get(f"/discussions/{activity.id}").status_code == HTTPStatus.OK
    log = stored(select(CourseChange).order_by(CourseChange.changed_at, CourseChange.after))
    assert {(each.before, each.after) for each in log} == {("on", "off"), ("off", "on")}


@pytest.mark.parametrize("kind", list(Kind))
def test_no_door_of_an_activity_opens_when_it_is_off(session, app, course, enter, ana, trainer, kind):
    off = make.activity(session, course=course)
    off.kind = kind
    off.published_at, off.switched_off_at = make.NOW, make.NOW
    session.commit()
    rules = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.arguments == {"sid", "activity_id"} and rule.endpoint != "course.setup"
    ]
    assert len(rules) > 20
    for member in (ana, trainer):
        visit = enter(member)
        for rule in rules:
            path = rule.removeprefix("/s/<sid>").replace("<uuid:activity_id>", str(off.id))
            answer = visit.get(path)
            is_shut = answer.status_code == HTTPStatus.NOT_FOUND or (answer.location or "").endswith("/setup")
            assert is_shut, (path, answer.status_code)


def test_neither_search_nor_notices_nor_statements_tell_of_it(
    session, enter, trainer, ana, bo, activity, endpoint, stored
):
    publish(session, activity)
    thread = build.thread(session, activity=activity, author=bo, title="Quarterly walrus")
    notify(
        session, [ana.id], "reply", about=thread.id, activity=activity,
        by=bo.id, thread_id=thread.id, now=make.NOW,
    )  # fmt: skip
    session.commit()
    learner = enter(ana)
    assert "walrus" in learner.get("/search?q=walrus").text.split("<main", 1)[1].replace('value="walrus"', "")
    activity.switched_off_at = make.NOW
    session.commit()
    before = stored(select(func.count()).select_from(Message))
    found = learner.get("/search?q=walrus")
    assert "Quarterly" not in found.text
    assert "Quarterly" not in learner.get("/notifications").text
    path = f"/discussions/{activity.id}/threads/{thread.id}"
    assert learner.get(path).status_code in {HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND}
    learner.post(f"{path}/replies", body="Hello", idempotency_key=str(uuid.uuid4()))
    assert stored(select(func.count()).select_from(Message)) == before
    told = stored(select(func.count()).select_from(Notice))
    notify(session, [ana.id], "reply", about=uuid.uuid4(), activity=activity, by=bo.id, now=make.NOW)
    session.commit()
    assert stored(select(func.count()).select_from(Notice)) == told


def test_what_is_prepared_or_of_another_course_is_not_switched(session, settings_of, trainer, activity):
    other = make.activity(session)
    activity.prepared_at = make.NOW
    session.commit()
    lead = settings_of(trainer)
    assert switch(lead, activity, "off").status_code == HTTPStatus.NOT_FOUND
    assert switch(lead, other, "off").status_code == HTTPStatus.NOT_FOUND


# --- who sees the page ------------------------------------------------------------------------------------------------
def test_learners_and_observers_find_no_settings(enter, ana, observer):
    for member in (ana, observer):
        assert enter(member).get(SETTINGS).status_code == HTTPStatus.NOT_FOUND


def test_an_administrator_of_the_lms_sees_the_log_and_decides_about_recording_alone(
    session, enter, observer, trainer, settings_of, activity, stored
):
    publish(session, activity)
    switch(settings_of(trainer), activity, "off")
    visit = enter(observer)
    visit.get("/course")
    session.execute(update(LaunchSession).values(is_lms_admin=True))
    session.commit()
    page = visit.get(SETTINGS)
    assert [words in page.text for words in ("Who changed what", "Tine Bech", "See what changes")] == [
        True,
        True,
        False,
    ]
    assert visit.post(SETTINGS, recording="off", language="da").status_code == HTTPStatus.SEE_OTHER
    (course,) = stored(select(Course).where(Course.id == activity.course_id))
    assert (course.recording, course.language) == (Recording.OFF, None)
    assert switch(visit, activity, "on").status_code == HTTPStatus.NOT_FOUND
    assert visit.post(f"{SETTINGS}/threads", moderation="all").status_code == HTTPStatus.NOT_FOUND


# --- recording, stores, language --------------------------------------------------------------------------------------
def test_recording_has_one_log_and_stores_are_named_without_credentials(settings_of, trainer, endpoint, stored):
    lead = settings_of(trainer)
    lead.post(SETTINGS, recording="pseudonymous", language="")
    (change,) = stored(select(RecordingChange))
    assert (change.before, change.after) == (Recording.ON, Recording.PSEUDONYMOUS)
    assert stored(select(CourseChange)) == []
    page = lead.get(SETTINGS).text
    assert [each in page for each in ("lrs.example", "On, under random numbers only", "sealed", "/xapi")] == [
        True,
        True,
        False,
        False,
    ]


def test_the_language_is_logged_and_can_be_taken_back(settings_of, trainer, stored):
    lead = settings_of(trainer)
    lead.post(SETTINGS, language="da")
    assert "Dansk" in lead.get(SETTINGS).text
    lead.post(SETTINGS, language="")
    lead.post(SETTINGS, language="")
    (course,) = stored(select(Course))
    assert course.language is None
    assert {(each.before, each.after) for each in stored(select(CourseChange))} == {(None, "da"), ("da", None)}
    assert lead.post(SETTINGS, language="xx").status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


# --- all discussions at once --------------------------------------------------------------------------------------------
def test_rules_change_everywhere_only_when_confirmed(session, settings_of, trainer, activity, course, stored):
    publish(session, activity)
    questions = make.activity(session, course=course)
    questions.kind = Kind.EXPERT_QA
    questions.published_at = make.NOW + timedelta(seconds=1)
    review = make.activity(session, course=course)
    review.kind = Kind.PEER_REVIEW
    review.published_at = make.NOW
    session.commit()
    lead = settings_of(trainer)
    form = {"moderation": "first", "keep_days": "30", "allows_anonymous": "on", "learners_start": ""}
    page = lead.post(f"{SETTINGS}/threads", **form)
    assert "3 activities change" in page.text
    assert stored(select(Rules)) == []
    assert lead.post(f"{SETTINGS}/threads", **form, confirmed="1").status_code == HTTPStatus.SEE_OTHER
    rules = stored(select(Rules))
    assert {(each.activity_id, each.moderation, each.keep_days) for each in rules} == {
        (activity.id, Moderation.FIRST, 30),
        (questions.id, Moderation.FIRST, 30),
    }
    assert all(each.allows_anonymous and each.learners_start for each in rules)
    assert [(each.activity_id, each.keep_days) for each in stored(select(PeerReview))] == [(review.id, 30)]
    assert len(stored(select(CourseChange))) == 6  # names may be hidden in questions from the beginning
    assert "Nothing would change" in lead.post(f"{SETTINGS}/threads", **form).text
    assert "30 days" in lead.get(SETTINGS).text
    lead.post(f"{SETTINGS}/threads", keep_days="0", confirmed="1")
    assert {each.keep_days for model in (Rules, PeerReview) for each in stored(select(model))} == {None}


@pytest.mark.parametrize("typed", ["6", "3651", "-7", "x", "²", "99999999"])
def test_days_that_are_none_are_refused_beside_the_field(settings_of, trainer, typed):
    answer = settings_of(trainer).post(f"{SETTINGS}/threads", keep_days=typed)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Give a whole number from 7 to 3650." in answer.text


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_for_many_activities(session, settings_of, trainer, course, count_queries, count):
    for number in range(count):
        made = make.activity(session, course=course)
        made.title, made.published_at = f"Activity {number}", make.NOW
    session.commit()
    lead = settings_of(trainer)
    with count_queries() as queries:
        lead.get(SETTINGS)
    assert len(queries) < 20


def test_a_prepared_activity_can_be_thrown_away_though_the_log_names_it(session, settings_of, trainer, stored):
    other = make.activity(session, course=trainer.course)
    session.execute(delete(Placement).where(Placement.activity_id == other.id))
    other.prepared_at = make.NOW
    session.commit()
    lead = settings_of(trainer)
    lead.post(f"{SETTINGS}/threads", moderation="all", confirmed="1")
    assert other.id in {each.activity_id for each in stored(select(CourseChange))}
    assert lead.post(f"/begin/{other.id}/discard").status_code == HTTPStatus.SEE_OTHER
    assert other.id not in {each.activity_id for each in stored(select(CourseChange))}
