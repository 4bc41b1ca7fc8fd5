"""Dynamic registration: the administrator's click, the documents, the tokens, and each LMS's manner of refusing."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from lti import claims
from tests.lti.sandbox.test_pages import Tags

URL = "http://127.0.0.1:8001"
CONFIGURATION = "/.well-known/openid-configuration"
ALL = pytest.mark.parametrize("mode", ["plain", "moodle", "canvas"])


def recorded(name):
    """A message of a real Moodle 4.5.6."""
    return json.loads((Path(__file__).parent / "moodle" / f"{name}.json").read_text())


def shape(body):
    """The names in a document, and of what kind their values are."""
    if isinstance(body, dict):
        return {name: shape(value) for name, value in body.items()}
    return type(body).__name__


def opened(page):
    """The address in the registration page's frame, and what its query tells the tool."""
    (frame,) = Tags(page.text).named("iframe")
    return frame["src"], {name: values[0] for name, values in parse_qs(urlsplit(frame["src"]).query).items()}


@ALL
def test_the_administrator_opens_the_tool_s_page_in_a_frame(sign_in, tool):
    page = sign_in("lotte").post("/admin/tools/registration", data={"url": f"{tool.url}/register?invite=7"})
    source, told = opened(page)
    assert source.startswith(f"{tool.url}/register?invite=7&")
    assert told["openid_configuration"] == f"{URL}{CONFIGURATION}"
    token = jwt.decode(told["registration_token"], options={"verify_signature": False})
    assert (token["scope"], token["exp"] - token["iat"]) == ("reg", 3600)


def test_a_page_of_another_site_may_be_framed_for_that(sign_in):
    page = sign_in("lotte").post("/admin/tools/registration", data={"url": "https://tool.example/register"})
    assert "https://tool.example" in page.headers["Content-Security-Policy"].partition("frame-src")[2].partition(";")[0]


@pytest.mark.parametrize("url", ["", "tool.example/register", "javascript:alert(1)", "file:///etc/passwd"])
def test_what_is_no_address_is_not_opened(sign_in, url):
    client = sign_in("lotte")
    assert client.post("/admin/tools/registration", data={"url": url}).status_code == 302
    assert "That is no address of a tool" in client.get("/admin/tools").text


@pytest.mark.parametrize(
    "path",
    ["/admin/tools/registration", "/admin/tools/2/registration", "/admin/tools/1/activate", "/admin/tools/1/main"],
)
def test_only_the_administrator_registers_tools(sign_in, path):
    assert sign_in("ingrid").post(path, data={"url": "https://tool.example"}).status_code == 404


@pytest.mark.parametrize("mode", ["moodle"])
def test_moodle_s_configuration_has_the_shape_of_the_recorded_one(client):
    answer = client.get(CONFIGURATION)
    expected = recorded("02-openid-configuration")["response"]
    assert answer.headers["Content-Type"] == expected["headers"]["Content-Type"]
    assert shape(answer.get_json()) == shape(expected["body"])
    own, theirs = (body[claims.PLATFORM_CONFIGURATION] for body in (answer.get_json(), expected["body"]))
    for name in ("product_family_code", "version", "messages_supported"):
        assert own[name] == theirs[name]
    assert set(own["variables"]) <= set(theirs["variables"])


@pytest.mark.parametrize("mode", ["canvas"])
def test_canvas_shows_its_configuration_to_those_that_bring_a_token(client, invite):
    assert client.get(CONFIGURATION).status_code == 401
    assert client.get(CONFIGURATION, headers={"Authorization": "Bearer a.b.c"}).status_code == 401
    document = client.get(CONFIGURATION, headers=invite()).get_json()
    assert document["issuer"] == URL
    own = document[claims.PLATFORM_CONFIGURATION]
    assert own["product_family_code"] == "canvas"
    assert own["notice_types_supported"] == ["LtiHelloWorldNotice", "LtiContextCopyNotice"]
    assert own["https://canvas.instructure.com/lti/account_name"] == "North Sea Academy"


