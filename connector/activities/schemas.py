"""What the forms about a course's activities send."""

from typing import ClassVar

from marshmallow import EXCLUDE, Schema, fields

from connector.activities.models import CopyChoice


class CopyForm(Schema):
    """What to take over from a copied course."""

    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE

    choice = fields.Enum(CopyChoice, by_value=True, required=True)
    is_for_all = fields.Boolean(load_default=False)
