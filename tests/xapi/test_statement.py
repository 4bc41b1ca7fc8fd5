import json
import uuid
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone

import pytest
import tincan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi.examples import GOLDEN, templates
from xapi.errors import InvalidStatementError
from xapi.examples import NOW, example
from xapi.statement import activity, actor, render_timestamp, result, statement, to_bytes
from xapi.vocabulary import PROFILE_VERSION, Extension
from xapi.vocabulary.activity_types import DISCUSSION, FORUM_TOPIC
from xapi.vocabulary.events import POST_EDITED, POST_REPLIED, REFLECTION_MADE, REVIEW_SUBMITTED, THREAD_VIEWED
from xapi.vocabulary.extensions import ANONYMITY, EVENT, LTI, REVISION, TARGET, WORD_COUNT
from xapi.vocabulary.verbs import VIEWED

ANN, BEN = actor("https://lms.example", "7"), actor("https://lms.example", "8")
ID = uuid.UUID("6690e6c9-3ef0-4ed3-8b37-7f3964730bee")
TOPIC = activity("https://kring.example/threads/1", FORUM_TOPIC)


def told(**values):
    """Return a statement as it stands in JSON."""
    return json.loads(
        to_bytes(statement(**{"id_": ID, "actor": ANN, "object_": TOPIC, "timestamp": NOW, "verb": VIEWED} | values))
    )


@pytest.mark.parametrize(
    ("name", "event", "number"), [pytest.param(*template, id=template[0]) for template in templates()]
)
def test_every_event_is_told_byte_by_byte_as_agreed(name, event, number):
    assert to_bytes(example(event, number)) == (GOLDEN / f"{name}.json").read_bytes()


def test_every_golden_file_is_of_an_event():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(name for name, _, _ in templates())


def test_a_statement_says_no_more_than_it_was_told():
    assert told() == {
        "id": str(ID),
        "actor": {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "7"}},
        "verb": {"id": VIEWED.id, "display": dict(VIEWED.display)},
        "object": {"objectType": "Activity", "id": TOPIC.id, "definition": {"type": FORUM_TOPIC.id}},
        "timestamp": "2026-01-02T03:04:05.678Z",
        "context": {
            "contextActivities": {
                "category": [
                    {
                        "objectType": "Activity",
                        "id": PROFILE_VERSION,
                        "definition": {"type": "http://adlnet.gov/expapi/activities/profile"},
                    }
                ]
            }
        },
    }


def test_an_event_gives_the_verb_and_travels_along():
    made = told(verb=None, event=THREAD_VIEWED)
    assert (made["verb"]["id"], made["context"]["extensions"]) == (VIEWED.id, {EVENT.id: "thread.viewed"})


def test_extensions_go_where_they_belong_and_unknown_values_nowhere():
    made = told(extensions={WORD_COUNT: 3, REVISION: 1, LTI: None}, result=result(success=True))
    assert made["result"] == {"success": True, "extensions": {WORD_COUNT.id: 3}}
    assert made["context"]["extensions"] == {REVISION.id: 1}


def test_a_target_is_an_extension_and_in_2_0_a_context_agent_too():
    made = statement(id_=ID, event=POST_REPLIED, actor=ANN, object_=TOPIC, timestamp=NOW, target=BEN)
    account = {"account": {"homePage": "https://lms.example", "name": "8"}}
    old, new = (json.loads(to_bytes(made, version=version))["context"] for version in ("1.0.3", "2.0.0"))
    assert old["extensions"][TARGET.id] == new["extensions"][TARGET.id] == account
    assert "contextAgents" not in old
    assert new["contextAgents"] == [
        {
            "objectType": "contextAgent",
            "agent": {"objectType": "Agent", **account},
            "relevantTypes": ["https://w3id.org/kring/roles/target"],
        }
    ]


@pytest.mark.parametrize(("anonymity", "is_named"), [("open", True), ("single-blind", True), ("double-blind", False)])
def test_a_double_blind_review_names_nobody(anonymity, is_named):
    made = told(event=REVIEW_SUBMITTED, verb=None, extensions={ANONYMITY: anonymity}, target=BEN)
    assert (TARGET.id in made["context"]["extensions"]) is is_named


def test_what_is_private_is_told_only_of_people_who_agreed():
    with pytest.raises(InvalidStatementError) as caught:
        told(event=REFLECTION_MADE, verb=None)
    assert str(caught.value) == "actor has not agreed that reflection.made is told."
    made = told(event=REFLECTION_MADE, verb=None, has_consent=True)
    assert made["context"]["extensions"] == {EVENT.id: "reflection.made"}


def test_one_activity_and_a_list_of_it_are_the_same():
    assert told(parent=TOPIC) == told(parent=[TOPIC]) == told(parent=(TOPIC,), other=[])


