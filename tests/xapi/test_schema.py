import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi import corpus
from xapi.errors import InvalidStatementError
from xapi.schema import validate

VERSIONS = ["1.0.3", "2.0.0"]
CONTEXT_AGENT = {"objectType": "contextAgent", "agent": corpus.BEN, "relevantTypes": ["https://kring.example/role"]}
CONTEXT_GROUP = {"objectType": "contextGroup", "group": corpus.PAIR}


def verdict(statement: object, version: str = "1.0.3") -> str | None:
    """Return the path that is refused; None where the statement is valid."""
    try:
        validate(statement, version=version)
    except InvalidStatementError as error:
        return error.path
    return None


def test_the_corpus_has_the_cases_that_validators_are_compared_by():
    assert (len(corpus.VALID), len(corpus.INVALID)) == (12, 47)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", corpus.VALID)
def test_a_valid_statement_passes(name, version):
    assert verdict(corpus.VALID[name], version) is None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", corpus.INVALID)
def test_a_defect_is_named_by_its_path(name, version):
    statement, path = corpus.INVALID[name]
    assert verdict(statement, version) == path


def test_validation_leaves_the_statement_as_it_was():
    statement = deepcopy(corpus.FULL)
    validate(statement)
    assert statement == corpus.FULL


def test_an_error_is_a_sentence():
    with pytest.raises(InvalidStatementError) as caught:
        validate(corpus.changed("actor", {"mbox": "ann"}))
    assert str(caught.value) == "actor.mbox must be a mailto IRI with one address."


def test_an_error_about_the_whole_is_a_sentence():
    with pytest.raises(InvalidStatementError) as caught:
        validate([])
    assert str(caught.value) == "The statement must be an object."


@pytest.mark.parametrize(("name", "value"), [("contextAgents", [CONTEXT_AGENT]), ("contextGroups", [CONTEXT_GROUP])])
def test_context_agents_and_groups_are_new_in_2_0(name, value):
    statement = corpus.changed(f"context/{name}", value)
    assert (verdict(statement, "1.0.3"), verdict(statement, "2.0.0")) == (f"context.{name}", None)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_statement_within_a_statement_knows_the_context_of_its_version(version):
    statement = corpus.changed("object/context", {"contextAgents": [CONTEXT_AGENT]}, corpus.VALID["the simplest"])
    nested = {**corpus.PLAIN, "object": {**corpus.SUB, "context": {"contextAgents": [CONTEXT_AGENT]}}}
    assert verdict(statement, version) == "object.context"
    assert verdict(nested, version) == (None if version == "2.0.0" else "object.context.contextAgents")


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({**CONTEXT_AGENT, "objectType": "Agent"}, ".objectType"),
        ({**CONTEXT_AGENT, "agent": {}}, ".agent"),
        ({**CONTEXT_AGENT, "relevantTypes": []}, ".relevantTypes"),
        ({**CONTEXT_AGENT, "relevantTypes": ["abc"]}, ".relevantTypes[0]"),
        ({**CONTEXT_AGENT, "group": corpus.PAIR}, ".group"),
    ],
)
def test_a_context_agent_is_checked(value, path):
    statement = corpus.changed("context/contextAgents", [value])
    assert verdict(statement, "2.0.0") == f"context.contextAgents[0]{path}"


@pytest.mark.parametrize(
    ("version", "accepted"),
    [("1.0", VERSIONS), ("1.0.0", VERSIONS), ("1.0.9", VERSIONS), ("2.0.0", ["2.0.0"]), ("0.9.9", []), ("1.1.0", [])],
)
def test_the_version_a_statement_claims(version, accepted):
    statement = corpus.changed("version", version)
    assert [one for one in VERSIONS if verdict(statement, one) is None] == accepted


@pytest.mark.parametrize(
    ("path", "value", "refused"),
    [
        ("authority", {**corpus.PAIR, "mbox": "mailto:we@example.org"}, "authority.mbox"),
        ("authority", {"objectType": "Group", "member": [corpus.BEN, corpus.BEN]}, "authority.member"),
        ("actor", {"objectType": "Group", "member": []}, "actor.member"),
        ("actor", {"objectType": "Group", "mbox": "mailto:we@example.org", "member": []}, None),
        ("attachments/0/contentType", "text/plain", "attachments[0].contentType"),
        ("attachments/0/length", 1.5, "attachments[0].length"),
        ("attachments/0/length", True, "attachments[0].length"),
        ("attachments", {}, "attachments"),
        ("object", {"mbox": "mailto:ben@example.org"}, "object.id"),
        ("object", {**corpus.PLAIN, "objectType": "SubStatement", "object": corpus.SUB}, "object.object.objectType"),
        ("object/definition/correctResponsesPattern", [1], "object.definition.correctResponsesPattern[0]"),
        ("result/score", {"min": 1, "max": 1}, "result.score.min"),
        ("result/score/raw", True, "result.score.raw"),
        ("result/score/raw", float("nan"), "result.score.raw"),
        ("result/score/raw", 10**400, "result.score.raw"),
        ("result/extensions", {"a b:c": 1}, "result.extensions['a b:c']"),
        ("result/extensions", [], "result.extensions"),
        ("verb/display", "asked", "verb.display"),
    ],
)
def test_a_rule_beyond_the_corpus(path, value, refused):
    statement = corpus.changed(path, value)
    if path == "object":
        del statement["context"]  # only an activity has a platform
    assert verdict(statement) == refused


