"""Statements with known verdicts: 12 valid ones, and 47 that have one defect each.

The verdicts are read off xAPI 1.0.3, Data, 2 and 4, and stand for 2.0 as well.
"""

from copy import deepcopy
from typing import Any

ANN = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "7"}}
BEN = {"objectType": "Agent", "mbox": "mailto:ben@example.org"}
PAIR = {"objectType": "Group", "member": [ANN, BEN]}
UUID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
POST: dict[str, Any] = {"objectType": "Activity", "id": "https://kring.example/posts/1"}
REF = {"objectType": "StatementRef", "id": UUID}
PLAIN: dict[str, Any] = {"actor": ANN, "verb": {"id": "http://adlnet.gov/expapi/verbs/asked"}, "object": POST}
SUB = {"objectType": "SubStatement", **PLAIN, "timestamp": "2031-01-02T03:04:05Z"}
FULL: dict[str, Any] = {
    "id": UUID,
    "actor": {**ANN, "name": "Ann"},
    "verb": {
        "id": "http://adlnet.gov/expapi/verbs/answered",
        "display": {"en-US": "answered", "da": "svarede", "zh-Hant-TW": "回答"},
    },
    "object": {
        "objectType": "Activity",
        "id": "https://kring.example/spørgsmål/1?a=b#c",
        "definition": {
            "name": {"en": "A question"},
            "description": {"en": ""},
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "moreInfo": "https://kring.example/more",
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}],
            "extensions": {"https://kring.example/ext": {"deep": [None, 1.5, {"x": None}]}},
        },
    },
    "result": {
        "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
        "success": True,
        "completion": False,
        "response": "a",
        "duration": "P3Y1M29DT4H35M59.14S",
        "extensions": {"https://kring.example/ext": None},
    },
    "context": {
        "registration": UUID,
        "instructor": PAIR,
        "team": {"objectType": "Group", "mbox": "mailto:team@example.org", "member": [BEN]},
        "contextActivities": {"parent": [POST], "grouping": [POST, POST], "category": [], "other": [POST]},
        "revision": "2",
        "platform": "moodle",
        "language": "sv-SE",
        "statement": REF,
        "extensions": {"https://kring.example/ext": []},
    },
    "timestamp": "2026-01-02T03:04:05.678Z",
    "stored": "2026-01-02T04:04:05.678901+01:00",
    "authority": BEN,
    "version": "1.0.0",
    "attachments": [
        {
            "usageType": "http://adlnet.gov/expapi/attachments/signature",
            "display": {"en": "Signature"},
            "description": {"en": "A signature"},
            "contentType": "application/octet-stream",
            "length": 4235,
            "sha2": "672fa5fa658017f1b72d65036f13379c6ab05d4ab3b6664908d8acf0b6a0c634",
            "fileUrl": "https://kring.example/signature",
        }
    ],
}
"""A statement that has every property there is."""

