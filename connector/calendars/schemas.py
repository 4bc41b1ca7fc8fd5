"""The form of an organisation's calendar."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from connector.calendars.arithmetic import DAYS_IN_WEEK, MINUTES_IN_DAY, Hours
from connector.calendars.national import countries
from connector.calendars.services import MOST_HOLIDAYS
from connector.web.i18n import gettext as _

_NAME_LIMIT = 80
_LINES_LIMIT = 20_000


class HoursOfDay(fields.Field[tuple[Hours, ...]]):
    """The hours of a day as people write them: `9:00-12:00, 13:00-17:00`; nothing for a day off."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> tuple[Hours, ...]:
        text = str(value).replace("–", "-").replace(".", ":").strip()
        found = [_hours(part) for part in text.split(",") if part.strip()]
        edges = [edge for hours in found for edge in hours]
        if edges != sorted(edges) or any(start >= end for start, end in found):
            raise ValidationError(_("These hours are not in order."))
        return tuple(found)


class HolidayLines(fields.Field[dict[date, str]]):
    """Holidays, one in a line: the day as 2026-12-31, a space, and its name."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> dict[date, str]:
        lines = [line.strip() for line in str(value).splitlines() if line.strip()]
        if len(lines) > MOST_HOLIDAYS or len(str(value)) > _LINES_LIMIT:
            raise ValidationError(_("At most %(most)s days.", most=MOST_HOLIDAYS))
        return dict(map(_holiday, lines))


class CalendarForm(Schema):
    """When an organisation works."""

    zone = fields.String(required=True, validate=validate.Length(max=64))
    country = fields.String(load_default="", validate=validate.OneOf(["", "DK", "SE", "NL", "BE"]))
    holidays = HolidayLines(load_default=dict)
    day0 = HoursOfDay(load_default=())
    day1 = HoursOfDay(load_default=())
    day2 = HoursOfDay(load_default=())
    day3 = HoursOfDay(load_default=())
    day4 = HoursOfDay(load_default=())
    day5 = HoursOfDay(load_default=())
    day6 = HoursOfDay(load_default=())

    @validates_schema
    def _check(self, sent: dict[str, Any], **_more: Any) -> None:
        if sent.get("zone") not in available_timezones():
            raise ValidationError(_("There is no such time zone: choose one such as Europe/Copenhagen."), "zone")
        if not any(sent.get(f"day{number}") for number in range(DAYS_IN_WEEK)):
            raise ValidationError(_("A week without any hours: then no answer would ever be due."), "day0")

    def week(self, loaded: Mapping[str, Any]) -> list[tuple[Hours, ...]]:
        """Return the hours of each weekday."""
        return [loaded[f"day{number}"] for number in range(DAYS_IN_WEEK)]

    def zone_of(self, loaded: Mapping[str, Any]) -> ZoneInfo:
        """Return the zone."""
        return ZoneInfo(loaded["zone"])


def country_options() -> list[tuple[str, str]]:
    """Return the countries to choose from."""
    return [("", _("None")), *countries().items()]


def _hours(part: str) -> Hours:
    start, dash, end = part.partition("-")
    if not dash:
        raise ValidationError(_("Write hours like this: 9:00-17:00."))
    return _minutes(start), _minutes(end)


def _minutes(text: str) -> int:
    hour, _colon, minute = text.strip().partition(":")
    try:
        found = int(hour) * 60 + int(minute or 0)
    except ValueError as error:
        raise ValidationError(_("Write hours like this: 9:00-17:00.")) from error
    if not (0 <= found <= MINUTES_IN_DAY and 0 <= int(minute or 0) < 60):  # noqa: PLR2004 -- an hour's minutes
        raise ValidationError(_("Write hours like this: 9:00-17:00."))
    return found


def _holiday(line: str) -> tuple[date, str]:
    day, _space, name = line.partition(" ")
    try:
        found = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day, which has no zone
    except ValueError as error:
        raise ValidationError(_("Begin each line with a day such as 2026-12-31.")) from error
    return found, name.strip()[:_NAME_LIMIT]
