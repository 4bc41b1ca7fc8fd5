import json
from typing import Any

import pytest

from tests.xapi import corpus
from tests.xapi.examples import GOLDEN, templates
from xapi import profile
from xapi.errors import ProfileError
from xapi.vocabulary import (
    NAMESPACE,
    PROFILE,
    PROFILE_VERSION,
    ActivityType,
    Extension,
    Verb,
    activity_types,
    extensions,
    verbs,
)
from xapi.vocabulary.events import EVENTS

DOCUMENT = profile.document()
TERMS: list[Any] = [
    term
    for module in (verbs, activity_types, extensions)
    for term in vars(module).values()
    if isinstance(term, (Verb, ActivityType, Extension))
]
DESCRIBED = [*DOCUMENT["concepts"], *DOCUMENT["templates"], *DOCUMENT["patterns"]]


def golden(name: str = "post.replied") -> dict[str, Any]:
    statement: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_bytes())
    return statement


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for below in value.values() for leaf in leaves(below)] or [value]
    if isinstance(value, list):
        return [leaf for below in value for leaf in leaves(below)] or [value]
    return [value]


def test_the_document_says_what_a_profile_must():
    assert {name: DOCUMENT[name] for name in ("@context", "id", "type", "conformsTo")} == {
        "@context": "https://w3id.org/xapi/profiles/context",
        "id": "https://w3id.org/kring/profile",
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
    }
    assert set(DOCUMENT) >= {"prefLabel", "definition", "versions", "author", "concepts", "templates", "patterns"}
    assert [version["id"] for version in DOCUMENT["versions"]] == [PROFILE_VERSION]
    assert PROFILE_VERSION != PROFILE


def test_the_document_is_nobodys_to_change():
    profile.document()["concepts"].clear()
    assert profile.document() == DOCUMENT


def test_every_id_is_unique_and_in_our_namespace():
    ids = [described["id"] for described in DESCRIBED]
    assert len(set(ids)) == len(ids)
    assert [iri for iri in ids if not iri.startswith(NAMESPACE)] == []


def test_everything_described_has_what_its_kind_requires():
    for described in DESCRIBED:
        assert described["inScheme"] == PROFILE_VERSION
        if described["id"] != f"{NAMESPACE}patterns/act":  # only primary patterns need words
            assert described["prefLabel"]["en-US"]
            assert described["definition"]["en-US"]


def test_no_value_is_empty():
    assert [leaf for leaf in leaves(DOCUMENT) if leaf in (None, "", [], {})] == []


def test_every_term_of_ours_is_a_concept_and_no_other():
    ours = {term.id for term in TERMS if term.source == PROFILE}
    assert {concept["id"] for concept in DOCUMENT["concepts"]} == ours
    assert {term.id for term in TERMS if term.id.startswith(NAMESPACE)} == ours


def test_everything_that_a_template_names_is_in_the_vocabulary():
    known = {term.id for term in TERMS}
    named = {template["verb"] for template in DOCUMENT["templates"]}
    named |= {template["objectActivityType"] for template in DOCUMENT["templates"]}
    named |= {iri for template in DOCUMENT["templates"] for iri in template["contextParentActivityType"]}
    located = [rule["location"] for template in DOCUMENT["templates"] for rule in template["rules"]]
    named |= {location.split("'")[1] for location in located if "'" in location}
    assert named <= known


def test_terms_are_unique_and_told_in_every_language():
    assert len({term.id for term in TERMS}) == len(TERMS)
    assert {tuple(term.display) for term in TERMS if isinstance(term, Verb)} == {("en-US", "da", "sv", "nl")}


def test_no_two_templates_match_the_same_statement():
    determining = [
        (one["verb"], one["objectActivityType"], *one["contextParentActivityType"]) for one in DOCUMENT["templates"]
    ]
    assert len(set(determining)) == len(determining)


def test_a_rule_demands_something():
    rules = [rule for template in DOCUMENT["templates"] for rule in template["rules"]]
    assert {rule["presence"] for rule in rules} == {"included", "excluded", "recommended"}


def test_a_pattern_names_templates_and_patterns_that_exist():
    known = {described["id"] for described in DESCRIBED}
    act, participation = DOCUMENT["patterns"]
    assert act["alternates"] == [template["id"] for template in DOCUMENT["templates"]]
    assert {*act["alternates"], participation["oneOrMore"]} <= known