def test_a_name_has_a_language_even_where_nobody_knows_it():
    assert told(object_=activity(TOPIC.id, DISCUSSION, "Plenum"))["object"]["definition"]["name"] == {"und": "Plenum"}
    named = activity(TOPIC.id, "http://example.org/type", "Debat", language="da")
    assert told(object_=named)["object"]["definition"] == {"type": "http://example.org/type", "name": {"da": "Debat"}}


def test_a_result_keeps_what_stores_compare():
    made = told(
        result=result(score={"scaled": 0.5, "raw": 5, "max": 10}, duration=timedelta(minutes=12, seconds=3.456))
    )
    assert made["result"] == {"score": {"scaled": 0.5, "raw": 5, "max": 10}, "duration": "PT12M03.46S"}


def test_neither_the_callers_values_nor_the_statement_change():
    origin, outcome = {"deployment_id": "1"}, result(success=True)
    made = statement(
        id_=ID,
        event=POST_EDITED,
        actor=ANN,
        object_=TOPIC,
        timestamp=NOW,
        result=outcome,
        extensions={LTI: origin, WORD_COUNT: 1},
    )
    first = to_bytes(made)
    origin["deployment_id"] = "2"
    assert (to_bytes(made), outcome.extensions) == (first, None)
    assert to_bytes(made, version="2.0.0") == first


def test_a_time_is_rendered_in_utc_with_milliseconds():
    assert (
        render_timestamp(datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T22:30:00.000Z"
    )


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"verb": None}, "verb"),
        ({"timestamp": datetime(2026, 1, 1)}, "timestamp"),  # noqa: DTZ001 -- naive is what is refused
        ({"id_": uuid.UUID("019a2b3c-4d5e-7f00-8a1b-2c3d4e5f6071")}, "id"),
        ({"registration": uuid.UUID("019a2b3c-4d5e-7f00-8a1b-2c3d4e5f6071")}, "context.registration"),
        ({"statement_ref": uuid.UUID("019a2b3c-4d5e-7f00-8a1b-2c3d4e5f6071")}, "context.statement.id"),
        ({"language": "no language"}, "context"),
        ({"actor": tincan.Agent()}, "actor"),
        ({"actor": actor("lms.example", "7")}, "actor.account.homePage"),
        ({"object_": activity("threads/1", FORUM_TOPIC)}, "object.id"),
        ({"result": result(score={"scaled": float("nan")})}, "result.score.scaled"),
        ({"result": result(duration=timedelta(seconds=-1))}, "result.duration"),
        ({"extensions": {REVISION: float("nan")}}, ""),
        ({"extensions": {REVISION: {"deep": {1, 2}}}}, ""),
        ({"extensions": {REVISION: "\ud800"}}, ""),
    ],
)
def test_what_a_store_would_refuse_is_refused_here(values, path):
    with pytest.raises(InvalidStatementError) as caught:
        told(**values)
    assert caught.value.path == path


@pytest.mark.parametrize(("home_page", "name"), [("", "7"), ("https://lms.example", "")])
def test_an_account_has_both_parts(home_page, name):
    with pytest.raises(InvalidStatementError) as caught:
        actor(home_page, name)
    assert caught.value.path == "actor.account"


@pytest.mark.parametrize("name", ["id", "timestamp"])
def test_a_statement_that_could_not_be_told_from_its_double_is_refused(name):
    made = example(THREAD_VIEWED)
    setattr(made, name, None)
    with pytest.raises(InvalidStatementError) as caught:
        to_bytes(made)
    assert caught.value.path == name


words = st.text(st.characters(codec="utf-8"), max_size=6)
json_values = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner | st.none(), max_size=3) | st.dictionaries(words, inner | st.none(), max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    id_=st.uuids(version=4),
    moment=st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001 -- Hypothesis wants it naive
    name=st.text(st.characters(codec="utf-8"), min_size=1),
    values=st.dictionaries(st.sampled_from([LTI, REVISION, WORD_COUNT]), json_values),
)
def test_the_same_act_is_always_the_same_bytes(id_, moment, name, values):
    def render(values: dict[Extension, object]) -> bytes:
        return to_bytes(
            statement(
                id_=uuid.UUID(str(id_)),
                event=THREAD_VIEWED,
                actor=actor("https://lms.example", name),
                object_=activity("https://kring.example/threads/1", FORUM_TOPIC),
                timestamp=moment.astimezone(timezone(timedelta(hours=3))),
                extensions=values,
            )
        )

    first = render(values)
    assert render(dict(reversed(deepcopy(values).items()))) == first
    again = json.loads(first)
    assert json.dumps(again, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == first
    found = again["context"]["extensions"] | again.get("result", {}).get("extensions", {})
    assert found == {EVENT.id: "thread.viewed"} | {extension.id: value for extension, value in values.items()}
