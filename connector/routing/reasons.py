"""Why somebody is asked, in words: the same for the person and for others who may see it."""

from collections.abc import Mapping, Sequence
from typing import Any

from connector.routing.ranking.evidence import ACTIVE, CLAIMED, MENTIONED, SIMILAR, TAG, TOPIC, Ranked, Reason
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

EXPERT, TURN, TRAINER, STANDBY, NAMED, PASSED_ON, SUGGESTED, OWN = (
    "expert",
    "turn",
    "trainer",
    "standby",
    "named",
    "passed-on",
    "suggested",
    "own",
)


def reasons_of(ranked: Ranked) -> Sequence[Reason]:
    """Return why a candidate is asked; there is always a reason, and an expert is not asked for having been here lately."""
    if ranked.candidate.is_expert and all(each.code == ACTIVE for each in ranked.reasons):
        return [Reason(EXPERT)]
    return ranked.reasons or [Reason(TURN)]


def reasons_for(ranked: Ranked, *, is_staff: bool) -> Sequence[Reason]:
    """Return why a candidate could be asked, for somebody else: what nobody has confirmed is for those who lead the course."""
    shown = [each for each in reasons_of(ranked) if is_staff or each.code != CLAIMED]
    return shown or [Reason(EXPERT if ranked.candidate.is_expert else TURN)]


def to_json(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return reasons as they are stored: to be put into words for each reader."""
    return [
        {
            "code": each.code,
            "tags": list(each.tags),
            "count": each.count,
            **({"called": dict(each.called)} if each.called else {}),
        }
        for each in reasons
    ]


def from_json(why: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Return reasons as `to_json` stored them."""
    return [
        Reason(each["code"], tuple(each["tags"]), each["count"], tuple(each.get("called", {}).items())) for each in why
    ]


def in_words(why: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return reasons in the reader's language, the strongest first."""
    return [_in_words(each) for each in from_json([{"tags": (), "count": 0, **one} for one in why])]


def _topics(reason: Reason) -> str:
    """Return what a reason is about, with the question's own words where it calls that differently."""
    called = dict(reason.called)
    return ", ".join(
        _("“%(topic)s” (here “%(word)s”)", topic=tag, word=called[tag]) if tag in called else f"“{tag}”"
        for tag in reason.tags
    )


def _in_words(reason: Reason) -> str:
    code, count, topics = reason.code, reason.count, _topics(reason)
    if code == TOPIC:
        return _("Knows about %(topics)s, as a trainer has confirmed", topics=topics)
    if code == MENTIONED:
        return _("Knows about %(topics)s, which the question mentions", topics=topics)
    if code == CLAIMED:
        return _("Says to know about %(topics)s", topics=topics)
    if code == TAG:
        return ngettext(
            "Has answered %(num)s question about %(topics)s",
            "Has answered %(num)s questions about %(topics)s",
            count,
            topics=topics,
        )
    words = {
        SIMILAR: _("Has answered similar questions"),
        ACTIVE: _("Has been active here lately"),
        EXPERT: _("Is an expert of this course"),
        TURN: _("Has not been asked for a while"),
        TRAINER: _("Leads this course"),
        STANDBY: _("Stands by when nobody in the course has answered"),
        NAMED: _("Was asked for by name"),
        PASSED_ON: _("Was asked by somebody who passed the question on"),
        SUGGESTED: _("Was suggested by somebody who was asked"),
        OWN: _("Has taken it on"),
    }
    return words[code]
