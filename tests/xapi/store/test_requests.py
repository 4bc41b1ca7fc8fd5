"""Headers, credentials, the alternate syntax, and errors. Source: xAPI 1.0.3, Communication, 1, 3 and 4."""

import json
import sqlite3
from urllib.parse import urlencode

import pytest

from tests.xapi.store.lrs import ANNA, ASKED, NAME, PASSWORD, PATH, Lrs, new_id, statement
from xapi.store import Credential, StoreConfig, create_app
from xapi.store.app import close_app


def test_head_answers_as_get_without_the_body(lrs):
    (one,) = lrs.store(statement())
    for path in (
        PATH,
        f"{PATH}?statementId={one}",
        f"{PATH}?statementId={new_id()}",
        f"{PATH}?nonsense=1",
        "/xAPI/about",
    ):
        get, head = lrs.call("GET", path), lrs.call("HEAD", path)
        assert (head.status_code, head.data) == (get.status_code, b"")
        assert {name for name, _ in head.headers} == {name for name, _ in get.headers}


def test_a_single_statement_was_last_modified_when_it_was_stored(lrs):
    (one,) = lrs.store(statement())
    response = lrs.get(statementId=one)
    assert f"{response.last_modified:%Y-%m-%dT%H:%M:%S}" == response.json["stored"][:19]


def test_a_list_was_last_modified_with_its_latest_statement_in_2_0(lrs):
    assert lrs.get(version="2.0.0").last_modified is None
    _, latest = lrs.store(statement(), statement())
    for ascending in ("true", "false"):
        response = lrs.get(version="2.0.0", ascending=ascending)
        assert f"{response.last_modified:%Y-%m-%dT%H:%M:%S}" == lrs.one(latest)["stored"][:19]
    assert lrs.get().last_modified is None


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_statements_that_are_not_sent_as_json_are_refused(lrs, content_type):
    response = lrs.call("POST", data=json.dumps(statement()), content_type=content_type)
    assert response.status_code == 400


def test_json_may_name_its_charset(lrs):
    response = lrs.call("POST", data=json.dumps(statement()), content_type="application/json; charset=utf-8")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'"text"',
        b"null",
        b"[[]]",
        b'{"actor": "\xff"}',
        b"\xef\xbb\xbf[]",
        json.dumps(statement()).encode("utf-16"),
        b'{"a": 1, "a": 1}',
        json.dumps(statement())[:-1].encode() + b', "verb": {"id": "https://example.org/"}}',
        json.dumps(statement(result={"score": {"raw": float("nan")}})).encode(),
        json.dumps(statement(result={"score": {"raw": float("-inf")}})).encode(),
        json.dumps(statement(result={"score": {"raw": 7}})).replace("7}", "1e999}").encode(),
        json.dumps(statement(result={"score": {"raw": 7}})).replace("7}", "9" * 5000 + "}").encode(),
        json.dumps(statement(result={"response": "\ud800"})).encode(),
        json.dumps(statement(actor={**ANNA, "name": "\udfff"})).encode(),
        b"[" * 50_000,
        json.dumps(statement(result={"extensions": {"https://example.org/x": 0}}))
        .replace(" 0}", "[" * 900 + "]" * 900 + "}")
        .encode(),
    ],
)
def test_what_is_no_json_or_no_statement_is_refused(lrs, body):
    response = lrs.post(body)
    assert response.status_code == 400
    assert response.json["error"].keys() == {"code", "message"}
    assert lrs.ids() == []


def test_json_may_be_nested_as_deeply_as_it_can_be_read_back(lrs):
    deep = {"https://example.org/x": json.loads("[" * 90 + "]" * 90)}
    wide = {"https://example.org/x": [[] for _ in range(1000)]}
    for extensions in (deep, wide):
        one = statement(result={"extensions": extensions})
        lrs.store(one)
        lrs.store(one)
        assert lrs.one(one["id"], format="canonical")["result"]["extensions"] == extensions


