"""Criteria to begin with, in the trainer's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connector.peer_review.models.setup import CriterionKind
from connector.web.i18n import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """Criteria that fit a kind of work."""

    key: str
    label: str
    criteria: Sequence[dict[str, Any]]


def starters() -> Sequence[Starter]:
    """Return the sets of criteria that a trainer can begin with."""
    return [
        Starter(key="work", label=_("Written work"), criteria=default_criteria()),
        Starter(key="draft", label=_("Feedback on a draft, in words only"), criteria=_for_drafts()),
        Starter(key="short", label=_("A first reaction, short"), criteria=short_criteria()),
        Starter(key="talk", label=_("A talk or a demonstration"), criteria=_for_talks()),
    ]


def default_criteria() -> list[dict[str, Any]]:
    """Return the criteria of a peer review whose trainer has written none."""
    return [
        {
            "kind": CriterionKind.LEVELS,
            "title": _("Does it do what was asked for?"),
            "levels": [
                (_("Hardly"), 0.0),
                (_("In part; something important is missing"), 1.0),
                (_("Yes, with small gaps"), 2.0),
                (_("Fully"), 3.0),
            ],
            "needs_comment": True,
        },
        {
            "kind": CriterionKind.LEVELS,
            "title": _("Can you follow it?"),
            "levels": [
                (_("I got lost"), 0.0),
                (_("With effort"), 1.0),
                (_("Mostly"), 2.0),
                (_("All the way"), 3.0),
            ],
        },
        {"kind": CriterionKind.COMMENT, "title": _("What is strongest?"), "needs_comment": True},
        {"kind": CriterionKind.COMMENT, "title": _("What would you change first, and how?"), "needs_comment": True},
    ]


def short_criteria() -> list[dict[str, Any]]:
    """Return three criteria for a draft that will be revised: two to tick, one in words."""
    yes_no = [("", 0.0), ("", 1.0)]
    return [
        {"kind": CriterionKind.YES_NO, "title": _("Is it clear what it is about?"), "levels": yes_no},
        {"kind": CriterionKind.YES_NO, "title": _("Does it answer what its author asks?"), "levels": yes_no},
        {"kind": CriterionKind.COMMENT, "title": _("What would you change first, and how?"), "needs_comment": True},
    ]


def _for_drafts() -> list[dict[str, Any]]:
    return [
        {"kind": CriterionKind.COMMENT, "title": _("What do you take away from it?"), "needs_comment": True},
        {"kind": CriterionKind.COMMENT, "title": _("Where did you stop and read again?")},
        {"kind": CriterionKind.COMMENT, "title": _("What would you change first, and how?"), "needs_comment": True},
    ]


def _for_talks() -> list[dict[str, Any]]:
    five = [(str(step), float(step)) for step in range(1, 6)]
    return [
        {"kind": CriterionKind.SCALE, "title": _("How clear was it?"), "levels": five},
        {"kind": CriterionKind.SCALE, "title": _("How convincing was it?"), "levels": five},
        {"kind": CriterionKind.YES_NO, "title": _("Did it keep to the time?"), "levels": [("", 0.0), ("", 1.0)]},
        {"kind": CriterionKind.COMMENT, "title": _("One thing to keep, one thing to change"), "needs_comment": True},
    ]
