"""The fault switches: how they are set, and what they spoil."""

import time

import pytest
import requests
from flask import Flask
from requests.utils import parse_header_links

from lti import claims
from lti.sandbox.app import SandboxConfig, create_app
from tests.lti.sandbox.test_browser import serving

MEMBERS = "/courses/onboarding/memberships"
OFF = {
    "unauthorized": 0,
    "too_many_requests": 0,
    "server_errors": 0,
    "retry_after": 1,
    "key_set_errors": 0,
    "delay": 0,
    "lost_answers": 0,
    "roster_loops": False,
    "next_link_host": "",
    "generated_members": 0,
    "storage": "",
}


@pytest.fixture
def roster(client, authorize):
    """Return a function that asks for the roster."""
    headers = authorize(claims.SCOPE_MEMBERSHIP_READONLY)
    return lambda path=MEMBERS: client.get(path, headers=headers)


def switch(client, **switches):
    answer = client.post("/faults", json=switches)
    assert answer.status_code == 200
    return answer.get_json()


def test_all_are_off_to_begin_with_and_after_a_reset(client):
    assert client.get("/faults").get_json() == OFF
    assert switch(client, unauthorized=3, delay=0.5) == OFF | {"unauthorized": 3, "delay": 0.5}
    assert switch(client, reset=True, retry_after=7) == OFF | {"retry_after": 7}


@pytest.mark.parametrize(
    "switches",
    [
        {"nonesuch": 1},
        {"unauthorized": -1},
        {"unauthorized": True},
        {"unauthorized": "2"},
        {"storage": "loud"},
        {"roster_loops": 1},
    ],
)
def test_a_switch_that_is_none_changes_nothing(client, switches):
    assert client.post("/faults", json={"retry_after": 9, **switches}).status_code == 400
    assert client.get("/faults").get_json() == OFF


def test_a_token_is_refused_so_many_times(client, roster):
    switch(client, unauthorized=1)
    assert [roster().status_code for _ in range(2)] == [401, 200]


@pytest.mark.parametrize(("name", "status"), [("too_many_requests", 429), ("server_errors", 503)])
def test_a_tool_is_asked_to_come_back_later(client, roster, name, status):
    switch(client, **{name: 2}, retry_after=30)
    answers = [roster() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].headers["Retry-After"] == "30"


def test_the_key_set_fails_so_many_times(client):
    switch(client, key_set_errors=1)
    assert [client.get("/jwks").status_code for _ in range(2)] == [500, 200]


def test_a_new_key_signs_and_the_old_one_is_gone(client, roster, sign_in, launched):
    before = client.get("/jwks").get_json()["keys"]
    switch(client, rotate_key=True)
    after = client.get("/jwks").get_json()["keys"]
    assert before[0]["kid"] != after[0]["kid"]
    assert roster().status_code == 401
    sign_in("freja")
    assert launched("/start/share-how-you-work")["sub"] == "freja"


def test_a_rotated_key_outlives_a_restart(client, config):
    switch(client, rotate_key=True)
    assert create_app(config).test_client().get("/jwks").get_json() == client.get("/jwks").get_json()


def test_answers_are_slow(client, roster):
    switch(client, delay=0.2)
    began = time.monotonic()
    assert roster().status_code == 200
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("mode", ["plain", "moodle", "canvas"])
def test_the_roster_goes_round_in_circles(client, roster, mode):
    switch(client, roster_loops=True)
    url, seen = f"{MEMBERS}?limit=10", []
    for _ in range(5):
        answer = roster(url)
        seen.append(answer.get_json()["members"][0]["user_id"])
        url = next(link["url"] for link in parse_header_links(answer.headers["Link"]) if link["rel"] == "next")
    assert len(set(seen)) == 2


@pytest.mark.parametrize("mode", ["plain", "moodle", "canvas"])
def test_links_lead_to_another_host(client, roster, mode):
    switch(client, next_link_host="https://elsewhere.example")
    links = parse_header_links(roster(f"{MEMBERS}?limit=10").headers["Link"])
    url = next(link["url"] for link in links if link["rel"] == "next")
    assert url.startswith(f"https://elsewhere.example{MEMBERS}?")


def test_ten_thousand_learners_are_in_the_roster_and_can_be_graded(client, roster, authorize):
    switch(client, generated_members=10_000)
    members = roster().get_json()["members"]
    assert len({member["user_id"] for member in members}) == 10_017
    score = {
        "userId": "member-10000",
        "scoreGiven": 1,
        "scoreMaximum": 1,
        "timestamp": "2026-11-22T10:00:00Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    url, headers = "/courses/onboarding/lineitems/1/scores", authorize(claims.SCOPE_SCORE)
    assert client.post(url, json=score, headers=headers, content_type=claims.MEDIA_SCORE).status_code == 200


def test_a_lost_answer_leaves_the_score(tool):
    front = Flask("front")
    with serving(front, "127.0.0.1") as url:
        front.wsgi_app = create_app(SandboxConfig(url=url, tool_url=tool.url)).wsgi_app
        requests.post(f"{url}/faults", json={"lost_answers": 1}, timeout=5)
        scopes = (claims.SCOPE_SCORE, claims.SCOPE_RESULT_READONLY)
        token = requests.post(f"{url}/token", data=tool.token_request(f"{url}/token", *scopes), timeout=5).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        score = {
            "userId": "freja",
            "scoreGiven": 1,
            "scoreMaximum": 1,
            "timestamp": "2026-11-22T10:00:00Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        }
        item = f"{url}/courses/onboarding/lineitems/1"
        with pytest.raises(requests.ConnectionError):
            requests.post(
                f"{item}/scores", json=score, headers=headers | {"Content-Type": claims.MEDIA_SCORE}, timeout=5
            )
        (result,) = requests.get(f"{item}/results", headers=headers, timeout=5).json()
        assert result["resultScore"] == 10


def test_the_administrator_sets_switches_by_a_form(sign_in):
    client = sign_in("lotte")
    form = {name: str(value) for name, value in OFF.items() if name != "roster_loops"}
    client.post("/admin/faults", data=form | {"unauthorized": "2", "delay": "0.5", "roster_loops": "on"})
    assert client.get("/faults").get_json() == OFF | {"unauthorized": 2, "delay": 0.5, "roster_loops": True}
    assert "The switches are set." in client.get("/admin/faults").text
    client.post("/admin/faults", data=form | {"unauthorized": "many"})
    assert "Nothing was changed" in client.get("/admin/faults").text
    client.post("/admin/faults", data={"reset": "yes"})
    assert client.get("/faults").get_json() == OFF
    client.post("/admin/faults", data={"rotate_key": "yes"})
    assert "signs with a new key" in client.get("/admin/faults").text


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_administrator_has_the_page(sign_in, method):
    assert getattr(sign_in("ingrid"), method)("/admin/faults").status_code == 404
