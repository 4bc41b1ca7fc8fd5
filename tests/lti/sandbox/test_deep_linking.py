"""Deep linking: what is asked for, what the answer must be, and what becomes of the items."""

import time

import pytest

from lti import claims
from tests.lti.sandbox.tool import Form

URL = "http://127.0.0.1:8001"
CHOOSE = "/courses/onboarding/tools/1/choose"
ESSAY = {
    "type": "ltiResourceLink",
    "title": "Peer review: essay draft",
    "text": "Write, then review three peers.",
    "url": "https://127.0.0.1:18444/launch?task=essay",
    "custom": {
        "task_id": "essay-1",
        "Due": "2027-01-15T12:00:00Z",
        "eq": "a=b",
        "end": "$ResourceLink.submission.endDateTime",
    },
    "lineItem": {
        "label": "Essay draft (peer score)",
        "scoreMaximum": 20,
        "resourceId": "essay-1",
        "tag": "peer",
        "submissionReview": {
            "reviewableStatus": ["Submitted", "Completed"],
            "label": "Open submission",
            "url": "https://127.0.0.1:18444/launch?review=1",
            "custom": {"mode": "review"},
        },
        "gradesReleased": True,
    },
    "submission": {"endDateTime": "2027-01-15T12:00:00Z"},
    "window": {"targetName": "_blank"},
}
TALK = {"type": "ltiResourceLink", "title": "Discussion: résumé & “quotes”", "custom": {"task_id": "disc-1"}}


@pytest.fixture
def asked(sign_in, launched):
    """The deep linking request that a trainer's click brings to the tool."""
    sign_in("ingrid")
    return launched(f"{CHOOSE}/start")


def respond(client, token, jwt):
    url = token[claims.DEEP_LINKING_SETTINGS]["deep_link_return_url"]
    return client.post(url.removeprefix(URL), data={"JWT": jwt})


def activities(client):
    """The resource links of the course page that were not there at the start, by title."""
    page = client.get("/courses/onboarding").text
    links = [part.partition('"')[0] for part in page.split('href="/activities/')[1:]]
    return [link for link in links if link not in ("share-how-you-work", "ask-a-colleague")]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (
            "plain",
            {
                "accept_types": ["ltiResourceLink"],
                "accept_presentation_document_targets": ["iframe", "window"],
                "accept_multiple": True,
                "accept_lineitem": True,
                "auto_create": True,
                "title": "Kring",
                "text": "",
            },
        ),
        (
            "canvas",
            {
                "accept_types": ["ltiResourceLink"],
                "accept_presentation_document_targets": ["iframe", "window"],
                "accept_media_types": "application/vnd.ims.lti.v1.ltilink",
                "accept_multiple": True,
                "accept_lineitem": True,
                "auto_create": False,
                "validation_context": None,
                "title": "Kring",
                "text": "",
            },
        ),
    ],
)
def test_a_trainer_s_click_asks_the_tool_for_content(asked, mode, expected, tool):
    settings = asked[claims.DEEP_LINKING_SETTINGS]
    data = settings.pop("data", None)
    assert settings.pop("deep_link_return_url").startswith(f"{URL}/deep-linking/return?ticket=")
    assert (data is not None) == (mode == "plain")
    assert settings == expected
    assert (asked[claims.MESSAGE_TYPE], asked[claims.TARGET_LINK_URI]) == ("LtiDeepLinkingRequest", tool.launch_url)
    assert claims.RESOURCE_LINK not in asked
    assert asked[claims.CONTEXT]["id"] == "onboarding"
    assert "lineitem" not in asked[claims.AGS_ENDPOINT]


def test_what_was_chosen_becomes_activities_with_columns(asked, client, tool, sign_in, launched):
    page = respond(
        client, asked, tool.deep_linking_response(asked, ESSAY, TALK, **{claims.DEEP_LINKING_MESSAGE: "Well chosen"})
    )
    assert page.status_code == 200
    for words in ("2 activities were added", "Well chosen", "Peer review: essay draft", "graded, 20 points"):
        assert words in page.text
    sign_in("freja")
    essay, talk = activities(client)
    assert 'target="_blank"' in client.get(f"/activities/{essay}").text
    token = launched(f"/start/{essay}")
    assert token[claims.RESOURCE_LINK] == {"id": essay, "title": ESSAY["title"], "description": ESSAY["text"]}
    assert token[claims.TARGET_LINK_URI] == ESSAY["url"]
    assert token[claims.CUSTOM] == ESSAY["custom"] | {"end": "2027-01-15T12:00:00Z"}
    assert token[claims.AGS_ENDPOINT]["lineitem"].startswith(f"{URL}/courses/onboarding/lineitems/")
    assert "lineitem" not in launched(f"/start/{talk}")[claims.AGS_ENDPOINT]


