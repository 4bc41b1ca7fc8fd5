"""The administrators' page: what is typed is what is counted by."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from connector.calendars.arithmetic import is_working
from connector.calendars.services import DEFAULT, calendar_of, list_holidays
from connector.platforms.admins import create_admin_link
from tests import make

WEEK = {f"day{number}": "9:00-12:00, 13.00–17:00" for number in range(5)} | {"day5": "", "day6": ""}
FORM = {
    **WEEK,
    "zone": "Europe/Copenhagen",
    "country": "DK",
    "holidays": "2026-12-23 The day of the move\n\n2026-12-28",
}


@pytest.fixture
def tenant(session):
    return make.tenant(session, name="The City")


@pytest.fixture
def page(session, client, tenant):
    link = create_admin_link(session, now=make.NOW)
    session.commit()
    client.post(link, base_url="https://localhost")

    def send(**form):
        shown = client.get("/admin/calendar", base_url="https://localhost").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
        data = {"csrf_token": token, **form}
        return client.post(f"/admin/calendar/{tenant.id}", data=data, base_url="https://localhost")

    send.show = lambda: client.get("/admin/calendar", base_url="https://localhost")
    return send


def test_strangers_see_nothing(client):
    assert client.get("/admin/calendar", base_url="https://localhost").status_code == 401


def test_it_begins_with_an_ordinary_week(session, page, tenant):
    shown = page.show().text
    assert shown.count('value="08:00-17:00"') == 5
    assert calendar_of(session, tenant.id) == DEFAULT


def test_what_is_typed_is_counted_by(session, page, tenant):
    assert page(**FORM).status_code == 303
    session.rollback()
    calendar = calendar_of(session, tenant.id)
    zone = ZoneInfo("Europe/Copenhagen")
    assert is_working(datetime(2026, 3, 2, 11, 59, tzinfo=zone), calendar)
    assert not is_working(datetime(2026, 3, 2, 12, 30, tzinfo=zone), calendar)
    assert not is_working(datetime(2026, 4, 6, 10, 0, tzinfo=zone), calendar)  # Easter Monday
    assert not is_working(datetime(2026, 12, 23, 10, 0, tzinfo=zone), calendar)
    assert [each.day for each in list_holidays(session, tenant.id)] == [date(2026, 12, 23), date(2026, 12, 28)]


def test_it_is_shown_as_it_was_typed_and_can_be_sent_again(page):
    page(**FORM)
    shown = page.show().text
    assert shown.count('value="09:00-12:00, 13:00-17:00"') == 5
    assert "2026-12-23 The day of the move" in shown
    assert page(**FORM).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day0": "nine to five"}, "Write hours like this: 9:00-17:00."),
        ({"day0": "17:00-9:00"}, "These hours are not in order."),
        ({"day0": "9:00-12:00, 11:00-13:00"}, "These hours are not in order."),
        ({"day0": "9:00-25:00"}, "Write hours like this: 9:00-17:00."),
        ({"day0": "9:75-12:00"}, "Write hours like this: 9:00-17:00."),
        (dict.fromkeys(WEEK, ""), "A week without any hours"),
        ({"zone": "Europe/Atlantis"}, "There is no such time zone"),
        ({"zone": "../etc/passwd"}, "There is no such time zone"),
        ({"holidays": "Christmas"}, "Begin each line with a day such as 2026-12-31."),
        ({"country": "FR"}, "Must be one of"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(session, page, tenant, wrong, said):
    answer = page(**{**FORM, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert "2026-12-28" in answer.text or "holidays" in wrong
    assert calendar_of(session, tenant.id) == DEFAULT


def test_the_night_shift_may_end_at_midnight(session, page, tenant):
    assert page(**{**FORM, "day6": "22:00-24:00"}).status_code == 303
    assert 'value="22:00-24:00"' in page.show().text
