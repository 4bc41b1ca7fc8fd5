"""What the forms of moderation send."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from connector.content.fields import Line, Markdown
from connector.content.text import is_blank, normalise
from connector.moderation.models import Complaint
from connector.web.i18n import gettext as _

NOTE_LIMIT = 1_000
"""The longest reason or note, in characters."""
LONGEST_MUTE = 365
"""In days."""


class Reason(fields.String):
    """Why, in a few words."""

    def __init__(self, *, is_needed: bool, **more: Any) -> None:
        """Take whether it may be empty."""
        super().__init__(load_default="", **more)
        self._is_needed = is_needed

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,  # noqa: ARG002
        data: Mapping[str, Any] | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Any:
        """Return the text, normalised and checked; a missing one is an empty one."""
        text = normalise(str(value) if isinstance(value, str) else "").strip()
        if self._is_needed and is_blank(text):
            raise ValidationError(_("Give a reason."))
        if len(text) > NOTE_LIMIT:
            raise ValidationError(_("This is too long; %(limit)s characters fit.", limit=NOTE_LIMIT))
        return text


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


class ReportForm(_Form):
    """What is wrong with a post."""

    complaint = fields.Enum(Complaint, by_value=True, required=True)
    note = Reason(is_needed=False)

    def __init__(self) -> None:
        """Say what is wrong in words."""
        super().__init__()
        sentence = _("Choose what is wrong with it.")
        self.fields["complaint"].error_messages |= {"required": sentence, "unknown": sentence, "null": sentence}


class ReasonForm(_Form):
    """An act that needs a reason."""

    reason = Reason(is_needed=True)


class EditForm(ReasonForm):
    """Somebody else's text, changed."""

    body = Markdown()


class OptionalReasonForm(_Form):
    """An act that may have a reason."""

    reason = Reason(is_needed=False)


class SplitForm(OptionalReasonForm):
    """The title of a thread that was a reply."""

    title = Line()


class TargetForm(OptionalReasonForm):
    """Where a thread goes: another thread, or another discussion."""

    target = fields.UUID(required=True)

    def __init__(self) -> None:
        """Say what is wrong in words."""
        super().__init__()
        sentence = _("Choose where it goes.")
        self.fields["target"].error_messages |= {"required": sentence, "invalid_uuid": sentence}


class MuteForm(ReasonForm):
    """For how long somebody does not write."""

    days = fields.Integer(required=True)

    def __init__(self) -> None:
        """Say the limits in words."""
        super().__init__()
        sentence = _("Give a whole number from %(least)s to %(most)s.", least=1, most=LONGEST_MUTE)
        field = self.fields["days"]
        field.error_messages |= {"required": sentence, "invalid": sentence, "too_large": sentence}
        field.validators = [validate.Range(1, LONGEST_MUTE, error=sentence)]
