import itertools
import json
from typing import Any

import pytest

from tests.xapi import corpus
from tests.xapi.examples import GOLDEN, templates
from xapi import profile
from xapi.errors import ProfileError
from xapi.matching import DETERMINING
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


DESCRIPTION = {"id", "type", "inScheme", "prefLabel", "definition"}
PROPERTIES = {
    "Verb": DESCRIPTION,
    "ActivityType": DESCRIPTION | {"broadMatch"},
    "ContextExtension": DESCRIPTION | {"recommendedVerbs", "inlineSchema"},
    "ResultExtension": DESCRIPTION | {"recommendedVerbs", "inlineSchema"},
    "StatementTemplate": DESCRIPTION | {"verb", "objectActivityType", "contextParentActivityType", "rules"},
    "Pattern": DESCRIPTION | {"primary", "alternates", "oneOrMore"},
}
"""What the specification gives each kind, of what we use."""


def test_everything_described_has_what_its_kind_requires():
    for described in DESCRIBED:
        assert set(described) <= PROPERTIES[described["type"]]
        assert described["inScheme"] == PROFILE_VERSION
        if described["type"] != "Pattern" or "primary" in described:  # other patterns need no words
            assert described["prefLabel"]["en-US"]
            assert described["definition"]["en-US"]


def test_a_rule_has_what_the_specification_gives_it():
    rules = [rule for template in DOCUMENT["templates"] for rule in template["rules"]]
    assert {name for rule in rules for name in rule} <= {"location", "presence", "any", "all", "scopeNote"}


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
    named |= {iri for template in DOCUMENT["templates"] for iri in template.get("contextParentActivityType", [])}
    located = [rule["location"] for template in DOCUMENT["templates"] for rule in template["rules"]]
    named |= {location.split("'")[1] for location in located if "'" in location}
    assert named <= known


def test_terms_are_unique_and_told_in_every_language():
    assert len({term.id for term in TERMS}) == len(TERMS)
    assert {tuple(term.display) for term in TERMS if isinstance(term, Verb)} == {("en-US", "da", "sv", "nl")}


def test_no_two_templates_match_the_same_statement():
    """A statement has to follow every template whose determining properties it has."""
    determining = [
        {(name, iri) for name in DETERMINING for iri in named(one.get(name, []))} for one in DOCUMENT["templates"]
    ]
    assert [(one, other) for one, other in itertools.permutations(determining, 2) if one <= other] == []


