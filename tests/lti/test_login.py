from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti.errors import LoginError
from lti.login import (
    MAX_HINT,
    MAX_PARAMETER,
    LoginRequest,
    PlatformError,
    authentication_url,
    read_login,
    read_platform_error,
)
from tests.lti.platform import REGISTRATION

REQUIRED = {
    "iss": "https://platform.example",
    "login_hint": "user-1",
    "target_link_uri": "https://tool.example/lti/launch",
}
MOODLE_HINT = '{"cmid":5,"launchid":"ltilaunch1_12345"}'
LOGIN = LoginRequest(issuer=REQUIRED["iss"], login_hint="user-1", target_link_uri=REQUIRED["target_link_uri"])


def url(authorization_url: str = REGISTRATION.authorization_url, login: LoginRequest = LOGIN) -> str:
    return authentication_url(
        replace(REGISTRATION, authorization_url=authorization_url),
        login,
        redirect_uri="https://tool.example/lti/launch",
        state="state-1",
        nonce="nonce-1",
    )


def test_the_least_a_platform_may_send():
    assert read_login(REQUIRED) == LOGIN


def test_all_that_canvas_sends():
    parameters = {
        **REQUIRED,
        "client_id": "10000000000002",
        "lti_message_hint": "eyJ.eyJ.sig",
        "lti_deployment_id": "5:d3a25",
        "lti_storage_target": "post_message_forwarding",
        "canvas_region": "eu-central-1",
        "canvas_environment": "prod",
    }
    assert read_login(parameters) == replace(
        LOGIN,
        client_id="10000000000002",
        message_hint="eyJ.eyJ.sig",
        deployment_id="5:d3a25",
        storage_target="post_message_forwarding",
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("iss", "issuer_missing"),
        ("login_hint", "login_hint_missing"),
        ("target_link_uri", "target_link_uri_missing"),
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_required_parameter_is_missing(name: str, code: str, value: str | None):
    parameters = {n: v for n, v in {**REQUIRED, name: value}.items() if v is not None}
    with pytest.raises(LoginError) as refusal:
        read_login(parameters)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("name", "field", "maximum"),
    [
        ("iss", "issuer", MAX_PARAMETER),
        ("login_hint", "login_hint", MAX_PARAMETER),
        ("target_link_uri", "target_link_uri", MAX_PARAMETER),
        ("client_id", "client_id", MAX_PARAMETER),
        ("lti_message_hint", "message_hint", MAX_HINT),
        ("lti_deployment_id", "deployment_id", MAX_PARAMETER),
        ("lti_storage_target", "storage_target", MAX_PARAMETER),
    ],
)
def test_parameter_is_too_long_or_no_text(name: str, field: str, maximum: int):
    assert getattr(read_login({**REQUIRED, name: "x" * maximum}), field) == "x" * maximum
    for value, code in (("x" * (maximum + 1), f"{field}_too_long"), ("a\0b", f"{field}_malformed")):
        with pytest.raises(LoginError) as refusal:
            read_login({**REQUIRED, name: value})
        assert refusal.value.code == code


def test_answer_asks_for_an_id_token_by_form_post():
    address = urlsplit(url())
    assert address._replace(query="").geturl() == REGISTRATION.authorization_url
    assert dict(parse_qsl(address.query)) == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": "https://tool.example/lti/launch",
        "login_hint": "user-1",
        "state": "state-1",
        "nonce": "nonce-1",
    }


@pytest.mark.parametrize("hint", [MOODLE_HINT, "a b+c&d=e%20æ", ""])
def test_message_hint_goes_back_unchanged(hint: str):
    query = parse_qs(urlsplit(url(login=replace(LOGIN, message_hint=hint))).query, keep_blank_values=True)
    assert query["lti_message_hint"] == [hint]


def test_authorization_url_keeps_its_query():
    address = urlsplit(url("https://platform.example/authorize?tenant=a%2Fb&empty=&client_id=other#top"))
    query = parse_qs(address.query, keep_blank_values=True)
    assert (query["tenant"], query["empty"], query["client_id"]) == (["a/b"], [""], ["client-1"])
    assert address.fragment == ""


def test_platform_error():
    parameters = {"error": "login_required", "error_description": "Session\0 is gone", "state": "state-1"}
    assert read_platform_error(parameters) == PlatformError(
        error="login_required", description="Session is gone", state="state-1"
    )


def test_platform_error_is_cut():
    error = read_platform_error({"error": "e" * 5000, "error_description": "d" * 5000})
    assert error == PlatformError(error="e" * 100, description="d" * 1000, state=None)


@pytest.mark.parametrize("parameters", [{}, {"error": ""}, {"id_token": "a.b.c"}, {"id_token": "a.b.c", "error": "x"}])
def test_no_platform_error(parameters: dict[str, str]):
    assert read_platform_error(parameters) is None


_parameters = st.dictionaries(
    st.sampled_from([*REQUIRED, "client_id", "lti_message_hint", "lti_storage_target", "error", "state"]) | st.text(),
    st.text(),
)


@given(_parameters)
def test_any_parameters_are_read_or_refused(parameters: dict[str, str]):
    read_platform_error(parameters)
    try:
        login = read_login(parameters)
    except LoginError:
        return
    query = dict(parse_qsl(urlsplit(url(login=login)).query, keep_blank_values=True))
    assert query["login_hint"] == parameters["login_hint"]
    assert query.get("lti_message_hint") == parameters.get("lti_message_hint")
