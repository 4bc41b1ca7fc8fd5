"""The sandbox that plays Moodle beside what a real Moodle 4.5.6 sent: logins, id_tokens, errors, tokens."""

import copy
import json
import re
import time
from dataclasses import replace
from pathlib import Path

import jwt
import pytest

from lti import claims
from lti.sandbox.app import create_app
from lti.sandbox.tools import SCOPES
from tests.lti.sandbox.conftest import TOKEN_URL
from tests.lti.sandbox.test_registration import shape
from tests.lti.sandbox.tool import Form

pytestmark = pytest.mark.parametrize("mode", ["moodle"])

FOLDER = Path(__file__).parent / "moodle"
LAUNCHES = json.loads((FOLDER / "launches.json").read_text())
TOKENS = {case["name"]: case for case in json.loads((FOLDER / "tokens.json").read_text())}
CASES = json.loads((FOLDER / "authentication.json").read_text())
START = "/start/share-how-you-work"
BASIC_OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"
"""LTI 1.1's way of grading, which the sandbox leaves out."""


def test_the_login_comes_as_a_form_with_the_recorded_fields(sign_in, tool, mode):
    fields = tool.login_initiation(sign_in("freja").get(START))
    assert shape(fields) == shape(json.loads((FOLDER / "login.json").read_text()))
    assert (fields["iss"], fields["target_link_uri"]) == ("http://127.0.0.1:8001", tool.launch_url)


@pytest.mark.parametrize(
    ("name", "person"), [("link", "freja"), ("admin", "lotte"), ("deep linking", "ingrid"), ("review", "ingrid")]
)
def test_an_id_token_has_the_claims_of_the_recorded_one(sign_in, launched, name, person, mode):
    starts = {
        "deep linking": "/courses/onboarding/tools/1/choose/start",
        "review": "/courses/onboarding/gradebook/1/freja/review/start",
    }
    sign_in(person)
    ours, theirs = launched(starts.get(name, START)), copy.deepcopy(LAUNCHES[name]["claims"])
    for token in (ours, theirs):
        token.pop(claims.CUSTOM)
        token.pop(BASIC_OUTCOME, None)
    if name in {"link", "review"}:
        theirs[claims.AGS_ENDPOINT]["lineitem"] = ""
    assert shape(ours) == shape(theirs)
    assert ours["exp"] - ours["iat"] == theirs["exp"] - theirs["iat"] == 60
    assert sorted(ours[claims.ROLES]) == sorted(theirs[claims.ROLES])
    assert ours[claims.CONTEXT]["type"] == theirs[claims.CONTEXT]["type"]
    if name == "deep linking":
        mine, recorded = (token[claims.DEEP_LINKING_SETTINGS] for token in (ours, theirs))
        own = {"deep_link_return_url", "title"}
        assert {key: mine[key] for key in mine if key not in own} == {
            key: recorded[key] for key in recorded if key not in own
        }


@pytest.mark.parametrize(
    ("person", "role"),
    [
        ("mathilde", claims.ROLE_INSTRUCTOR),
        ("karel", claims.ROLE_LEARNER),
        ("teststudent", claims.ROLE_LEARNER),
        ("freja", claims.ROLE_LEARNER),
    ],
)
def test_in_a_launch_there_are_instructors_and_learners(sign_in, launched, person, role, mode):
    sign_in(person)
    token = launched(START)
    assert token[claims.ROLES] == [role]
    assert claims.ROLE_SCOPE_MENTOR not in token


@pytest.fixture
def custom(config, tool):
    """The custom values that a launch of Freja's brings, where the tool asks for those of the recording."""
    asked = {
        "username": "$User.username",
        "context_history": "$Context.id.history",
        "link_history": "$ResourceLink.id.history",
        "submission_end": "$ResourceLink.submission.endDateTime",
        "unknown_var": "$No.Such.Variable",
        "Mixed.Case-Key": "Some=Value; with specials",
        "group_ids": "$Moodle.Person.userGroupIds",
    }
    client = create_app(replace(config, custom=asked)).test_client()
    client.get("/login/as/freja")
    request = tool.authentication_request(client.get(START))
    return tool.id_token(client, client.get("/auth", query_string=request))[claims.CUSTOM]


def test_custom_values_are_substituted_where_moodle_knows_them_and_doubled(custom, mode):
    recorded = LAUNCHES["link"]["claims"][claims.CUSTOM]
    for name in (
        "context_history",
        "link_history",
        "submission_end",
        "unknown_var",
        "Mixed.Case-Key",
        "mixed_case_key",
    ):
        assert custom[name] == recorded[name], name
    assert custom["username"] == "freja"
    assert custom["group_ids"] == "onboarding-circle-1"
    assert custom["context_memberships_url"].endswith("/courses/onboarding/memberships")
    assert custom["activity"] == "discussion"


# --- authentication requests -------------------------------------------------------------------------------------------------

CHANGES = {
    "auth: redirect_uri not registered": {"redirect_uri": "https://127.0.0.1:18444/launch?task=essay"},
    "auth: wrong client_id": {"client_id": "nobody"},
    "auth: scope openid email": {"scope": "openid email"},
    "auth: response_type code": {"response_type": "code"},
    "auth: no response_mode": {"response_mode": None},
    "auth: response_mode query": {"response_mode": "query"},
    "auth: no nonce": {"nonce": None},
    "auth: no state": {"state": None},
    "auth: no prompt": {"prompt": None},
    "auth: prompt login": {"prompt": "login"},
    "auth: login_hint of another user": {"login_hint": "rasmus"},
    "auth: no lti_message_hint": {"lti_message_hint": None},
    "auth: good": {},
}


