"""What the operators' form about an organisation's courses sends."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from connector.authoring.course_schemas import LEAST_KEPT, MOST_KEPT, NO, YES
from connector.courses.models import Recording
from connector.threads.models import Moderation
from connector.web.i18n import gettext as _


class DefaultsForm(Schema):
    """What new courses and activities begin with, and the limits."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    recording = fields.Enum(Recording, by_value=True, load_default=Recording.ON)
    moderation = fields.Enum(Moderation, by_value=True, load_default=Moderation.NONE)
    allows_anonymous = fields.String(validate=validate.OneOf([YES, NO]), load_default=None)
    keep_days = fields.Integer(load_default=None)
    may_record_fully = fields.Boolean(load_default=False)
    may_hide_names = fields.Boolean(load_default=False)
    most_keep_days = fields.Integer(load_default=None)

    def __init__(self) -> None:
        """Say the limits in words."""
        super().__init__()
        sentence = _("Give a whole number from %(least)s to %(most)s.", least=LEAST_KEPT, most=MOST_KEPT)
        for name in ("keep_days", "most_keep_days"):
            self.fields[name].error_messages |= {"invalid": sentence, "too_large": sentence}
            self.fields[name].validators = [validate.Range(LEAST_KEPT, MOST_KEPT, error=sentence)]

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}

    @post_load
    def _settle(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        said = data["allows_anonymous"]
        return {
            **data,
            "moderation": data["moderation"].value,
            "allows_anonymous": None if said is None else said == YES,
        }
