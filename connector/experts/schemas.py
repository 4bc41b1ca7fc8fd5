"""Forms about what members know."""

from marshmallow import Schema, fields, validate

from connector.experts.models import Standing
from connector.threads.tags import TAG_LIMIT, TagList


class TopicsForm(Schema):
    """What a member says to know: chosen from what is suggested, and typed."""

    tags = TagList(required=True)
    chosen = fields.List(fields.String(validate=validate.Length(max=TAG_LIMIT)), load_default=list)


class TopicForm(Schema):
    """One topic."""

    tag = fields.String(required=True, validate=validate.Length(min=1, max=TAG_LIMIT))


class DecisionForm(TopicForm):
    """Whether a member knows what they say."""

    decision = fields.String(required=True, validate=validate.OneOf(["confirm", "decline"]))


class StandingForm(Schema):
    """What a member is made."""

    standing = fields.String(required=True, validate=validate.OneOf([*(each.value for each in Standing), "none"]))