@pytest.mark.parametrize(("mode", "status"), [("plain", 201), ("moodle", 200), ("canvas", 200)])
def test_a_tool_registers_itself(register, mode, status, tool):
    answer = register()
    body = answer.get_json()
    assert answer.status_code == status
    assert body["scope"] == f"{claims.SCOPE_LINE_ITEM} {claims.SCOPE_SCORE} {claims.SCOPE_MEMBERSHIP_READONLY}"
    assert body["redirect_uris"] == [tool.launch_url, f"{tool.url}/lti/launch2"]
    assert ("deployment_id" in body[claims.TOOL_CONFIGURATION]) == (mode != "canvas")
    assert body[claims.TOOL_CONFIGURATION]["custom_parameters"]["formula"] == ("a" if mode == "moodle" else "a=b")


@pytest.mark.parametrize("mode", ["moodle"])
def test_moodle_s_answer_has_the_shape_of_the_recorded_one(register):
    answer, expected = register(), recorded("03-registration")["response"]
    # Custom values, logo and description are the tool's own; the sandbox keeps no pictures.
    theirs = {name: value for name, value in expected["body"].items() if name != "logo_uri"}
    tool_configuration = dict(theirs[claims.TOOL_CONFIGURATION], custom_parameters={"history": "", "formula": ""})
    del tool_configuration["description"]
    assert answer.headers["Content-Type"] == expected["headers"]["Content-Type"]
    assert shape(answer.get_json()) == shape(theirs | {claims.TOOL_CONFIGURATION: tool_configuration})


@pytest.mark.parametrize("mode", ["plain", "canvas"])
def test_a_registered_tool_is_launched_beside_the_preconfigured_one(register, client, tool, sign_in):
    client_id = register(
        **{
            claims.TOOL_CONFIGURATION: tool.tool_configuration(
                **{"https://canvas.instructure.com/lti/privacy_level": "public"}
            )
        }
    ).get_json()["client_id"]
    sign_in("ingrid")
    assert 'href="/courses/onboarding/tools/2/choose"' in client.get("/courses/onboarding").text
    request = tool.authentication_request(client.get("/courses/onboarding/tools/2/choose/start"))
    assert request["client_id"] == client_id
    token = tool.id_token(client, client.get("/auth", query_string=request))
    assert (token["aud"], token[claims.TARGET_LINK_URI]) == (client_id, f"{tool.launch_url}?choose")
    assert token[claims.CUSTOM] == {"history": "", "formula": "a=b"}
    assert token["name"] == "Ingrid Sjöström"
    assert (
        client.get("/auth", query_string=request | {"client_id": "kring-sandbox"}).text.count('value="invalid_request"')
        == 1
    )


@pytest.mark.parametrize("mode", ["canvas"])
def test_canvas_keeps_people_anonymous_unless_the_tool_asks(register, client, tool, sign_in, launched):
    register()
    sign_in("ingrid")
    token = launched("/courses/onboarding/tools/2/choose/start")
    assert {"name", "given_name", "family_name", "email"} & set(token) == set()


def test_any_registered_redirect_uri_is_good(register, client, tool, sign_in):
    register()
    sign_in("ingrid")
    request = tool.authentication_request(client.get("/courses/onboarding/tools/2/choose/start"))
    page = client.get("/auth", query_string=request | {"redirect_uri": f"{tool.url}/lti/launch2"})
    assert f'action="{tool.url}/lti/launch2"' in page.text


