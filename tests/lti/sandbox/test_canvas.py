"""The sandbox that plays Canvas: launches, roster, gradebook with its submission extension."""

import json

import jwt
import pytest
from requests.utils import parse_header_links

from lti import claims
from lti.sandbox.app import SandboxConfig, create_app
from lti.sandbox.tools import SCOPES

pytestmark = pytest.mark.parametrize("mode", ["canvas"])

URL = "http://127.0.0.1:8001"
START = "/start/share-how-you-work"
ITEM = "/courses/onboarding/lineitems/1"
EXTENSION = "https://canvas.instructure.com/lti/submission"
USER = claims.SYSTEM_PERSON + "#User"


# --- launches ----------------------------------------------------------------------------------------------------------------


def test_storage_is_announced_at_login_and_with_the_id_token(sign_in, tool, launched, mode):
    client = sign_in("freja")
    assert tool.login_initiation(client.get(START))["lti_storage_target"] == "post_message_forwarding"
    launched(START)
    assert tool.posted["lti_storage_target"] == "post_message_forwarding"


@pytest.mark.parametrize(
    ("storage", "target"), [("off", None), ("silent", "post_message_forwarding"), ("_parent", "_parent")]
)
def test_storage_can_be_switched(sign_in, tool, storage, target, mode):
    client = sign_in("freja")
    client.post("/faults", json={"storage": storage})
    assert tool.login_initiation(client.get(START)).get("lti_storage_target") == target


@pytest.mark.parametrize(
    ("person", "roles"),
    [
        ("freja", {claims.ROLE_INSTITUTION_STUDENT, claims.ROLE_LEARNER, USER}),
        (
            "mathilde",
            {claims.INSTITUTION_PERSON + "#Instructor", claims.ROLE_INSTRUCTOR, claims.ROLE_TEACHING_ASSISTANT, USER},
        ),
        ("karel", {claims.INSTITUTION_PERSON + "#Observer", claims.ROLE_LEARNER, claims.ROLE_MENTOR, USER}),
        ("teststudent", {claims.ROLE_INSTITUTION_STUDENT, claims.ROLE_LEARNER, claims.ROLE_TEST_USER, USER}),
    ],
)
def test_institution_roles_are_always_told(sign_in, launched, person, roles, mode):
    sign_in(person)
    assert set(launched(START)[claims.ROLES]) == roles


def test_an_observer_says_whom_they_watch_over(sign_in, launched, mode):
    sign_in("karel")
    assert launched(START)[claims.ROLE_SCOPE_MENTOR] == ["anais"]


def test_a_launch_from_the_course_s_menu_has_the_course_as_its_link(sign_in, launched, client, mode):
    sign_in("freja")
    page = client.get("/courses/onboarding").text
    assert '<a href="/courses/onboarding/tools/1">Kring</a>' in page
    assert 'src="/courses/onboarding/tools/1/start"' in client.get("/courses/onboarding/tools/1").text
    token = launched("/courses/onboarding/tools/1/start")
    assert token[claims.RESOURCE_LINK] == {"id": "onboarding", "title": "Onboarding"}
    assert token[claims.CONTEXT]["id"] == "onboarding"
    assert token["https://www.instructure.com/placement"] == "course_navigation"
    assert "activity" not in token[claims.CUSTOM]
    assert "lineitem" not in token[claims.AGS_ENDPOINT]


def test_the_gradebook_refuses_the_course_as_a_link(client, authorize, mode):
    body = {"label": "x", "scoreMaximum": 1, "resourceLinkId": "onboarding"}
    url, headers = "/courses/onboarding/lineitems", authorize(claims.SCOPE_LINE_ITEM)
    assert client.post(url, json=body, headers=headers, content_type=claims.MEDIA_LINE_ITEM).status_code == 404


def test_unknown_variables_come_as_they_are(sign_in, launched, mode):
    sign_in("freja")
    custom = launched(START)[claims.CUSTOM]
    assert custom == {
        "activity": "discussion",
        "context_history": "",
        "resource_link_history": "$ResourceLink.id.history",
    }


def test_institutions_may_share_the_issuer(tool, mode):
    shared = "https://canvas.instructure.com"
    client = create_app(SandboxConfig(url=URL, tool_url=tool.url, mode=mode, issuer=shared)).test_client()
    client.get("/login/as/freja")
    start = client.get(START)
    assert tool.login_initiation(start)["iss"] == shared
    token = tool.id_token(client, client.get("/auth", query_string=tool.authentication_request(start)))
    assert token["iss"] == shared
    answer = client.post("/token", data=tool.token_request(f"{URL}/token", claims.SCOPE_SCORE)).get_json()
    access = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert access["iss"] == shared
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert client.get(f"{ITEM}/results", headers=headers).status_code == 403


# --- roster ------------------------------------------------------------------------------------------------------------------


