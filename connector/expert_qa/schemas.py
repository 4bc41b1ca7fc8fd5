"""What the forms about questions send."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from connector.config import LOCALES
from connector.content.fields import Line, Markdown
from connector.threads.tags import TagList
from connector.web.i18n import gettext as _
from connector.web.times import in_utc

REASON_LIMIT = 500
WANTED_LIMIT = 1000
STARTERS_LIMIT = 2000
MOST_DAYS = 60
LONGEST_HOUR = timedelta(hours=12)


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}


class AskForm(_Form):
    """A question. Where its title says it all, that is its text too."""

    idempotency_key = fields.UUID(load_default=uuid.uuid4)
    title = Line()
    body = Markdown()
    language = fields.String(load_default=None, validate=validate.OneOf(LOCALES))
    tags = TagList()
    group = fields.UUID(load_default=None)
    anonymous = fields.Boolean(load_default=False)
    private = fields.Boolean(load_default=False)
    assessed = fields.Boolean(load_default=False)
    unlike = fields.UUID(load_default=None)
    """The thread of a question that it looks like, and is not."""
    unlike_reason = fields.String(load_default="", validate=validate.Length(max=REASON_LIMIT))
    hour = fields.UUID(load_default=None)
    named = fields.UUID(load_default=None)
    """The membership of somebody who is to be asked first."""
    sure = fields.Boolean(load_default=False)
    """Whether who asks has seen the questions that may be the same, and sends it all the same."""

    @pre_load
    def _say_it_once(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        title = str(data.get("title", ""))
        return {"body": title, **data} if not str(data.get("body", "")).strip() and title.strip() else dict(data)


class WantedForm(_Form):
    """What a question lacks."""

    wanted = fields.String(required=True, validate=validate.Length(min=1, max=WANTED_LIMIT))

    def __init__(self) -> None:
        """Say what is wrong in words."""
        super().__init__()
        sentence = _("Say what is missing, in at most %(limit)s characters.", limit=WANTED_LIMIT)
        self.fields["wanted"].error_messages |= {"required": sentence}
        self.fields["wanted"].validators = [validate.Length(min=1, max=WANTED_LIMIT, error=sentence)]

    @pre_load
    def _strip(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


class MoreForm(_Form):
    """What a question lacked."""

    body = Markdown()


class DeskForm(_Form):
    """How questions are asked. Times come as the person's clock shows them, and leave in UTC."""

    assessed_until = fields.NaiveDateTime(format="iso", load_default=None)
    nudge_days = fields.Integer(load_default=0)
    starters = fields.String(load_default="", validate=validate.Length(max=STARTERS_LIMIT))

    def __init__(self, *, zone: tzinfo) -> None:
        """Take the zone of the person's clock."""
        super().__init__()
        self._zone = zone
        sentence = _("Give a whole number from %(least)s to %(most)s.", least=0, most=MOST_DAYS)
        self.fields["nudge_days"].error_messages |= {"invalid": sentence}
        self.fields["nudge_days"].validators = [validate.Range(0, MOST_DAYS, error=sentence)]
        self.fields["assessed_until"].error_messages |= {"invalid": _("Give a date and a time.")}

    @post_load
    def _settle(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        until: datetime | None = data["assessed_until"]
        return {**data, "assessed_until": in_utc(until, self._zone) if until else None}


class HourForm(_Form):
    """An hour in which somebody answers."""

    title = Line()
    host = fields.UUID(required=True)
    begins_at = fields.NaiveDateTime(format="iso", required=True)
    ends_at = fields.NaiveDateTime(format="iso", required=True)

    def __init__(self, *, zone: tzinfo, now: datetime) -> None:
        """Take the zone of the person's clock, and the time."""
        super().__init__()
        self._zone, self._now = zone, now
        for name in ("begins_at", "ends_at"):
            sentence = _("Give a date and a time.")
            self.fields[name].error_messages |= {"invalid": sentence, "required": sentence}
        self.fields["host"].error_messages |= {
            "required": _("Choose who answers."),
            "invalid_uuid": _("Choose who answers."),
        }

    @validates_schema(skip_on_field_errors=True)
    def _check_together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        begins, ends = (in_utc(data[name], self._zone) for name in ("begins_at", "ends_at"))
        if ends <= begins or ends - begins > LONGEST_HOUR:
            raise ValidationError(_("It must end after it begins, within twelve hours."), "ends_at")
        if ends <= self._now:
            raise ValidationError(_("It must end in the future."), "ends_at")

    @post_load
    def _settle(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {**data, **{name: in_utc(data[name], self._zone) for name in ("begins_at", "ends_at")}}
