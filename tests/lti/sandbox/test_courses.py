"""What changes in a course: copies, duplicates, people who leave, groups; submission review and data privacy."""

import re

import pytest

from lti import claims
from lti.sandbox.app import create_app
from tests.lti.sandbox.conftest import TOKEN_URL
from tests.lti.sandbox.test_deep_linking import CHOOSE, ESSAY, activities, respond

URL = "http://127.0.0.1:8001"
START = "/start/share-how-you-work"


@pytest.fixture
def essay(sign_in, launched, client, tool):
    """The id of an activity that was chosen in the tool, with a column and a way to review."""
    sign_in("ingrid")
    asked = launched(f"{CHOOSE}/start")
    respond(client, asked, tool.deep_linking_response(asked, ESSAY))
    (link,) = activities(client)
    return link


def links_of(client, course_url):
    return re.findall(r'href="/activities/([^"]+)"', client.get(course_url).text)


# --- copies ------------------------------------------------------------------------------------------------------------------


def test_a_copied_course_has_new_ids_and_the_same_content(essay, client, launched, authorize, sign_in):
    url = client.post("/courses/onboarding/copy").location
    copied = url.rpartition("/")[2]
    before, after = links_of(client, "/courses/onboarding"), links_of(client, url)
    assert len(before) == len(after) == 3
    assert set(before).isdisjoint(after)
    sign_in("freja")
    old, new = launched(f"/start/{essay}"), launched(f"/start/{after[2]}")
    assert new[claims.CUSTOM] == old[claims.CUSTOM]
    assert (new[claims.CONTEXT]["id"], new[claims.CONTEXT]["title"]) == (copied, "Onboarding copy 1")
    headers = authorize(claims.SCOPE_LINE_ITEM)
    items = client.get(f"/courses/{copied}/lineitems", headers=headers).get_json()
    assert [(item["label"], item.get("tag"), item["resourceLinkId"]) for item in items] == [
        ("Share how you work", None, after[0]),
        ("Essay draft (peer score)", "peer", after[2]),
    ]
    assert new[claims.AGS_ENDPOINT]["lineitem"] == items[1]["id"]


def test_a_copy_knows_where_it_came_from(client, sign_in, tool, config):
    from dataclasses import replace

    asked = {"context": "$Context.id.history", "link": "$ResourceLink.id.history"}
    client = create_app(replace(config, custom=asked)).test_client()
    client.get("/login/as/ingrid")
    first = client.post("/courses/onboarding/copy").location
    second = client.post(f"{first}/copy").location
    link, *_rest = links_of(client, second)
    request = tool.authentication_request(client.get(f"/start/{link}"))
    custom = tool.id_token(client, client.get("/auth", query_string=request))[claims.CUSTOM]
    middle, *_rest = links_of(client, first)
    assert custom["context"] == f"{first.rpartition('/')[2]},onboarding"
    assert custom["link"] == f"{middle},share-how-you-work"


def test_a_copy_outlives_a_restart(client, sign_in, config):
    url = sign_in("ingrid").post("/courses/onboarding/copy").location
    again = create_app(config).test_client()
    again.get("/login/as/freja")
    assert "Onboarding copy 1" in again.get(url).text
    assert len(links_of(again, url)) == 2


def test_an_activity_is_duplicated_with_its_column(essay, client, launched):
    url = client.post(f"/activities/{essay}/duplicate").location
    copied = url.rpartition("/")[2]
    old, new = launched(f"/start/{essay}"), launched(f"/start/{copied}")
    assert new[claims.RESOURCE_LINK]["title"] == "Peer review: essay draft (copy)"
    assert new[claims.CUSTOM] == old[claims.CUSTOM]
    assert new[claims.AGS_ENDPOINT]["lineitem"] != old[claims.AGS_ENDPOINT]["lineitem"]


@pytest.mark.parametrize("path", ["/courses/onboarding/copy", "/activities/share-how-you-work/duplicate"])
@pytest.mark.parametrize("person", ["freja", "mathilde"])
def test_only_who_teaches_copies(sign_in, person, path):
    client = sign_in(person)
    assert client.post(path).status_code == 404
    assert "Copy this course" not in client.get("/courses/onboarding").text


