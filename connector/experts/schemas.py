"""Forms about what members know."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from connector.experts.models import Standing
from connector.search.words import tokens
from connector.threads.tags import TAG_LIMIT, TagList
from connector.web.i18n import gettext as _


class WordList(TagList):
    """Topics or words for them: tags that a text can mention."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        tags = super()._deserialize(value, attr, data, **kwargs)
        if not all(any(tokens(tag)) for tag in tags):
            raise ValidationError(_("A topic needs letters or digits."))
        return tags


class OneTag(WordList):
    """One of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        tags = super()._deserialize(value, attr, data, **kwargs)
        if len(tags) != 1:
            raise ValidationError(_("One topic at a time."))
        return tags[0]


class TopicsForm(Schema):
    """What a member says to know: chosen from what is suggested, and typed."""

    tags = WordList(required=True)
    chosen = fields.List(fields.String(validate=validate.Length(max=TAG_LIMIT)), load_default=list)


class TopicForm(Schema):
    """One topic."""

    tag = fields.String(required=True, validate=validate.Length(min=1, max=TAG_LIMIT))


class WordsForm(Schema):
    """A topic, and what else it is called."""

    tag = OneTag(required=True)
    words = WordList()


class WordForm(TopicForm):
    """One word for a topic."""

    word = fields.String(required=True, validate=validate.Length(min=1, max=TAG_LIMIT))


class DecisionForm(TopicForm):
    """Whether a member knows what they say."""

    decision = fields.String(required=True, validate=validate.OneOf(["confirm", "decline"]))


class StandingForm(Schema):
    """What a member is made."""

    standing = fields.String(required=True, validate=validate.OneOf([*(each.value for each in Standing), "none"]))