def test_the_column_is_what_the_tool_described(asked, client, tool, authorize):
    respond(client, asked, tool.deep_linking_response(asked, ESSAY))
    item = client.get("/courses/onboarding/lineitems?tag=peer", headers=authorize(claims.SCOPE_LINE_ITEM)).get_json()[0]
    assert item.pop("id").startswith(f"{URL}/courses/onboarding/lineitems/")
    assert item == ESSAY["lineItem"] | {"resourceLinkId": activities(client)[0]}


def test_a_chosen_activity_outlives_a_restart(asked, client, tool, config):
    from lti.sandbox.app import create_app

    respond(client, asked, tool.deep_linking_response(asked, TALK))
    again = create_app(config).test_client()
    again.get("/login/as/freja")
    assert "Discussion: résumé &amp; “quotes”" in again.get("/courses/onboarding").text


@pytest.mark.parametrize("azp", [URL, "kring-sandbox"])
def test_the_authorized_party_is_the_issuer_or_the_client(asked, client, tool, azp):
    assert respond(client, asked, tool.deep_linking_response(asked, TALK, azp=azp)).status_code == 200


def test_an_empty_choice_adds_nothing(asked, client, tool):
    page = respond(client, asked, tool.deep_linking_response(asked))
    assert "Nothing was chosen" in page.text
    assert activities(client) == []


def test_what_went_wrong_in_the_tool_is_told(asked, client, tool):
    words = {claims.DEEP_LINKING_ERROR_MESSAGE: "The tool <says> no", claims.DEEP_LINKING_ERROR_LOG: "code 7"}
    page = respond(client, asked, tool.deep_linking_response(asked, **words))
    assert "The tool &lt;says&gt; no" in page.text
    assert "code 7" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"iss": URL},
        {"aud": "https://other.example"},
        {"aud": None},
        {"azp": "other"},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"nonce": None},
        {claims.MESSAGE_TYPE: "LtiResourceLinkRequest"},
        {claims.VERSION: "1.1"},
        {claims.DEPLOYMENT_ID: "2"},
        {claims.DEEP_LINKING_DATA: "other"},
        {claims.DEEP_LINKING_DATA: None},
        {claims.DEEP_LINKING_CONTENT_ITEMS: "none"},
        {claims.DEEP_LINKING_CONTENT_ITEMS: [{"type": "link", "url": "https://example.org/x"}]},
        {claims.DEEP_LINKING_CONTENT_ITEMS: [TALK | {"custom": {"n": 5}}]},
        {claims.DEEP_LINKING_CONTENT_ITEMS: [TALK | {"lineItem": {"label": "x"}}]},
        {claims.DEEP_LINKING_CONTENT_ITEMS: [TALK | {"url": 5}]},
    ],
)
def test_a_wrong_response_adds_nothing_and_says_why(asked, client, tool, changes):
    page = respond(client, asked, tool.deep_linking_response(asked, TALK, **changes))
    assert page.status_code == 400
    assert "Nothing was added" in page.text
    assert activities(client) == []


def test_a_response_works_once(asked, client, tool):
    response = tool.deep_linking_response(asked, TALK)
    assert [respond(client, asked, response).status_code for _ in range(2)] == [200, 400]
    assert len(activities(client)) == 1


def test_a_strangers_signature_is_refused(asked, client, tool):
    key_set = tool.key_set
    tool.rotate()
    tool.key_set = key_set
    assert respond(client, asked, tool.deep_linking_response(asked, TALK)).status_code == 400


@pytest.mark.parametrize("jwt", ["", "abc", "a.b.c"])
def test_what_is_no_jwt_is_refused(asked, client, jwt):
    assert respond(client, asked, jwt).status_code == 400


