"""What statements say that xAPI itself has no place for."""

from collections.abc import Mapping
from typing import Any

from xapi.vocabulary import NAMESPACE, Extension

_WORD: Mapping[str, Any] = {"type": "string", "minLength": 1}
_IRI: Mapping[str, Any] = {"type": "string", "minLength": 1, "format": "iri"}
_NUMBER: Mapping[str, Any] = {"type": "number"}


def _count(least: int) -> Mapping[str, Any]:
    return {"type": "integer", "minimum": least}


def _one_of(*words: str) -> Mapping[str, Any]:
    return {**_WORD, "enum": list(words)}


def _list(of: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "array", "minItems": 1, "items": of}


def _record(required: tuple[str, ...], **properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


# --- everywhere -------------------------------------------------------------------------------------------------------
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
    schema=_record(("deployment_id",), deployment_id=_WORD, context_id=_WORD, resource_link_id=_WORD),
)
ROLE = Extension(
    id="https://w3id.org/xapi/lms/extensions/role",
    name="role",
    definition="The actor's role in the course: learner, trainer, assistant, expert or observer.",
    schema=_WORD,
)
TARGET = Extension(
    id=f"{NAMESPACE}ext/target",
    name="target",
    definition="The person that the act was for, such as the author replied to; left out where it would tell who an "
    "anonymous author is.",
    schema=_record(("account",), account=_record(("homePage", "name"), homePage=_WORD, name=_WORD)),
)
WORD_COUNT = Extension(
    id=f"{NAMESPACE}ext/word-count",
    name="word count",
    definition="How many words the text has; the text itself stays in the tool.",
    schema=_count(0),
    place="result",
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

# --- discussion -------------------------------------------------------------------------------------------------------
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

# --- peer review ------------------------------------------------------------------------------------------------------
ATTEMPT = Extension(
    id=f"{NAMESPACE}ext/attempt",
    name="attempt",
    definition="How often the submission has been handed in, this time included.",
    schema=_count(1),
)
DUE = Extension(
    id=f"{NAMESPACE}ext/due",
    name="due",
    definition="By when it is to be done: a timestamp as RFC 3339 has it, in UTC.",
    schema={**_WORD, "format": "date-time"},
)
REVIEW_ID = Extension(
    id=f"{NAMESPACE}ext/review",
    name="review",
    definition="The review: the object of the statements of its assignment, its rating and its appeal.",
    schema=_IRI,
)
ANONYMITY = Extension(
    id=f"{NAMESPACE}ext/anonymity",
    name="anonymity",
    definition="Who is hidden from whom: nobody (`open`), the reviewer from the author (`single-blind`), or each from "
    "the other (`double-blind`). A double-blind statement has no target.",
    schema=_one_of("open", "single-blind", "double-blind"),
)
CRITERIA = Extension(
    id=f"{NAMESPACE}ext/criteria",
    name="criteria",
    definition="The points given, criterion by criterion; the comments stay in the tool.",
    schema=_list(_record(("id", "raw"), id=_IRI, raw=_NUMBER, min=_NUMBER, max=_NUMBER)),
    place="result",
)
"""The published `https://w3id.org/xapi/acrossx/extensions/rubrics` takes nothing but a string."""
MODE = Extension(
    id=f"{NAMESPACE}ext/mode",
    name="mode",
    definition="Why a submission was judged, where it was not for its author: `calibration` is practice on one that an "
    "expert has judged before.",
    schema=_one_of("calibration"),
)
EXPERT_DEVIATION = Extension(
    id=f"{NAMESPACE}ext/expert-deviation",
    name="deviation from the expert",
    definition="How far the scaled score lies above the expert's; below it where negative.",
    schema={**_NUMBER, "minimum": -2, "maximum": 2},
    place="result",
)
QUALITY_RATING = Extension(
    id="http://id.tincanapi.com/extension/quality-rating",
    name="quality rating",
    definition="How helpful a review was to the author of the submission.",
    schema=_record(("raw", "min", "max"), raw=_NUMBER, min=_NUMBER, max=_NUMBER),
    place="result",
)

# --- expert Q&A -------------------------------------------------------------------------------------------------------
TAGS = Extension(
    id="http://id.tincanapi.com/extension/tags",
    name="tags",
    definition="All tags that the question has now, from the course's own list.",
    schema=_list(_WORD),
)
ROUTE = Extension(
    id=f"{NAMESPACE}ext/route",
    name="route",
    definition="How the expert was found, such as `tag`, `turn`, `trainer` or `passed-on`.",
    schema=_WORD,
)
ANSWER_ID = Extension(
    id=f"{NAMESPACE}ext/answer",
    name="answer",
    definition="The answer: the object of the statements of its votes, its acceptance and its endorsement.",
    schema=_IRI,
)
RESPONSE_SECONDS = Extension(
    id=f"{NAMESPACE}ext/response-seconds",
    name="seconds to the answer",
    definition="How many seconds after the question the answer came.",
    schema=_count(0),
    place="result",
)
SEVERITY = Extension(
    id="http://id.tincanapi.com/extension/severity",
    name="severity",
    definition="How pressing it is, in the words of the course's own list.",
    schema=_WORD,
)
DUPLICATE_OF = Extension(
    id=f"{NAMESPACE}ext/duplicate-of",
    name="duplicate of",
    definition="The question that has been asked before.",
    schema=_IRI,
)

# --- community --------------------------------------------------------------------------------------------------------
VISIBILITY = Extension(
    id=f"{NAMESPACE}ext/visibility",
    name="visibility",
    definition="Who else can read the object: nobody.",
    schema=_one_of("private"),
)
ROLE_IN_PAIR = Extension(
    id=f"{NAMESPACE}ext/role-in-pair",
    name="role in the pair",
    definition="What the actor is in the mentorship; the target is the other.",
    schema=_one_of("mentor", "mentee"),
)

ANYTIME = (SEQUENCE, LTI, ROLE)
"""Those that every statement may have; `EVENT` they all must."""
