"""What the forms send by which an activity is made or changed, once it is checked."""

import uuid
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from connector.activities.models import GroupMode, Kind
from connector.content.fields import Line, Markdown
from connector.content.text import is_blank, normalise
from connector.web.i18n import gettext as _
from connector.web.times import in_utc

MOST_POINTS = 10_000


class Prompt(Markdown):
    """What a trainer asks for; may be empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if is_blank(normalise(value)):
            return ""
        return super()._deserialize(value, attr, data, **kwargs)


class ItemForm(Schema):
    """One activity to place. Times come as the person's clock shows them, and leave in UTC."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    key = fields.String(required=True, validate=validate.Length(min=1, max=64))
    template = fields.String(load_default="")
    kind = fields.Enum(Kind, by_value=True, required=True)
    title = Line()
    prompt = Prompt()
    opens_at = fields.NaiveDateTime(format="iso", load_default=None, allow_none=True)
    closes_at = fields.NaiveDateTime(format="iso", load_default=None, allow_none=True)
    is_graded = fields.Boolean(load_default=False)
    score_maximum = fields.Float(load_default=None, allow_none=True)

    def __init__(self, *, zone: tzinfo, now: datetime, may_be_past: bool = False) -> None:
        """Take the zone of the person's clock, and whether it may close in the past: what goes on may be ended."""
        super().__init__()
        self._zone, self._now, self._may_be_past = zone, now, may_be_past
        told = {
            "kind": _("Choose what your learners shall do."),
            "opens_at": _("Give a date and a time."),
            "closes_at": _("Give a date and a time."),
            "score_maximum": _("Give a number."),
        }
        for name, sentence in told.items():
            self.fields[name].error_messages |= {"invalid": sentence, "unknown": sentence, "required": sentence}

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}

    @validates_schema(skip_on_field_errors=True)
    def _check_together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        opens_at, closes_at, points = data["opens_at"], data["closes_at"], data["score_maximum"]
        if opens_at and closes_at and closes_at <= opens_at:
            raise ValidationError(_("It must close after it opens."), "closes_at")
        if closes_at and not self._may_be_past and in_utc(closes_at, self._zone) <= self._now:
            raise ValidationError(_("This time is past."), "closes_at")
        if data["is_graded"] and (points is None or not 0 < points <= MOST_POINTS):
            raise ValidationError(
                _("Give a number of points over 0 and up to %(most)s.", most=MOST_POINTS), "score_maximum"
            )

    @post_load
    def _settle(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        times = {name: in_utc(data[name], self._zone) if data[name] else None for name in ("opens_at", "closes_at")}
        return {**data, **times, "score_maximum": data["score_maximum"] if data["is_graded"] else None}


class BeginForm(ItemForm):
    """An activity that is made here: five fields, and none that the LMS has to agree to."""

    idempotency_key = fields.UUID(load_default=uuid.uuid4)
    group_mode = fields.Enum(GroupMode, by_value=True, load_default=GroupMode.NONE)
    group_set = fields.UUID(load_default=None)
