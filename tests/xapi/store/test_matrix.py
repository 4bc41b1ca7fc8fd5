"""What other stores disagree about, row by row, and what is right."""

import pytest

from tests.xapi.store.lrs import (
    ANNA,
    ASKED,
    BO,
    COURSE,
    NAME,
    PATH,
    QUESTION,
    VOIDED,
    new_id,
    reference,
    statement,
    voiding,
)


def test_the_base_path_is_xapi_as_the_specification_writes_it(lrs):
    assert lrs.call("GET", "/xAPI/about").status_code == 200
    assert lrs.call("GET", "/xapi/about").status_code == 404


def test_about_needs_neither_credentials_nor_version_and_lists_one_version_for_each_major_one(lrs):
    response = lrs.call("GET", "/xAPI/about", version=None, auth=None)
    assert (response.status_code, response.json) == (200, {"version": ["1.0.3", "2.0.0"]})


@pytest.mark.parametrize("version", [None, "3.0.0", "1.1.0", "0.95", "0.9", "2.1.0", "1", "2", "1.00", ""])
def test_a_missing_or_unknown_version_is_refused(lrs, version):
    response = lrs.call("GET", version=version)
    assert (response.status_code, response.json["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("sent", "answered"),
    [("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.9", "1.0.3"), ("2.0", "2.0.0"), ("2.0.0", "2.0.0")],
)
def test_the_version_answered_is_the_one_negotiated(lrs, sent, answered):
    response = lrs.call("GET", version=sent)
    assert (response.status_code, response.headers["X-Experience-API-Version"]) == (200, answered)


def test_no_and_wrong_credentials_are_both_unauthorized(lrs):
    for auth in (None, (NAME, "wrong"), ("nobody", "säkert: hemligt")):
        response = lrs.call("GET", auth=auth)
        assert (response.status_code, response.json["error"]["code"]) == (401, "unauthorized")
        assert response.headers["WWW-Authenticate"] == 'Basic realm="xAPI", charset="UTF-8"'


def test_a_batch_is_answered_with_its_ids_in_order(lrs):
    batch = [statement() for _ in range(5)]
    response = lrs.post(batch)
    assert (response.status_code, response.json) == (200, [one["id"] for one in batch])


def test_an_identical_batch_again_is_answered_with_the_same_ids(lrs):
    batch = [statement(), statement()]
    lrs.store(*batch)
    response = lrs.post(batch)
    assert (response.status_code, response.json) == (200, [one["id"] for one in batch])
    assert len(lrs.ids()) == 2


def test_a_stored_and_a_new_statement_in_one_post_are_answered_with_both_ids(lrs):
    old, new = statement(), statement()
    lrs.store(old)
    assert lrs.store(old, new) == [old["id"], new["id"]]
    assert lrs.ids() == [new["id"], old["id"]]


def test_a_conflicting_and_a_new_statement_are_a_conflict_and_neither_is_stored(lrs):
    old, new = statement(), statement()
    lrs.store(old)
    response = lrs.post([new, {**old, "actor": BO}])
    assert (response.status_code, response.json["error"]["code"]) == (409, "conflict")
    assert lrs.ids() == [old["id"]]
    assert lrs.one(old["id"])["actor"] == ANNA


def test_the_same_id_twice_in_a_batch_is_refused(lrs):
    one = statement(id="7B9E9B1C-3B5E-4E1B-9C6F-0D8A1E2F3A4B")
    assert lrs.post([one, {**one, "id": one["id"].lower()}]).status_code == 400
    assert lrs.ids() == []


def test_one_invalid_statement_refuses_the_batch_and_is_named(lrs):
    response = lrs.post([statement(), statement(verb={"id": "asked"})])
    assert (response.status_code, response.json["error"]["code"]) == (400, "invalid_statement")
    assert response.json["error"]["message"].startswith("[1].verb.id")
    assert lrs.ids() == []


def test_an_empty_batch_stores_nothing(lrs):
    response = lrs.post([])
    assert (response.status_code, response.json) == (200, [])


def test_put_stores_and_repeats_and_conflicts(lrs):
    one = statement()
    assert [lrs.put(one["id"], body).status_code for body in (one, one, {**one, "actor": BO})] == [204, 204, 409]
    assert lrs.one(one["id"])["actor"] == ANNA


def test_put_with_an_id_that_is_not_the_parameter_is_refused(lrs):
    assert lrs.put(new_id(), statement()).status_code == 400


@pytest.mark.parametrize(
    "statement_id",
    [
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "320c3d4d-cc00-875b-8ec9-32d5f69181c0",
        "7B9E9B1C-3B5E-4E1B-9C6F-0D8A1E2F3A4B",
    ],
)
def test_ids_of_every_version_and_case_are_kept_as_sent_and_found_in_any_case(lrs, statement_id):
    assert lrs.store(statement(id=statement_id)) == [statement_id]
    assert lrs.one(statement_id.lower())["id"] == statement_id
    assert lrs.one(statement_id.upper())["id"] == statement_id


def test_get_of_a_statement_id_answers_the_statement_itself(lrs):
    one = statement()
    lrs.store(one)
    assert lrs.one(one["id"])["verb"] == one["verb"]


def test_get_of_an_unknown_id_is_not_found(lrs):
    for name in ("statementId", "voidedStatementId"):
        response = lrs.get(**{name: new_id()})
        assert (response.status_code, response.json["error"]["code"]) == (404, "not_found")


def test_more_is_empty_after_a_last_page_that_is_full(lrs):
    lrs.store(*(statement() for _ in range(4)))
    first = lrs.get(limit="2").json
    second = lrs.call("GET", first["more"]).json
    assert [len(first["statements"]), len(second["statements"]), second["more"]] == [2, 2, ""]


def test_a_page_has_100_statements_and_1000_at_most(lrs):
    for _ in range(11):
        lrs.store(*(statement() for _ in range(100)))
    assert [len(lrs.ids()), len(lrs.ids(limit="0")), len(lrs.ids(limit="5000"))] == [100, 1000, 1000]


def test_ascending_false_is_descending(lrs):
    first, second = lrs.store(statement(), statement())
    assert lrs.ids(ascending="false") == [second, first]
    assert lrs.ids(ascending="true") == [first, second]


def test_filters_by_verb_activity_and_registration_find_what_matches_and_nothing_else(lrs):
    registration = new_id()
    by_verb, by_activity, by_registration = lrs.store(
        statement(verb={"id": "https://example.org/verbs/x"}),
        statement(object={"id": COURSE}),
        statement(context={"registration": registration.upper()}),
    )
    assert lrs.ids(verb="https://example.org/verbs/x") == [by_verb]
    assert lrs.ids(activity=COURSE) == [by_activity]
    assert lrs.ids(registration=registration) == [by_registration]


def test_related_activities_looks_into_the_context(lrs):
    found = lrs.store(
        *(
            statement(context={"contextActivities": {role: [{"id": COURSE}]}})
            for role in ("parent", "grouping", "category", "other")
        )
    )
    assert lrs.ids(activity=COURSE) == []
    assert lrs.ids(activity=COURSE, related_activities="true") == found[::-1]


def test_related_agents_finds_the_instructor(lrs):
    found = lrs.store(statement(context={"instructor": BO}))
    assert lrs.ids(agent=BO) == []
    assert lrs.ids(agent=BO, related_agents="true") == found


def test_formats_ids_and_canonical_are_honoured(lrs):
    (one,) = lrs.store(statement(object={"id": QUESTION, "definition": {"name": {"en": "Why?", "da": "Hvorfor?"}}}))
    assert lrs.one(one, format="ids")["object"] == {"id": QUESTION}
    canonical = lrs.get(statementId=one, format="canonical", headers={"Accept-Language": "da"}).json
    assert canonical["object"]["definition"]["name"] == {"da": "Hvorfor?"}


def test_since_and_until_filter_on_stored_and_not_on_timestamp(lrs):
    old, new = lrs.store(statement(timestamp="2030-01-01T00:00:00Z"), statement(timestamp="2001-01-01T00:00:00Z"))
    stored = lrs.one(old)["stored"]
    assert lrs.ids(since=stored) == [new]
    assert lrs.ids(until=stored) == [old]


def test_voiding_hides_the_voided_and_answers_it_by_voided_statement_id(lrs):
    (one,) = lrs.store(statement())
    (void,) = lrs.store(voiding(one))
    assert lrs.ids() == [void]
    assert lrs.get(statementId=one).status_code == 404
    assert lrs.one(void)["object"] == reference(one)
    assert lrs.get(voidedStatementId=one).json["id"] == one


def test_the_voided_verb_with_an_activity_is_refused(lrs):
    assert lrs.post(statement(verb={"id": VOIDED})).status_code == 400


def test_the_data_of_attachments_is_not_implemented_and_the_answer_says_what_is(lrs):
    for response in (
        lrs.call("POST", data=b"--x--", content_type="multipart/mixed; boundary=x"),
        lrs.get(attachments="true"),
    ):
        assert (response.status_code, response.json["error"]["code"]) == (501, "not_implemented")
        assert "it keeps statements" in response.json["error"]["message"]


@pytest.mark.parametrize("name", ["activities", "activities/profile", "activities/state", "agents", "agents/profile"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_documents_are_not_implemented(lrs, name, method):
    response = lrs.call(method, f"/xAPI/{name}")
    assert (response.status_code, response.json["error"]["code"]) == (501, "not_implemented")


def test_context_agents_are_for_2_0_only(lrs):
    context = {
        "contextAgents": [{"objectType": "contextAgent", "agent": BO, "relevantTypes": ["https://example.org/asker"]}]
    }
    assert lrs.post(statement(context=context)).status_code == 400
    (found,) = lrs.store(statement(context=context), version="2.0.0")
    assert lrs.ids(agent=BO, related_agents="true") == [found]


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_timestamp_without_a_zone_is_refused(lrs, version):
    assert lrs.post(statement(timestamp="2026-03-01T12:00:00"), version=version).status_code == 400


def test_a_timestamp_with_an_offset_is_kept_in_1_0_3_and_put_into_utc_in_2_0(lrs):
    sub = {"objectType": "SubStatement", "actor": BO, "verb": {"id": ASKED}, "object": {"id": COURSE}}
    sent = "2026-03-01T01:30:00.1234567+02:00"
    said = [statement(timestamp=sent, object={**sub, "timestamp": sent}) for _ in range(2)]
    (old,), (new,) = lrs.store(said[0]), lrs.store(said[1], version="2.0.0")
    kept, changed = lrs.one(old), lrs.one(new)
    assert [kept["timestamp"], kept["object"]["timestamp"]] == [sent] * 2
    assert [changed["timestamp"], changed["object"]["timestamp"]] == ["2026-02-28T23:30:00.1234567Z"] * 2


FULL = statement(
    id="3f0c5d4e-8f43-4c34-9d5a-0f1b7a6f2f11",
    object={"objectType": "Activity", "id": QUESTION, "definition": {"name": {"en": "Why?"}}},
    actor={"name": "Anna", **ANNA},
    result={"score": {"raw": 1}, "duration": "PT1H", "extensions": {"https://example.org/x": 1}},
    context={"contextActivities": {"parent": [{"id": COURSE}, {"id": QUESTION}], "category": [{"id": COURSE}]}},
)
CONTEXT = FULL["context"]["contextActivities"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({}, 200, id="identical"),
        pytest.param({"timestamp": None}, 200, id="no timestamp in the repeat"),
        pytest.param({"timestamp": "2026-03-01T12:00:00.000+00:00"}, 200, id="Z written as an offset"),
        pytest.param({"timestamp": "2026-03-01T14:00:00+02:00"}, 200, id="another offset"),
        pytest.param({"timestamp": "2026-03-01T12:00:00.000000Z"}, 200, id="more precision"),
        pytest.param({"timestamp": "2026-03-01T12:00:00.001Z"}, 409, id="another time"),
        pytest.param({"verb": {"id": ASKED, "display": {"da": "spurgte"}}}, 200, id="verb display"),
        pytest.param({"verb": {"id": ASKED}}, 200, id="no verb display"),
        pytest.param({"object": {"objectType": "Activity", "id": QUESTION}}, 200, id="activity definition"),
        pytest.param({"actor": {"name": "Anna B.", **ANNA}}, 409, id="actor name"),
        pytest.param({"actor": {"name": "Anna", "mbox": ANNA["mbox"]}}, 409, id="objectType omitted"),
        pytest.param({"actor": {**FULL["actor"], "mbox": "mailto:anna@EXAMPLE.org"}}, 200, id="case of the domain"),
        pytest.param({"actor": {**FULL["actor"], "mbox": "mailto:Anna@example.org"}}, 409, id="case of the mailbox"),
        pytest.param({"version": "1.0.0"}, 200, id="version added"),
        pytest.param({"stored": "2001-01-01T00:00:00Z", "authority": BO}, 200, id="what the store sets"),
        pytest.param({"result": {**FULL["result"], "score": {"raw": 1.0}}}, 200, id="1 and 1.0"),
        pytest.param(
            {"result": {**FULL["result"], "extensions": {"https://example.org/x": True}}}, 409, id="1 and true"
        ),
        pytest.param({"result": {**FULL["result"], "duration": "PT60M"}}, 409, id="PT1H and PT60M"),
        pytest.param({"context": {"contextActivities": {**CONTEXT, "category": {"id": COURSE}}}}, 200, id="no list"),
        pytest.param(
            {"context": {"contextActivities": {**CONTEXT, "parent": CONTEXT["parent"][::-1]}}},
            409,
            id="order of a list",
        ),
    ],
)
def test_a_repeat_is_equal_by_the_comparison_rules(lrs, changes, status):
    lrs.store(FULL)
    again = {name: value for name, value in {**FULL, **changes}.items() if value is not None}
    assert lrs.post(again).status_code == status
    assert len(lrs.ids()) == 1


def test_a_statement_without_timestamp_can_be_sent_again(lrs):
    one = statement(timestamp=None)
    lrs.store(one)
    lrs.store(one)
    stored = lrs.one(one["id"])
    lrs.store(stored)
    assert stored["timestamp"] == stored["stored"]
    assert lrs.post({**one, "timestamp": "2001-01-01T00:00:00Z"}).status_code == 409


def test_every_answer_about_statements_says_through_when_it_is_consistent(lrs):
    for response in (
        lrs.post(statement()),
        lrs.get(),
        lrs.get(nonsense="1"),
        lrs.call("GET", auth=None),
        lrs.call("DELETE"),
        lrs.post(b" " * 200_001),
        lrs.call("HEAD", PATH),
    ):
        assert response.headers["X-Experience-API-Consistent-Through"].endswith("Z")
