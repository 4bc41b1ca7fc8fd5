"""Working time: pure arithmetic on hours of the week, days off and a time zone's own clock.

A moment is worked when the zone's clock then shows a time within the hours of that weekday, and the day is none off. So an
hour that the clock shows twice is worked twice, and one that it skips never is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS_IN_WEEK = 7
MINUTES_IN_DAY = 24 * 60
_FARTHEST = timedelta(days=10 * 366)
"""Nothing is so far off: a calendar with ten years of holidays in a row has no working time."""

Hours = tuple[int, int]
"""From and until, in minutes after midnight; until may be `MINUTES_IN_DAY`."""


class NoWorkingTimeError(ValueError):
    """A calendar in which nobody ever works: no time can be counted by it."""


def never_off(day: date) -> bool:  # noqa: ARG001 -- stands where a calendar has no holidays
    """Return that a day is none off."""
    return False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hours of a week in a zone, and the days without any."""

    zone: ZoneInfo
    week: tuple[tuple[Hours, ...], ...]
    """The hours of each weekday, Monday first; in order, none overlapping."""
    is_off: Callable[[date], bool] = never_off
    """Whether nobody works on a day, whatever weekday it is."""

    def __post_init__(self) -> None:
        """Refuse what is no week.

        Raises:
            NoWorkingTimeError: No day has any hours.
            ValueError: There are not seven days, or the hours of one are not in order.
        """
        if len(self.week) != DAYS_IN_WEEK:
            raise ValueError(f"a week has seven days, not {len(self.week)}")
        for hours in self.week:
            edges = [edge for each in hours for edge in each]
            is_ordered = all(start < end for start, end in hours) and edges == sorted(edges)
            if not is_ordered or any(not 0 <= edge <= MINUTES_IN_DAY for edge in edges):
                raise ValueError(f"these hours are not in order within one day: {hours}")
        if not any(self.week):
            raise NoWorkingTimeError("the week has no working time")


def add_working(start: datetime, duration: timedelta, calendar: Calendar) -> datetime:
    """Return the first moment, from `start` on, by which so much working time has passed.

    Args:
        start: Aware.
        duration: Of working time; not negative.

    Returns:
        The moment, in UTC; `start` itself where the duration is nothing.

    Raises:
        NoWorkingTimeError: Nobody works for years.
        ValueError: The duration is negative.
    """
    if duration < timedelta(0):
        raise ValueError(f"working time is not counted backwards: {duration}")
    start = start.astimezone(UTC)
    if not duration:
        return start
    for begin, end in spans(start, start + _FARTHEST, calendar):
        if duration <= end - begin:
            return begin + duration
        duration -= end - begin
    raise NoWorkingTimeError("the calendar has no working time for years")


def working_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return how much working time lies between two moments; none where the second is not the later.

    Args:
        start: Aware, as `end`.
    """
    return sum((until - begin for begin, until in spans(start, end, calendar)), timedelta(0))


def spans(start: datetime, end: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when is worked between two moments, in order and in UTC.

    Args:
        start: Aware, as `end`.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day = start.astimezone(calendar.zone).date()
    last = end.astimezone(calendar.zone).date()
    while day <= last:
        hours = calendar.week[day.weekday()]
        if hours and not calendar.is_off(day):
            for begin, until in _worked(day, hours, calendar.zone):
                if max(begin, start) < min(until, end):
                    yield max(begin, start), min(until, end)
        day += timedelta(days=1)


def is_working(at: datetime, calendar: Calendar) -> bool:
    """Return whether a moment is worked.

    Args:
        at: Aware.
    """
    local = at.astimezone(calendar.zone)
    minute = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    hours = calendar.week[local.weekday()]
    within = any(timedelta(minutes=start) <= minute < timedelta(minutes=end) for start, end in hours)
    return within and not calendar.is_off(local.date())


def _worked(day: date, hours: Sequence[Hours], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield when the clock shows the hours of a day: on days when it is put forward or back, in up to two pieces."""
    for begin, until, offset in _pieces(day, zone):
        midnight = datetime.combine(day, time(), UTC) - offset
        for start, end in hours:
            first = max(midnight + timedelta(minutes=start), begin)
            last = min(midnight + timedelta(minutes=end), until)
            if first < last:
                yield first, last


@lru_cache(maxsize=4096)
def _pieces(day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Return the parts of a day, in UTC, during which the clock runs without a jump, each with its distance to UTC."""
    # The clock shows a day at some moment between the earliest and the latest beginning of it anywhere on Earth.
    begin = datetime.combine(day, time(), UTC) - timedelta(hours=26)
    end = begin + timedelta(hours=26 * 2 + 24)
    found = []
    while begin < end:
        offset = _offset(begin, zone)
        until = _jump(begin, end, zone) or end
        midnight = datetime.combine(day, time(), UTC) - offset
        first, last = max(begin, midnight), min(until, midnight + timedelta(days=1))
        if first < last:
            found.append((first, last, offset))
        begin = until
    return tuple(found)


def _jump(begin: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first moment after `begin` at which the clock has jumped, to the second; None where it runs on."""
    step, at = timedelta(hours=1), begin
    while at < end and _offset(min(at + step, end), zone) == _offset(begin, zone):
        at += step
    if at >= end:
        return None
    low, high = at, min(at + step, end)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(middle, zone) == _offset(begin, zone) else (low, middle)
    return high


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)