@pytest.mark.parametrize("case", [case for case in CASES if case["case"] in CHANGES], ids=lambda case: case["case"][6:])
def test_a_request_is_answered_as_moodle_answered(sign_in, tool, case, mode):
    client = sign_in("freja")
    request = tool.authentication_request(client.get(START), **CHANGES[case["case"]])
    page = client.get("/auth", query_string=request)
    assert page.status_code == case["status"]
    if case["kind"] == "error page":
        assert f"<h1>{case['error_message']}</h1>" in page.text
        return
    form = Form(page.text)
    assert form.action == tool.launch_url
    expected = {name: text.replace("st-1", "state-1") for name, text in case["form_fields"].items()}
    assert {name: "JWT" if name == "id_token" else text for name, text in form.fields.items()} == expected


def test_a_hint_works_once(sign_in, tool, mode):
    client = sign_in("freja")
    request = tool.authentication_request(client.get(START))
    pages = [client.get("/auth", query_string=request) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 404]
    assert "<h1>Invalid request</h1>" in pages[1].text


# --- tokens ------------------------------------------------------------------------------------------------------------------

OTHER = "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting"
ASSERTIONS = {
    "token-ok": (SCOPES, {}),
    "token-some-scopes-unknown": ((claims.SCOPE_SCORE, OTHER), {}),
    "token-error-bad-scope": ((OTHER,), {}),
    "token-wrong-aud": ((claims.SCOPE_SCORE,), {"aud": "https://elsewhere.example/token"}),
    "token-no-exp-no-jti": ((claims.SCOPE_SCORE,), {"exp": None, "iat": None, "jti": None}),
    "token-error-expired-assertion": ((claims.SCOPE_SCORE,), {"exp": int(time.time()) - 60}),
    "token-error-iat-in-future-30s": ((claims.SCOPE_SCORE,), {"iat": int(time.time()) + 3600}),
    "token-error-unknown-kid": ((claims.SCOPE_SCORE,), {"kid": "nope"}),
    "token-error-wrong-client": ((claims.SCOPE_SCORE,), {"iss": "nobody", "sub": "nobody"}),
}


def compare(answer, case):
    assert (answer.status_code, answer.headers["Content-Type"]) == (case["status"], case["type"])
    if isinstance(case["body"], str):  # what is no JSON
        assert answer.text == case["body"]
        return
    ours = json.loads(answer.text)
    if "access_token" in ours:
        ours["access_token"] = "<token replaced>"
    moment = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
    assert [moment.sub("then", str(value)) for value in ours.values()] == [
        moment.sub("then", str(value)) for value in case["body"].values()
    ]


@pytest.mark.parametrize("name", ASSERTIONS)
def test_the_token_endpoint_answers_as_moodle_s_did(client, tool, name, mode):
    scopes, changes = ASSERTIONS[name]
    order = sorted(scopes, key=TOKENS["token-ok"]["body"]["scope"].find)
    compare(client.post("/token", data=tool.token_request(TOKEN_URL, *order, **changes)), TOKENS[name])


def test_an_assertion_without_kid_is_told_in_moodle_s_words(client, tool, mode):
    form = tool.token_request(TOKEN_URL, claims.SCOPE_SCORE)
    body = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    form["client_assertion"] = jwt.encode(body, tool.key.private_key, "RS256")
    compare(client.post("/token", data=form), TOKENS["token-error-no-kid"])


def test_a_bad_signature_is_told_in_moodle_s_words(client, tool, mode):
    published, key_set = tool.key.kid, tool.key_set
    tool.rotate()
    tool.key_set = key_set
    answer = client.post("/token", data=tool.token_request(TOKEN_URL, claims.SCOPE_SCORE, kid=published))
    compare(answer, TOKENS["token-error-bad-signature"])


def test_an_assertion_may_come_again(client, tool, mode):
    form = tool.token_request(TOKEN_URL, claims.SCOPE_SCORE)
    client.post("/token", data=form)
    compare(client.post("/token", data=form), TOKENS["token-same-assertion-again"])


@pytest.mark.parametrize(("changes", "name"), [({"grant_type": "password"}, "grant-type"), ({"scope": ""}, "no-scope")])
def test_a_wrong_form_is_told_in_moodle_s_words(client, tool, changes, name, mode):
    answer = client.post("/token", data=tool.token_request(TOKEN_URL, claims.SCOPE_SCORE) | changes)
    compare(answer, TOKENS[f"token-error-{name}"])


def test_a_copied_course_is_told_as_recorded(sign_in, launched, client, mode):
    sign_in("ingrid")
    url = client.post("/courses/onboarding/copy").location
    link = re.search(r'href="/activities/([0-9a-f]+)"', client.get(url).text)[1]
    ours, theirs = launched(f"/start/{link}"), LAUNCHES["copied course"]["claims"]
    assert ours[claims.CUSTOM]["context_history"] == "onboarding"
    assert theirs[claims.CUSTOM]["context_history"] == "2"
    assert (ours[claims.CONTEXT]["label"], theirs[claims.CONTEXT]["label"]) == ("ONB-1_1", "WRIT101_1")
    assert ours[claims.CONTEXT]["title"] == "Onboarding copy 1"
