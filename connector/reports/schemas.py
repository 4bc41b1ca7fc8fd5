"""What the forms of reports send."""

from datetime import date, timedelta
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate, validates_schema

from connector.reports.definitions import DEFINITIONS
from connector.reports.models import Direction
from connector.web.i18n import gettext as _

LONGEST_DAYS = 3660
WISH_LIMIT = 200


def _given(data: Any) -> dict[str, Any]:
    """Return what was filled in: browsers send empty fields too."""
    return {key: value for key, value in data.items() if value != ""}


class FilterForm(Schema):
    """What a report is to look at."""

    class Meta:
        """Addresses hold other things too."""

        unknown: ClassVar[str] = EXCLUDE

    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)
    group = fields.UUID(load_default=None)
    activity_id = fields.UUID(load_default=None)

    @pre_load
    def _take_given(self, data: Any, **_more: Any) -> dict[str, Any]:
        return _given(data)

    @validates_schema
    def _check_order(self, data: dict[str, Any], **_more: Any) -> None:
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            raise ValidationError(_("The last day is before the first."), "until")
        if since and (until or date.today()) - since > timedelta(days=LONGEST_DAYS):  # noqa: DTZ011 -- ten years, roughly
            raise ValidationError(_("This is more than ten years."), "since")


class GoalForm(Schema):
    """What a trainer wants of a course."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    wish = fields.String(required=True, validate=validate.Length(1, WISH_LIMIT))
    figure = fields.String(required=True, validate=validate.OneOf(list(DEFINITIONS)))
    direction = fields.Enum(Direction, by_value=True, required=True)
    value = fields.Float(required=True, validate=validate.Range(0, 1_000_000_000))
    since = fields.Date(required=True)
    due = fields.Date(required=True)

    @pre_load
    def _take_given(self, data: Any, **_more: Any) -> dict[str, Any]:
        given = _given(data)
        if isinstance(given.get("value"), str):
            given["value"] = given["value"].replace(",", ".").strip()
        if isinstance(given.get("wish"), str):
            given["wish"] = given["wish"].strip()
        return given

    @validates_schema
    def _check_order(self, data: dict[str, Any], **_more: Any) -> None:
        if data["since"] > data["due"]:
            raise ValidationError(_("The last day is before the first."), "due")