def test_a_body_over_the_limit_is_too_large(lrs):
    response = lrs.post([statement(result={"response": "x" * 200_000})])
    assert (response.status_code, response.json["error"]["code"]) == (413, "request_entity_too_large")


def test_a_put_takes_one_statement_and_one_parameter(lrs):
    one = statement()
    assert lrs.put(one["id"], [one]).status_code == 400
    assert lrs.call("PUT", data=json.dumps(one), content_type="application/json").status_code == 400
    path = f"{PATH}?statementId={one['id']}&verb={ASKED}"
    assert lrs.call("PUT", path, data=json.dumps(one), content_type="application/json").status_code == 400
    assert lrs.put("not-a-uuid", statement(id=None)).status_code == 400


def test_a_put_without_an_id_in_the_statement_takes_that_of_the_parameter(lrs):
    one = new_id()
    assert lrs.put(one, statement(id=None)).status_code == 204
    assert lrs.one(one)["id"] == one


def test_a_post_takes_no_parameter(lrs):
    response = lrs.call(
        "POST", f"{PATH}?statementId={new_id()}", data=json.dumps(statement()), content_type="application/json"
    )
    assert response.status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1", "Verb=https://example.org/", "statementid=1", "limit=-1", "limit=1.5", "limit=", "limit=%D9%A1", "ascending=True",
        "ascending=1", "related_agents=yes", "related_activities=", "attachments=0", "format=Exact", "format=", "verb=asked",
        "activity=questions/1", "registration=1", "since=yesterday", "since=2026-01-01", "until=2026-01-01T00:00:00",
        "since=2026-01-01T00:00:00+01:00", "agent=anna", "agent={}", "agent=[]", 'agent={"mbox":"anna@example.org"}',
        'agent={"objectType":"Group","member":[{"mbox":"mailto:anna@example.org"}]}', 'agent={"mbox":"mailto:a@b.c","name":NaN}',
        "statementId=1", "voidedStatementId=", "cursor=x", "cursor=AAAA", "limit=1&limit=2", "verb=%FF", "statementId",
        'agent={"mbox":"mailto:a@example.org","name":"\\ud800"}',
    ],
)  # fmt: skip
def test_a_parameter_that_is_unknown_or_wrong_is_refused(lrs, query):
    response = lrs.call("GET", f"{PATH}?{query}")
    assert (response.status_code, response.json["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize(
    "other",
    [
        ("agent", json.dumps(ANNA)), ("verb", ASKED), ("activity", ASKED), ("registration", new_id()), ("limit", "1"),
        ("related_activities", "true"), ("related_agents", "true"), ("since", "2026-01-01T00:00:00Z"),
        ("until", "2026-01-01T00:00:00Z"), ("ascending", "true"), ("cursor", "x"),
    ],
)  # fmt: skip
def test_a_single_statement_is_asked_for_without_filters(lrs, name, other):
    query = urlencode([(name, new_id()), other])
    assert lrs.call("GET", f"{PATH}?{query}").status_code == 400


def test_both_ids_at_once_are_refused_and_format_and_attachments_are_not(lrs):
    (one,) = lrs.store(statement())
    assert lrs.get(statementId=one, voidedStatementId=one).status_code == 400
    assert lrs.get(statementId=one, format="ids", attachments="false").status_code == 200


def form(lrs, method, *, query="", **fields):
    sent = {"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json", **fields}
    data = urlencode({name: value for name, value in sent.items() if value is not None})
    return lrs.call(
        "POST",
        f"{PATH}?method={method}{query}",
        version=None,
        data=data,
        content_type="application/x-www-form-urlencoded",
    )


def test_the_alternate_syntax_stores_and_reads(lrs):
    one, two = statement(), statement(result={"response": "blåbær & ære"})
    assert form(lrs, "PUT", statementId=one["id"], content=json.dumps(one)).status_code == 204
    assert form(lrs, "POST", content=json.dumps(two)).json == [two["id"]]
    assert form(lrs, "GET", statementId=two["id"]).json["result"] == two["result"]
    assert [found["id"] for found in form(lrs, "GET", limit="1").json["statements"]] == [two["id"]]
    assert form(lrs, "POST", **{"Content-Type": None}, content=json.dumps(two)).json == [two["id"]]
    head = form(lrs, "HEAD", limit="1")
    assert (head.status_code, head.data) == (200, b"")


def test_the_alternate_syntax_may_carry_the_credentials(lrs):
    fields = {"X-Experience-API-Version": "1.0.3", "Authorization": "Basic cmVhZGVyOnI="}
    options = {
        "data": urlencode(fields),
        "content_type": "application/x-www-form-urlencoded",
        "auth": None,
        "version": None,
    }
    assert lrs.call("POST", f"{PATH}?method=GET", **options).status_code == 200


def test_the_alternate_syntax_refuses_what_it_does_not_know(lrs):
    assert form(lrs, "GET", query="&limit=1").status_code == 400
    assert form(lrs, "DELETE").status_code == 405
    assert form(lrs, "PATCH").status_code == 405
    assert form(lrs, "GET", nonsense="1").status_code == 400
    assert form(lrs, "POST", **{"Content-Type": "text/plain"}, content=json.dumps(statement())).status_code == 400


def test_2_0_has_no_alternate_syntax(lrs):
    assert form(lrs, "GET", **{"X-Experience-API-Version": "2.0.0"}).status_code == 400


def test_credentials_do_what_their_scopes_allow(lrs):
    writer, reader = {"auth": ("writer", "w")}, {"auth": ("reader", "r")}
    assert lrs.post(statement(), **writer).status_code == 200
    assert lrs.call("GET", **reader).status_code == 200
    for response in (lrs.post(statement(), **reader), lrs.call("GET", **writer), lrs.call("HEAD", **writer)):
        assert response.status_code == 403
    assert lrs.post(statement(), **reader).json["error"]["code"] == "forbidden"


@pytest.mark.parametrize("value", ["Basic", "Basic !", "Basic YQ==", "Bearer x", "Basic /////w==", ""])
def test_a_malformed_authorization_is_unauthorized(lrs, value):
    assert lrs.call("GET", auth=None, headers={"Authorization": value}).status_code == 401


def test_the_authority_stands_for_the_credentials_and_for_nothing_that_was_sent(lrs):
    (one,) = lrs.store(statement(authority=ANNA))
    account = {"homePage": "https://lrs.example.org", "name": NAME}
    assert lrs.one(one)["authority"] == {"objectType": "Agent", "account": account}


def test_what_the_store_sets(lrs):
    (old,) = lrs.store(statement(id=None, stored="2001-01-01T00:00:00Z"))
    (kept,) = lrs.store(statement(version="1.0.2"))
    (new,) = lrs.store(statement(), version="2.0.0")
    assert [lrs.one(one)["version"] for one in (old, kept, new)] == ["1.0.0", "1.0.2", "2.0.0"]
    assert lrs.one(old)["stored"] > "2026"
    assert old[14] == "4"  # a UUID of version 4


def test_an_attachment_needs_an_address_and_a_signature_cannot_be_checked(lrs):
    attachment = {
        "usageType": "https://example.org/picture", "display": {"en": "x"}, "contentType": "application/octet-stream", "length": 3,
        "sha2": "0" * 64, "fileUrl": "https://example.org/x.png",
    }  # fmt: skip
    no_address = {name: value for name, value in attachment.items() if name != "fileUrl"}
    signature = {**attachment, "usageType": "http://adlnet.gov/expapi/attachments/signature"}
    sub = {
        "objectType": "SubStatement",
        "actor": ANNA,
        "verb": {"id": ASKED},
        "object": ANNA,
        "attachments": [no_address],
    }
    answers = [
        lrs.post(statement(attachments=[attachment])),
        lrs.post(statement(attachments=[no_address])),
        lrs.post(statement(object=sub)),
        lrs.post(statement(attachments=[signature])),
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 400, 501]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/xAPI/nowhere", 404, "not_found"),
        ("GET", "/xAPI/statements/", 404, "not_found"),
        ("DELETE", "/xAPI/statements", 405, "method_not_allowed"),
        ("OPTIONS", "/xAPI/statements", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("POST", "/xAPI/about", 405, "method_not_allowed"),
        ("GET", "/xAPI/about?x=1", 400, "bad_request"),
    ],
)
def test_every_error_is_the_same_json(lrs, method, path, status, code):
    response = lrs.call(method, path)
    assert (response.status_code, response.json["error"]["code"]) == (status, code)
    assert response.json.keys() == {"error"}
    assert response.json["error"].keys() == {"code", "message"}
    if status == 405:
        assert "DELETE" not in response.headers["Allow"]