# --- people ------------------------------------------------------------------------------------------------------------------


def statuses(client, headers):
    members = client.get("/courses/onboarding/memberships", headers=headers).get_json()["members"]
    return {member["user_id"]: member["status"] for member in members}


def test_who_is_suspended_is_inactive_and_cannot_enter(client, sign_in, authorize):
    headers = authorize(claims.SCOPE_MEMBERSHIP_READONLY)
    sign_in("ingrid").post("/courses/onboarding/people/freja/suspend")
    assert statuses(client, headers)["freja"] == "Inactive"
    assert sign_in("freja").get(START).status_code == 404
    assert sign_in("ingrid").get("/courses/onboarding/people").text.count("Suspended</span>") == 1
    client.post("/courses/onboarding/people/freja/restore")
    assert statuses(client, headers)["freja"] == "Active"
    assert sign_in("freja").get(START).status_code == 302


def test_who_was_taken_out_is_absent_and_can_be_put_back(client, sign_in, authorize):
    headers = authorize(claims.SCOPE_MEMBERSHIP_READONLY)
    sign_in("ingrid").post("/courses/onboarding/people/freja/remove")
    assert "freja" not in statuses(client, headers)
    assert "Taken out of this course" in client.get("/courses/onboarding/people").text
    assert sign_in("freja").get("/courses/onboarding").status_code == 404
    assert client.get("/courses/feedback").status_code == 200
    sign_in("lotte").post("/courses/onboarding/people/freja/restore")
    assert list(statuses(client, headers)).index("freja") == 3


@pytest.mark.parametrize(
    ("me", "person"),
    [("freja", "daan"), ("mathilde", "daan"), ("ingrid", "ingrid"), ("ingrid", "lotte"), ("ingrid", "nobody")],
)
def test_whom_nobody_suspends(sign_in, me, person):
    assert sign_in(me).post(f"/courses/onboarding/people/{person}/suspend").status_code == 404


# --- groups ------------------------------------------------------------------------------------------------------------------

GROUPS = "/courses/onboarding/groups"


def test_groups_and_their_set(client, authorize):
    headers = authorize(claims.SCOPE_GROUP_READONLY)
    answer = client.get(GROUPS, headers=headers)
    assert answer.headers["Content-Type"] == claims.MEDIA_GROUP_CONTAINER
    assert answer.get_json()["id"] == f"{URL}{GROUPS}"
    assert answer.get_json()["groups"][0] == {
        "id": "onboarding-circle-1",
        "name": "Circle Anholt",
        "set_id": "onboarding-circles",
    }
    sets = client.get(f"{GROUPS}/sets", headers=headers)
    assert sets.headers["Content-Type"] == claims.MEDIA_GROUP_SET_CONTAINER
    assert sets.get_json()["sets"] == [{"id": "onboarding-circles", "name": "Study circles"}]


def test_groups_of_one_person_and_in_the_roster(client, authorize):
    headers = authorize(claims.SCOPE_GROUP_READONLY, claims.SCOPE_MEMBERSHIP_READONLY)
    (group,) = client.get(f"{GROUPS}?user_id=rasmus", headers=headers).get_json()["groups"]
    members = client.get("/courses/onboarding/memberships", headers=headers).get_json()["members"]
    enrolments = {member["user_id"]: member.get("group_enrollments") for member in members}
    assert enrolments["rasmus"] == [{"group_id": group["id"]}]
    assert enrolments["ingrid"] is None


def test_groups_come_in_pages(client, authorize):
    headers = authorize(claims.SCOPE_GROUP_READONLY)
    first = client.get(f"{GROUPS}?limit=2", headers=headers)
    url = re.fullmatch(r'<(.*)>; rel="next"', first.headers["Link"])[1]
    second = client.get(url, headers=headers)
    assert [len(page.get_json()["groups"]) for page in (first, second)] == [2, 1]
    assert "Link" not in second.headers


@pytest.mark.parametrize("path", [GROUPS, f"{GROUPS}/sets"])
def test_groups_need_their_scope(client, authorize, path):
    assert client.get(path).status_code == 401
    assert client.get(path, headers=authorize(claims.SCOPE_SCORE)).status_code == 403


