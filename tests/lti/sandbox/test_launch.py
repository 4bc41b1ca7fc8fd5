"""Launches: login initiation, authentication request, id_token; and everything that the platform refuses."""

import time

import pytest
from flask import Flask

from lti import claims
from lti.sandbox.config import SITE_NAME
from lti.sandbox.people import PEOPLE
from lti.sandbox.platform import Platform
from tests.lti.sandbox.tool import Form

URL = "http://127.0.0.1:8001"
LINK = "share-how-you-work"
GROUPS = {
    "scope": [claims.SCOPE_GROUP_READONLY],
    "context_groups_url": f"{URL}/courses/onboarding/groups",
    "context_group_sets_url": f"{URL}/courses/onboarding/groups/sets",
    "service_versions": ["1.0"],
}


def launch(tool, client, link=LINK, **changes):
    """Begin a launch and go on to the platform's answer."""
    request = tool.authentication_request(client.get(f"/start/{link}"), **changes)
    return client.get("/auth", query_string=request)


def test_a_learner_is_launched_with_everything_that_the_tool_needs(tool, sign_in):
    client = sign_in("freja")
    page = launch(tool, client)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    token = tool.id_token(client, page)
    issued, expires = token.pop("iat"), token.pop("exp")
    assert issued <= time.time() < expires == issued + 300
    guid = token[claims.TOOL_PLATFORM].pop("guid")
    assert len(guid) == 36
    assert token == {
        "iss": URL,
        "aud": "kring-sandbox",
        "azp": "kring-sandbox",
        "sub": "freja",
        "nonce": "nonce-1",
        "name": "Freja Østergaard",
        "given_name": "Freja",
        "family_name": "Østergaard",
        "email": "freja@northsea.example",
        "locale": "da",
        claims.MESSAGE_TYPE: "LtiResourceLinkRequest",
        claims.VERSION: "1.3.0",
        claims.DEPLOYMENT_ID: "1",
        claims.TARGET_LINK_URI: tool.launch_url,
        claims.ROLES: [claims.ROLE_LEARNER],
        claims.CONTEXT: {
            "id": "onboarding",
            "label": "ONB-1",
            "title": "Onboarding",
            "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
        },
        claims.RESOURCE_LINK: {
            "id": LINK,
            "title": "Share how you work",
            "description": token[claims.RESOURCE_LINK]["description"],
        },
        claims.CUSTOM: {"activity": "discussion"},
        claims.TOOL_PLATFORM: {"name": SITE_NAME, "product_family_code": "kring-sandbox", "version": "1.0"},
        claims.LAUNCH_PRESENTATION: {
            "document_target": "iframe",
            "return_url": f"{URL}/activities/{LINK}/return",
            "locale": "da",
        },
        claims.NRPS_SERVICE: {
            "context_memberships_url": f"{URL}/courses/onboarding/memberships",
            "service_versions": ["2.0"],
        },
        claims.GROUPS_SERVICE: GROUPS,
        claims.AGS_ENDPOINT: {
            "lineitems": f"{URL}/courses/onboarding/lineitems",
            "lineitem": f"{URL}/courses/onboarding/lineitems/1",
            "scope": [
                claims.SCOPE_LINE_ITEM,
                claims.SCOPE_RESULT_READONLY,
                claims.SCOPE_SCORE,
                claims.SCOPE_LINE_ITEM_READONLY,
            ],
        },
    }


@pytest.mark.parametrize(
    ("person_id", "roles"),
    [
        ("ingrid", [claims.ROLE_INSTRUCTOR]),
        ("mathilde", [claims.ROLE_INSTRUCTOR, claims.ROLE_TEACHING_ASSISTANT]),
        ("karel", [claims.ROLE_MENTOR]),
        ("teststudent", [claims.ROLE_LEARNER, claims.ROLE_TEST_USER]),
        ("lotte", [claims.ROLE_INSTITUTION_ADMINISTRATOR, claims.ROLE_SYSTEM_ADMINISTRATOR]),
    ],
)
def test_roles_are_told_as_full_uris(tool, sign_in, person_id, roles):
    client = sign_in(person_id)
    token = tool.id_token(client, launch(tool, client))
    assert token[claims.ROLES] == roles


def test_a_link_for_a_window_says_so_and_has_no_line_item(tool, sign_in):
    client = sign_in("daan")
    token = tool.id_token(client, launch(tool, client, "ask-a-colleague"))
    assert token[claims.LAUNCH_PRESENTATION]["document_target"] == "window"
    assert "lineitem" not in token[claims.AGS_ENDPOINT]


def test_the_login_initiation_names_registration_person_and_message(tool, sign_in):
    request = tool.authentication_request(sign_in("daan").get(f"/start/{LINK}"))
    assert (request["client_id"], request["login_hint"]) == ("kring-sandbox", "daan")


