"""Our xAPI Profile, made from the vocabulary, and the check of a statement against its templates.

Source: https://github.com/adlnet/xapi-profiles, version 1.0, parts two and three.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from xapi.errors import ProfileError
from xapi.matching import DETERMINING, check_rule, is_determined, is_shaped, normalised, values_at
from xapi.vocabulary import (
    NAMESPACE,
    PROFILE,
    PROFILE_VERSION,
    ActivityType,
    Event,
    Extension,
    Verb,
    activity_types,
    extensions,
    verbs,
)
from xapi.vocabulary.events import ANYTIME, EVENTS


@cache
def _document_text() -> str:
    return json.dumps(
        {
            "@context": "https://w3id.org/xapi/profiles/context",
            "id": PROFILE,
            "type": "Profile",
            "conformsTo": "https://w3id.org/xapi/profiles#1.0",
            "prefLabel": {"en-US": "Kring: social learning in a course"},
            "definition": {
                "en-US": "What the members of a course do when they discuss with each other. Objects are always "
                "activities; persons are known by accounts only; the text that people write never travels. Which event "
                "a statement tells of stands in a context extension, and all of one person's statements in one course "
                "share a registration."
            },
            "versions": [{"id": PROFILE_VERSION, "generatedAtTime": "2026-11-01T00:00:00Z"}],
            "author": {"type": "Organization", "name": "Kring"},
            "concepts": list(_concepts()),
            "templates": [template for event in EVENTS.values() for template in _templates(event)],
            "patterns": list(_patterns()),
        }
    )


def document() -> dict[str, Any]:
    """Return the profile as JSON-LD.

    Concepts that others have published are used in its templates but not described here: a profile must not define
    what another one defines.

    Source: xAPI Profiles, part two, 6.0 to 9.0.
    """
    made: dict[str, Any] = json.loads(_document_text())
    return made


def check(statement: Mapping[str, Any]) -> Event:
    """Return the event that a statement of ours tells of.

    Args:
        statement: Valid by `xapi.schema.validate`; as a producer or a store writes it.

    Raises:
        ProfileError: The statement names no event of this profile, or breaks a rule of the event's template.

    Source: xAPI Profiles, part three, 2.1.
    """
    told = normalised(statement)
    key = next(values_at(told, _location(extensions.EVENT)), None)
    event = EVENTS.get(key) if isinstance(key, str) else None
    if event is None:
        raise ProfileError(f"{key!r} is no event of {PROFILE_VERSION}")
    candidates = list(_templates(event))
    template = next((one for one in candidates if is_determined(told, one)), None)
    if template is None:
        wanted = " or ".join(str({name: one[name] for name in DETERMINING}) for one in candidates)
        raise ProfileError(f"{event.key} needs {wanted}")
    for rule in template["rules"]:
        check_rule(told, rule, template["id"])
    _check_extensions(told)
    return event


def _check_extensions(statement: Mapping[str, Any]) -> None:
    """Raise `ProfileError` for an extension below our namespace that is unknown, misplaced or misshapen."""
    known = {extension.id: extension for extension in vars(extensions).values() if isinstance(extension, Extension)}
    for place in ("$.context", "$.result", "$.object.definition"):
        for values in values_at(statement, f"{place}.extensions"):
            for iri, value in values.items():
                _check_extension(place, iri, value, known.get(iri))


def _check_extension(place: str, iri: str, value: Any, extension: Extension | None) -> None:
    if extension is None:
        if iri.startswith(NAMESPACE):
            raise ProfileError(f"{iri} is no extension of {PROFILE_VERSION}")
        return
    if place != f"$.{extension.place}":
        raise ProfileError(f"{iri} belongs to $.{extension.place}, not to {place}")
    if not is_shaped(value, extension.schema):
        raise ProfileError(f"{iri} cannot be {value!r}")


# --- what the document is made of -------------------------------------------------------------------------------------
def _terms(module: object, kind: type) -> Iterator[Any]:
    """Yield the rows of a table that we have minted ourselves."""
    rows: list[Any] = [term for term in vars(module).values() if isinstance(term, kind)]
    return (row for row in rows if row.source == PROFILE)


def _concepts() -> Iterator[dict[str, Any]]:
    """Yield our verbs, activity types and extensions. Source: xAPI Profiles, part two, 7.1 and 7.2."""
    for verb in _terms(verbs, Verb):
        yield _described(verb.id, "Verb", dict(verb.display), verb.definition)
    for type_ in _terms(activity_types, ActivityType):
        yield _described(type_.id, "ActivityType", {"en-US": type_.name}, type_.definition)
    for extension in _terms(extensions, Extension):
        concept = _described(
            extension.id,
            "ContextExtension" if extension.place == "context" else "ResultExtension",
            {"en-US": extension.name},
            extension.definition,
        )
        yield {**concept, "inlineSchema": json.dumps(extension.schema, default=dict)}


def _described(iri: str, kind: str, label: Mapping[str, str], definition: str) -> dict[str, Any]:
    return {
        "id": iri,
        "type": kind,
        "inScheme": PROFILE_VERSION,
        "prefLabel": label,
        "definition": {"en-US": definition},
    }


@cache
def _templates(event: Event) -> Sequence[Mapping[str, Any]]:
    """Return the templates of an event: one for each kind of object. Source: xAPI Profiles, part two, 8.0."""
    made = []
    for object_type, parent_type in ((event.object_type, event.parent_type), *event.also):
        suffix = "" if object_type is event.object_type else f".{object_type.name}"
        label = event.key if not suffix else f"{event.key} ({object_type.name})"
        described = _described(
            f"{NAMESPACE}templates/{event.key}{suffix}", "StatementTemplate", {"en-US": label}, event.doc
        )
        made.append(
            {
                **described,
                "verb": event.verb.id,
                "objectActivityType": object_type.id,
                "contextParentActivityType": [parent_type.id],
                "rules": list(_rules(event)),
            }
        )
    return made


def _rules(event: Event) -> Iterator[dict[str, Any]]:
    """Yield what a statement of an event must hold and must not. Source: xAPI Profiles, part two, 8.1."""
    yield {"location": _location(extensions.EVENT), "presence": "included", "all": [event.key]}
    category = "$.context.contextActivities.category[*].id"
    yield {"location": category, "presence": "included", "any": [PROFILE_VERSION]}
    for place in ("$.id", "$.timestamp", "$.actor.account.name", "$.context.contextActivities.grouping[*].id"):
        yield {"location": place, "presence": "included"}
    # A person's name, and a topic's or a reply's own words, are nobody's business outside the course.
    for place in ("$.actor.name", "$.object.definition.name", "$.object.definition.description", "$.result.response"):
        yield {"location": place, "presence": "excluded"}
    yield {"location": "$.context.registration", "presence": "recommended"}
    for extension in event.extensions:
        yield {"location": _location(extension), "presence": "included"}
    for extension in (*event.optional, *ANYTIME):
        yield {"location": _location(extension), "presence": "recommended"}


def _location(extension: Extension) -> str:
    return f"$.{extension.place}.extensions['{extension.id}']"


def _patterns() -> Iterator[dict[str, Any]]:
    """Yield the one pattern that there is: people do what they like, in any order.

    Every statement that names a profile as its category must follow one of its patterns.

    Source: xAPI Profiles, part two, 9.0.
    """
    act = f"{NAMESPACE}patterns/act"
    templates = [template["id"] for event in EVENTS.values() for template in _templates(event)]
    yield {"id": act, "type": "Pattern", "inScheme": PROFILE_VERSION, "alternates": templates}
    described = _described(
        f"{NAMESPACE}patterns/participation",
        "Pattern",
        {"en-US": "participation"},
        "What one person does in one course, in any order.",
    )
    yield {**described, "primary": True, "oneOrMore": act}