# --- properties -------------------------------------------------------------------------------------------------------
texts = st.text(max_size=8)
iris = st.sampled_from(
    ["https://kring.example/æ", "urn:uuid:1", "mailto:a@b", "http://[::1]:80/%20?q=1#f", "tag:a,1:b"]
)
tags = st.sampled_from(["en", "en-US", "da", "zh-Hant-TW", "i-klingon", "x-own", "und", "de-CH-1996"])
uuids = st.uuids().map(str)
times = st.datetimes().map(lambda moment: f"{moment.isoformat()}+05:30")
durations = st.sampled_from(["PT0S", "PT4H35M59.14S", "P4W", "P3Y", "P1DT12H", "PT0,5H"])
maps = st.dictionaries(tags, texts, max_size=2)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
extensions = st.dictionaries(iris, anything, max_size=2)


def some(**properties: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=properties)


def just(name: str) -> st.SearchStrategy[str]:
    return st.just(name)


identifiers = st.one_of(
    st.fixed_dictionaries({"mbox": just("mailto:ann@example.org")}),
    st.fixed_dictionaries({"mbox_sha1sum": just("0a" * 20)}),
    st.fixed_dictionaries({"openid": just("https://ann.example/")}),
    st.fixed_dictionaries({"account": st.fixed_dictionaries({"homePage": iris, "name": texts})}),
)
agents = st.builds(lambda one, more: {**one, **more}, identifiers, some(objectType=just("Agent"), name=texts))
groups = st.builds(
    lambda one, members, name: {"objectType": "Group", **one, **members, **name},
    identifiers | st.just({}),
    st.fixed_dictionaries({"member": st.lists(agents, min_size=1, max_size=2)}),
    some(name=texts),
)
activities = st.builds(
    lambda one, more: {**one, **more},
    st.fixed_dictionaries({"id": iris}),
    some(
        objectType=just("Activity"),
        definition=some(name=maps, description=maps, type=iris, moreInfo=iris, extensions=extensions),
    ),
)
related = st.lists(activities, max_size=2) | activities
references = st.fixed_dictionaries({"objectType": just("StatementRef"), "id": uuids})
statements = st.builds(
    lambda one, more: {**one, **more},
    st.fixed_dictionaries(
        {
            "actor": agents | groups,
            "verb": st.builds(lambda iri, more: {"id": iri, **more}, iris, some(display=maps)),
            "object": activities,
        }
    ),
    some(
        id=uuids,
        timestamp=times,
        stored=times,
        result=some(
            score=some(scaled=st.floats(-1, 1), raw=st.integers(0, 5), min=st.integers(-9, 0), max=st.floats(5, 9)),
            success=st.booleans(),
            completion=st.booleans(),
            response=texts,
            duration=durations,
            extensions=extensions,
        ),
        context=some(
            registration=uuids,
            instructor=agents | groups,
            team=groups,
            contextActivities=some(parent=related, grouping=related, category=related, other=related),
            revision=texts,
            platform=texts,
            language=tags,
            statement=references,
            extensions=extensions,
        ),
    ),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of everything in a statement but what stands inside extensions."""
    found = [path]
    if path and path[-1] == "extensions":
        return found
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += places(below, (*path, key))
    return found


def put(statement: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    return corpus.changed("/".join(str(step) for step in path), value, statement)


def at(statement: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        statement = statement[step]
    return statement


@settings(deadline=None)
@given(statements)
def test_what_the_specification_allows_is_valid(statement):
    assert [verdict(statement, version) for version in VERSIONS] == [None, None]


@settings(deadline=None)
@given(statements, st.data())
def test_a_null_anywhere_is_refused(statement, data):
    path = data.draw(st.sampled_from(places(statement)[1:]))
    assert [verdict(put(statement, path, None), version) is None for version in VERSIONS] == [False, False]


@settings(deadline=None)
@given(statements, st.data())
def test_a_property_too_many_anywhere_is_refused(statement, data):
    path = data.draw(st.sampled_from([path for path in places(statement) if isinstance(at(statement, path), dict)]))
    mutated = deepcopy(statement)
    at(mutated, path)["no such property"] = "x"
    assert [verdict(mutated, version) is None for version in VERSIONS] == [False, False]


@settings(deadline=None)
@given(statements, st.data())
def test_another_type_anywhere_is_refused(statement, data):
    path = data.draw(st.sampled_from(places(statement)[1:]))
    wrong = "7" if isinstance(at(statement, path), (int, float)) else 7
    assert [verdict(put(statement, path, wrong), version) is None for version in VERSIONS] == [False, False]


@settings(deadline=None)
@given(statements, st.sampled_from(["actor", "verb", "object", "verb/id", "object/id"]))
def test_what_is_required_cannot_be_left_out(statement, path):
    assert verdict(corpus.changed(path, corpus.MISSING, statement)) == path.replace("/", ".")


@settings(deadline=None)
@given(anything, st.sampled_from(VERSIONS))
def test_validation_is_total(value, version):
    assert verdict(value, version) is not None


@settings(deadline=None)
@given(st.sampled_from(places(corpus.FULL)[1:]), anything, st.sampled_from(VERSIONS))
def test_validation_is_total_in_every_place(path, value, version):
    refused = verdict(put(corpus.FULL, path, value), version)
    assert refused is None or isinstance(refused, str)


def test_a_deep_extension_is_no_trouble():
    deep = json.loads("[" * 900 + "]" * 900)
    assert verdict(corpus.changed("context/extensions", {"https://kring.example/ext": deep})) is None
