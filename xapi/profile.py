"""Our xAPI Profile, made from the vocabulary, and the check of a statement against its templates.

Source: https://github.com/adlnet/xapi-profiles, version 1.0, parts two and three.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

from xapi.errors import ProfileError
from xapi.matching import DETERMINING, check_rule, is_determined, is_shaped, normalised, values_at
from xapi.vocabulary import (
    NAMESPACE,
    PROFILE,
    PROFILE_VERSION,
    VERSIONS,
    ActivityType,
    Event,
    Extension,
    Rule,
    Term,
    Verb,
    activity_types,
    extensions,
    verbs,
)
from xapi.vocabulary.activity_types import COURSE
from xapi.vocabulary.events import AREAS, EVENTS
from xapi.vocabulary.extensions import ANONYMITY, ANYTIME, EVENT, TARGET

CONTEXT = "https://w3id.org/xapi/profiles/context"
"""What makes JSON of a profile JSON-LD."""
DOUBLE_BLIND = "double-blind"
_OURS = {
    "location": "$.context.contextActivities.category[*].id",
    "presence": "included",
    "any": [PROFILE_VERSION],
}
"""The rule that makes a statement one of this profile's."""


@cache
def _document_text() -> str:
    return json.dumps(
        {
            "@context": CONTEXT,
            "id": PROFILE,
            "type": "Profile",
            "conformsTo": "https://w3id.org/xapi/profiles#1.0",
            "prefLabel": {"en-US": "Kring: social learning in a course"},
            "definition": {
                "en-US": "What the members of a course do when they discuss, review each other's work, ask experts and "
                "help each other. Objects are always activities; persons are known by accounts only; the text that "
                "people write never travels. Which event a statement tells of stands in a context extension, and all "
                "of one person's statements in one course share a registration."
            },
            "versions": list(_versions()),
            "author": {"type": "Organization", "name": "Kring"},
            "concepts": list(_concepts()),
            "templates": [template for event in EVENTS.values() for template in templates(event)],
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


def describe(iri: str) -> dict[str, Any] | None:
    """Return what the profile says about one concept, template or pattern, as JSON-LD; None where it knows no such."""
    made = document()
    for described in (*made["concepts"], *made["templates"], *made["patterns"]):
        if described["id"] == iri:
            return {"@context": CONTEXT, **described}
    return None


def check(statement: Mapping[str, Any]) -> Event:
    """Return the event that a statement of ours tells of.

    Args:
        statement: Valid by `xapi.schema.validate`; as a producer or a store writes it.

    Raises:
        ProfileError: The statement names no event of this profile, or breaks a rule of the event's template.

    Source: xAPI Profiles, part three, 2.1.
    """
    told = normalised(statement)
    key = next(values_at(told, EVENT.location), None)
    event = EVENTS.get(key) if isinstance(key, str) else None
    if event is None:
        raise ProfileError(f"{key!r} is no event of {PROFILE_VERSION}")
    candidates = templates(event)
    template = next((one for one in candidates if is_determined(told, one)), None)
    if template is None:
        wanted = " or ".join(str({name: one[name] for name in DETERMINING if name in one}) for one in candidates)
        raise ProfileError(f"{event.key} needs {wanted}")
    for rule in template["rules"]:
        check_rule(told, rule, template["id"])
    _check_extensions(told, event)
    _check_blindness(told)
    return event


def _check_extensions(statement: Mapping[str, Any], event: Event) -> None:
    """Raise `ProfileError` for an extension that is misplaced, misshapen, or none of this event's."""
    known = {extension.id: extension for extension in vars(extensions).values() if isinstance(extension, Extension)}
    for place in ("$.context", "$.result", "$.object.definition"):
        for values in values_at(statement, f"{place}.extensions"):
            for iri, value in values.items():
                _check_extension(place, iri, value, known.get(iri))
                if iri in known and known[iri] not in (EVENT, *ANYTIME, *event.extensions, *event.optional):
                    raise ProfileError(f"{event.key} has no {iri}")


def _check_extension(place: str, iri: str, value: Any, extension: Extension | None) -> None:
    if extension is None:
        if iri.startswith(NAMESPACE):
            raise ProfileError(f"{iri} is no extension of {PROFILE_VERSION}")
        return
    if place != f"$.{extension.place}":
        raise ProfileError(f"{iri} belongs to $.{extension.place}, not to {place}")
    if not is_shaped(value, extension.schema):
        raise ProfileError(f"{iri} cannot be {value!r}")


def _check_blindness(statement: Mapping[str, Any]) -> None:
    """Raise `ProfileError` where a statement names the person whom a double-blind review hides."""
    if DOUBLE_BLIND in values_at(statement, ANONYMITY.location) and any(values_at(statement, TARGET.location)):
        raise ProfileError(f"a {DOUBLE_BLIND} statement has no {TARGET.id}")


# --- what the document is made of -------------------------------------------------------------------------------------
def _versions() -> Iterator[dict[str, Any]]:
    """Yield the versions, newest first, each a revision of the one before. Source: xAPI Profiles, part two, 6.1."""
    olders = [*VERSIONS][1:]
    for (iri, made), older in zip_longest(VERSIONS.items(), olders):
        revised = {"wasRevisionOf": [older]} if older else {}
        yield {"id": iri, **revised, "generatedAtTime": made}


def terms(module: object, kind: type[Term]) -> list[Any]:
    """Return the rows of a table of terms."""
    return [term for term in vars(module).values() if isinstance(term, kind)]


def _concepts() -> Iterator[dict[str, Any]]:
    """Yield the terms that are ours. Source: xAPI Profiles, part two, 7.1 and 7.2."""
    ours = [
        term
        for module, kind in ((verbs, Verb), (activity_types, ActivityType), (extensions, Extension))
        for term in terms(module, kind)
        if term.source == PROFILE
    ]
    for term in ours:
        if isinstance(term, Verb):
            yield _described(term.id, "Verb", dict(term.display), term.definition)
        elif isinstance(term, ActivityType):
            related = {"broadMatch": list(term.broad_match)} if term.broad_match else {}
            yield {**_described(term.id, "ActivityType", {"en-US": term.name}, term.definition), **related}
        else:
            yield _extension(term)


def _extension(term: Extension) -> dict[str, Any]:
    kind = "ContextExtension" if term.place == "context" else "ResultExtension"
    using = [event.verb.id for event in EVENTS.values() if term in (*event.extensions, *event.optional)]
    recommended = {"recommendedVerbs": list(dict.fromkeys(using))} if using else {}
    return {
        **_described(term.id, kind, {"en-US": term.name}, term.definition),
        **recommended,
        "inlineSchema": json.dumps(term.schema, default=dict),
    }


def _described(iri: str, kind: str, label: Mapping[str, str], definition: str) -> dict[str, Any]:
    return {
        "id": iri,
        "type": kind,
        "inScheme": PROFILE_VERSION,
        "prefLabel": label,
        "definition": {"en-US": definition},
    }


def template_name(event: Event, number: int = 0) -> str:
    """Return the name of one of an event's templates: the event's own, for any but the first pair with the object.

    Where the same object stands in several things, all but the first of these are named as well.
    """
    return ".".join([event.key, *_different(event, number)])


def _different(event: Event, number: int) -> list[str]:
    """Return the words that tell a pair from the event's others."""
    if not number:
        return []
    object_type, parent_type = event.pairs[number]
    is_again = any(earlier is object_type for earlier, _ in event.pairs[1:number])
    return [object_type.name, *([parent_type.name] if is_again and parent_type else [])]


@cache
def templates(event: Event) -> Sequence[Mapping[str, Any]]:
    """Return the templates of an event: one for each kind of object. Source: xAPI Profiles, part two, 8.0."""
    made = []
    for number, (object_type, parent_type) in enumerate(event.pairs):
        iri = f"{NAMESPACE}templates/{template_name(event, number)}"
        words = _different(event, number)
        label = f"{event.key} ({', '.join(words)})" if words else event.key
        parent = {"contextParentActivityType": [parent_type.id]} if parent_type else {}
        made.append(
            {
                **_described(iri, "StatementTemplate", {"en-US": label}, event.doc),
                "verb": event.verb.id,
                "objectActivityType": object_type.id,
                **parent,
                "rules": [_OURS, *(_rule(rule) for rule in rules(event))],
            }
        )
    return made


def _rule(rule: Rule) -> dict[str, Any]:
    made: dict[str, Any] = {"location": rule.location, "presence": rule.presence}
    if rule.values:
        made["all"] = list(rule.values)
    if rule.note:
        made["scopeNote"] = {"en-US": rule.note}
    return made


def rules(event: Event) -> Iterator[Rule]:
    """Yield what a statement of an event must hold and must not. Source: xAPI Profiles, part two, 8.1."""
    yield Rule(location=EVENT.location, values=(event.key,))
    for place in ("id", "timestamp", "actor.account.name", "context.registration"):
        yield Rule(location=f"$.{place}")
    # A person's name, and a topic's or a reply's own words, are nobody's business outside the course.
    for place in ("actor.name", "object.definition.name", "object.definition.description", "result.response"):
        yield Rule(location=f"$.{place}", presence="excluded")
    if event.is_private:
        yield from _private_rules()
    else:
        yield Rule(location="$.context.contextActivities.grouping[*].id")
    yield from event.rules
    for extension in event.extensions:
        yield Rule(location=extension.location)
    for extension in (*event.optional, *(() if event.is_private else ANYTIME)):
        if extension not in event.extensions:
            yield Rule(location=extension.location, presence="recommended")


def _private_rules() -> Iterator[Rule]:
    """Yield the rules that leave a statement nothing but who, when, and in which course."""
    yield Rule(
        location="$.context.contextActivities.grouping[*].definition.type",
        values=(COURSE.id,),
        note="The course, and neither the activity nor the topic.",
    )
    for place in ("contextActivities.parent", "contextActivities.other", "statement", "instructor", "team"):
        yield Rule(location=f"$.context.{place}", presence="excluded")
    yield Rule(location="$.result", presence="excluded")
    for extension in (*ANYTIME, TARGET):
        yield Rule(location=extension.location, presence="excluded")


def _patterns() -> Iterator[dict[str, Any]]:
    """Yield the patterns: in a course a person does what they like, in any order, in any of its areas.

    Statements that share a registration and a version follow one primary pattern, so there is one. Its parts name
    what belongs together. As new events change all of these, their IRIs count up with the version.

    Source: xAPI Profiles, part two, 9.0.
    """
    base = f"{NAMESPACE}patterns/{PROFILE_VERSION.removeprefix(NAMESPACE)}"
    for area, events in AREAS.items():
        members = [template["id"] for event in events for template in templates(event)]
        yield {"id": f"{base}/{area}", "type": "Pattern", "inScheme": PROFILE_VERSION, "alternates": members}
    parts = [f"{base}/{area}" for area in AREAS]
    yield {"id": f"{base}/act", "type": "Pattern", "inScheme": PROFILE_VERSION, "alternates": parts}
    described = _described(
        f"{base}/participation",
        "Pattern",
        {"en-US": "participation"},
        "What one person does in one course, in any order.",
    )
    yield {**described, "primary": True, "oneOrMore": f"{base}/act"}
