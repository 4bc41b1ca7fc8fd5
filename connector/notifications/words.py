"""What pages about notices say in words, and what the form about mail is filled with."""

from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale

from connector.courses.models import Person
from connector.notifications.models import Cadence, Level, MailPreference
from connector.notifications.preferences import is_bouncing, zones
from connector.notifications.timing import clock_time, zone_of
from connector.web.i18n import gettext as _
from connector.web.requests import settings


def level_words(level: Level | None) -> str:
    """Return what a level is called; None for what comes from the wider place."""
    words = {
        Level.EVERYTHING: _("Everything"),
        Level.THREADS: _("New threads, and answers to you"),
        Level.MENTIONS: _("Only where you are named"),
        Level.MUTED: _("Nothing"),
        None: _("As in the course"),
    }
    return words[level]


def cadences() -> Sequence[tuple[str, str, str]]:
    """Return how often mail can go: value, words and what it means."""
    return [
        (Cadence.INSTANT, _("At once"), _("A mail within minutes. When a day has brought many, the rest waits.")),
        (Cadence.DAILY, _("Once a day"), _("One mail about all your courses, when there is something new.")),
        (Cadence.WEEKLY, _("Once a week"), _("One mail about all your courses, when there is something new.")),
        (Cadence.OFF, _("Never"), _("You find everything under the bell.")),
    ]


def settings_context(
    preference: MailPreference,
    person: Person,
    *,
    typed: dict[str, Any] | None = None,
    errors: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """Return what the form about mail needs: what was typed, else what is stored."""
    stored = {
        "cadence": preference.cadence.value,
        "digest_at": _clock(preference.digest_minute),
        "weekday": preference.weekday,
        "is_quiet": preference.quiet_from is not None,
        "quiet_from": _clock(21 * 60 if preference.quiet_from is None else preference.quiet_from),
        "quiet_until": _clock(7 * 60 if preference.quiet_until is None else preference.quiet_until),
        "zone": str(zone_of(preference, default_zone=settings().time_zone)),
    }
    days = (get_locale().days["stand-alone"]["wide"]) if get_locale() else {}
    return {
        "wishes": typed or stored,
        "errors": errors or {},
        "cadences": cadences(),
        "weekdays": [(number, name.capitalize()) for number, name in sorted(days.items())],
        "zones": [(name, name.replace("_", " ")) for name in zones()],
        "preference": preference,
        "person": person,
        "is_mail_on": settings().mail_server is not None,
        "is_bouncing": is_bouncing(preference, person),
    }


def _clock(minutes: int) -> str:
    return f"{clock_time(minutes):%H:%M}"
