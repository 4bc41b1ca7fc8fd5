"""What the administrators' forms send."""

from typing import ClassVar

from marshmallow import EXCLUDE, Schema, fields, pre_load, validate

from connector.platforms.models import Status

NAME_LIMIT = 120
"""Characters of a name, and of the note on an invitation."""


class _Form(Schema):
    """A form, as browsers send it: with spaces that nobody meant."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    @pre_load
    def _strip(self, values: dict[str, str], **_more: object) -> dict[str, str]:
        return {name: value.strip() for name, value in values.items()}


class StatusForm(_Form):
    """Whether something may launch."""

    status = fields.String(required=True, validate=validate.OneOf([Status.ACTIVE.value, Status.DISABLED.value]))


class NameForm(_Form):
    """What to call an LMS."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=NAME_LIMIT))


class InviteForm(_Form):
    """For whom an invitation is, and how long it is good."""

    note = fields.String(load_default="", validate=validate.Length(max=NAME_LIMIT))
    days = fields.Integer(load_default=7, validate=validate.Range(min=1, max=60))
