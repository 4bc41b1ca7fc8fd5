"""Working time: what is added and what lies between agree, in every zone, over every jump of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.calendars.arithmetic import Calendar, NoWorkingTimeError, add_working, is_working, working_between

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
OFFICE = (*[((9 * 60, 17 * 60),)] * 5, (), ())
ALWAYS = (((0, 24 * 60),),) * 7
ZONES = ("Europe/Copenhagen", "UTC", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")


def hour(*values):
    return datetime(*values, tzinfo=COPENHAGEN)


def working_days(days):
    edges = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True)
    hours = edges.map(sorted).map(
        lambda each: tuple((a * 15, b * 15) for a, b in zip(each[::2], each[1::2], strict=False))
    )
    return st.lists(st.one_of(st.just(()), hours), min_size=days, max_size=days).map(tuple).filter(any)


@st.composite
def calendars(draw):
    off = draw(st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20))
    return Calendar(ZoneInfo(draw(st.sampled_from(ZONES))), draw(working_days(7)), off.__contains__)


BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 364 * 24 * 60).map(lambda minutes: BEGINNING + timedelta(minutes=minutes))
durations = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(calendars(), moments, durations)
@settings(deadline=None)
def test_what_is_added_lies_between(calendar, start, duration):
    assert working_between(start, add_working(start, duration, calendar), calendar) == duration


@given(calendars(), moments, moments)
@settings(deadline=None)
def test_what_lies_between_leads_to_no_later_moment(calendar, start, end):
    start, end = min(start, end), max(start, end)
    found = add_working(start, working_between(start, end, calendar), calendar)
    assert found <= end
    assert working_between(found, end, calendar) == timedelta(0)


@given(calendars(), moments, durations, durations)
@settings(deadline=None)
def test_adding_twice_is_adding_the_sum(calendar, start, first, second):
    assert add_working(add_working(start, first, calendar), second, calendar) == add_working(
        start, first + second, calendar
    )


@given(calendars(), st.lists(moments, min_size=3, max_size=3).map(sorted))
@settings(deadline=None)
def test_what_lies_between_adds_up(calendar, three):
    a, b, c = three
    assert working_between(a, b, calendar) + working_between(b, c, calendar) == working_between(a, c, calendar)


@given(calendars(), moments, moments, durations, durations)
@settings(deadline=None)
def test_later_and_longer_never_end_earlier(calendar, one, other, first, second):
    earlier, later = min(one, other), max(one, other)
    short, long = min(first, second), max(first, second)
    assert earlier <= add_working(earlier, short, calendar) <= add_working(later, long, calendar)


@given(calendars(), moments, st.integers(0, 3 * 24 * 4))
@settings(deadline=None, max_examples=50)
def test_it_is_as_if_every_quarter_were_looked_at(calendar, start, quarters):
    start = start.replace(minute=start.minute // 15 * 15)
    step = timedelta(minutes=15)
    seen = sum((step for number in range(quarters) if is_working(start + number * step, calendar)), timedelta(0))
    assert working_between(start, start + quarters * step, calendar) == seen


def test_the_night_and_the_weekend_do_not_count():
    calendar = Calendar(COPENHAGEN, OFFICE)
    friday = hour(2026, 3, 6, 16, 0)
    assert add_working(friday, timedelta(hours=3), calendar) == hour(2026, 3, 9, 11, 0)


def test_on_the_day_when_the_clock_goes_forward_an_hour_is_missing():
    calendar = Calendar(COPENHAGEN, ALWAYS)
    assert working_between(hour(2026, 3, 29), hour(2026, 3, 30), calendar) == timedelta(hours=23)


def test_on_the_day_when_the_clock_goes_back_an_hour_comes_twice():
    calendar = Calendar(COPENHAGEN, ALWAYS)
    assert working_between(hour(2026, 10, 25), hour(2026, 10, 26), calendar) == timedelta(hours=25)


def test_hours_that_the_clock_skips_are_not_worked():
    night = Calendar(COPENHAGEN, (((2 * 60, 3 * 60),),) * 7)
    assert working_between(hour(2026, 3, 29), hour(2026, 3, 30), night) == timedelta(0)


def test_hours_that_the_clock_shows_twice_are_worked_twice():
    night = Calendar(COPENHAGEN, (((2 * 60, 3 * 60),),) * 7)
    assert working_between(hour(2026, 10, 25), hour(2026, 10, 26), night) == timedelta(hours=2)


def test_a_day_that_a_country_left_out_has_no_hours():
    samoa = ZoneInfo("Pacific/Apia")
    calendar = Calendar(samoa, ALWAYS)
    start, end = datetime(2011, 12, 29, 12, tzinfo=samoa), datetime(2011, 12, 31, 12, tzinfo=samoa)
    assert working_between(start, end, calendar) == timedelta(hours=24)


def test_work_over_midnight_is_one_span():
    night = (((0, 6 * 60), (22 * 60, 24 * 60)),) * 7
    calendar = Calendar(COPENHAGEN, night)
    assert add_working(hour(2026, 3, 2, 23, 0), timedelta(hours=2), calendar) == hour(2026, 3, 3, 1, 0)


def test_no_time_added_stays_where_it_is():
    sunday = hour(2026, 3, 8, 3, 0)
    assert add_working(sunday, timedelta(0), Calendar(COPENHAGEN, OFFICE)) == sunday


def test_a_week_without_working_time_is_refused():
    with pytest.raises(NoWorkingTimeError):
        Calendar(COPENHAGEN, ((),) * 7)


def test_a_calendar_of_nothing_but_holidays_is_refused_when_it_is_counted_by():
    with pytest.raises(NoWorkingTimeError):
        add_working(hour(2026, 3, 2), timedelta(minutes=1), Calendar(COPENHAGEN, OFFICE, lambda _day: True))


@pytest.mark.parametrize("hours", [((60, 60),), ((120, 60),), ((0, 90), (60, 120)), ((-1, 5),), ((0, 1441),)])
def test_hours_that_are_not_in_order_are_refused(hours):
    with pytest.raises(ValueError, match="not in order"):
        Calendar(COPENHAGEN, (hours, (), (), (), (), (), ()))


def test_time_is_not_counted_backwards():
    with pytest.raises(ValueError, match="backwards"):
        add_working(hour(2026, 3, 2), timedelta(minutes=-1), Calendar(COPENHAGEN, OFFICE))
