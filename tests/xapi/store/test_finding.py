"""Filters, references between statements, voiding and formats. Source: xAPI 1.0.3, Communication, 2.1.3 and 2.1.4."""

import json
from itertools import pairwise

import pytest

from tests.xapi.store.lrs import (
    ANNA,
    ANSWERED,
    ASKED,
    BO,
    COURSE,
    NAME,
    QUESTION,
    VOIDED,
    new_id,
    reference,
    statement,
    voiding,
)

CARL = {"objectType": "Agent", "mbox_sha1sum": "0123456789012345678901234567890123456789"}
DORA = {"objectType": "Agent", "openid": "https://dora.example.org/"}
TEAM = {"objectType": "Group", "name": "Team", "account": {"homePage": "https://lms.example.org", "name": "team"}}


@pytest.mark.parametrize("agent", [ANNA, BO, CARL, DORA, {**TEAM, "member": [ANNA]}])
def test_agent_finds_the_actor_and_the_object_by_each_identifier(lrs, agent):
    other = {"mbox": "mailto:other@example.org"}
    found = lrs.store(statement(actor=agent), statement(actor=other, object=agent))
    lrs.store(statement(actor=other))
    assert lrs.ids(agent={**agent, "name": "whoever"}) == found[::-1]


def test_agent_finds_the_groups_that_it_is_a_member_of(lrs):
    anonymous = {"objectType": "Group", "member": [ANNA, BO]}
    found = lrs.store(statement(actor=anonymous), statement(actor=CARL, object={**TEAM, "member": [BO]}))
    assert lrs.ids(agent=BO) == found[::-1]
    assert lrs.ids(agent=ANNA) == found[:1]


def test_agent_is_compared_by_identifier_alone(lrs):
    found = lrs.store(statement(actor={"mbox": "mailto:Anna@Example.ORG"}))
    assert lrs.ids(agent={"mbox": "mailto:Anna@example.org"}) == found
    assert lrs.ids(agent=ANNA) == []
    assert lrs.ids(agent={"account": {"homePage": "https://lms.example.org", "name": "Anna"}}) == []


def test_related_agents_finds_authority_instructor_team_and_those_of_a_substatement(lrs):
    sub = {"objectType": "SubStatement", "actor": CARL, "verb": {"id": ASKED}, "object": {"id": QUESTION}}
    found = lrs.store(
        statement(context={"instructor": BO}),
        statement(context={"team": {**TEAM, "member": [BO]}}),
        statement(object={**sub, "actor": BO}),
        statement(object={**sub, "object": BO}),
        statement(object={**sub, "context": {"instructor": BO}}),
        statement(actor=BO),
        statement(object=BO),
    )
    assert lrs.ids(agent=BO, related_agents="true") == found[::-1]
    assert lrs.ids(agent=BO) == found[:4:-1]
    authority = {"account": {"homePage": "https://lrs.example.org", "name": NAME}}
    assert lrs.ids(agent=authority, related_agents="true") == found[::-1]
    assert lrs.ids(agent=authority) == []


def test_related_activities_finds_those_of_a_substatement_and_a_context_activity_without_list(lrs):
    sub = {"objectType": "SubStatement", "actor": CARL, "verb": {"id": ASKED}, "object": {"id": QUESTION}}
    found = lrs.store(
        statement(object={"id": COURSE}),
        statement(object={**sub, "object": {"id": COURSE}}),
        statement(object={**sub, "context": {"contextActivities": {"parent": {"id": COURSE}}}}),
        statement(context={"contextActivities": {"grouping": {"id": COURSE}}}),
    )
    lrs.store(statement())
    assert lrs.ids(activity=COURSE, related_activities="true") == found[::-1]
    assert lrs.ids(activity=COURSE) == found[:1]


def test_a_verb_or_registration_within_a_substatement_is_not_that_of_the_statement(lrs):
    registration = new_id()
    sub = {
        "objectType": "SubStatement", "actor": CARL, "verb": {"id": ANSWERED}, "object": {"id": QUESTION},
        "context": {"registration": registration},
    }  # fmt: skip
    lrs.store(statement(object=sub))
    assert lrs.ids(verb=ANSWERED) == []
    assert lrs.ids(registration=registration) == []


def test_context_activities_come_back_as_lists(lrs):
    sub = {
        "objectType": "SubStatement", "actor": CARL, "verb": {"id": ASKED}, "object": {"id": QUESTION},
        "context": {"contextActivities": {"other": {"id": COURSE}}},
    }  # fmt: skip
    (one,) = lrs.store(statement(object=sub, context={"contextActivities": {"parent": {"id": COURSE}}}))
    stored = lrs.one(one)
    assert stored["context"]["contextActivities"] == {"parent": [{"id": COURSE}]}
    assert stored["object"]["context"]["contextActivities"] == {"other": [{"id": COURSE}]}


def test_all_filters_have_to_match(lrs):
    one, two = lrs.store(statement(actor=ANNA), statement(actor=BO, verb={"id": ANSWERED}))
    assert lrs.ids(agent=ANNA, verb=ASKED, activity=QUESTION) == [one]
    assert lrs.ids(agent=BO, verb=ANSWERED) == [two]
    assert lrs.ids(agent=ANNA, verb=ANSWERED) == []


