"""The token endpoint: what a proper assertion gets, and each way of not proving who you are."""

import time

import pytest

from lti import claims
from lti.sandbox.app import SandboxConfig, create_app
from tests.lti.sandbox.conftest import TOKEN_URL

SCORE = claims.SCOPE_SCORE
ROSTER = claims.SCOPE_MEMBERSHIP_READONLY


def ask(client, form):
    return client.post("/token", data=form)


def test_a_proper_assertion_gets_a_token_for_an_hour(client, tool):
    answer = ask(client, tool.token_request(TOKEN_URL, SCORE, ROSTER))
    token = answer.get_json()
    assert token.pop("access_token")
    assert token == {"token_type": "bearer", "expires_in": 3600, "scope": f"{SCORE} {ROSTER}"}
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_unknown_scopes_are_left_out(client, tool):
    answer = ask(client, tool.token_request(TOKEN_URL, "https://scope.example/all", SCORE))
    assert answer.get_json()["scope"] == SCORE


def test_only_unknown_scopes_are_an_error(client, tool):
    answer = ask(client, tool.token_request(TOKEN_URL, "https://scope.example/all"))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")


def test_aud_may_be_a_list(client, tool):
    assert (
        ask(client, tool.token_request(TOKEN_URL, SCORE, aud=["https://other.example", TOKEN_URL])).status_code == 200
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"iss": None},
        {"sub": "other"},
        {"sub": None},
        {"aud": "http://127.0.0.1:8001"},
        {"aud": ["https://other.example"]},
        {"aud": None},
        {"exp": None},
        {"exp": int(time.time()) - 1},
        {"iat": int(time.time()) + 3600},
        {"jti": None},
        {"jti": ""},
        {"kid": "unknown"},
    ],
)
def test_a_wrong_assertion_gets_no_token(client, tool, changes):
    answer = ask(client, tool.token_request(TOKEN_URL, SCORE, **changes))
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    assert "access_token" not in answer.get_json()


def test_an_assertion_works_once(client, tool):
    form = tool.token_request(TOKEN_URL, SCORE)
    assert [ask(client, form).status_code for _ in range(2)] == [200, 401]


def test_a_used_assertion_is_remembered_over_a_restart(tool, tmp_path):
    config = SandboxConfig(url="http://127.0.0.1:8001", tool_url=tool.url, data=tmp_path)
    form = tool.token_request(TOKEN_URL, SCORE)
    assert [ask(create_app(config).test_client(), form).status_code for _ in range(2)] == [200, 401]


def test_another_key_under_our_kid_gets_no_token(client, tool):
    ask(client, tool.token_request(TOKEN_URL, SCORE))
    published, key_set = tool.key.kid, tool.key_set
    tool.rotate()
    tool.key_set = key_set
    form = tool.token_request(TOKEN_URL, SCORE, kid=published)
    assert ask(client, form).status_code == 401


def test_a_rotated_key_of_the_tool_is_fetched(client, tool):
    ask(client, tool.token_request(TOKEN_URL, SCORE))
    tool.rotate()
    assert ask(client, tool.token_request(TOKEN_URL, SCORE)).status_code == 200


@pytest.mark.parametrize("assertion", ["junk", "a.b.c", "W10.W10.x", "e30.e30."])
def test_junk_is_no_assertion(client, tool, assertion):
    answer = ask(client, tool.token_request(TOKEN_URL, SCORE) | {"client_assertion": assertion})
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"client_assertion_type": "jwt"}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_request"),
    ],
)
def test_a_wrong_form_is_a_bad_request(client, tool, changes, error):
    answer = ask(client, tool.token_request(TOKEN_URL, SCORE) | changes)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


@pytest.mark.parametrize("port", [1, None])
def test_a_tool_without_a_key_set_gets_no_token(tool, port):
    url = tool.url if port is None else f"http://127.0.0.1:{port}"
    config = SandboxConfig(url="http://127.0.0.1:8001", tool_url=f"{url}/no-such-place")
    answer = ask(create_app(config).test_client(), tool.token_request(TOKEN_URL, SCORE))
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


def test_something_else_at_the_key_set_url_is_no_key_set(client, tool):
    tool.key_set = []
    assert ask(client, tool.token_request(TOKEN_URL, SCORE)).status_code == 401


def test_the_key_set_shows_nothing_private(client):
    (key,) = client.get("/jwks").get_json()["keys"]
    assert set(key) == {"kty", "kid", "alg", "use", "n", "e"}
