"""Forms of an inbox."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate, validates_schema

from connector.content.text import normalise
from connector.experts.services import MOST_A_WEEK
from connector.routing.models import Refusal
from connector.web.i18n import gettext as _

NOTE_LIMIT = 500


def _load_note(value: object) -> str:
    text = normalise(value).strip() if isinstance(value, str) else ""
    if len(text) > NOTE_LIMIT:
        raise ValidationError(_("At most %(number)s characters", number=NOTE_LIMIT))
    return text


class RefusalForm(Schema):
    """Why somebody does not answer."""

    reason = fields.Enum(Refusal, by_value=True, required=True)


class PassForm(Schema):
    """Whom a question is passed on to."""

    to = fields.UUID(required=True)
    act = fields.String(load_default="pass", validate=validate.OneOf(["pass", "also"]))
    """Whether they are asked instead, or as well."""
    note = fields.Function(deserialize=_load_note, load_default="")
    """What the member says to them."""


class AvailabilityForm(Schema):
    """When somebody can be asked."""

    weekly_capacity = fields.Integer(load_default=None, validate=validate.Range(min=0, max=MOST_A_WEEK))
    away_until = fields.Date(load_default=None)
    quiet_from = fields.Time(load_default=None)
    quiet_until = fields.Time(load_default=None)

    @pre_load
    def _leave_out_empty(self, sent: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {name: value for name, value in sent.items() if value != ""}

    @validates_schema
    def _check_pair(self, sent: dict[str, Any], **_more: Any) -> None:
        start, end = sent.get("quiet_from"), sent.get("quiet_until")
        if (start is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            raise ValidationError(_("Say both when your quiet hours begin and when they end."), missing)
        if start is not None and start == end:
            raise ValidationError(_("Your quiet hours end when they begin: choose another time."), "quiet_until")
