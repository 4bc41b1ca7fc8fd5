"""What the forms about grades send."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing

from connector.content.text import normalise
from connector.grades.services import COMMENT_LIMIT, MAXIMUM_LIMIT
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

# Three digits after a comma may be thousands as well: nobody should get 1 point who was meant to get 1,000.
_NUMBER = re.compile(r"[0-9]{1,9}([.][0-9]{1,6}|,[0-9]{1,2}|,[0-9]{4,6})?")


class _Number(fields.Field[float | None]):
    """A number as people type it: with a point or a comma; empty is None."""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Return the number, checked."""
        return super().deserialize("" if value is missing else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float | None:  # noqa: ARG002
        typed = str(value).strip()
        if not typed:
            return None
        if not _NUMBER.fullmatch(typed):
            raise ValidationError(_("Write a number, such as 7 or 7.5."))
        return float(typed.replace(",", "."))


class _Comment(fields.String):
    """A plain text that the learner reads; a missing one is empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        comment = normalise(super()._deserialize(value, attr, data, **kwargs))
        excess = len(comment) - COMMENT_LIMIT
        if excess > 0:
            raise ValidationError(
                ngettext(
                    "This is %(num)s character too long; %(limit)s fit.",
                    "This is %(num)s characters too long; %(limit)s fit.",
                    excess,
                    limit=COMMENT_LIMIT,
                )
            )
        return comment


def _check_points(points: float | None, maximum: float, *, has_grade: bool) -> None:
    if points is None and not has_grade:
        raise ValidationError(_("Write how many points."))
    if points is not None and not 0 <= points <= maximum:
        raise ValidationError(_("Write a number from 0 to %(maximum)s.", maximum=f"{maximum:g}"))


def _check_maximum(maximum: float | None) -> None:
    if maximum is None or not 0 < maximum <= MAXIMUM_LIMIT:
        raise ValidationError(_("Write a number over 0, at most %(limit)s.", limit=f"{MAXIMUM_LIMIT:.0f}"))


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


class ScoreForm(_Form):
    """Points and a comment for one learner; no points take a grade back."""

    points = _Number()
    comment = _Comment(load_default="")

    def __init__(self, *, maximum: float, has_grade: bool) -> None:
        """Take what the points are out of, and whether there is a grade that could be taken back."""
        super().__init__()
        self.fields["points"].validators = [lambda points: _check_points(points, maximum, has_grade=has_grade)]


class MaximumForm(_Form):
    """What an activity is graded out of."""

    maximum = _Number(validate=_check_maximum)
