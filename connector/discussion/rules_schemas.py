"""What the forms send by which a trainer shapes a discussion, or one of its threads."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from connector.threads.models import Moderation, ThreadKind
from connector.threads.tags import TagList
from connector.web.i18n import gettext as _
from connector.web.times import in_utc

MOST_DAYS = 365
LEAST_KEPT, MOST_KEPT = 7, 3650
MOST_POSTS = 1000
MOST_REPORTS = 20
_TIMES = ("opens_at", "due_at", "closes_at", "shows_from")


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}

    def _limit(self, name: str, least: int, most: int) -> None:
        sentence = _("Give a whole number from %(least)s to %(most)s.", least=least, most=most)
        field = self.fields[name]
        field.error_messages |= {"invalid": sentence, "too_large": sentence}
        field.validators = [validate.Range(least, most, error=sentence)]


class RulesForm(_Form):
    """How the threads of a discussion work."""

    learners_start = fields.Boolean(load_default=False)
    allows_anonymous = fields.Boolean(load_default=False)
    allows_private = fields.Boolean(load_default=False)
    moderation = fields.Enum(Moderation, by_value=True, load_default=Moderation.NONE)
    hold_after_reports = fields.Integer(load_default=0)
    close_after_days = fields.Integer(load_default=None)
    posts_a_day = fields.Integer(load_default=None)
    keep_days = fields.Integer(load_default=None)

    def __init__(self) -> None:
        """Say the limits in words."""
        super().__init__()
        self._limit("hold_after_reports", 0, MOST_REPORTS)
        self._limit("close_after_days", 1, MOST_DAYS)
        self._limit("posts_a_day", 1, MOST_POSTS)
        self._limit("keep_days", LEAST_KEPT, MOST_KEPT)


class ShapeForm(_Form):
    """The kind, tags, dates and conditions of a thread. Times come as the person's clock shows them, and leave in UTC."""

    kind = fields.Enum(ThreadKind, by_value=True, required=True)
    tags = TagList(load_default=())
    group = fields.UUID(load_default=None)
    opens_at = fields.NaiveDateTime(format="iso", load_default=None)
    due_at = fields.NaiveDateTime(format="iso", load_default=None)
    closes_at = fields.NaiveDateTime(format="iso", load_default=None)
    shows_after_posts = fields.Integer(load_default=0)
    shows_from = fields.NaiveDateTime(format="iso", load_default=None)

    def __init__(self, *, zone: tzinfo) -> None:
        """Take the zone of the person's clock."""
        super().__init__()
        self._zone = zone
        self._limit("shows_after_posts", 0, MOST_POSTS)
        for name in _TIMES:
            self.fields[name].error_messages |= {"invalid": _("Give a date and a time.")}

    @validates_schema(skip_on_field_errors=True)
    def _check_together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        opens_at, due_at, closes_at = data["opens_at"], data["due_at"], data["closes_at"]
        if opens_at and closes_at and closes_at <= opens_at:
            raise ValidationError(_("It must close after it opens."), "closes_at")
        if opens_at and due_at and due_at <= opens_at:
            raise ValidationError(_("It must be due after it opens."), "due_at")
        if due_at and closes_at and closes_at < due_at:
            raise ValidationError(_("It must not close before it is due."), "closes_at")

    @post_load
    def _settle(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {**data, **{name: in_utc(data[name], self._zone) if data[name] else None for name in _TIMES}}
