"""What an organisation wants of its courses: what new ones begin with, and limits that hold with a sentence for trainers."""

import re
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.activities.models import Kind
from connector.courses.models import Course, PolicyChange, Recording, TenantPolicy
from connector.platforms.admins import create_admin_link
from connector.threads.limits import get_rules
from connector.threads.models import Moderation
from connector.threads.ruling import begin_rules
from tests import make
from tests.connector.authoring.test_course_settings import SETTINGS, enter, settings_of  # noqa: F401 -- fixtures

TO = {"base_url": "https://localhost"}
ALL = {"recording": "on", "moderation": "none", "may_record_fully": "1", "may_hide_names": "1"}


@pytest.fixture
def tenant(course):
    return course.deployment.platform.tenant


@pytest.fixture
def say(session, client, tenant):
    """Return how an operator says what the organisation wants; answers the page."""
    link = create_admin_link(session, now=make.NOW)
    session.commit()
    client.post(link, **TO)
    path = f"/admin/defaults/{tenant.id}"

    def send(**form):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, **TO).text)[1]
        return client.post(path, data={"csrf_token": token, **form}, **TO)

    return send


@pytest.fixture
def limited(session, tenant):
    """Limits of every kind."""
    policy = TenantPolicy(
        tenant_id=tenant.id,
        recording=Recording.PSEUDONYMOUS,
        may_record_fully=False,
        may_hide_names=False,
        most_keep_days=30,
        moderation="first",
    )
    session.add(policy)
    session.commit()
    return policy


def test_an_operator_says_it_and_it_is_logged(say, client, tenant, stored):
    answer = say(**{**ALL, "recording": "off", "moderation": "all", "keep_days": "90", "most_keep_days": "365"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    (policy,) = stored(select(TenantPolicy))
    assert (policy.recording, policy.moderation, policy.keep_days) == (Recording.OFF, "all", 90)
    assert {(each.what, each.before, each.after) for each in stored(select(PolicyChange))} == {
        ("recording", "on", "off"),
        ("moderation", "none", "all"),
        ("keep_days", None, "90"),
        ("most_keep_days", None, "365"),
    }
    assert "365 days" in client.get(f"/admin/defaults/{tenant.id}", **TO).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (ALL | {"may_record_fully": ""}, "random numbers only"),
        (ALL | {"may_hide_names": "", "allows_anonymous": "on"}, "does not let names be hidden"),
        (ALL | {"keep_days": "60", "most_keep_days": "30"}, "for 30 days at most"),
        (ALL | {"most_keep_days": "6"}, "Give a whole number from 7 to 3650."),
    ],
)
def test_defaults_beyond_the_limits_are_refused(say, stored, form, sentence):
    answer = say(**form)
    assert (answer.status_code, sentence in answer.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert stored(select(TenantPolicy)) == []


def test_nobody_else_sees_it(client, tenant):
    for path in ("/admin/defaults", f"/admin/defaults/{tenant.id}"):
        assert client.get(path, **TO).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("/recording/course", {"recording": "on"}, "random numbers only"),
        (SETTINGS, {"recording": "on"}, "random numbers only"),
        (f"{SETTINGS}/threads", {"keep_days": "31"}, "for 30 days at most"),
        (f"{SETTINGS}/threads", {"allows_anonymous": "on", "keep_days": "30"}, "does not let names be hidden"),
        ("/discussions/ID/rules", {"allows_anonymous": "1", "keep_days": "30"}, "does not let names be hidden"),
        ("/discussions/ID/rules", {}, "for 30 days at most"),
    ],
)
def test_a_limit_holds_with_a_sentence(session, settings_of, trainer, activity, limited, path, form, sentence):  # noqa: F811
    activity.published_at = make.NOW
    activity.course.recording = Recording.OFF
    session.commit()
    answer = settings_of(trainer).post(path.replace("ID", str(activity.id)), **form)
    assert (answer.status_code, sentence in answer.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)


@pytest.mark.parametrize("kind", [Kind.DISCUSSION, Kind.EXPERT_QA])
def test_new_activities_begin_within_the_limits(session, activity, limited, kind):
    activity.kind = kind
    begin_rules(session, activity)
    rules = get_rules(session, activity)
    assert (rules.moderation, rules.allows_anonymous, rules.keep_days) == (Moderation.FIRST, False, 30)
    assert session.scalars(select(Course)).one().recording is Recording.ON
