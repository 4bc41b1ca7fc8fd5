"""Languages: what the launch says, else what the browser asks for."""

from datetime import datetime
from functools import cache, lru_cache
from gettext import NullTranslations
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

import flask_babel
from babel import dates
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel
from markupsafe import Markup

from connector.config import LOCALES

ZONE_COOKIE = "__Host-kring-zone"
"""Set by static/theme.js to the browser's own zone, such as Europe/Copenhagen."""
_DATES_AS = {"en": "en_GB"}
"""Whose way of writing times stands for a language: CLDR's `en` is American, and calls Copenhagen's zone +0100, not CET."""


def init_app(app: Flask) -> None:
    """Choose a language and a time zone for each request; pages name the zone."""
    Babel(
        app, default_locale=LOCALES[0], default_timezone="UTC", locale_selector=_locale, timezone_selector=browser_zone
    )
    app.jinja_env.filters["datetimeformat"] = format_datetime
    app.jinja_env.filters["dayformat"] = format_day


def format_datetime(moment: datetime, pattern: str) -> str:
    """Return a time in the reader's zone and language: the Jinja filter `datetimeformat`.

    Lists and threads show the same times to everybody, so what was made of one is kept for the next.

    Args:
        moment: Aware.
        pattern: Of CLDR, without seconds.
    """
    minute = moment.replace(second=0, microsecond=0)
    return _format_minute(minute, pattern, str(flask_babel.get_locale()), str(flask_babel.get_timezone()))


def format_day(moment: datetime) -> str:
    """Return a time as people say it: today's and yesterday's by these words; the Jinja filter `dayformat`.

    Args:
        moment: Aware.
    """
    zone = flask_babel.get_timezone()
    now: datetime = current_app.extensions["kring"].clock()
    days = (now.astimezone(zone).date() - moment.astimezone(zone).date()).days
    if days not in {0, 1}:
        return format_datetime(moment, "d MMM y, HH:mm")
    clock = format_datetime(moment, "HH:mm")
    return gettext("today, %(time)s", time=clock) if days == 0 else gettext("yesterday, %(time)s", time=clock)


@lru_cache(maxsize=20_000)
def _format_minute(minute: datetime, pattern: str, locale: str, zone: str) -> str:
    return str(dates.format_datetime(minute, pattern, tzinfo=ZoneInfo(zone), locale=_DATES_AS.get(locale, locale)))


def _locale() -> str:
    if not has_request_context():
        return LOCALES[0]
    launch = g.get("launch")
    return nearest(g.get("locale") or getattr(launch, "locale", None)) or _asked_for() or LOCALES[0]


def speak(locale: str | None) -> None:
    """Answer this request in the language that an LMS launches in, as far as it is one of ours."""
    g.locale = locale
    flask_babel.refresh()


def _asked_for() -> str | None:
    """Return the language that the browser likes best of ours, or None.

    Werkzeug's own choice takes `en` of `sv-SE, en;q=0.5`, since only that one is ours to the letter.
    """
    return next((ours for tag, quality in request.accept_languages if quality and (ours := nearest(tag))), None)


def browser_zone() -> str | None:
    """Return the zone that the browser told, by a cookie of its own making; None where it told none."""
    if not has_request_context():
        return None
    told = unquote(request.cookies.get(ZONE_COOKIE, ""))
    return told if told in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # walks through a thousand files


def nearest(locale: str | None) -> str | None:
    """Return which of our languages `locale` (da-DK, da_DK, da) is, or None."""
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return language if language in LOCALES else None


def gettext(message: str, **variables: object) -> str:
    """Return `message` in the reader's language, with its `%(names)s` filled in."""
    return str(flask_babel.gettext(message, **variables))


def ngettext(singular: str, plural: str, number: int, **variables: object) -> str:
    """Return the form that fits `number`, which is also the variable `num`."""
    return str(flask_babel.ngettext(singular, plural, number, **variables))


class PageWords:
    """The words of pages in one language: what templates call `_` and `ngettext`.

    A page says hundreds of them, most of them more than once, and Flask-Babel asks each time which language it is.
    """

    def __init__(self, translations: NullTranslations) -> None:
        """Take the catalogue of a language."""
        self._translations = translations
        self._patterns: dict[str, Markup] = {}
        self._texts: dict[str, Markup] = {}

    def gettext(self, message: str, /, **variables: object) -> Markup:
        """Return `message` in the page's language, with its `%(names)s` filled in and escaped."""
        found = self._texts if not variables else self._patterns
        known = found.get(message)
        if known is None:
            known = Markup(self._translations.gettext(message))  # noqa: S704 -- our own sentence
            known = found[message] = known if variables else known % {}
        return known % variables if variables else known

    def ngettext(self, singular: str, plural: str, num: int, /, **variables: object) -> Markup:
        """Return the form that fits `num`, filled in."""
        pattern = Markup(self._translations.ngettext(singular, plural, num))  # noqa: S704 -- our own sentence
        return pattern % {"num": num, **variables}


def page_words() -> PageWords:
    """Return the words for a page in the reader's language."""
    words: dict[str, PageWords] = current_app.extensions.setdefault("kring_words", {})
    locale = str(flask_babel.get_locale())
    if locale not in words:
        words[locale] = PageWords(flask_babel.get_translations())
    return words[locale]