def test_nobody_asked_here(client, tool, asked):
    jwt = tool.deep_linking_response(asked, TALK)
    assert client.post("/deep-linking/return?ticket=made-up", data={"JWT": jwt}).status_code == 400


@pytest.mark.parametrize("person", ["freja", "mathilde", "karel"])
@pytest.mark.parametrize("path", [CHOOSE, f"{CHOOSE}/start"])
def test_only_who_teaches_adds_activities(sign_in, person, path):
    client = sign_in(person)
    assert client.get(path).status_code == 404
    assert "Add an activity" not in client.get("/courses/onboarding").text


@pytest.mark.parametrize("person", ["ingrid", "lotte"])
def test_the_course_page_leads_to_the_tool_s_dialog(sign_in, person):
    client = sign_in(person)
    assert f'href="{CHOOSE}"' in client.get("/courses/onboarding").text
    assert f'src="{CHOOSE}/start"' in client.get(CHOOSE).text


# --- as Moodle does it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["moodle"])
def test_in_moodle_a_person_saves_what_was_chosen_and_half_of_it_is_dropped(asked, client, tool, launched, authorize):
    item = ESSAY | {"custom": {"task_id": "essay-1", "Due": "x", "n": 5, "b": True, "nothing": None}}
    page = respond(client, asked, tool.deep_linking_response(asked, item, TALK))
    assert "Add these 2 activities?" in page.text
    assert activities(client) == []
    form = Form(page.text.partition("<main")[2])
    assert client.post(form.action).status_code == 302
    essay, _talk = activities(client)
    token = launched(f"/start/{essay}")
    assert token[claims.LAUNCH_PRESENTATION]["document_target"] == "iframe"
    custom = {name: text for name, text in token[claims.CUSTOM].items() if name not in MOODLES_OWN}
    assert custom == {"task_id": "essay-1", "due": "x", "Due": "x", "n": "5", "b": "1", "nothing": ""}
    url = token[claims.AGS_ENDPOINT]["lineitem"].removeprefix(URL)
    column = client.get(url, headers=authorize(claims.SCOPE_LINE_ITEM) | {"Accept": claims.MEDIA_LINE_ITEM}).get_json()
    assert column == {
        "id": f"{URL}{url}",
        "label": "Peer review: essay draft",
        "scoreMaximum": 20,
        "resourceId": "essay-1",
        "tag": "peer",
        "resourceLinkId": essay,
        "ltiLinkId": essay,
        "submissionReview": {"url": "https://127.0.0.1:18444/launch?review=1", "custom": {"mode": "review"}},
    }
    assert client.post(form.action).status_code == 404


MOODLES_OWN = {"context_history", "resource_link_history", "context_memberships_url"}


@pytest.mark.parametrize("mode", ["moodle"])
@pytest.mark.parametrize(
    "changes", [{"aud": "https://other.example"}, {claims.DEPLOYMENT_ID: "77"}, {"nonce": None}, {"aud": None}]
)
def test_moodle_looks_at_little_of_a_response(asked, client, tool, changes):
    page = respond(client, asked, tool.deep_linking_response(asked, TALK, **changes))
    assert "Add this activity?" in page.text


@pytest.mark.parametrize("mode", ["moodle"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [({"iss": "other"}, "Consumer key is incorrect."), ({"exp": 1, "iat": 1}, "Exception - Expired token")],
)
def test_what_moodle_refuses_it_refuses_with_a_page(asked, client, tool, changes, words):
    page = respond(client, asked, tool.deep_linking_response(asked, TALK, **changes))
    assert (page.status_code, words in page.text) == (404, True)


@pytest.mark.parametrize("mode", ["moodle"])
@pytest.mark.parametrize(
    "item",
    [
        {"type": "link", "title": "A web page", "url": "https://example.org/x"},
        {"type": "ltiResourceLink", "title": None, "url": None},
    ],
)
def test_moodle_takes_whatever_comes_for_a_link(asked, client, tool, item):
    assert "Add this activity?" in respond(client, asked, tool.deep_linking_response(asked, item)).text


@pytest.mark.parametrize("mode", ["moodle"])
def test_what_is_no_jwt_closes_moodle_s_dialog(asked, client):
    assert "Nothing was chosen" in respond(client, asked, "abc").text