def test_an_extension_has_a_schema_that_is_json():
    schemas = [json.loads(one["inlineSchema"]) for one in DOCUMENT["concepts"] if one["type"].endswith("Extension")]
    assert {schema["type"] for schema in schemas} == {"string", "integer", "object"}


@pytest.mark.parametrize(("name", "event"), [pytest.param(name, event, id=name) for name, event, _ in templates()])
def test_every_golden_statement_is_its_event(name, event):
    assert profile.check(golden(name)) is event


def test_a_lone_context_activity_counts_as_a_list():
    statement = golden()
    related = statement["context"]["contextActivities"]
    related["parent"] = related["parent"][0]
    assert profile.check(statement) is EVENTS["post.replied"]


def test_what_a_store_adds_is_no_trouble():
    added = {"stored": "2026-01-02T03:04:06Z", "authority": corpus.BEN, "version": "1.0.0"}
    assert profile.check(golden() | added) is EVENTS["post.replied"]


def extended(name: str, value: object, place: str = "context", statement: str = "post.replied") -> dict[str, Any]:
    """Return a golden statement with one extension set, or removed where `value` is MISSING."""
    made = golden(statement)
    values = made.setdefault(place, {}).setdefault("extensions", {})
    if value is corpus.MISSING:
        del values[name]
    else:
        values[name] = value
    return made


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ({}, "None is no event of"),
        (extended(extensions.EVENT.id, corpus.MISSING), "None is no event of"),
        (extended(extensions.EVENT.id, "post.sung"), "'post.sung' is no event of"),
        (extended(extensions.EVENT.id, ["post.replied"]), "['post.replied'] is no event of"),
        (extended(extensions.EVENT.id, "post.edited"), "post.edited needs"),
        (corpus.changed("verb/id", verbs.VIEWED.id, golden()), "post.replied needs"),
        (corpus.changed("object/definition/type", activity_types.COURSE.id, golden()), "post.replied needs"),
        (corpus.changed("context/contextActivities/parent", [], golden()), "post.replied needs"),
        (corpus.changed("context/contextActivities/category", [], golden()), "category[*].id"),
        (corpus.changed("context/contextActivities/category/0/id", "https://x.example", golden()), "needs one of"),
        (corpus.changed("context/contextActivities/grouping", corpus.MISSING, golden()), "grouping[*].id"),
        (corpus.changed("timestamp", corpus.MISSING, golden()), "needs $.timestamp"),
        (corpus.changed("id", corpus.MISSING, golden()), "needs $.id"),
        (corpus.changed("actor", corpus.BEN, golden()), "needs $.actor.account.name"),
        (corpus.changed("actor/name", "Ann", golden()), "has no $.actor.name"),
        (corpus.changed("object/definition/name", {"en": "x"}, golden()), "has no $.object.definition.name"),
        (corpus.changed("result/response", "Dear all", golden()), "has no $.result.response"),
        (extended(extensions.DEPTH.id, corpus.MISSING), "ext/depth"),
        (extended(extensions.DEPTH.id, 0), "cannot be 0"),
        (extended(extensions.DEPTH.id, True), "cannot be True"),
        (extended(extensions.DEPTH.id, "2"), "cannot be '2'"),
        (extended(extensions.WORD_COUNT.id, 7), "belongs to $.result, not to $.context"),
        (extended(extensions.REACTION.id, "", statement="post.reacted"), "cannot be ''"),
        (extended(f"{NAMESPACE}ext/mood", "good"), "is no extension of"),
        (extended(extensions.TARGET.id, {"account": {"homePage": "https://lms.example"}}), "cannot be"),
        (extended(extensions.TARGET.id, {"account": {"homePage": "x", "name": "8"}, "name": "Ben"}), "cannot be"),
        (extended(extensions.LTI.id, "1"), "cannot be"),
    ],
)
def test_a_statement_that_breaks_the_profile_is_refused(statement, complaint):
    with pytest.raises(ProfileError) as caught:
        profile.check(statement)
    assert complaint in str(caught.value)


def test_extensions_of_others_are_their_own_business():
    assert profile.check(extended("https://other.example/ext", None)) is EVENTS["post.replied"]
