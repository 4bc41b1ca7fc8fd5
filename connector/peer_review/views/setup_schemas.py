"""What the set-up page of a peer review sends."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from itertools import pairwise
from math import isfinite
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from connector.content.text import TITLE_LIMIT, is_blank, normalise, normalise_line
from connector.peer_review.aggregation.guard import Method
from connector.peer_review.allocation.problem import GroupMode
from connector.peer_review.models.setup import Anonymity, CriterionKind, Giving, Late, Product, SecondRound, Unit
from connector.peer_review.rubrics import CriterionForm
from connector.web.i18n import gettext as _
from connector.web.times import in_utc

MOST_REVIEWS = 20
MOST_CRITERIA = 12
LEVELS = 6
"""How many levels a criterion may have."""
SCALE_TOPS = (2, 10)
LEAST_KEPT, MOST_KEPT = 7, 3650
"""For how many days texts can be kept."""
_DATES = ("due_at", "reviews_due_at", "revision_due_at", "second_due_at")
_MOST_POINTS, _MOST_WEIGHT, _ABOUT_LIMIT = 1_000, 100, 1_000


class SetupForm(Schema):
    """The rules. Times come as the person's clock shows them, and leave in UTC."""

    class Meta:
        """Browsers and their extensions add fields of their own; the criteria are read apart."""

        unknown: ClassVar[str] = EXCLUDE

    product = fields.Enum(Product, by_value=True, load_default=Product.TEXT)
    unit = fields.Enum(Unit, by_value=True, load_default=Unit.PERSON)
    group_set_id = fields.UUID(load_default=None, allow_none=True)
    reviewed_by = fields.Enum(Unit, by_value=True, load_default=Unit.PERSON)
    reviews_each = fields.Integer(load_default=4, validate=validate.Range(1, MOST_REVIEWS))
    needed = fields.Integer(load_default=3, validate=validate.Range(1, MOST_REVIEWS))
    due_at = fields.NaiveDateTime(format="iso", load_default=None, allow_none=True)
    reviews_due_at = fields.NaiveDateTime(format="iso", load_default=None, allow_none=True)
    second_round = fields.Enum(SecondRound, by_value=True, load_default=SecondRound.NONE)
    revision_due_at = fields.NaiveDateTime(format="iso", load_default=None, allow_none=True)
    second_due_at = fields.NaiveDateTime(format="iso", load_default=None, allow_none=True)
    late = fields.Enum(Late, by_value=True, load_default=Late.ACCEPT)
    has_reminders = fields.Boolean(load_default=False)
    has_self_review = fields.Boolean(load_default=False)
    anonymity = fields.Enum(Anonymity, by_value=True, load_default=Anonymity.DOUBLE)
    grouping = fields.Enum(GroupMode, by_value=True, load_default=GroupMode.ANY)
    giving = fields.Enum(Giving, by_value=True, load_default=Giving.ON_DEMAND)
    method = fields.Enum(Method, by_value=True, load_default=Method.MEAN, validate=validate.NoneOf([Method.TRIMMED]))
    grades_reviewing = fields.Boolean(load_default=False)
    reviewing_maximum = fields.Float(load_default=None, allow_none=True)
    asks_experts = fields.Boolean(load_default=False)
    shows_others = fields.Boolean(load_default=False)
    keep_days = fields.Integer(load_default=None, allow_none=True)

    def __init__(self, *, zone: tzinfo) -> None:
        """Take the zone of the person's clock."""
        super().__init__()
        self._zone = zone
        for name in ("reviews_each", "needed"):
            sentence = _("Give a whole number from 1 to %(most)s.", most=MOST_REVIEWS)
            self._limit(name, 1, MOST_REVIEWS, sentence)
        sentence = _("Give a whole number from %(least)s to %(most)s.", least=LEAST_KEPT, most=MOST_KEPT)
        self._limit("keep_days", LEAST_KEPT, MOST_KEPT, sentence)
        for name in _DATES:
            self.fields[name].error_messages |= {"invalid": _("Give a date and a time.")}
        self.fields["reviewing_maximum"].error_messages |= {"invalid": _("Give a number.")}

    def _limit(self, name: str, least: int, most: int, sentence: str) -> None:
        self.fields[name].error_messages |= {"invalid": sentence, "too_large": sentence}
        self.fields[name].validators = [validate.Range(least, most, error=sentence)]

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Take an empty field for one that was left out."""
        return {name: value for name, value in data.items() if value != ""}

    @validates_schema(skip_on_field_errors=True)
    def _check_together(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if data["due_at"] and data["reviews_due_at"] and data["reviews_due_at"] <= data["due_at"]:
            raise ValidationError(_("Reviews must be due after the work is."), "reviews_due_at")
        for earlier, later in pairwise(_DATES):
            if data[earlier] and data[later] and data[later] <= data[earlier] and later != "reviews_due_at":
                raise ValidationError(_("This date must be after the one before it."), later)
        if data["needed"] > data["reviews_each"]:
            raise ValidationError(_("There are not that many reviews of each piece of work."), "needed")
        if data["unit"] is Unit.GROUP and data["grouping"] is GroupMode.WITHIN:
            sentence = _("Where groups hand in, there is nothing to review within one's own group.")
            raise ValidationError(sentence, "grouping")
        points = data["reviewing_maximum"]
        if data["grades_reviewing"] and (points is None or not (isfinite(points) and 0 < points <= _MOST_POINTS)):
            raise ValidationError(
                _("Give a number of points over 0 and up to %(most)s.", most=_MOST_POINTS), "reviewing_maximum"
            )

    @post_load
    def _settle(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        times = {name: in_utc(data[name], self._zone) if data[name] else None for name in _DATES}
        maximum = data["reviewing_maximum"] if data.pop("grades_reviewing") else None
        set_id = data["group_set_id"] if data["unit"] is Unit.GROUP else None
        reviewed_by = data["reviewed_by"] if data["unit"] is Unit.GROUP else Unit.PERSON
        return {**data, **times, "reviewed_by": reviewed_by, "reviewing_maximum": maximum, "group_set_id": set_id}


def typed_criteria(forms: Sequence[CriterionForm]) -> dict[str, Any]:
    """Return criteria as the fields of the page hold them."""
    typed: dict[str, Any] = {"count": len(forms)}
    for number, form in enumerate(forms):
        typed |= {
            f"kind-{number}": form.kind.value,
            f"title-{number}": form.title,
            f"about-{number}": form.about,
            f"weight-{number}": f"{form.weight:g}",
            f"top-{number}": str(len(form.levels)) if form.kind is CriterionKind.SCALE else "5",
        }
        if form.needs_comment:
            typed[f"comment-{number}"] = "1"
        if form.kind is CriterionKind.LEVELS:
            for place, (label, points) in enumerate(form.levels):
                typed[f"label-{number}-{place}"] = label
                typed[f"points-{number}-{place}"] = f"{points:g}"
    return typed


def read_criteria(form: Mapping[str, str]) -> tuple[list[CriterionForm], dict[str, list[str]]]:
    """Return the criteria that the page holds, in order, and what is wrong with them by field."""
    found: list[CriterionForm] = []
    errors: dict[str, list[str]] = {}
    for number in range(count_of(form)):
        title = normalise_line(form.get(f"title-{number}", ""))[:TITLE_LIMIT]
        kind = _kind(form.get(f"kind-{number}", ""))
        levels = _levels_of(form, number, kind, errors)
        if is_blank(title):
            if levels and kind is CriterionKind.LEVELS:
                errors[f"title-{number}"] = [_("Give the criterion a name.")]
            continue
        found.append(
            CriterionForm(
                kind=kind,
                title=title,
                about=normalise(form.get(f"about-{number}", ""))[:_ABOUT_LIMIT],
                levels=levels,
                weight=_weight(form, number, kind, errors),
                needs_comment=bool(form.get(f"comment-{number}")),
            )
        )
    if not found and not errors:
        errors["title-0"] = [_("Give at least one criterion.")]
    return found, errors


def count_of(form: Mapping[str, Any]) -> int:
    """Return how many criteria the page shows."""
    typed = str(form.get("count", ""))
    return min(int(typed), MOST_CRITERIA) if typed.isdecimal() else 0


def rearrange(form: Mapping[str, str], act: str) -> dict[str, str]:
    """Return what the page holds after a button moved, removed or added a criterion.

    Args:
        act: `add-<kind>`, or `up`, `down` or `remove` with the criterion's number.
    """
    what, _dash, where = act.partition("-")
    rows = [_row(form, number) for number in range(count_of(form))]
    if what == "add" and len(rows) < MOST_CRITERIA:
        rows.append({"kind": _kind(where).value, "weight": "1", "top": "5"})
    elif where.isdecimal() and int(where) < len(rows):
        place = int(where)
        row = rows.pop(place)
        if what != "remove":
            rows.insert(max(0, place - 1) if what == "up" else place + 1, row)
    rest = {name: value for name, value in form.items() if name.split("-")[0] not in _NAMES}
    for number, row in enumerate(rows):
        for name, value in row.items():
            base, *places = name.split("-")
            rest["-".join([base, str(number), *places])] = value
    return {**rest, "count": str(len(rows))}


_NAMES = frozenset({"kind", "title", "about", "weight", "comment", "top", "label", "points"})


def _row(form: Mapping[str, str], number: int) -> dict[str, str]:
    """Return the fields of one criterion, without its number."""
    row = {}
    for name, value in form.items():
        base, *places = name.split("-")
        if base in _NAMES and places and places[0] == str(number):
            row["-".join([base, *places[1:]])] = value
    return row


def _kind(typed: str) -> CriterionKind:
    try:
        return CriterionKind(typed)
    except ValueError:
        return CriterionKind.LEVELS


def _levels_of(
    form: Mapping[str, str], number: int, kind: CriterionKind, errors: dict[str, list[str]]
) -> list[tuple[str, float]]:
    if kind is CriterionKind.COMMENT:
        return []
    if kind is CriterionKind.YES_NO:
        return [("", 0.0), ("", 1.0)]
    if kind is CriterionKind.SCALE:
        typed = form.get(f"top-{number}", "5")
        low, high = SCALE_TOPS
        if not typed.isdecimal() or not low <= int(typed) <= high:
            errors[f"top-{number}"] = [_("Give a whole number from %(low)s to %(high)s.", low=low, high=high)]
            return []
        return [(str(step), float(step)) for step in range(1, int(typed) + 1)]
    levels = _typed_levels(form, number, errors)
    if len(levels) < 2 and not is_blank(form.get(f"title-{number}", "")):  # noqa: PLR2004 -- one level says nothing
        errors.setdefault(f"label-{number}-0", [_("Give at least two levels.")])
    return sorted(levels, key=lambda level: level[1])


def _typed_levels(form: Mapping[str, str], number: int, errors: dict[str, list[str]]) -> list[tuple[str, float]]:
    levels = []
    for place in range(LEVELS):
        label = normalise_line(form.get(f"label-{number}-{place}", ""))[:TITLE_LIMIT]
        typed = form.get(f"points-{number}-{place}", "").strip().replace(",", ".")
        if is_blank(label) and not typed:
            continue
        points = _number(typed)
        if points is None or not 0 <= points <= _MOST_POINTS:
            errors[f"points-{number}-{place}"] = [_("Give points from 0 to %(most)s.", most=_MOST_POINTS)]
            continue
        levels.append((label or f"{points:g}", points))
    return levels


def _weight(form: Mapping[str, str], number: int, kind: CriterionKind, errors: dict[str, list[str]]) -> float:
    if kind is CriterionKind.COMMENT:
        return 1.0
    weight = _number(form.get(f"weight-{number}", "").strip().replace(",", ".") or "1")
    if weight is None or not 0 < weight <= _MOST_WEIGHT:
        errors[f"weight-{number}"] = [_("Give a number over 0 and up to %(most)s.", most=_MOST_WEIGHT)]
        return 1.0
    return weight


def _number(typed: str) -> float | None:
    try:
        number = float(typed)
    except ValueError:
        return None
    return number if isfinite(number) else None
