"""What the forms send by which a whole course is set up."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from connector.authoring.models import What
from connector.authoring.switching import Value
from connector.config import LOCALES
from connector.courses.models import Recording
from connector.threads.models import Moderation
from connector.web.i18n import gettext as _

LEAST_KEPT, MOST_KEPT = 7, 3650
FOR_GOOD = "0"
YES, NO = "on", "off"


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}


class CourseForm(_Form):
    """What is recorded, and the language; what is left out of recording stays."""

    recording = fields.Enum(Recording, by_value=True, load_default=None)
    language = fields.String(validate=validate.OneOf(LOCALES), load_default=None)


class AllForm(_Form):
    """Rules for all threads of a course; what is left out stays as each activity has it."""

    learners_start = fields.String(validate=validate.OneOf([YES, NO]))
    allows_anonymous = fields.String(validate=validate.OneOf([YES, NO]))
    moderation = fields.Enum(Moderation, by_value=True)
    keep_days = fields.String()

    @post_load
    def _settle(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[What, Value]:
        """Return the settings that are wanted."""
        found: dict[What, Value] = {}
        for what in (What.LEARNERS_START, What.ALLOWS_ANONYMOUS):
            if what.value in data:
                found[what] = data[what.value] == YES
        if What.MODERATION.value in data:
            found[What.MODERATION] = data[What.MODERATION.value]
        if What.KEEP_DAYS.value in data:
            found[What.KEEP_DAYS] = _days(data[What.KEEP_DAYS.value])
        return found


def _days(typed: str) -> int | None:
    if typed.strip() == FOR_GOOD:
        return None
    days = int(typed) if typed.strip().isascii() and typed.strip().isdecimal() and len(typed) < 8 else -1  # noqa: PLR2004 -- no day count is longer
    if not LEAST_KEPT <= days <= MOST_KEPT:
        sentence = _("Give a whole number from %(least)s to %(most)s.", least=LEAST_KEPT, most=MOST_KEPT)
        raise ValidationError(sentence, What.KEEP_DAYS.value)
    return days