def test_an_authentication_request_may_come_by_post(tool, sign_in):
    client = sign_in("daan")
    request = tool.authentication_request(client.get(f"/start/{LINK}"))
    assert tool.id_token(client, client.post("/auth", data=request))["sub"] == "daan"


@pytest.mark.parametrize("how", [{"method": "POST"}, {"headers": {"Sec-Fetch-Site": "cross-site"}}])
def test_a_request_that_left_its_cookie_behind_is_sent_again_from_our_own_page(tool, sign_in, app: Flask, how):
    request = tool.authentication_request(sign_in("daan").get(f"/start/{LINK}"))
    where = "data" if "method" in how else "query_string"
    form = Form(app.test_client().open("/auth", **how, **{where: request}).text)
    assert (form.action, form.method, form.fields) == (f"{URL}/auth", "get", request)


def test_two_launches_side_by_side_do_not_mix(tool, sign_in):
    client = sign_in("daan")
    first = tool.authentication_request(client.get(f"/start/{LINK}"))
    second = tool.authentication_request(client.get("/start/feedback-circle"))
    links = [
        tool.id_token(client, client.get("/auth", query_string=request))[claims.RESOURCE_LINK]["id"]
        for request in (second, first)
    ]
    assert links == ["feedback-circle", LINK]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"login_hint": None}, "invalid_request"),
        ({"login_hint": "rasmus"}, "access_denied"),
        ({"lti_message_hint": None}, "invalid_request"),
        ({"lti_message_hint": "made-up"}, "invalid_request"),
    ],
)
def test_a_wrong_authentication_request_is_answered_with_an_error_to_the_tool(tool, sign_in, changes, error):
    page = launch(tool, sign_in("freja"), **changes)
    form = Form(page.text)
    assert (form.action, form.method) == (tool.launch_url, "post")
    assert form.fields.pop("error_description")
    assert form.fields == {"error": error, "state": "state-1"}


def test_a_request_without_state_is_an_error(tool, sign_in):
    form = Form(launch(tool, sign_in("freja"), state=None).text)
    assert (form.fields["error"], form.fields["state"]) == ("invalid_request", "")


def test_a_repeated_parameter_is_an_error(tool, sign_in):
    client = sign_in("freja")
    request = tool.authentication_request(client.get(f"/start/{LINK}"))
    page = client.get("/auth", query_string=[*request.items(), ("nonce", "nonce-2")])
    assert Form(page.text).fields["error"] == "invalid_request"


def test_nobody_signed_in_is_login_required(tool, sign_in, app: Flask):
    request = tool.authentication_request(sign_in("freja").get(f"/start/{LINK}"))
    page = app.test_client().get("/auth", query_string=request)
    assert Form(page.text).fields["error"] == "login_required"


def test_a_hint_of_somebody_else_is_refused(tool, sign_in):
    request = tool.authentication_request(sign_in("freja").get(f"/start/{LINK}"))
    page = sign_in("rasmus").get("/auth", query_string=request | {"login_hint": "rasmus"})
    assert Form(page.text).fields["error"] == "invalid_request"


def test_a_hint_is_good_for_ten_minutes(tool, sign_in, app: Flask, monkeypatch):
    request = tool.authentication_request(sign_in("freja").get(f"/start/{LINK}"))
    platform: Platform = app.extensions["sandbox"]
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 601)
    assert platform.read_ticket("lti_message_hint", request["lti_message_hint"]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "other"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/launch"},
        {"redirect_uri": None},
    ],
)
def test_a_stranger_sees_a_page_and_is_told_nothing(tool, sign_in, changes):
    page = launch(tool, sign_in("freja"), **changes)
    assert page.status_code == 400
    assert "This launch cannot go on" in page.text
    assert "evil.example" not in page.text
    assert "<form id" not in page.text


def test_a_redirect_uri_must_be_equal_to_the_letter(tool, sign_in):
    page = launch(tool, sign_in("freja"), redirect_uri=f"{tool.launch_url}?next=/")
    assert page.status_code == 400


def test_start_sends_who_is_not_signed_in_to_the_sign_in_page(client):
    answer = client.get(f"/start/{LINK}")
    assert (answer.status_code, answer.location) == (302, f"/login?next=/start/{LINK}")


@pytest.mark.parametrize("link", ["nonesuch", "feedback-circle"])
def test_a_link_of_no_course_of_mine_is_not_found(sign_in, link):
    assert sign_in("rasmus").get(f"/start/{link}").status_code == 404


def test_everybody_has_a_name_an_address_and_an_id_of_their_own():
    people = list(PEOPLE.values())
    titles = [person.role.title for person in people]
    assert {title: titles.count(title) for title in titles} == {
        "Trainer": 2,
        "Teaching assistant": 1,
        "Learner": 12,
        "Observer": 1,
        "Test student": 1,
        "Administrator": 1,
    }
    assert len({person.email for person in people}) == len(people) == len({person.name for person in people})