def test_since_is_exclusive_and_until_inclusive(lrs):
    one, two, three = lrs.store(statement(), statement(), statement())
    stored = lrs.one(two)["stored"]
    assert lrs.ids(since=stored) == [three]
    assert lrs.ids(until=stored) == [two, one]
    assert lrs.ids(until=stored, ascending="true") == [one, two]
    assert lrs.ids(since="0001-01-01T00:00:00+14:00", until="9999-12-31T23:59:59-14:00") == [three, two, one]


def test_each_statement_has_a_stored_time_of_its_own_in_the_order_of_storing(lrs):
    ids = lrs.store(*(statement() for _ in range(50)))
    stored = [lrs.one(one)["stored"] for one in ids]
    assert stored == sorted(set(stored))


def test_a_statement_is_found_by_what_it_refers_to(lrs):
    (one,) = lrs.store(statement(actor=BO, verb={"id": ANSWERED}, object={"id": COURSE}))
    (two,) = lrs.store(statement(object=reference(one.upper())))
    (three,) = lrs.store(statement(object=reference(two)))
    for filters in ({"agent": BO}, {"verb": ANSWERED}, {"activity": COURSE}, {"agent": BO, "activity": COURSE}):
        assert lrs.ids(**filters) == [three, two, one]
    stored = lrs.one(one)["stored"]
    assert lrs.ids(agent=BO, since=stored) == [three, two]


def test_each_filter_may_be_met_by_the_reference_or_by_what_it_refers_to(lrs):
    (one,) = lrs.store(statement(actor=BO, object={"id": COURSE}))
    (two,) = lrs.store(statement(actor=ANNA, object=reference(one)))
    assert lrs.ids(agent=ANNA, activity=COURSE) == [two]


def test_references_are_followed_whichever_statement_came_first(lrs):
    ids = [new_id() for _ in range(4)]
    links = [statement(id=one, object=reference(target)) for one, target in pairwise(ids)]
    lrs.store(links[0])
    lrs.store(links[2])
    lrs.store(links[1])
    assert lrs.ids(activity=COURSE) == []
    lrs.store(statement(id=ids[3], object={"id": COURSE}))
    assert lrs.ids(activity=COURSE) == [ids[3], ids[1], ids[2], ids[0]]


def test_references_within_a_batch_and_in_circles_come_to_an_end(lrs):
    one, two = new_id(), new_id()
    lrs.store(
        statement(id=one, actor=ANNA, object=reference(two)),
        statement(id=two, actor=BO, object=reference(one)),
        statement(id=new_id(), actor=CARL, object=reference(new_id())),
    )
    assert lrs.ids(agent=ANNA) == lrs.ids(agent=BO) == [two, one]


def test_a_reference_in_the_context_or_a_substatement_does_not_count(lrs):
    (one,) = lrs.store(statement(actor=BO))
    sub = {"objectType": "SubStatement", "actor": CARL, "verb": {"id": ASKED}, "object": reference(one)}
    lrs.store(statement(context={"statement": reference(one)}), statement(object=sub))
    assert lrs.ids(agent=BO) == [one]


def test_what_refers_to_a_voided_statement_is_still_found_by_it(lrs):
    (one,) = lrs.store(statement(actor=CARL))
    (comment,) = lrs.store(statement(object=reference(one)))
    (void,) = lrs.store(voiding(one))
    assert lrs.ids(agent=CARL) == [void, comment]
    assert lrs.ids(verb=VOIDED) == [void]


def test_a_statement_can_be_voided_before_it_comes_and_within_one_batch(lrs):
    early, both = new_id(), new_id()
    lrs.store(voiding(early.upper()))
    lrs.store(statement(id=early), voiding(both), statement(id=both))
    assert [lrs.get(statementId=one).status_code for one in (early, both)] == [404, 404]
    assert [lrs.get(voidedStatementId=one).json["id"] for one in (early, both)] == [early, both]
    assert len(lrs.ids()) == 2


def test_a_voiding_statement_cannot_be_voided(lrs):
    (one,) = lrs.store(statement())
    (void,) = lrs.store(voiding(one))
    (again,) = lrs.store(voiding(void))
    assert lrs.ids() == [again, void]
    assert lrs.get(voidedStatementId=void).status_code == 404
    assert lrs.one(void)["id"] == void
    assert lrs.get(voidedStatementId=one).status_code == 200


def test_a_statement_that_was_voided_comes_again_under_its_id_without_effect(lrs):
    one = statement()
    lrs.store(one)
    lrs.store(voiding(one["id"]))
    assert lrs.post(one).status_code == 200
    assert lrs.get(statementId=one["id"]).status_code == 404
    assert lrs.post({**one, "actor": BO}).status_code == 409


DEFINITION = {
    "name": {"en": "Why?", "da-DK": "Hvorfor?"},
    "description": {"en": "A question", "sv": "En fråga"},
    "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
    "interactionType": "choice",
    "correctResponsesPattern": ["a"],
    "choices": [{"id": "a", "description": {"en": "A", "da": "Aa"}}, {"id": "b"}],
}


