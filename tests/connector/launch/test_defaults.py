"""What an organisation wants reaches an activity whichever way it comes: by launches, the picker and forms alone."""

import re

import pytest
from sqlalchemy import select

from connector.activities.models import Activity
from connector.courses.models import Recording
from connector.platforms.admins import create_admin_link
from connector.threads.limits import get_rules
from connector.threads.models import Moderation
from lti import claims
from tests import make
from tests.connector.launch.choosing import items, open_picker

HTTPS = {"base_url": "https://localhost"}
WANTED = {
    "recording": "pseudonymous",
    "moderation": "first",
    "allows_anonymous": "off",
    "keep_days": "90",
    "most_keep_days": "365",
}


def token_of(text: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', text)[1]


@pytest.fixture
def say(session, client, registered):
    """Return how an operator says what the organisation wants."""
    link = create_admin_link(session, now=make.NOW)
    path = f"/admin/defaults/{registered.tenant_id}"
    session.commit()
    client.post(link, **HTTPS)

    def send(**form: str) -> None:
        token = token_of(client.get(path, **HTTPS).text)
        assert client.post(path, data={"csrf_token": token, **WANTED, **form}, **HTTPS).status_code == 303

    return send


@pytest.fixture
def opening(platform, client):
    """Return how somebody launches a link of a course; answers with the page."""

    def opening(person="teacher", link="new", course="course-1", **custom):
        def make_token(draft):
            draft.claims[claims.RESOURCE_LINK] = {"id": link, "title": f"Link {link}"}
            draft.claims[claims.CONTEXT] = {"id": course, "title": course}
            draft.claims[claims.CUSTOM] = custom
            return draft.token()

        launched = platform.launch(client, person, make=make_token)
        return client.get(launched.location, follow_redirects=True)

    return opening


@pytest.fixture
def begun(database):
    """Return what an activity began with, by its title."""

    def begun(title):
        with database.session(writes=False) as session:
            activity = session.scalars(select(Activity).where(Activity.title == title)).one()
            rules = get_rules(session, activity)
            return rules.moderation, rules.allows_anonymous, rules.keep_days, activity.course.recording

    return begun


ALL = (Moderation.FIRST, False, 90, Recording.PSEUDONYMOUS)


def test_each_way_in_begins_with_them(say, opening, platform, client, begun):
    say()
    page = opening("student")  # a link that nobody had seen, and in a course that nobody had seen
    assert begun("Link new") == ALL

    picker = open_picker(platform, client)
    assert items(picker.press(title="Picked"))[0]["title"] == "Picked"
    assert begun("Picked") == ALL

    page = opening("teacher")
    base = re.match(r"(?:https?://[^/]+)?(/s/[^/]+)", page.request.path)[1]
    form = client.get(f"{base}/begin/new?kind=discussion").text
    key = re.search(r'name="idempotency_key" value="([^"]+)"', form)[1]
    typed = {"kind": "discussion", "title": "Begun", "group_mode": "none", "idempotency_key": key}
    answer = client.post(f"{base}/begin/new", data={"csrf_token": token_of(form), **typed})
    assert (answer.status_code, begun("Begun")) == (303, ALL)


def test_a_copy_keeps_what_its_origin_had_and_the_limits_of_today_hold(say, opening, client, begun, database):
    say()
    opening("teacher", link="1")
    say(moderation="none", keep_days="30", most_keep_days="30")
    page = opening(
        "teacher",
        link="9",
        course="course-2",
        context_history="course-1",
        resource_link_history="1",
    )
    assert 'name="choice"' in page.text
    answer = client.post(
        page.request.path, data={"csrf_token": token_of(page.text), "choice": "settings"}, follow_redirects=True
    )
    assert answer.status_code == 200
    with database.session(writes=False) as session:
        copy = session.scalars(select(Activity).where(Activity.copied_from_id.is_not(None))).one()
        rules = get_rules(session, copy)
        assert (copy.is_open, rules.moderation, rules.keep_days) == (True, Moderation.FIRST, 90)


def test_a_copy_that_begins_empty_begins_with_them(say, opening, client, begun):
    opening("teacher", link="1")
    say()
    page = opening("teacher", link="9", course="course-2", context_history="course-1", resource_link_history="1")
    client.post(page.request.path, data={"csrf_token": token_of(page.text), "choice": "empty"})
    assert begun("Link 9") == ALL
