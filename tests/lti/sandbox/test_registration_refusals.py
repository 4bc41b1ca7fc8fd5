"""Dynamic registrations that are refused, in each LMS's manner."""

import pytest

from lti import claims

ALL = pytest.mark.parametrize("mode", ["plain", "moodle", "canvas"])

WRONG = {
    "application_type": {"application_type": "native"},
    "auth-method": {"token_endpoint_auth_method": "client_secret_basic"},
    "no-client_name": {"client_name": None},
    "no-jwks_uri-but-jwks": {"jwks_uri": None, "jwks": {"keys": []}},
    "no-tool-configuration": {claims.TOOL_CONFIGURATION: None},
    "response-types": {"response_types": ["code"]},
}
MOODLES_WORDS = {
    "application_type": "invalid_application_type",
    "auth-method": "invalid_token_endpoint_auth_method",
    "no-client_name": "missing required attribute client_name",
    "no-jwks_uri-but-jwks": "missing required attribute jwks_uri",
    "no-tool-configuration": f"missing required attribute {claims.TOOL_CONFIGURATION}",
    "response-types": "invalid_response_types",
}
"""As recorded from Moodle 4.5.6."""


@pytest.mark.parametrize("mode", ["moodle"])
@pytest.mark.parametrize("case", WRONG)
def test_moodle_refuses_with_a_bare_word(register, case):
    answer = register(**WRONG[case])
    assert (answer.status_code, answer.text) == (400, MOODLES_WORDS[case])
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("mode", ["moodle"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"domain": None}, "missing_domain"),
        ({"domain": "other.example"}, "domain_targetlinkuri_mismatch"),
        ({"target_link_uri": "https://other.example/launch"}, "domain_targetlinkuri_mismatch"),
    ],
)
def test_in_moodle_domain_and_target_belong_together(register, tool, changes, words):
    answer = register(**{claims.TOOL_CONFIGURATION: tool.tool_configuration(**changes)})
    assert (answer.status_code, answer.text) == (400, words)


@pytest.mark.parametrize("mode", ["moodle"])
@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [({}, 401, "missing_registration_token"), ({"Authorization": "Bearer abc.def.ghi"}, 404, None)],
)
def test_moodle_s_words_for_tokens(client, tool, headers, status, words):
    answer = client.post("/registration", json=tool.registration_request(), headers=headers)
    assert answer.status_code == status
    assert answer.text == words if words else "<h1>Error</h1>" in answer.text


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize(("mode", "status"), [("plain", 400), ("canvas", 422)])
def test_a_wrong_shape_is_refused_with_reasons(register, case, mode, status):
    answer = register(**WRONG[case])
    assert answer.status_code == status
    assert answer.get_json()["errors" if mode == "canvas" else "error_description"]


@pytest.mark.parametrize("mode", ["canvas"])
@pytest.mark.parametrize(
    "changes",
    [
        {"custom_parameters": {"number": 5}},
        {"messages": {}},
        {"messages": [{"type": "LtiResourceLinkRequest", "placements": ["nowhere"]}]},
        {"messages": [{"type": "LtiResourceLinkRequest", "custom_parameters": {"number": 5}}]},
        {"https://canvas.instructure.com/lti/privacy_level": "secret"},
        {"claims": None},
    ],
)
def test_canvas_looks_closely_at_the_tool_s_part(register, tool, changes):
    assert register(**{claims.TOOL_CONFIGURATION: tool.tool_configuration(**changes)}).status_code == 422


@ALL
@pytest.mark.parametrize("body", ["[]", "null", "not json"])
def test_what_is_no_object_is_refused(client, invite, body):
    assert client.post("/registration", data=body, headers=invite()).status_code in {400, 422}
