import re

import pytest
from sqlalchemy import select

from connector.launch import deep_linking
from connector.launch.models import DeepLink
from lti import claims
from tests import make
from tests.connector.launch.choosing import Picker, activities, asking, items, sent

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _registered(registered):
    pass


@pytest.fixture
def frame(platform, client, app):
    """The page in the LMS's frame of a browser that keeps no cookie there; and the addresses that it offers."""
    login = platform.login(client)
    page = platform.launch(app.test_client(), "teacher", login=login, make=asking())
    assert page.status_code == 200
    return re.search(r'href="(/lti/relaunch/[^"]+)"', page.text)[1], re.search(r'data-wait="([^"]+)"', page.text)[1]


def in_tab(platform, client, relaunch, person="teacher"):
    return platform.launch(client, person, login=client.get(relaunch), make=asking())


def is_finished(client, ticket):
    return client.get(ticket, headers={"Accept": "application/json"}).json


def test_the_frame_sends_what_was_chosen_in_the_tab(frame, platform, client, app, session):
    relaunch, ticket = frame
    framed = app.test_client()
    assert "Waiting for the other tab" in framed.get(ticket).text
    launched = in_tab(platform, client, relaunch)
    picker = Picker(client, launched.location, client.get(launched.location))
    assert is_finished(framed, ticket) == {"is_finished": False}
    done = picker.press(title="Week 1")
    assert ("go back to your course" in done.text, 'name="JWT"' in done.text) == (True, False)
    assert is_finished(framed, ticket) == {"is_finished": True}
    page = framed.get(ticket)
    assert ([item["title"] for item in items(page)], "send.js" in page.text) == (["Week 1"], True)
    assert (
        "https://platform.example" in re.search(r"frame-ancestors ([^;]+)", page.headers["Content-Security-Policy"])[1]
    )
    assert "send.js" not in framed.get(ticket).text
    assert len(activities(session)) == 1


def test_only_who_began_it_goes_on_in_the_tab(frame, platform, client, session):
    def somebody_else(draft):
        draft.claims["sub"] = "user-2"
        return asking()(draft)

    relaunch, ticket = frame
    page = platform.launch(client, "teacher", login=client.get(relaunch), make=somebody_else)
    assert claims.DEEP_LINKING_ERROR_MESSAGE in sent(page)
    assert is_finished(client, ticket) == {"is_finished": False}


def test_a_finished_choice_is_not_gone_on_with(frame, platform, client, session):
    relaunch, _ = frame
    row = session.scalars(select(DeepLink)).one()
    row.finished_at = make.NOW
    session.commit()
    assert "This choosing is over" in in_tab(platform, client, relaunch).text


def test_a_ticket_is_good_for_its_time_only(frame, client, clock):
    _, ticket = frame
    clock.move(seconds=deep_linking.LIFE.total_seconds() + 1)
    assert client.get(ticket).status_code == 400
    assert client.get("/lti/dl/made-up").status_code == 400
