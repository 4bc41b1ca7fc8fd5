"""The days on which Denmark, Sweden, the Netherlands and Belgium do not work, by rule: no table to keep up.

Source: DK, lov om lukningsdage (with Store Bededag, the fourth Friday after Easter, until 2023: lov nr. 214 af 2023) and
the days that collective agreements add (24 December); SE, lag (1989:253) om allmänna helgdagar, with the eves that
semesterlagen (1977:480), 3 a §, counts with Sundays; NL, Algemene termijnenwet, artikel 3, where 5 May is a day off once in
five years; BE, koninklijk besluit of 18 April 1974, artikel 1. Easter is Gauss's, in the anonymous Gregorian form
(Nature, 20 April 1876).
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from connector.web.i18n import gettext as _

_SATURDAY, _SUNDAY = 5, 6
_LAST_PRAYER_DAY = 2023
_YEARS_BETWEEN_LIBERATION_DAYS = 5


def countries() -> Mapping[str, str]:
    """Return the countries whose holidays are known: the name, in the reader's language, by code."""
    return {"DK": _("Denmark"), "SE": _("Sweden"), "NL": _("the Netherlands"), "BE": _("Belgium")}


def easter(year: int) -> date:
    """Return Easter Sunday by the Gregorian calendar."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def is_national_holiday(country: str | None, day: date) -> bool:
    """Return whether a country does not work on a day, beside its weekends; False for countries that are not known."""
    return day in holidays(country, day.year)


@lru_cache(maxsize=512)
def holidays(country: str | None, year: int) -> frozenset[date]:
    """Return the holidays of a year; none for countries that are not known."""
    rule = _RULES.get(country or "")
    return rule(year, easter(year)) if rule else frozenset()


def _after(sunday: date, *days: int) -> set[date]:
    return {sunday + timedelta(days=each) for each in days}


def _denmark(year: int, sunday: date) -> frozenset[date]:
    fixed = {date(year, 1, 1), date(year, 12, 24), date(year, 12, 25), date(year, 12, 26)}
    moving = _after(sunday, -3, -2, 0, 1, 39, 49, 50)
    prayer = _after(sunday, 26) if year <= _LAST_PRAYER_DAY else set()
    return frozenset(fixed | moving | prayer)


def _sweden(year: int, sunday: date) -> frozenset[date]:
    midsummer = _first(date(year, 6, 20), _SATURDAY)
    fixed = {(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)}
    saints = _first(date(year, 10, 31), _SATURDAY)
    moving = _after(sunday, -2, 0, 1, 39, 49) | {midsummer - timedelta(days=1), midsummer, saints}
    return frozenset({date(year, month, day) for month, day in fixed} | moving)


def _netherlands(year: int, sunday: date) -> frozenset[date]:
    king = date(year, 4, 27)
    if king.weekday() == _SUNDAY:  # the King's birthday is never kept on a Sunday
        king -= timedelta(days=1)
    fixed = {date(year, 1, 1), king, date(year, 12, 25), date(year, 12, 26)}
    liberation = {date(year, 5, 5)} if year % _YEARS_BETWEEN_LIBERATION_DAYS == 0 else set()
    return frozenset(fixed | liberation | _after(sunday, -2, 0, 1, 39, 49, 50))


def _belgium(year: int, sunday: date) -> frozenset[date]:
    fixed = {(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)}
    return frozenset({date(year, month, day) for month, day in fixed} | _after(sunday, 0, 1, 39, 49, 50))


def _first(since: date, weekday: int) -> date:
    """Return the first such weekday from a day on."""
    return since + timedelta(days=(weekday - since.weekday()) % 7)


_RULES: Mapping[str, Callable[[int, date], frozenset[date]]] = {
    "DK": _denmark,
    "SE": _sweden,
    "NL": _netherlands,
    "BE": _belgium,
}
