"""What statements say that xAPI itself has no place for."""

from collections.abc import Mapping
from typing import Any

from xapi.vocabulary import LMS, NAMESPACE, Extension

_WORD: Mapping[str, Any] = {"type": "string", "minLength": 1}


def _count(least: int) -> Mapping[str, Any]:
    return {"type": "integer", "minimum": least}


def _record(*names: str, required: tuple[str, ...]) -> dict[str, Any]:
    properties = {name: dict(_WORD) for name in names}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


EVENT = Extension(
    id=f"{NAMESPACE}ext/event",
    name="event",
    definition="Which of this profile's events the statement tells of; the template is named after it.",
    schema=_WORD,
)
SEQUENCE = Extension(
    id=f"{NAMESPACE}ext/seq",
    name="sequence number",
    definition="Puts statements with the same timestamp in the order of the acts.",
    schema=_count(0),
)
LTI = Extension(
    id=f"{NAMESPACE}ext/lti",
    name="LTI identifiers",
    definition="Where in the learning management system it happened, in the identifiers of LTI.",
    schema=_record("deployment_id", "context_id", "resource_link_id", required=("deployment_id",)),
)
TARGET = Extension(
    id=f"{NAMESPACE}ext/target",
    name="target",
    definition="The person that the act was for, such as the author replied to; left out where it would tell who an "
    "anonymous author is.",
    schema={
        "type": "object",
        "properties": {"account": _record("homePage", "name", required=("homePage", "name"))},
        "required": ["account"],
        "additionalProperties": False,
    },
)
WORD_COUNT = Extension(
    id=f"{NAMESPACE}ext/word-count",
    name="word count",
    definition="How many words the text has; the text itself stays in the tool.",
    schema=_count(0),
    place="result",
)
DEPTH = Extension(
    id=f"{NAMESPACE}ext/depth",
    name="depth",
    definition="How far a reply stands below the opening post: 1 answers that post, 2 answers such a reply.",
    schema=_count(1),
)
REACTION = Extension(
    id=f"{NAMESPACE}ext/reaction",
    name="reaction",
    definition="Which of the reactions on offer it was, such as `thanks`.",
    schema=_WORD,
)
REVISION = Extension(
    id=f"{NAMESPACE}ext/revision",
    name="revision",
    definition="How often the text has been changed, this time included.",
    schema=_count(1),
)
REASON = Extension(
    id=f"{NAMESPACE}ext/reason",
    name="reason",
    definition="The reason chosen from a list; never free text.",
    schema=_WORD,
)
ROLE = Extension(
    id="https://w3id.org/xapi/lms/extensions/role",
    name="role",
    definition="The actor's role in the course.",
    schema=_WORD,
    source=LMS,
)
