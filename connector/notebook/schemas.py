"""What the forms of the notebook send."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from connector.content.fields import Markdown
from connector.content.text import normalise
from connector.notebook.quoting import LIMIT
from connector.web.i18n import gettext as _

LINK, WORDS = "link", "words"
"""What a note keeps of a post: only where it is, or also some of what it says."""


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


class NoteForm(_Form):
    """A note."""

    idempotency_key = fields.UUID(load_default=uuid.uuid4)
    body = Markdown()
    post = fields.UUID(load_default=None, allow_none=True)
    """What a new note is about."""
    keeps = fields.String(load_default=LINK, validate=validate.OneOf([LINK, WORDS]))
    quotation = fields.Function(
        deserialize=lambda text: normalise(text) if isinstance(text, str) else "", load_default=""
    )
    """Words of the post, where they are kept."""

    @validates_schema
    def _check_quotation(self, data: Mapping[str, Any], **_more: Any) -> None:
        if data["keeps"] == WORDS and len(data["quotation"]) > LIMIT:
            raise ValidationError(_("This is too long to quote."), "quotation")

    @post_load
    def _leave_out(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        """Leave the words out where only a link is wanted."""
        return {**data, "quotation": data["quotation"] if data["keeps"] == WORDS else ""}


class AgreeForm(_Form):
    """Whether a record may be made of the fact that somebody wrote for themselves."""

    is_agreed = fields.Boolean(load_default=False)
