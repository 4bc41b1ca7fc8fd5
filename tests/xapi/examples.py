"""One statement for every template of the profile; `python -m tests.xapi.examples` writes the golden files again."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tincan

from xapi.statement import activity, actor, result, statement, to_bytes
from xapi.vocabulary import Event
from xapi.vocabulary.activity_types import COURSE
from xapi.vocabulary.events import EVENTS
from xapi.vocabulary.extensions import DEPTH, LTI, REACTION, REASON, REVISION, ROLE, SEQUENCE, TARGET, WORD_COUNT

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
ANN, BEN = actor("https://lms.example", "7"), actor("https://lms.example", "8")
VALUES: dict[Any, Any] = {
    DEPTH: 2,
    REACTION: "thanks",
    REASON: "off-topic",
    REVISION: 1,
    WORD_COUNT: 120,
    ROLE: "Instructor",
}
ORIGIN = {LTI: {"deployment_id": "1", "context_id": "course-1"}, SEQUENCE: 3}


def templates() -> list[tuple[str, Event, int]]:
    """Return the name, event and number of every template."""
    return [
        (event.key if not number else f"{event.key}.{pair[0].name}", event, number)
        for event in EVENTS.values()
        for number, pair in enumerate([(event.object_type, event.parent_type), *event.also])
    ]


def example(event: Event, number: int = 0) -> tincan.Statement:
    """Return a statement of an event that has everything it may have."""
    object_type, parent_type = [(event.object_type, event.parent_type), *event.also][number]
    has = (*event.extensions, *event.optional)
    base = "https://kring.example/activities/1"
    return statement(
        id_=uuid.uuid5(uuid.NAMESPACE_URL, f"{event.key} {number}"),
        event=event,
        actor=ANN,
        object_=activity(f"{base}/objects/2", object_type),
        timestamp=NOW,
        parent=activity(f"{base}/parents/3", parent_type),
        grouping=[activity("https://kring.example/courses/1", COURSE), activity(base, event.parent_type)],
        result=result(completion=True) if number else None,
        extensions={**ORIGIN, **{extension: VALUES[extension] for extension in has if extension in VALUES}},
        target=BEN if TARGET in has else None,
        statement_ref=uuid.uuid5(uuid.NAMESPACE_URL, "answered") if event.key == "post.replied" else None,
        registration=uuid.uuid5(uuid.NAMESPACE_URL, "registration"),
        platform="moodle",
        language="da",
    )


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, event, number in templates():
        (GOLDEN / f"{name}.json").write_bytes(to_bytes(example(event, number)))
