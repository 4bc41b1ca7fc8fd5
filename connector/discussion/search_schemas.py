"""What the search form sends; its address can be kept, and leads to the same search."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema

from connector.content.text import normalise_line
from connector.threads.finding import Filters
from connector.threads.models import ThreadKind
from connector.threads.tags import TAG_LIMIT
from connector.web.i18n import gettext as _
from connector.web.times import in_utc

QUERY_LIMIT = 1000
"""How many characters of a query count."""
_YEARS = range(1970, 2200)


class _Day(fields.Date):
    """A day of the reader's calendar."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        sentence = _("Give a day such as 2026-03-31.")
        try:
            day = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            raise ValidationError(sentence) from error
        if day.year not in _YEARS:
            raise ValidationError(sentence)
        return day


class _Line(fields.String):
    """What somebody typed, cut where it is too long to mean anything."""

    def __init__(self, limit: int) -> None:
        """Take how many characters count."""
        super().__init__(load_default="")
        self._limit = limit

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return normalise_line(str(super()._deserialize(value, attr, data, **kwargs))[: self._limit])


class SearchForm(Schema):
    """Words, and which posts they are looked for in."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    q = _Line(QUERY_LIMIT)
    author = fields.UUID(load_default=None)
    tag = _Line(TAG_LIMIT)
    kind = fields.Enum(ThreadKind, by_value=True, load_default=None)
    since = _Day(load_default=None)
    until = _Day(load_default=None)
    unread = fields.Boolean(load_default=False)

    def __init__(self) -> None:
        """Say what is wrong in words."""
        super().__init__()
        sentence = _("Choose one from the list.")
        self.fields["author"].error_messages |= {"invalid_uuid": sentence}
        self.fields["kind"].error_messages |= {"unknown": sentence}
        self.fields["unread"].error_messages |= {"invalid": sentence}

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value.strip()}

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_more: Any) -> None:
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            raise ValidationError(_("This day is before the first one."), "until")


def filters_of(form: Mapping[str, Any], zone: tzinfo) -> Filters:
    """Return the filters that a form says.

    Args:
        zone: In which its days begin and end.
    """
    author: uuid.UUID | None = form["author"]
    return Filters(
        author_id=author,
        tag=form["tag"].lstrip("#").strip().lower() or None,
        kind=form["kind"],
        since=_begin(form["since"], zone) if form["since"] else None,
        before=_begin(form["until"] + timedelta(days=1), zone) if form["until"] else None,
        is_unread=form["unread"],
    )


def _begin(day: date, zone: tzinfo) -> datetime:
    return in_utc(datetime.combine(day, time.min), zone)
