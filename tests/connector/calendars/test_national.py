"""National holidays, against days that were looked up."""

from datetime import date

import pytest

from connector.calendars.national import easter, holidays, is_national_holiday


@pytest.mark.parametrize(
    "sunday",
    [
        date(1818, 3, 22), date(1943, 4, 25), date(1954, 4, 18), date(2000, 4, 23), date(2008, 3, 23), date(2011, 4, 24),
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25), date(2285, 3, 22),
    ],
)  # fmt: skip
def test_easter(sunday):
    assert easter(sunday.year) == sunday


def days(year, *texts):
    return {date(year, *map(int, text.split("-"))) for text in texts}


def test_denmark():
    found = days(2026, "1-1", "4-2", "4-3", "4-5", "4-6", "5-14", "5-24", "5-25", "12-24", "12-25", "12-26")
    assert holidays("DK", 2026) == found


def test_the_great_prayer_day_ended_in_2023():
    assert is_national_holiday("DK", date(2023, 5, 5))
    assert not is_national_holiday("DK", date(2024, 4, 26))


def test_sweden():
    found = days(
        2026, "1-1", "1-6", "4-3", "4-5", "4-6", "5-1", "5-14", "5-24", "6-6", "6-19", "6-20", "10-31",
        "12-24", "12-25", "12-26", "12-31",
    )  # fmt: skip
    assert holidays("SE", 2026) == found


def test_the_netherlands():
    found = days(2025, "1-1", "4-18", "4-20", "4-21", "4-26", "5-5", "5-29", "6-8", "6-9", "12-25", "12-26")
    assert holidays("NL", 2025) == found  # 27 April was a Sunday, and 5 May off


def test_belgium():
    found = days(2026, "1-1", "4-5", "4-6", "5-1", "5-14", "5-24", "5-25", "7-21", "8-15", "11-1", "11-11", "12-25")
    assert holidays("BE", 2026) == found


def test_other_countries_have_none():
    assert holidays("FR", 2026) == holidays(None, 2026) == frozenset()
