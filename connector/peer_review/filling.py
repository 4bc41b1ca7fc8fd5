"""The form of a review: its fields, what was typed and sent in them, and what a complete one says."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from connector.content.text import is_blank, normalise
from connector.peer_review import passages
from connector.peer_review.models.reviews import Review
from connector.peer_review.models.setup import Criterion
from connector.web.errors import InvalidInputError
from connector.web.i18n import gettext as _

TEXT_LIMIT = 5_000
"""The longest comment, in characters."""
SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that is complete."""

    levels: Mapping[uuid.UUID, int | None]
    comments: Mapping[uuid.UUID, str]
    summary: str
    score: float | None


def check(
    criteria: Sequence[Criterion], typed: Mapping[str, str], others: Mapping[str, list[str]] | None = None
) -> Filled:
    """Return what a form says.

    Args:
        others: What is wrong with the rest of the form, by field.

    Raises:
        InvalidInputError: An answer is missing, or off the scale, or something else is wrong.
    """
    errors: dict[str, list[str]] = {**(others or {})}
    levels: dict[uuid.UUID, int | None] = {}
    comments: dict[uuid.UUID, str] = {}
    weights = shares = 0.0
    for each in criteria:
        _level, comment_name = fields_of(each)
        comments[each.id] = _text(typed, comment_name, errors)
        if each.needs_comment and is_blank(comments[each.id]):
            errors.setdefault(comment_name, [_("Say it in a sentence or two.")])
        levels[each.id] = None
        if not each.is_scored:
            continue
        level = levels[each.id] = level_of(each, typed, errors)
        if level is not None:
            weights, shares = weights + each.weight, shares + each.weight * each.share(level)
    summary = _text(typed, SUMMARY, errors)
    if errors:
        raise InvalidInputError(errors)
    return Filled(levels, comments, summary, 100 * shares / weights if weights else None)


def level_of(criterion: Criterion, typed: Mapping[str, str], errors: dict[str, list[str]]) -> int | None:
    """Return the level that was chosen for a criterion; where none was, None, and what is wrong joins the errors."""
    name, _comment = fields_of(criterion)
    said = typed.get(name, "")
    if not said.isdecimal() or int(said) >= len(criterion.levels):
        errors[name] = [_("Choose one.")]
        return None
    return int(said)


def fields_of(criterion: Criterion) -> tuple[str, str]:
    """Return the names of a criterion's two fields: its level, and its comment."""
    return f"level-{criterion.id}", f"comment-{criterion.id}"


def typed_of(review: Review) -> dict[str, str]:
    """Return what the form shows: what was typed last, on top of what was sent."""
    return {**sent_of(review), **review.typed}


def shown_of(session: Session, review: Review) -> dict[str, str]:
    """Return the same with the comments on passages that were sent."""
    said = passages.list_of(session, review)
    return {**{passages.field_of(each): each.comment for each in said if each.is_sent}, **typed_of(review)}


def sent_of(review: Review) -> dict[str, str]:
    """Return what was sent, field by field."""
    sent: dict[str, str] = {SUMMARY: review.summary} if review.summary else {}
    for answer in review.answers:
        if answer.level is not None:
            sent[f"level-{answer.criterion_id}"] = str(answer.level)
        if answer.comment:
            sent[f"comment-{answer.criterion_id}"] = answer.comment
    return sent


def criteria_of(review: Review) -> list[Criterion]:
    """Return the criteria that a review is by; none before it is begun."""
    return list(review.rubric.criteria) if review.rubric else []


def _text(typed: Mapping[str, str], name: str, errors: dict[str, list[str]]) -> str:
    text = normalise(typed.get(name, ""))
    if len(text) > TEXT_LIMIT:
        errors[name] = [_("This is too long; %(limit)s characters fit.", limit=TEXT_LIMIT)]
    return text