VALID: dict[str, dict[str, Any]] = {
    "the simplest": PLAIN,
    "everything": FULL,
    "an anonymous group": {**PLAIN, "actor": PAIR},
    "an identified group": {**PLAIN, "actor": {"objectType": "Group", "openid": "https://groups.example/1"}},
    "an actor by the hash of an address": {**PLAIN, "actor": {"mbox_sha1sum": "ab" * 20}},
    "an actor by openid": {**PLAIN, "actor": {"openid": "https://ann.example/"}},
    "an agent as object": {**PLAIN, "object": BEN},
    "a statement as object": {**PLAIN, "object": REF},
    "a statement within a statement, in the future": {**PLAIN, "object": SUB},
    "a statement voided": {**PLAIN, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": REF},
    "a context activity without a list": {**PLAIN, "context": {"contextActivities": {"parent": POST}}},
    "an application and its user as authority": {**PLAIN, "authority": PAIR},
}

MISSING = object()


def changed(path: str, value: Any, statement: dict[str, Any] = FULL) -> dict[str, Any]:
    """Return a copy of `statement` with one place set, or removed where `value` is MISSING."""
    copy = deepcopy(statement)
    *above, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = copy
    for step in above:
        place = place[step]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return copy


_SCALE = [{"id": "1"}, {"id": "2"}]
INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "no actor": (changed("actor", MISSING), "actor"),
    "no verb": (changed("verb", MISSING), "verb"),
    "no object": (changed("object", MISSING), "object"),
    "no identifier": (changed("actor/account", MISSING), "actor"),
    "two identifiers": (changed("actor/mbox", "mailto:ann@example.org"), "actor"),
    "an address without mailto": (changed("actor", {"mbox": "ann@example.org"}), "actor.mbox"),
    "a hash that is none": (changed("actor", {"mbox_sha1sum": "ab" * 19}), "actor.mbox_sha1sum"),
    "a relative openid": (changed("actor", {"openid": "ann"}), "actor.openid"),
    "an account without home page": (changed("actor/account/homePage", MISSING), "actor.account.homePage"),
    "an account with a number for a name": (changed("actor/account/name", 7), "actor.account.name"),
    "an objectType in another case": (changed("actor/objectType", "agent"), "actor.objectType"),
    "an anonymous group without members": (changed("actor", {"objectType": "Group", "name": "we"}), "actor"),
    "a group in a group": (changed("actor", {"objectType": "Group", "member": [PAIR]}), "actor.member[0].objectType"),
    "a null": (changed("actor/name", None), "actor.name"),
    "a verb that is a word": (changed("verb/id", "asked"), "verb.id"),
    "a language that is none": (changed("verb/display", {"english": "x", "a12345": "y"}), "verb.display.a12345"),
    "a text that is none": (changed("verb/display/da", 7), "verb.display.da"),
    "an activity without id": (changed("object/id", MISSING), "object.id"),
    "an activity whose id is no IRI": (changed("object/id", "posts/1"), "object.id"),
    "an objectType that is none": (changed("object/objectType", "Course"), "object.objectType"),
    "a type that is no IRI": (changed("object/definition/type", "essay"), "object.definition.type"),
    "an address that is relative": (changed("object/definition/moreInfo", "/more"), "object.definition.moreInfo"),
    "an extension that is a word": (
        changed("object/definition/extensions", {"lti": 1}),
        "object.definition.extensions.lti",
    ),
    "an interaction that is none": (
        changed("object/definition/interactionType", "essay"),
        "object.definition.interactionType",
    ),
    "choices without an interaction": (
        changed("object/definition/interactionType", MISSING),
        "object.definition.interactionType",
    ),
    "a list of another interaction": (changed("object/definition/scale", _SCALE), "object.definition.scale"),
    "choices with the same id": (
        changed("object/definition/choices", [{"id": "a"}, {"id": "a"}]),
        "object.definition.choices",
    ),
    "a scaled score over 1": (changed("result/score/scaled", 1.5), "result.score.scaled"),
    "a raw score over max": (changed("result/score/raw", 11), "result.score.raw"),
    "a score in a string": (changed("result/score/raw", "5"), "result.score.raw"),
    "a success in a string": (changed("result/success", "true"), "result.success"),
    "a duration in words": (changed("result/duration", "12 minutes"), "result.duration"),
    "weeks and days": (changed("result/duration", "P1W2D"), "result.duration"),
    "a registration that is no UUID": (changed("context/registration", "7"), "context.registration"),
    "a platform for an agent": (changed("object", BEN, changed("context/revision", MISSING)), "context.platform"),
    "a relation that is none": (
        changed("context/contextActivities/child", [POST]),
        "context.contextActivities.child",
    ),
    "a team that is an agent": (changed("context/team", BEN), "context.team.objectType"),
    "a statement in context that is an activity": (
        changed("context/statement", {**REF, "objectType": "Activity"}),
        "context.statement.objectType",
    ),
    "a property that there is not": (changed("context/mood", "good"), "context.mood"),
    "a timestamp without zone": (changed("timestamp", "2026-01-02T03:04:05"), "timestamp"),
    "a timestamp that is a date": (changed("timestamp", "2026-01-02"), "timestamp"),
    "a timestamp in the unknown zone": (changed("timestamp", "2026-01-02T03:04:05-00:00"), "timestamp"),
    "a timestamp that is a number": (changed("timestamp", 1767323045), "timestamp"),
    "an activity voided": (
        changed("verb/id", "http://adlnet.gov/expapi/verbs/voided"),
        "object.objectType",
    ),
    "an authority of three": (
        changed("authority/member", [ANN, BEN, BEN], VALID["an application and its user as authority"]),
        "authority.member",
    ),
    "a statement within a statement, with an id": (changed("object", {**SUB, "id": UUID}, PLAIN), "object.id"),
    "an attachment without hash": (changed("attachments/0/sha2", MISSING), "attachments[0].sha2"),
}
"""By name: the statement, and the path that is to be named."""