@pytest.mark.parametrize("mode", ["moodle", "canvas"])
def test_elsewhere_there_are_no_groups(client, tool, mode):
    assert client.get(GROUPS).status_code == 404
    form = tool.token_request(TOKEN_URL, claims.SCOPE_GROUP_READONLY)
    assert "invalid_scope" in client.post("/token", data=form).text


# --- a look at somebody's work, and at what is kept about somebody --------------------------------------------------------


def test_a_trainer_reviews_a_submission_from_the_gradebook(essay, client, launched):
    item = launched(f"/start/{essay}")[claims.AGS_ENDPOINT]["lineitem"]
    review = f"/courses/onboarding/gradebook/{item.rpartition('/')[2]}/freja"
    assert "Open submission" in client.get(review).text
    assert f'src="{review}/review/start"' in client.get(f"{review}/review").text
    token = launched(f"{review}/review/start")
    assert token[claims.MESSAGE_TYPE] == "LtiSubmissionReviewRequest"
    assert token[claims.TARGET_LINK_URI] == ESSAY["lineItem"]["submissionReview"]["url"]
    assert token[claims.FOR_USER] == {
        "user_id": "freja",
        "name": "Freja Østergaard",
        "given_name": "Freja",
        "family_name": "Østergaard",
        "email": "freja@northsea.example",
        "roles": [claims.ROLE_LEARNER],
    }
    assert token[claims.RESOURCE_LINK]["id"] == essay
    assert token[claims.AGS_ENDPOINT]["lineitem"] == item
    assert (token[claims.CUSTOM]["task_id"], token[claims.CUSTOM]["mode"]) == ("essay-1", "review")


@pytest.mark.parametrize("person", ["freja", "karel"])
@pytest.mark.parametrize("path", ["", "/review", "/review/start"])
def test_learners_review_nobody(sign_in, person, path):
    assert sign_in(person).get(f"/courses/onboarding/gradebook/1/rasmus{path}").status_code == 404


def test_the_administrator_sees_what_a_tool_keeps_about_somebody(sign_in, launched, client):
    sign_in("lotte")
    assert 'src="/admin/tools/1/privacy/freja/start"' in client.get("/admin/tools/1/privacy?person=freja").text
    token = launched("/admin/tools/1/privacy/freja/start")
    assert token[claims.MESSAGE_TYPE] == "DataPrivacyLaunchRequest"
    assert token[claims.FOR_USER]["user_id"] == "freja"
    assert claims.CONTEXT not in token
    assert claims.RESOURCE_LINK not in token


def test_nobody_else_does(sign_in):
    assert sign_in("ingrid").get("/admin/tools/1/privacy/freja/start").status_code == 404


# --- grading by hand -------------------------------------------------------------------------------------------------------


def test_a_trainer_grades_by_hand(sign_in, client, authorize):
    sign_in("ingrid")
    assert client.post("/courses/onboarding/gradebook/1/freja", data={"points": "9.5"}).status_code == 302
    page = client.get("/courses/onboarding/gradebook").text
    assert '<strong class="score">9.5</strong>' in page
    assert "by Ingrid Sjöström" in page
    (result,) = client.get(
        "/courses/onboarding/lineitems/1/results", headers=authorize(claims.SCOPE_RESULT_READONLY)
    ).get_json()
    assert result["resultScore"] == 9.5


@pytest.mark.parametrize("points", ["", "x", "-1", "11"])
def test_a_grade_is_on_the_scale(sign_in, client, points):
    sign_in("ingrid").post("/courses/onboarding/gradebook/1/freja", data={"points": points})
    assert "A grade is a number from 0 to 10." in client.get("/courses/onboarding/gradebook/1/freja").text


def test_an_assistant_looks_but_does_not_grade(sign_in):
    client = sign_in("mathilde")
    assert "Grade by hand" not in client.get("/courses/onboarding/gradebook/1/freja").text
    assert client.post("/courses/onboarding/gradebook/1/freja", data={"points": "5"}).status_code == 404
