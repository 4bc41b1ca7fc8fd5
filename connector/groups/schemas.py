"""What the forms about groups send."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate, validates_schema

from connector.content.fields import Line
from connector.content.text import is_blank, normalise_line
from connector.courses.models import Joining, Role
from connector.web.i18n import gettext as _

MOST_PEOPLE = 10_000
"""How many people a group can have places for, and one form can move."""


class Name(Line):
    """What a group or a set is called."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if is_blank(normalise_line(str(value))):
            raise ValidationError(_("Give it a name."))
        return super()._deserialize(value, attr, data, **kwargs)


class _Form(Schema):
    """A form in which an empty field is one that was left out."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    def __init__(self) -> None:
        super().__init__()
        for name, sentence in self._sentences().items():
            kinds = ("invalid", "unknown", "required", "null", "too_large", "invalid_uuid")
            self.fields[name].error_messages |= dict.fromkeys(kinds, sentence)

    def _sentences(self) -> dict[str, str]:
        """Return what is said of a field that cannot be read."""
        return {}

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != ""}


class NameForm(_Form):
    """A name."""

    name = Name()


class NewSetForm(NameForm):
    """A new set; the key makes it one set, however often the form arrives."""

    idempotency_key = fields.UUID(load_default=uuid.uuid4)


class HandForm(NewSetForm):
    """Empty groups."""

    number = fields.Integer(required=True)

    def _sentences(self) -> dict[str, str]:
        return super()._sentences() | {"number": _("Give a number.")}


class DealForm(HandForm):
    """Groups that people are dealt into."""

    unit = fields.String(validate=validate.OneOf(["count", "size"]), load_default="count")
    roles = fields.List(fields.Enum(Role, by_value=True), load_default=list)
    traits = fields.List(fields.String(), load_default=list)


class SignUpForm(_Form):
    """How people come into groups."""

    joining = fields.Enum(Joining, by_value=True, load_default=Joining.OPEN)
    capacity = fields.Integer(load_default=None, allow_none=True)
    may_start = fields.Boolean(load_default=False)

    def _sentences(self) -> dict[str, str]:
        return super()._sentences() | {"capacity": _("Give a number of places, or none.")}

    @validates_schema(skip_on_field_errors=True)
    def _check_capacity(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if data["capacity"] is not None and not 1 <= data["capacity"] <= MOST_PEOPLE:
            raise ValidationError(_("Give a number of places, or none."), "capacity")


class NewSignUpForm(SignUpForm, HandForm):
    """Groups that people sign up for."""


class CopyForm(NewSetForm):
    """A copy of a set; without a source, of the LMS's groups that belong to none."""

    source = fields.UUID(load_default=None)


class MoveForm(_Form):
    """Where people go; nowhere takes them out of their group."""

    members = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_PEOPLE))
    to = fields.UUID(load_default=None)


class DecisionForm(_Form):
    """Whether a wish is fulfilled."""

    agrees = fields.Boolean(load_default=False)