def test_exact_returns_everything_as_it_was_sent(lrs):
    sent = statement(
        actor={"objectType": "Group", "member": [{"name": "Bø", **BO}, ANNA]},
        object={"id": QUESTION, "definition": DEFINITION},
        result={
            "score": {"raw": 1.50, "scaled": -0.1},
            "extensions": {"https://example.org/x": {"null": None, "list": [1, 2.0, "\u2028"]}},
        },
        timestamp="2026-03-01T12:00:00.123456789+01:00",
    )
    lrs.store(statement(object={"id": QUESTION, "definition": {"name": {"nl": "Waarom?"}}}), sent)
    stored = lrs.one(sent["id"])
    assert {name: stored[name] for name in sent} == sent
    assert json.dumps(stored["result"]) == json.dumps(sent["result"])


def test_ids_returns_the_least_that_identifies(lrs):
    sub = {
        "objectType": "SubStatement", "actor": {"name": "B", **BO}, "verb": {"id": ASKED, "display": {"en": "asked"}},
        "object": {"id": QUESTION, "definition": DEFINITION},
    }  # fmt: skip
    group = {"objectType": "Group", "name": "All", "member": [{"name": "B", **BO}]}
    activities = {"parent": [{"objectType": "Activity", "id": COURSE, "definition": DEFINITION}]}
    (one,) = lrs.store(
        statement(actor=group, object=sub, context={"team": {**TEAM, "member": [BO]}, "contextActivities": activities})
    )
    for short in (lrs.one(one, format="ids"), lrs.get(format="ids").json["statements"][0]):
        assert short["actor"] == {"objectType": "Group", "member": [BO]}
        assert short["verb"] == {"id": ASKED}
        assert short["object"] == {
            "objectType": "SubStatement",
            "actor": BO,
            "verb": {"id": ASKED},
            "object": {"id": QUESTION},
        }
        assert short["context"]["team"] == {"objectType": "Group", "account": TEAM["account"]}
        assert short["context"]["contextActivities"] == {"parent": [{"id": COURSE}]}


@pytest.mark.parametrize(
    ("accepted", "name", "description"),
    [
        ("da", {"da-DK": "Hvorfor?"}, {"en": "A question"}),
        ("sv, da;q=0.5", {"da-DK": "Hvorfor?"}, {"sv": "En fråga"}),
        ("en-GB", {"en": "Why?"}, {"en": "A question"}),
        ("fi", {"en": "Why?"}, {"en": "A question"}),
        (None, {"en": "Why?"}, {"en": "A question"}),
    ],
)
def test_canonical_returns_one_language_of_each_map(lrs, accepted, name, description):
    (one,) = lrs.store(statement(object={"id": QUESTION, "definition": DEFINITION}))
    headers = {} if accepted is None else {"Accept-Language": accepted}
    for found in (
        lrs.get(statementId=one, format="canonical", headers=headers).json,
        lrs.get(format="canonical", headers=headers).json["statements"][0],
    ):
        definition = found["object"]["definition"]
        assert (definition["name"], definition["description"]) == (name, description)
        assert [len(choice.get("description", {})) for choice in definition["choices"]] == [1, 0]


def test_canonical_tells_what_all_statements_together_said(lrs):
    (one,) = lrs.store(statement(verb={"id": ASKED, "display": {"en": "asked"}}, object={"id": QUESTION}))
    lrs.store(statement(object={"id": QUESTION, "definition": {**DEFINITION, "name": {"en": "Why so?"}}}))
    later = {"name": {"nl": "Waarom?"}, "correctResponsesPattern": ["b"]}
    lrs.store(
        statement(
            verb={"id": ASKED, "display": {"da": "spurgte"}},
            object={"id": QUESTION, "definition": {**DEFINITION, **later}},
        )
    )
    for language, name, display in (
        ("nl", {"nl": "Waarom?"}, {"en": "asked"}),
        ("en", {"en": "Why so?"}, {"en": "asked"}),
    ):
        found = lrs.get(statementId=one, format="canonical", headers={"Accept-Language": language}).json
        assert (found["object"]["definition"]["name"], found["verb"]["display"]) == (name, display)
        assert found["object"]["definition"]["correctResponsesPattern"] == ["a"]
    assert "definition" not in lrs.one(one)["object"]


def test_canonical_leaves_alone_what_nobody_described(lrs):
    (one,) = lrs.store(statement(verb={"id": ANSWERED}))
    found = lrs.one(one, format="canonical")
    assert (found["verb"], found["object"], found["actor"]) == (
        {"id": ANSWERED},
        {"objectType": "Activity", "id": QUESTION},
        ANNA,
    )


def test_a_refused_batch_teaches_nothing_about_its_activities(lrs):
    (one,) = lrs.store(statement(verb={"id": ASKED}))
    lrs.post([statement(object={"id": QUESTION, "definition": DEFINITION}), {**lrs.one(one), "actor": BO}])
    assert "definition" not in lrs.one(one, format="canonical")["object"]
