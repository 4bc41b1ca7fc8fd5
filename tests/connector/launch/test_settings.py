from datetime import UTC, datetime

import pytest

from connector.courses.models import Role
from tests import make
from tests.visits import visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def settings_of(app, session, activity):
    """Return how a member comes to the settings."""
    return lambda role: visit(app, session, make.member(session, course=activity.course, role=role), activity)


def address(visit_):
    return f"/s/{visit_.sid}/activities/{visit_.activity.id}/settings"


def save(trainers, **form):
    page = trainers.client.get(address(trainers)).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return trainers.client.post(address(trainers), data={"csrf_token": token, "zone": "Europe/Copenhagen", **form})


def test_settings_are_changed(settings_of, session, activity):
    trainers = settings_of(Role.TRAINER)
    saved = save(trainers, prompt="New", opens_at="2026-03-10T09:00", is_graded="1", score_maximum="7.5")
    session.refresh(activity)
    assert saved.status_code == 303
    assert (activity.prompt, activity.opens_at, activity.closes_at, activity.score_maximum) == (
        "New",
        datetime(2026, 3, 10, 8, tzinfo=UTC),
        None,
        7.5,
    )
    assert "Saved." in trainers.client.get(saved.location).text


def test_settings_are_shown_as_they_are(settings_of, session, activity):
    trainers = settings_of(Role.TRAINER)
    save(trainers, prompt="New", opens_at="2026-03-10T09:00")
    trainers.client.set_cookie("__Host-kring-zone", "Europe/Copenhagen", secure=True, domain="localhost")
    page = trainers.client.get(address(trainers)).text
    assert ('value="2026-03-10T09:00"' in page, ">\nNew</textarea>" in page) == (True, True)


def test_an_activity_can_be_ended(settings_of, session, activity):
    assert save(settings_of(Role.TRAINER), closes_at="2026-03-01T09:00").status_code == 303


def test_what_is_wrong_is_said_and_nothing_is_lost(settings_of, session, activity):
    page = save(settings_of(Role.TRAINER), prompt="Mine", is_graded="1", score_maximum="many")
    assert (page.status_code, "score_maximum-error" in page.text, "Mine" in page.text) == (422, True, True)
    session.refresh(activity)
    assert activity.prompt == ""


@pytest.mark.parametrize("role", [Role.LEARNER, Role.OBSERVER, Role.TEST_STUDENT])
def test_settings_are_for_who_leads(role, settings_of):
    others = settings_of(role)
    assert others.client.get(address(others)).status_code == 404


def test_members_see_the_dates(settings_of, session, activity):
    save(settings_of(Role.TRAINER), opens_at="2026-03-10T09:00", closes_at="2026-03-20T09:00")
    page = settings_of(Role.LEARNER).get()
    assert ("opens" in page.text, "closes" in page.text, "Mar 2026" in page.text) == (True, True, True)
