"""What the forms of reactions send."""

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from connector.content.text import normalise_line
from connector.reactions.models import Sign
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

REASON_LIMIT = 300
"""The longest reason for thanks, in characters."""
SAVED = "saved"
"""What a button calls keeping a post, beside the signs."""
_BY_BUTTON = {*Sign, SAVED} - {Sign.THANKS}


@dataclass(frozen=True, slots=True)
class Press:
    """A button below a post."""

    what: str
    """A sign, or `SAVED`."""
    post_id: uuid.UUID


class PressField(fields.Field[Press]):
    """What a button says and the post that it stands below, such as `helpful 3f…`: a page has hundreds in one form."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Press:
        what, _space, post_id = str(value).partition(" ")
        try:
            found = Press(what, uuid.UUID(post_id))
        except ValueError as error:
            raise ValidationError(_("Choose one of the buttons.")) from error
        if what not in _BY_BUTTON:
            raise ValidationError(_("Choose one of the buttons."))
        return found


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


class PressForm(_Form):
    """A button that was pressed: `on` says something, `off` takes it back."""

    on = PressField(load_default=None)
    off = PressField(load_default=None)


class Reason(fields.String):
    """What somebody gives thanks for: a line of plain text."""

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,  # noqa: ARG002
        data: Mapping[str, Any] | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Any:
        """Return the text, normalised and checked; a missing one is an empty one."""
        text = normalise_line(value if isinstance(value, str) else "")
        if not any(unicodedata.category(each)[0] in "LN" for each in text):  # a heart alone is no reason
            raise ValidationError(_("Say in a few words what for."))
        excess = len(text) - REASON_LIMIT
        if excess > 0:
            raise ValidationError(
                ngettext(
                    "This is %(num)s character too long; %(limit)s fit.",
                    "This is %(num)s characters too long; %(limit)s fit.",
                    excess,
                    limit=REASON_LIMIT,
                )
            )
        return text


class ThanksForm(_Form):
    """Thanks."""

    reason = Reason(load_default="")
