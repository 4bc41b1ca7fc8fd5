"""What the administrators' forms send."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from connector.platforms.models import Status
from connector.web.i18n import gettext as _

NAME_LIMIT = 120
"""Characters of a name, and of the note on an invitation."""
MOST_DAYS = 60
"""How long an invitation may be good."""


def _check_name(name: str) -> None:
    if not name:
        raise ValidationError(_("Give it a name."))
    _check_length(name)


def _check_length(text: str) -> None:
    if len(text) > NAME_LIMIT:
        raise ValidationError(_("Write at most %(limit)s characters.", limit=NAME_LIMIT))


class _Days(fields.Integer):
    """A number of days."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        told = _("Write a number of days from 1 to %(most)s.", most=MOST_DAYS)
        try:
            days = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            raise ValidationError(told) from error
        if days is None or not 1 <= days <= MOST_DAYS:
            raise ValidationError(told)
        return int(days)


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

    name = fields.String(required=True, validate=_check_name)


class InviteForm(_Form):
    """For whom an invitation is, and how long it is good."""

    note = fields.String(load_default="", validate=_check_length)
    days = _Days(load_default=7)
