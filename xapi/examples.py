"""One statement for every template of the profile, with all that it may have: shown to analysts, and kept as golden."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import tincan

from xapi.statement import activity, actor, result, statement
from xapi.vocabulary import ActivityType, Event, Extension
from xapi.vocabulary import extensions as ext
from xapi.vocabulary.activity_types import ASSIGNMENT, COURSE, DISCUSSION
from xapi.vocabulary.events import AREAS, POST_REPLIED
from xapi.vocabulary.events.peer_review import SUBMISSION_DRAFTED

BASE = "https://kring.example"
ANN = actor(f"{BASE}/tenants/1/actors", "0c7c6e0a-5d4e-4f43-9f1c-2f6a3f0b7a11")
BEN = actor(f"{BASE}/tenants/1/actors", "7b1de6c2-9a35-4c6e-8f39-51c5a0d9b822")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
VALUES: Mapping[Extension, Any] = MappingProxyType(
    {
        ext.LTI: {"deployment_id": "1", "context_id": "course-1"},
        ext.SEQUENCE: 3,
        ext.ROLE: "learner",
        ext.WORD_COUNT: 120,
        ext.REVISION: 1,
        ext.REASON: "off-topic",
        ext.DEPTH: 2,
        ext.REACTION: "thanks",
        ext.ATTEMPT: 1,
        ext.DUE: "2026-01-09T23:00:00.000Z",
        ext.REVIEW_ID: f"{BASE}/activities/1/reviews/4",
        ext.ANONYMITY: "open",
        ext.CRITERIA: [{"id": f"{BASE}/activities/1/criteria/1", "raw": 3, "max": 4}],
        ext.MODE: "calibration",
        ext.EXPERT_DEVIATION: -0.25,
        ext.QUALITY_RATING: {"raw": 4, "min": 1, "max": 5},
        ext.TAGS: ["planning"],
        ext.ROUTE: "tag",
        ext.ANSWER_ID: f"{BASE}/activities/1/answers/4",
        ext.RESPONSE_SECONDS: 5400,
        ext.SEVERITY: "high",
        ext.DUPLICATE_OF: f"{BASE}/activities/1/questions/7",
        ext.VISIBILITY: "private",
        ext.ROLE_IN_PAIR: "mentee",
    }
)
_RESULTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "$.result.score.scaled": {"score": {"scaled": 0.75, "raw": 3, "min": 0, "max": 4}},
        "$.result.success": {"success": True},
        "$.result.completion": {"completion": True},
        "$.result.duration": {"duration": timedelta(minutes=25)},
    }
)


def example(event: Event, number: int = 0) -> tincan.Statement:
    """Return a statement of an event.

    Args:
        event: Any of the vocabulary's.
        number: Which of the event's pairs of object and parent.
    """
    object_type, parent_type = event.pairs[number]
    return statement(
        id_=_uuid(f"{event.key} {number}"),
        event=event,
        actor=ANN,
        object_=_thing(object_type, 3),
        timestamp=NOW,
        parent=_thing(parent_type, 2) if parent_type else None,
        grouping=_grouping(event),
        result=_result(event),
        extensions=_extensions(event),
        target=BEN if ext.TARGET in (*event.extensions, *event.optional) else None,
        statement_ref=_uuid("post.replied 7") if event is POST_REPLIED else None,
        registration=_uuid("registration"),
        platform="moodle",
        language="da",
        has_consent=True,
    )


def _uuid(of: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, of)


def _thing(type_: ActivityType, number: int) -> tincan.Activity:
    """Return something below an activity; or the activity, if such a thing is one."""
    if type_ in {ASSIGNMENT, DISCUSSION}:
        return activity(f"{BASE}/activities/1", type_)
    plural = {"topic": "threads", "reply": "replies"}.get(type_.name, f"{type_.name}s")
    return activity(f"{BASE}/activities/1/{plural}/{number}", type_)


def _grouping(event: Event) -> list[tincan.Activity]:
    course = activity(f"{BASE}/courses/1", COURSE)
    if event.is_private or event in AREAS["community"]:
        return [course]
    kind = ASSIGNMENT if event in AREAS["peer-review"] else DISCUSSION
    return [course, activity(f"{BASE}/activities/1", kind)]


def _result(event: Event) -> tincan.Result | None:
    """Return the core parts of the result that the event's rules name."""
    parts: dict[str, Any] = {}
    for rule in event.rules:
        parts.update(_RESULTS.get(rule.location, {}))
    if event is SUBMISSION_DRAFTED:
        parts["completion"] = False
    return result(**parts) if parts else None


def _extensions(event: Event) -> dict[Extension, Any]:
    has = (*event.extensions, *event.optional, *(() if event.is_private else ext.ANYTIME))
    values = {extension: VALUES[extension] for extension in has if extension is not ext.TARGET}
    if ext.ROLE in event.extensions:
        values[ext.ROLE] = "expert"
    for rule in event.rules:
        if rule.location == ext.REASON.location:
            values[ext.REASON] = rule.values[0]
    return values
