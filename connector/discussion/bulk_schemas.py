"""What the form sends by which a trainer does something with many threads at once."""

from collections.abc import Mapping
from datetime import tzinfo
from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from connector.threads.tags import TagList
from connector.web.i18n import gettext as _
from connector.web.times import in_utc

MOST_AT_ONCE = 200
_TIMES = ("due_at", "closes_at")


class Act(StrEnum):
    """What can be done with many threads at once."""

    READ = "read"
    CLOSE = "close"
    REOPEN = "reopen"
    TAG = "tag"
    DATES = "dates"
    """Be due, or close, at another time."""
    MOVE = "move"
    """Go to another discussion of the course."""
    CSV = "csv"
    JSON = "json"


class BulkForm(Schema):
    """Many threads, and what to do with them; other acts' fields are there too, and not looked at."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    thread = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_AT_ONCE))
    act = fields.Enum(Act, by_value=True, required=True)
    tags = TagList()
    due_at = fields.NaiveDateTime(format="iso", load_default=None)
    closes_at = fields.NaiveDateTime(format="iso", load_default=None)
    target = fields.UUID(load_default=None)

    def __init__(self, *, zone: tzinfo) -> None:
        """Take the zone of the person's clock."""
        super().__init__()
        self._zone = zone
        for name in _TIMES:
            self.fields[name].error_messages |= {"invalid": _("Give a date and a time.")}
        self.fields["target"].error_messages |= {"invalid_uuid": _("Choose where they go.")}

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != "" or name == "tags"}

    @validates_schema(skip_on_field_errors=False)
    def _check(self, data: Mapping[str, Any], **_more: Any) -> None:
        act = data.get("act")
        if not data.get("thread"):
            raise ValidationError(_("Choose at least one thread."), "thread")
        if act is Act.TAG and not data.get("tags"):
            raise ValidationError(_("Write the tags to add."), "tags")
        if act is Act.DATES and not any(data.get(name) for name in _TIMES):
            raise ValidationError(_("Give a date and a time."), "due_at")
        if act is Act.MOVE and not data.get("target"):
            raise ValidationError(_("Choose where they go."), "target")

    @post_load
    def _settle(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**data, **{name: in_utc(data[name], self._zone) if data[name] else None for name in _TIMES}}
