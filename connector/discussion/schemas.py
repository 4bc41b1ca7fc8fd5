"""What the forms of a discussion send."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from connector.config import LOCALES
from connector.content.fields import Line, Markdown
from connector.threads.models import ThreadKind
from connector.threads.tags import TagList


class _Form(Schema):
    """A form that is one act, however often it arrives."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    idempotency_key = fields.UUID(load_default=uuid.uuid4)
    """Random, made with the form."""


class _Text(_Form):
    """A text that somebody writes."""

    body = Markdown()
    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["", *LOCALES]))
    """The language that its author says it is in; empty where nobody says."""

    @post_load
    def _take_no_language(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {**data, "language": data["language"] or None}


class ThreadForm(_Text):
    """A new thread."""

    title = Line()
    kind = fields.Enum(ThreadKind, by_value=True, load_default=ThreadKind.DISCUSSION)
    tags = TagList()
    group = fields.UUID(load_default=None, allow_none=True)
    """The group that it is for; left out for everybody."""
    anonymous = fields.Boolean(load_default=False)
    private = fields.Boolean(load_default=False)
    note = fields.UUID(load_default=None, allow_none=True)
    """The note that it begins with a copy of."""

    @pre_load
    def _take_everybody(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        """Take an empty choice of a group for everybody."""
        return {name: value for name, value in data.items() if (name, value) != ("group", "")}


class ReplyForm(_Text):
    """A reply; `parent` is the post that it answers, and left out for the opening post."""

    parent = fields.UUID(load_default=None)
    anonymous = fields.Boolean(load_default=False)


class EditForm(_Form):
    """What a post is to say from now on."""

    body = Markdown()
    version = fields.Integer(required=True)
    """The version that the form showed: another one may have been written since."""


class OpeningForm(EditForm):
    """What an opening post is to say, and the thread that it opens."""

    title = Line()
    tags = TagList()


class PlaceForm(_Form):
    """A post that something begins at."""

    post = fields.UUID(required=True)
