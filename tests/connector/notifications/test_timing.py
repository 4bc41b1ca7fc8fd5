"""When mail goes, tried with every kind of zone, clock and moment."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.notifications.models import Cadence
from connector.notifications.preferences import blank
from connector.notifications.timing import GATHER, Timing, after_quiet, due, is_quiet, next_digest, timing_of
from tests.make import NOW

ZONES = [
    "Europe/Copenhagen",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Cairo",
    "UTC",
]
"""Days of 23, 24 and 25 hours, a change of half an hour, odd offsets, a day that was left out, a change at midnight."""

minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))
moments = st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda wait: datetime(2011, 1, 1, tzinfo=UTC) + wait)
hours = st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1])


@st.composite
def timings(draw, *cadences):
    return Timing(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        cadence=draw(st.sampled_from(cadences or list(Cadence))),
        digest_at=draw(minutes),
        weekday=draw(st.integers(0, 6)),
        quiet=draw(st.none() | hours),
    )


def timing(**more):
    values = {
        "zone": ZoneInfo("Europe/Copenhagen"),
        "cadence": Cadence.DAILY,
        "digest_at": time(8),
        "weekday": 0,
        "quiet": None,
    }
    return Timing(**(values | more))


def local(zone, *parts):
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(timings(), moments)
def test_digest_comes_later(when, at):
    assert next_digest(when, at) > at


@given(timings(Cadence.DAILY), moments)
def test_there_is_a_digest_every_day(when, at):
    first = next_digest(when, at)
    second = next_digest(when, first)
    assert timedelta(hours=22) <= second - first <= timedelta(hours=26) or when.zone.key == "Pacific/Apia"


@given(timings(Cadence.WEEKLY), moments)
def test_there_is_a_digest_every_week_on_its_day(when, at):
    first = next_digest(when, at)
    second = next_digest(when, first)
    days = {moment.astimezone(when.zone).date().weekday() for moment in (first, second)}
    assert timedelta(days=6) <= second - first <= timedelta(days=14)
    # A clock that skips midnight shows the time on the next day.
    assert days <= {when.weekday, (when.weekday + 1) % 7}


@given(timings(Cadence.DAILY, Cadence.WEEKLY), moments, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_who_is_told_later_is_mailed_no_earlier(when, at, wait):
    assert next_digest(when, at) <= next_digest(when, at + wait)


@given(timings(Cadence.DAILY, Cadence.WEEKLY), moments)
def test_everything_between_two_digests_goes_with_the_second(when, at):
    goes = next_digest(when, at)
    assert next_digest(when, goes - timedelta(microseconds=1)) == goes
    assert next_digest(when, goes) > goes


@given(timings(Cadence.DAILY), moments)
def test_clock_shows_the_hour_that_was_chosen(when, at):
    goes = next_digest(when, at).astimezone(when.zone)
    skipped = goes.replace(fold=0).utcoffset() != (goes - timedelta(hours=2)).utcoffset()
    assert goes.time() == when.digest_at or skipped or when.zone.key == "Pacific/Apia"


@given(timings(), moments)
def test_quiet_hours_are_quiet(when, at):
    later = after_quiet(when, at)
    assert later >= at
    assert not is_quiet(when, later)
    assert after_quiet(when, later) == later
    assert later == at or is_quiet(when, at)
    assert later - at <= timedelta(hours=26)


@given(timings(Cadence.INSTANT, Cadence.DAILY, Cadence.WEEKLY), moments, st.booleans())
def test_everything_is_due_some_day_and_never_in_quiet_hours(when, at, is_held):
    goes = due(when, at, is_held=is_held)
    assert at < goes <= at + timedelta(days=16)
    assert not is_quiet(when, goes)


@given(timings(Cadence.OFF), moments)
def test_nothing_is_due_where_no_mail_is_wanted(when, at):
    assert due(when, at) is None


def test_instant_mail_waits_for_what_follows():
    assert due(timing(cadence=Cadence.INSTANT), NOW) == NOW + GATHER


def test_quiet_hours_over_midnight():
    night = timing(cadence=Cadence.INSTANT, quiet=(time(21), time(7)))
    for at in (local("Europe/Copenhagen", 2026, 3, 2, 23), local("Europe/Copenhagen", 2026, 3, 3, 4)):
        assert due(night, at) == local("Europe/Copenhagen", 2026, 3, 3, 7)


@pytest.mark.parametrize(
    ("after", "goes"),
    [
        ((2026, 3, 28, 9), (2026, 3, 29, 8)),  # the night in which an hour is left out
        ((2026, 10, 24, 9), (2026, 10, 25, 8)),  # the night in which an hour comes twice
    ],
)
def test_digest_keeps_its_hour_when_the_clock_changes(after, goes):
    assert next_digest(timing(), local("Europe/Copenhagen", *after)) == local("Europe/Copenhagen", *goes)


def test_digest_at_an_hour_that_is_left_out_comes_an_hour_later():
    early = timing(digest_at=time(2, 30))
    assert next_digest(early, local("Europe/Copenhagen", 2026, 3, 29, 0)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_digest_at_an_hour_that_comes_twice_comes_once():
    early = timing(digest_at=time(2, 30))
    first = next_digest(early, local("Europe/Copenhagen", 2026, 10, 25, 0))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_digest(early, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("chosen", "seen", "zone"),
    [
        ("Asia/Tokyo", "Europe/Paris", "Asia/Tokyo"),
        (None, "Europe/Paris", "Europe/Paris"),
        (None, None, "Europe/Oslo"),
        ("Mars/Base", None, "Europe/Oslo"),
    ],
)
def test_zone_is_the_chosen_one_else_the_browser_s_else_the_installation_s(chosen, seen, zone):
    preference = blank(None)
    preference.zone, preference.seen_zone = chosen, seen
    assert timing_of(preference, default_zone="Europe/Oslo").zone == ZoneInfo(zone)
