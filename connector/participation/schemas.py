"""What the forms about taking part send."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from connector.content.text import TITLE_LIMIT, is_blank, normalise_line
from connector.participation.models import Grading, Late
from connector.participation.rubric import CriterionForm
from connector.web.i18n import gettext as _
from connector.web.times import in_utc

MOST_WANTED = 100
"""The most threads, replies or posts that an activity may ask for."""
MOST_CRITERIA = 10
LEVELS = 5
"""How many levels a criterion may have."""
_MOST_POINTS = 1_000


class _Form(Schema):
    class Meta:
        """Browsers and their extensions add fields of their own."""

        unknown: ClassVar[str] = EXCLUDE


class ParticipationForm(_Form):
    """What an activity asks for. Times come as the person's clock shows them, and leave in UTC."""

    threads = fields.Integer(load_default=0, validate=validate.Range(0, MOST_WANTED))
    replies = fields.Integer(load_default=0, validate=validate.Range(0, MOST_WANTED))
    posts = fields.Integer(load_default=0, validate=validate.Range(0, MOST_WANTED))
    due_at = fields.NaiveDateTime(format="iso", load_default=None, allow_none=True)
    late = fields.Enum(Late, by_value=True, load_default=Late.COUNTS)
    grading = fields.Enum(Grading, by_value=True, load_default=Grading.NONE)
    has_points = fields.Boolean(load_default=False)

    def __init__(self, *, zone: tzinfo) -> None:
        """Take the zone of the person's clock."""
        super().__init__()
        self._zone = zone
        for name in ("threads", "replies", "posts"):
            sentence = _("Give a whole number from 0 to %(most)s.", most=MOST_WANTED)
            self.fields[name].error_messages |= {"invalid": sentence, "too_large": sentence}
            self.fields[name].validators = [validate.Range(0, MOST_WANTED, error=sentence)]
        self.fields["due_at"].error_messages |= {"invalid": _("Give a date and a time.")}

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}

    @validates_schema(skip_on_field_errors=True)
    def _check_together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if data["grading"] is Grading.COUNT and not any(data[name] for name in ("threads", "replies", "posts")):
            raise ValidationError(_("Say what to count: how many threads, replies or posts."), "grading")

    @post_load
    def _settle(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        due = data["due_at"]
        return {**data, "due_at": in_utc(due, self._zone) if due else None}


class ExtensionForm(_Form):
    """A due date for one learner."""

    due_at = fields.NaiveDateTime(format="iso", required=True)

    def __init__(self) -> None:
        """Say what is wrong in words."""
        super().__init__()
        sentence = _("Give a date and a time.")
        self.fields["due_at"].error_messages |= {"invalid": sentence, "required": sentence}


def read_criteria(form: Mapping[str, str]) -> tuple[Sequence[CriterionForm], dict[str, list[str]]]:
    """Return the criteria that a form holds, in order, and what is wrong with it by field.

    The fields are `title-N`, and `label-N-M` with `points-N-M` for its levels; those left blank are no criteria.
    """
    found: list[CriterionForm] = []
    errors: dict[str, list[str]] = {}
    for number in range(MOST_CRITERIA):
        title = normalise_line(form.get(f"title-{number}", ""))[:TITLE_LIMIT]
        levels = _levels(form, number, errors)
        if is_blank(title) and not levels:
            continue
        if is_blank(title):
            errors[f"title-{number}"] = [_("Give the criterion a name.")]
        elif len(levels) < 2:  # noqa: PLR2004 -- one level marks nothing
            errors[f"label-{number}-0"] = [_("Give at least two levels.")]
        found.append(CriterionForm(title=title, levels=sorted(levels, key=lambda level: level[1])))
    return found, errors


def _levels(form: Mapping[str, str], number: int, errors: dict[str, list[str]]) -> list[tuple[str, float]]:
    levels = []
    for place in range(LEVELS):
        label = normalise_line(form.get(f"label-{number}-{place}", ""))[:TITLE_LIMIT]
        typed = form.get(f"points-{number}-{place}", "").strip().replace(",", ".")
        if is_blank(label) and not typed:
            continue
        try:
            points = float(typed)
        except ValueError:
            points = -1.0
        if not 0 <= points <= _MOST_POINTS:  # also refuses what is no number
            errors[f"points-{number}-{place}"] = [_("Give points from 0 to %(most)s.", most=_MOST_POINTS)]
            continue
        levels.append((label or f"{points:g}", points))
    return levels
