"""What the forms of the knowledge pool send."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from connector.config import LOCALES
from connector.content.fields import Line, Markdown
from connector.content.text import normalise
from connector.threads.tags import TagList
from connector.web.i18n import gettext as _

REASON_LIMIT = 500
MOST_COPIED = 500
_FARTHEST = timedelta(days=5 * 366)


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    @pre_load
    def _leave_out_blanks(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != "" or name in {"title", "body", "tags"}}


class EntryForm(_Form):
    """What an entry is to say."""

    title = Line()
    body = Markdown()
    tags = TagList()
    language = fields.String(load_default=None, validate=validate.OneOf(LOCALES))
    review_on = fields.Date(load_default=None)
    """When to look at it again: a day."""
    version = fields.Integer(load_default=0)
    reason = fields.Function(deserialize=lambda text: normalise(str(text))[:REASON_LIMIT], load_default="")
    idempotency_key = fields.UUID(load_default=uuid.uuid4)


class PromoteForm(_Form):
    """The post that becomes an entry."""

    post = fields.UUID(required=True)


class OwnerForm(_Form):
    """Who looks after an entry from now on."""

    owner = fields.UUID(required=True)


class CopyForm(_Form):
    """Entries of another course."""

    entry = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_COPIED))


def review_at_of(form: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """Return the moment at which the day begins that a form names; None where it names none.

    Raises:
        ValidationError: The day is over, or years away.
    """
    if form["review_on"] is None:
        return None
    at = datetime.combine(form["review_on"], time(0), UTC)
    if not now < at + timedelta(days=1) or at > now + _FARTHEST:
        raise ValidationError(_("Choose a day from today on, within five years."))
    return max(at, now + timedelta(seconds=1))
