"""Names and Role Provisioning: the members of a course, in pages, by role and for a link."""

import pytest
from requests.utils import parse_header_links

from lti import claims
from lti.sandbox.people import PEOPLE

MEMBERS = "/courses/onboarding/memberships"


@pytest.fixture
def reader(authorize):
    """The headers of a tool that may read the roster."""
    return authorize(claims.SCOPE_MEMBERSHIP_READONLY)


def test_all_members_come_in_one_answer_unless_asked(client, reader):
    answer = client.get(MEMBERS, headers=reader)
    container = answer.get_json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, claims.MEDIA_MEMBERSHIP_CONTAINER)
    assert "Link" not in answer.headers
    assert container["id"] == "http://127.0.0.1:8001/courses/onboarding/memberships"
    assert container["context"] == {"id": "onboarding", "label": "ONB-1", "title": "Onboarding"}
    assert [member["user_id"] for member in container["members"]] == [id_ for id_ in PEOPLE if id_ != "lotte"]
    assert container["members"][2] == {
        "user_id": "mathilde",
        "status": "Active",
        "roles": [claims.ROLE_INSTRUCTOR, claims.ROLE_TEACHING_ASSISTANT],
        "name": "Mathilde Nørregaard",
        "given_name": "Mathilde",
        "family_name": "Nørregaard",
        "email": "mathilde@northsea.example",
    }


def test_the_members_come_in_three_pages(client, reader):
    url, pages = f"{MEMBERS}?limit=7", []
    while url:
        answer = client.get(url, headers=reader)
        pages.append([member["user_id"] for member in answer.get_json()["members"]])
        links = parse_header_links(answer.headers.get("Link", ""))
        url = next((link["url"] for link in links if link["rel"] == "next"), None)
    assert [len(page) for page in pages] == [7, 7, 3]
    assert [id_ for page in pages for id_ in page] == [id_ for id_ in PEOPLE if id_ != "lotte"]


def test_the_next_page_is_of_the_same_role(client, reader):
    answer = client.get(MEMBERS, query_string={"role": claims.ROLE_INSTRUCTOR, "limit": 2}, headers=reader)
    (link,) = parse_header_links(answer.headers["Link"])
    following = client.get(link["url"], headers=reader)
    assert [member["user_id"] for member in following.get_json()["members"]] == ["mathilde"]
    assert "Link" not in following.headers


@pytest.mark.parametrize("role", ["Mentor", claims.ROLE_MENTOR])
def test_a_role_may_be_named_short_or_in_full(client, reader, role):
    answer = client.get(MEMBERS, query_string={"role": role}, headers=reader)
    assert [member["user_id"] for member in answer.get_json()["members"]] == ["karel"]


def test_members_of_a_link_bring_its_custom_values(client, reader):
    answer = client.get(MEMBERS, query_string={"rlid": "share-how-you-work"}, headers=reader)
    (message,) = answer.get_json()["members"][0]["message"]
    assert (message[claims.MESSAGE_TYPE], message[claims.CUSTOM]) == (
        "LtiResourceLinkRequest",
        {"activity": "discussion"},
    )


@pytest.mark.parametrize("rlid", ["feedback-circle", "nonesuch"])
def test_a_link_of_another_course_is_denied(client, reader, rlid):
    assert client.get(MEMBERS, query_string={"rlid": rlid}, headers=reader).status_code == 403


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=-1", "page=%C2%B2", "limit=99999999999999999999"])
def test_a_number_that_is_none_is_a_bad_request(client, reader, query):
    assert client.get(f"{MEMBERS}?{query}", headers=reader).status_code == 400


def test_a_page_after_the_last_is_empty(client, reader):
    assert client.get(f"{MEMBERS}?limit=10&page=3", headers=reader).get_json()["members"] == []


def test_an_unknown_query_is_ignored(client, reader):
    assert client.get(f"{MEMBERS}?from=2", headers=reader).status_code == 200


def test_an_unknown_course_is_not_found(client, reader):
    answer = client.get("/courses/nonesuch/memberships", headers=reader)
    assert (answer.status_code, answer.get_json()) == (
        404,
        {"error": "There is nothing at /courses/nonesuch/memberships"},
    )


@pytest.mark.parametrize(
    "authorization", [None, "Bearer junk", "Bearer a.b.c", "Bearer", "Basic eDp5", "Bearer é.é.é", "Bearer one two"]
)
def test_without_a_proper_token_there_is_nothing(client, authorization):
    answer = client.get(MEMBERS, headers={"Authorization": authorization} if authorization else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_an_id_token_is_no_access_token(client, tool, sign_in):
    sign_in("freja")
    request = tool.authentication_request(client.get("/start/share-how-you-work"))
    token = client.get("/auth", query_string=request).text.partition('name="id_token" value="')[2].partition('"')[0]
    assert client.get(MEMBERS, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_for_grades_does_not_open_the_roster(client, authorize):
    assert client.get(MEMBERS, headers=authorize(claims.SCOPE_SCORE)).status_code == 403


def test_only_get_is_answered(client, reader):
    assert [client.head(MEMBERS, headers=reader).status_code, client.post(MEMBERS, headers=reader).status_code] == [
        405,
        405,
    ]