def test_an_unexpected_error_tells_nothing_of_the_inside(lrs, caplog):
    (one,) = lrs.store(statement())
    with lrs.app.extensions["xapi.store"].database.write() as connection:
        connection.execute("UPDATE statement SET body = 'spoilt'")
    response = lrs.get(statementId=one, format="ids")
    assert (response.status_code, response.json["error"]["code"]) == (500, "internal_error")
    assert "line 1" not in response.text
    assert "Traceback" in caplog.text


def test_a_file_that_cannot_be_written_to_just_now_is_unavailable(tmp_path):
    path = tmp_path / "lrs.db"
    config = StoreConfig(credentials=[Credential(NAME, PASSWORD)], database=path, busy_timeout=0.1)
    app = create_app(config)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    one = statement()
    refused = Lrs(app).post(one)
    found = Lrs(app).ids()
    other.execute("ROLLBACK")
    other.close()
    accepted = Lrs(app).post(one)
    close_app(app)
    assert (refused.status_code, refused.json["error"]["code"], found) == (503, "unavailable", [])
    assert accepted.status_code == 200


def test_every_xapi_answer_names_its_version(lrs):
    for response in (lrs.call("GET", version=None), lrs.call("GET", auth=None), lrs.call("GET", "/xAPI/nowhere")):
        assert response.headers["X-Experience-API-Version"] == "2.0.0"


