"""What the forms about guests, and those of guests, send."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate, validates

from connector.config import LOCALES
from connector.content.fields import Markdown
from connector.content.text import is_blank, normalise, normalise_line
from connector.guests.models import Declined
from connector.guests.services import MOST_DAYS
from connector.web.i18n import gettext as _

NAME_LIMIT = 80
ADDRESS_LIMIT = 254
"""The longest address of a mailbox. Source: https://www.rfc-editor.org/rfc/rfc5321, 4.5.3.1.3."""
NOTE_LIMIT = 1000
SUGGESTION_LIMIT = 300


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


def _text(limit: int) -> Any:
    """Return a field for plain text on some lines, which may be empty."""

    def load(value: object) -> str:
        text = normalise(value) if isinstance(value, str) else ""
        if len(text) > limit:
            raise ValidationError(_("At most %(number)s characters", number=limit))
        return text

    return fields.Function(deserialize=load, load_default="")


class InviteForm(_Form):
    """Whom to invite to what."""

    name = fields.String(load_default="")
    address = fields.String(load_default="")
    note = _text(NOTE_LIMIT)
    locale = fields.String(load_default=LOCALES[0], validate=validate.OneOf(LOCALES))
    days = fields.Integer(load_default=14, validate=validate.Range(min=1, max=MOST_DAYS))
    thread = fields.UUID(load_default=None)
    """The one question; left out for all of the activity's."""

    @pre_load
    def _tidy(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        tidied = {
            name: normalise_line(value) if isinstance(value, str) and name != "note" else value
            for name, value in data.items()
        }
        return {name: value for name, value in tidied.items() if (name, value) != ("thread", "")}

    @validates("name")
    def _check_name(self, name: str, **_more: Any) -> None:
        if is_blank(name):
            raise ValidationError(_("Say who it is: the course sees this name beside the answers."))
        if len(name) > NAME_LIMIT:
            raise ValidationError(_("At most %(number)s characters", number=NAME_LIMIT))

    @validates("address")
    def _check_address(self, address: str, **_more: Any) -> None:
        is_plain = address.isascii() and len(address) <= ADDRESS_LIMIT
        try:
            validate.Email()(address)
        except ValidationError:
            is_plain = False
        if not is_plain:
            raise ValidationError(_("This is no address that mail could be sent to."))


class CodeForm(_Form):
    """A code from a mail, as people type it."""

    code = fields.Function(
        deserialize=lambda value: "".join(sign for sign in str(value)[:40] if sign.isdecimal()), load_default=""
    )


class AgreeForm(_Form):
    """That somebody takes part, and whether statements may tell of it."""

    is_recorded = fields.Boolean(load_default=False)


class TextForm(_Form):
    """An answer, or a question back."""

    body = Markdown()
    idempotency_key = fields.UUID(required=True)


class ChangeForm(_Form):
    """What an answer is to say from now on."""

    body = Markdown()
    version = fields.Integer(required=True)
    """The one that the form showed."""


class DeclineForm(_Form):
    """Why somebody says no, and whom to ask instead."""

    reason = fields.Enum(Declined, by_value=True, load_default=Declined.OTHER)
    suggestion = _text(SUGGESTION_LIMIT)


class LanguageForm(_Form):
    """The language of the pages and mails."""

    locale = fields.String(required=True, validate=validate.OneOf(LOCALES))
