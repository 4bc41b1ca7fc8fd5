"""What the forms of a discussion send."""

import uuid
from typing import ClassVar

from marshmallow import EXCLUDE, Schema, fields

from connector.content.fields import Line, Markdown
from connector.threads.models import ThreadKind


class _Form(Schema):
    """A form that is one act, however often it arrives."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    idempotency_key = fields.UUID(load_default=uuid.uuid4)
    """Random, made with the form."""


class ThreadForm(_Form):
    """A new thread."""

    title = Line()
    body = Markdown()
    kind = fields.Enum(ThreadKind, by_value=True, load_default=ThreadKind.DISCUSSION)
    anonymous = fields.Boolean(load_default=False)
    private = fields.Boolean(load_default=False)


class ReplyForm(_Form):
    """A reply; `parent` is the post that it answers, and left out for the opening post."""

    body = Markdown()
    parent = fields.UUID(load_default=None)
    anonymous = fields.Boolean(load_default=False)