def test_the_home_page_counts_and_tells_nothing_else(lrs):
    lrs.store(statement(actor={"name": "Anna Andersen", **ANNA}), statement())
    response = lrs.call("GET", "/", version=None, auth=None)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert "2 statements" in response.text
    assert "anna" not in response.text.lower()


def test_health_is_ok(lrs):
    assert lrs.call("GET", "/healthz", version=None, auth=None).text == "ok\n"


def test_the_base_path_and_the_public_url_are_configured():
    config = StoreConfig(
        credentials=[Credential(NAME, PASSWORD)], base_path="/data/xapi", public_url="https://example.org/lrs/"
    )
    app = create_app(config)
    headers = {"X-Experience-API-Version": "1.0.3"}
    client = app.test_client()
    batch = [statement(), statement()]
    client.post("/data/xapi/statements", json=batch, headers=headers, auth=(NAME, PASSWORD))
    response = client.get("/data/xapi/statements?limit=1", headers=headers, auth=(NAME, PASSWORD))
    close_app(app)
    assert response.json["more"].startswith("/lrs/data/xapi/statements?limit=1&cursor=")


@pytest.mark.parametrize("wrong", [{"base_path": "xAPI"}, {"base_path": "/xAPI/"}])
def test_a_base_path_has_one_form(wrong):
    with pytest.raises(ValueError, match="base path"):
        StoreConfig(credentials=[], **wrong)


@pytest.mark.parametrize("wrong", [("", "x"), ("a:b", "x"), ("a", "")])
def test_a_credential_needs_a_name_and_a_password(wrong):
    with pytest.raises(ValueError, match="credential"):
        Credential(*wrong)


def test_a_credential_has_known_scopes_and_does_not_show_its_password():
    with pytest.raises(ValueError, match="profile"):
        Credential("a", "b", frozenset({"profile"}))
    assert repr(Credential("a", "hidden")) == "Credential(name='a')"