def named(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_a_rule_demands_something():
    rules = [rule for template in DOCUMENT["templates"] for rule in template["rules"]]
    assert {rule["presence"] for rule in rules} == {"included", "excluded", "recommended"}


def test_every_template_is_in_one_pattern_and_all_make_the_primary_one():
    *areas, act, participation = DOCUMENT["patterns"]
    assert [iri for area in areas for iri in area["alternates"]] == [one["id"] for one in DOCUMENT["templates"]]
    assert act["alternates"] == [area["id"] for area in areas]
    assert participation["oneOrMore"] == act["id"]
    assert [one["id"] for one in DOCUMENT["patterns"] if one.get("primary")] == [participation["id"]]
    assert {len(one["alternates"]) >= 2 for one in (*areas, act)} == {True}


def test_a_patterns_iri_counts_up_with_the_version():
    version = PROFILE_VERSION.removeprefix(NAMESPACE)
    assert {one["id"].removeprefix(f"{NAMESPACE}patterns/").split("/")[0] for one in DOCUMENT["patterns"]} == {version}


def test_an_extension_has_a_schema_that_is_json():
    schemas = [json.loads(one["inlineSchema"]) for one in DOCUMENT["concepts"] if one["type"].endswith("Extension")]
    assert {schema["type"] for schema in schemas} == {"string", "integer", "number", "array", "object"}


def test_each_thing_is_described_at_its_own_iri():
    assert [profile.describe(one["id"]) for one in DESCRIBED] == [
        {"@context": "https://w3id.org/xapi/profiles/context"} | one for one in DESCRIBED
    ]
    assert profile.describe(f"{NAMESPACE}ext/mood") is None


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
        (extended(extensions.REACTION.id, "thanks"), "post.replied has no"),
        (
            extended(extensions.ANONYMITY.id, "double-blind", statement="review.submitted"),
            "a double-blind statement has",
        ),
        (extended(extensions.ANONYMITY.id, "half-blind", statement="review.submitted"), "cannot be 'half-blind'"),
        (extended(extensions.REVIEW_ID.id, "reviews/4", statement="review.submitted"), "cannot be 'reviews/4'"),
        (extended(extensions.DUE.id, "tomorrow", statement="review.assigned"), "cannot be 'tomorrow'"),
        (extended(extensions.EXPERT_DEVIATION.id, 2.5, "result", "review.calibrated"), "cannot be 2.5"),
        (extended(extensions.EXPERT_DEVIATION.id, False, "result", "review.calibrated"), "cannot be False"),
        (extended(extensions.CRITERIA.id, [], "result", "review.submitted"), "cannot be []"),
        (extended(extensions.CRITERIA.id, [{"raw": 1}], "result", "review.submitted"), "cannot be [{'raw': 1}]"),
        (extended(extensions.TAGS.id, "planning", statement="question.tagged"), "cannot be 'planning'"),
        (corpus.changed("result/completion", True, golden("submission.drafted")), "takes only [False]"),
        (corpus.changed("result", corpus.MISSING, golden("answer.accepted")), "needs $.result.success"),
        (
            extended(extensions.REASON.id, "off-topic", statement="question.closed_duplicate"),
            "takes only ['duplicate']",
        ),
        (corpus.changed("context/registration", corpus.MISSING, golden()), "needs $.context.registration"),
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


def test_a_double_blind_review_without_a_target_is_one():
    statement = extended(extensions.ANONYMITY.id, "double-blind", statement="review.submitted")
    del statement["context"]["extensions"][extensions.TARGET.id]
    assert profile.check(statement) is EVENTS["review.submitted"]


PRIVATE = golden("reflection.made")
THREAD = golden("thread.viewed")


def test_a_reflection_says_nothing_but_that_it_happened():
    course = {"id": "https://kring.example/courses/1", "definition": {"type": activity_types.COURSE.id}}
    category = {"id": PROFILE_VERSION, "definition": {"type": activity_types.PROFILE_ACTIVITY.id}}
    activity = {"objectType": "Activity"}
    assert PRIVATE["object"]["definition"] == {"type": activity_types.NOTE.id}
    assert set(PRIVATE) == {"id", "actor", "verb", "object", "timestamp", "context"}
    assert PRIVATE["context"] == {
        "contextActivities": {"category": [activity | category], "grouping": [activity | course]},
        "extensions": {extensions.EVENT.id: "reflection.made", extensions.VISIBILITY.id: "private"},
        "language": "da",
        "platform": "moodle",
        "registration": THREAD["context"]["registration"],
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("context/contextActivities/parent", THREAD["context"]["contextActivities"]["parent"]),
        ("context/contextActivities/other", THREAD["context"]["contextActivities"]["parent"]),
        ("context/contextActivities/grouping", THREAD["context"]["contextActivities"]["grouping"]),
        ("context/statement", {"objectType": "StatementRef", "id": THREAD["id"]}),
        ("context/instructor", THREAD["actor"]),
        ("result", {"completion": True}),
        ("object/definition/name", {"en": "My week"}),
        ("context/extensions", THREAD["context"]["extensions"] | PRIVATE["context"]["extensions"]),
        ("context/extensions", {extensions.EVENT.id: "reflection.made"}),
    ],
)
def test_a_reflection_that_says_more_or_less_is_refused(path, value):
    with pytest.raises(ProfileError):
        profile.check(corpus.changed(path, value, PRIVATE))
