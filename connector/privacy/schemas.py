"""What the forms about recording send."""

from typing import ClassVar

from marshmallow import EXCLUDE, Schema, fields

from connector.courses.models import Recording


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


class CourseForm(_Form):
    """What of a course's acts is to be recorded."""

    recording = fields.Enum(Recording, by_value=True, required=True)


class OwnForm(_Form):
    """Whether one's own acts are to be recorded."""

    is_recorded = fields.Boolean(required=True)