def test_there_are_fifty_members_on_a_page_whatever_is_asked(client, authorize, mode):
    client.post("/faults", json={"generated_members": 100})
    headers = authorize(claims.SCOPE_MEMBERSHIP_READONLY)
    url, sizes, seen = "/courses/onboarding/memberships?limit=100", [], []
    while url:
        answer = client.get(url, headers=headers)
        members = answer.get_json()["members"]
        sizes.append(len(members))
        seen += [member["user_id"] for member in members]
        links = {link["rel"]: link["url"] for link in parse_header_links(answer.headers["Link"])}
        assert {"current", "first", "last"} <= set(links)
        url = links.get("next")
    assert sizes == [50, 50, 17]
    assert len(set(seen)) == 117


def test_suspended_people_are_absent(client, sign_in, authorize, mode):
    sign_in("ingrid").post("/courses/onboarding/people/freja/suspend")
    headers = authorize(claims.SCOPE_MEMBERSHIP_READONLY)
    members = client.get("/courses/onboarding/memberships", headers=headers).get_json()["members"]
    assert "freja" not in {member["user_id"] for member in members}


# --- scores ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def post(client, authorize):
    """Return a function that posts a score of Freja's, each a minute after the one before, and gives the answer."""
    headers, minutes = authorize(*SCOPES), iter(range(60))

    def post(**changes):
        score = {
            "userId": "freja",
            "scoreGiven": 7,
            "scoreMaximum": 10,
            "timestamp": f"2026-11-22T10:{next(minutes):02}:00Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        } | changes
        body = {name: value for name, value in score.items() if value is not None}
        return client.post(f"{ITEM}/scores", data=json.dumps(body), headers=headers, content_type=claims.MEDIA_SCORE)

    return post


@pytest.fixture
def result(client, authorize):
    """Return a function that gives Freja's result."""
    headers = authorize(claims.SCOPE_RESULT_READONLY)
    return lambda: client.get(f"{ITEM}/results", headers=headers).get_json()[0].get("resultScore")


PENDING = {
    "scoreGiven": None,
    "scoreMaximum": None,
    "gradingProgress": "PendingManual",
    "activityProgress": "Submitted",
}


def test_a_score_is_answered_with_the_address_of_its_result(post, mode):
    assert post().get_json() == {"resultUrl": f"{URL}{ITEM}/results/freja"}


def test_a_later_score_without_a_number_wipes_the_grade(post, result, mode):
    post()
    post(**PENDING)
    assert result() is None


def test_unless_the_tool_asks_to_preserve_it(post, result, mode):
    post()
    post(**PENDING, **{EXTENSION: {"preserve_score": True, "new_submission": False}})
    assert result() == 7


def test_a_tool_s_score_takes_the_place_of_a_person_s(post, result, sign_in, mode):
    sign_in("ingrid").post("/courses/onboarding/gradebook/1/freja", data={"points": "9"})
    assert result() == 9
    post()
    assert result() == 7


def test_unless_the_tool_puts_people_first(post, result, sign_in, mode):
    sign_in("ingrid").post("/courses/onboarding/gradebook/1/freja", data={"points": "9"})
    post(**{EXTENSION: {"prioritize_non_tool_grade": True}})
    assert result() == 9
    post(**PENDING, **{EXTENSION: {"preserve_score": True}})
    assert result() == 9


def test_each_comment_adds_one(post, sign_in, mode):
    post(comment="First")
    post()
    post(comment="Second")
    page = sign_in("ingrid").get("/courses/onboarding/gradebook/1/freja").text
    assert page.index("First") < page.index("Second")


def test_each_new_submission_counts_as_an_attempt(post, sign_in, mode):
    post()
    post()
    post(**{EXTENSION: {"new_submission": False}})
    assert "2 attempts" in sign_in("ingrid").get("/courses/onboarding/gradebook/1/freja").text


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"timestamp": "2020-01-01T00:00:00Z"}, 400),
        ({"userId": "ingrid"}, 422),
        ({"userId": "nobody"}, 422),
        ({"scoreMaximum": None}, 422),
    ],
)
def test_what_canvas_refuses(post, changes, status, mode):
    post()
    assert post(**changes).status_code == status


def test_the_coupled_line_item_stays(client, authorize, mode):
    assert client.delete(ITEM, headers=authorize(claims.SCOPE_LINE_ITEM)).status_code == 401


def test_speedgrader_opens_the_submission_s_address_from_another_link(post, sign_in, launched, client, mode):
    url = "https://tool.example/lti/launch?work=7"
    post(**{EXTENSION: {"submission_type": "basic_lti_launch", "submission_data": url}})
    sign_in("ingrid")
    review = "/courses/onboarding/gradebook/1/freja/speedgrader"
    assert f'href="{review}"' in client.get("/courses/onboarding/gradebook/1/freja").text
    assert f'src="{review}/start"' in client.get(review).text
    token = launched(f"{review}/start")
    assert (token[claims.MESSAGE_TYPE], token[claims.TARGET_LINK_URI]) == ("LtiResourceLinkRequest", url)
    assert token[claims.RESOURCE_LINK]["id"] == "onboarding"
    assert claims.FOR_USER not in token