def test_each_tool_has_its_own_token_and_columns(register, client, tool, authorize):
    client_id = register().get_json()["client_id"]
    form = tool.token_request(f"{URL}/token", claims.SCOPE_LINE_ITEM, iss=client_id, sub=client_id)
    theirs = {"Authorization": f"Bearer {client.post('/token', data=form).get_json()['access_token']}"}
    items = "/courses/onboarding/lineitems"
    made = client.post(
        items, json={"label": "x", "scoreMaximum": 1}, headers=theirs, content_type=claims.MEDIA_LINE_ITEM
    )
    assert [item["label"] for item in client.get(items, headers=theirs).get_json()] == ["x"]
    ours = authorize(claims.SCOPE_LINE_ITEM)
    assert [item["label"] for item in client.get(items, headers=ours).get_json()] == ["Share how you work"]
    assert client.get(made.get_json()["id"], headers=ours).status_code == 404


def test_a_registered_tool_can_take_over_the_ready_made_activities(register, client, sign_in, launched):
    client_id = register().get_json()["client_id"]
    assert client.post("/admin/tools/2/main").status_code == 302
    sign_in("freja")
    token = launched("/start/share-how-you-work")
    assert (token["aud"], token[claims.AGS_ENDPOINT]["lineitem"]) == (
        client_id,
        f"{URL}/courses/onboarding/lineitems/1",
    )
    sign_in("lotte").post("/admin/tools/2/delete")
    sign_in("freja")
    assert launched("/start/share-how-you-work")["aud"] == "kring-sandbox"


@pytest.mark.parametrize("mode", ["moodle"])
def test_in_moodle_the_tool_waits_for_the_administrator(register, client, tool, sign_in):
    register()
    assert "Pending" in client.get("/admin/tools").text
    start = "/courses/onboarding/tools/2/choose/start"
    assert sign_in("ingrid").get(start).status_code == 404
    sign_in("lotte").post("/admin/tools/2/activate")
    assert sign_in("ingrid").get(start).status_code == 200
    sign_in("lotte").post("/admin/tools/2/deactivate")
    assert sign_in("ingrid").get(start).status_code == 404


@ALL
def test_a_token_registers_one_tool(client, tool, invite, mode):
    headers = invite()
    answers = [client.post("/registration", json=tool.registration_request(), headers=headers) for _ in range(2)]
    assert answers[1].status_code == 401
    if mode == "moodle":
        expected = recorded("04-registration-token-reused")["response"]
        assert (answers[1].text, answers[1].headers["Content-Type"]) == (
            expected["body"],
            expected["headers"]["Content-Type"],
        )


@ALL
def test_an_update_keeps_client_id_and_deployment(register, client, tool, sign_in, invite):
    before = register().get_json()
    page = sign_in("lotte").post("/admin/tools/registration", data={"url": f"{tool.url}/register"})
    assert "Fake tool is registered already" in page.text
    headers = invite("/admin/tools/2/registration")
    assert client.get("/registration", headers=headers).get_json() == before
    for name in ("Better tool", "Best tool"):  # the token is good for its whole hour
        answer = client.post("/registration", json=tool.registration_request(client_name=name), headers=headers)
        assert (answer.status_code, answer.get_json()) == (200, before | {"client_name": name})
    assert "Best tool" in client.get("/admin/tools").text


def test_the_same_tool_can_be_registered_twice(register, client, tool, invite):
    first = register().get_json()["client_id"]
    headers = invite(**{"as": "new"})
    second = client.post("/registration", json=tool.registration_request(), headers=headers).get_json()["client_id"]
    assert first != second


def test_a_new_tool_s_token_shows_nothing(client, invite):
    assert client.get("/registration", headers=invite()).status_code == 401


@ALL
def test_an_access_token_registers_nothing(client, tool, authorize):
    answer = client.post("/registration", json=tool.registration_request(), headers=authorize(claims.SCOPE_SCORE))
    assert answer.status_code == 401


def test_a_tool_survives_a_restart(register, config, client):
    from lti.sandbox.app import create_app

    client_id = register().get_json()["client_id"]
    again = create_app(config).test_client()
    again.get("/login/as/lotte")
    assert client_id in again.get("/admin/tools").text
