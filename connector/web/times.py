"""Times in forms: as the person's clock shows them there, in UTC everywhere else."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import get_timezone


def zone_named(name: str) -> ZoneInfo:
    """Return the zone that a form's times are in: the one that its page named."""
    return ZoneInfo(name if name in available_timezones() else "UTC")


def zone_here() -> str:
    """Return the name of the reader's zone, for a page that shows a form with times."""
    return str(get_timezone() or "UTC")


def local_time(moment: datetime | None) -> str:
    """Return a time as a form's field takes it, in the reader's zone; empty for None."""
    return moment.astimezone(get_timezone()).strftime("%Y-%m-%dT%H:%M") if moment else ""


def in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Return a time that a clock in `zone` shows.

    Args:
        moment: Naive.
    """
    return moment.replace(tzinfo=zone).astimezone(UTC)
