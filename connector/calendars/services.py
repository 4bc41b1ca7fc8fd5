"""A tenant's calendar: read for arithmetic, and changed by its administrator."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, time
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.calendars.arithmetic import Calendar, Hours
from connector.calendars.models import BusinessCalendar, Holiday
from connector.calendars.national import is_national_holiday

_HOUR = 60
DEFAULT_WEEK: tuple[tuple[Hours, ...], ...] = (*[((8 * _HOUR, 17 * _HOUR),)] * 5, (), ())
"""Monday to Friday from 8 to 17."""
DEFAULT = Calendar(ZoneInfo("UTC"), DEFAULT_WEEK)
"""Of a tenant that has said nothing."""
MOST_HOLIDAYS = 200


def calendar_of(session: Session, tenant_id: uuid.UUID) -> Calendar:
    """Return the calendar of a tenant; the default where it has none; two queries."""
    row = session.get(BusinessCalendar, tenant_id)
    if row is None:
        return DEFAULT
    own = frozenset(session.scalars(select(Holiday.day).where(Holiday.tenant_id == tenant_id)))
    week = tuple(tuple((start, end) for start, end in hours) for hours in row.week)
    country = row.country

    def is_off(day: date) -> bool:
        return day in own or is_national_holiday(country, day)

    return Calendar(ZoneInfo(row.zone), week, is_off)


def get_settings(session: Session, tenant_id: uuid.UUID) -> BusinessCalendar:
    """Return what the administrator of a tenant has set, or what holds without it: a row that is not stored."""
    week = [[list(hours) for hours in day] for day in DEFAULT_WEEK]
    found = session.get(BusinessCalendar, tenant_id)
    return found or BusinessCalendar(tenant_id=tenant_id, zone="UTC", country=None, week=week)


def list_holidays(session: Session, tenant_id: uuid.UUID) -> Sequence[Holiday]:
    """Return a tenant's own holidays, the earliest first."""
    return session.scalars(select(Holiday).where(Holiday.tenant_id == tenant_id).order_by(Holiday.day)).all()


def change_calendar(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    zone: ZoneInfo,
    country: str | None,
    week: Sequence[Sequence[Hours]],
    holidays: Mapping[date, str],
) -> None:
    """Replace a tenant's calendar.

    Args:
        week: The hours of each weekday, Monday first.
        holidays: The names of its own holidays, by day.

    Raises:
        NoWorkingTimeError: Nobody would ever work.
    """
    Calendar(zone, tuple(tuple(hours) for hours in week))  # refuses what nothing could be counted by
    found = get_settings(session, tenant_id)
    found.zone, found.country = str(zone), country
    found.week = [[list(hours) for hours in day] for day in week]
    session.add(found)
    session.execute(delete(Holiday).where(Holiday.tenant_id == tenant_id))
    session.add_all(Holiday(tenant_id=tenant_id, day=day, name=name) for day, name in holidays.items())
    session.flush()


def clock_of(minutes: int) -> str:
    """Return a time of day as forms have it; the day's end is shown as 24:00."""
    return "24:00" if minutes == 24 * _HOUR else time(minutes // _HOUR, minutes % _HOUR).strftime("%H:%M")
