"""When mail goes: digests at an hour of a person's own clock, quiet hours over midnight, days of 23 and 25 hours.

Everything here is arithmetic on what it is given, so that it can be tried with every zone and every moment.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from connector.notifications.models import Cadence, MailPreference

GATHER = timedelta(minutes=2)
"""How long an instant mail waits for what follows on its heels."""
DAYS_IN_WEEK = 7
_MINUTES_IN_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When one person wants mail."""

    zone: ZoneInfo
    cadence: Cadence
    digest_at: time
    weekday: int
    """0 is Monday."""
    quiet: tuple[time, time] | None
    """From and until; over midnight where the second is the smaller. Never the same twice."""


def timing_of(preference: MailPreference, *, default_zone: str) -> Timing:
    """Return what a person's preference says.

    Args:
        default_zone: For who chose none, and whose browser told none.
    """
    quiet = None
    start, end = preference.quiet_from, preference.quiet_until
    if start is not None and end is not None and start != end:
        quiet = (clock_time(start), clock_time(end))
    return Timing(
        zone=zone_of(preference, default_zone=default_zone),
        cadence=preference.cadence,
        digest_at=clock_time(preference.digest_minute),
        weekday=preference.weekday,
        quiet=quiet,
    )


def zone_of(preference: MailPreference | None, *, default_zone: str) -> ZoneInfo:
    """Return a person's zone: the one they chose, else their browser's, else the installation's."""
    named = (preference.zone, preference.seen_zone, default_zone) if preference else (default_zone,)
    return ZoneInfo(next((name for name in named if name in known_zones()), "UTC"))


@cache
def known_zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def clock_time(minutes: int) -> time:
    """Return the time of day that is so many minutes after midnight."""
    return time(minutes // _MINUTES_IN_HOUR, minutes % _MINUTES_IN_HOUR)


def minutes_of(at: time) -> int:
    """Return how many minutes after midnight a time of day is."""
    return at.hour * _MINUTES_IN_HOUR + at.minute


def due(timing: Timing, at: datetime, *, is_held: bool = False) -> datetime | None:
    """Return when a notice should be in a mail, at the earliest; None where no mail is wanted.

    Args:
        at: When the notice was made.
        is_held: Whether it waits for a digest although instant mails are wanted.
    """
    if timing.cadence is Cadence.OFF:
        return None
    is_instant = timing.cadence is Cadence.INSTANT and not is_held
    return after_quiet(timing, at + GATHER if is_instant else next_digest(timing, at))


def next_digest(timing: Timing, after: datetime) -> datetime:
    """Return the first time for a digest that is later than `after`. There is one on each day, or on one day of each week."""
    day = after.astimezone(timing.zone).date() - timedelta(days=1)
    is_weekly = timing.cadence is Cadence.WEEKLY
    while True:
        moment = _moment(day, timing.digest_at, timing.zone)
        if moment > after and (not is_weekly or day.weekday() == timing.weekday):
            return moment
        day += timedelta(days=1)


def after_quiet(timing: Timing, at: datetime) -> datetime:
    """Return `at`, or the end of the quiet hours that it falls into."""
    while timing.quiet is not None and is_quiet(timing, at):
        end = timing.quiet[1]
        day = at.astimezone(timing.zone).date()
        moment = _moment(day, end, timing.zone)
        at = moment if moment > at else _moment(day + timedelta(days=1), end, timing.zone)
    return at


def is_quiet(timing: Timing, at: datetime) -> bool:
    """Return whether a moment lies in the quiet hours, by the person's own clock."""
    if timing.quiet is None:
        return False
    start, end = timing.quiet
    clock = at.astimezone(timing.zone).time()
    return start <= clock < end if start < end else clock >= start or clock < end


def local_day(timing: Timing, at: datetime) -> date:
    """Return the day of a moment by the person's own calendar."""
    return at.astimezone(timing.zone).date()


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when a zone's clock shows a time on a day: the first time where it does so twice, and where it skips the
    time, as much later as it skips.
    """
    return datetime.combine(day, clock, zone).astimezone(UTC)
