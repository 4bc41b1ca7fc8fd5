"""What a tool asked a real Moodle 4.5.6 for, asked of the sandbox that plays Moodle, in the same order."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lti import claims
from lti.sandbox.tools import SCOPES
from tests.lti.sandbox.test_deep_linking import CHOOSE, ESSAY, activities, respond
from tests.lti.sandbox.test_registration import shape
from tests.lti.sandbox.tool import Form

pytestmark = pytest.mark.parametrize("mode", ["moodle"])

URL = "http://127.0.0.1:8001"
RECORDED = json.loads((Path(__file__).parent / "moodle" / "services.json").read_text())
FIRST_SCORE = next(call for call in RECORDED if call["name"] == "60-score-full-with-comment")
WITH_OFFSET = {"userId": "9", "scoreGiven": 12, "timestamp": "2026-11-22T06:17:13.5+05:30", "comment": ""}
"""A score that was posted, too, but not kept among the recordings in its turn."""
PEOPLE = {"3": "ingrid", "4": "mathilde", "5": "freja", "6": "rasmus", "7": "soren", "8": "asa", "9": "bjorn"}


class Translation:
    """From the ids of the Moodle that was recorded to those of the sandbox."""

    def __init__(self, link: str, item: str) -> None:
        self.link = link
        self.items = {"2": item}

    def text(self, text: str) -> str:
        text = text.replace("/mod/lti/services.php", "")
        text = re.sub(r"/2/lineitems/(\d+)/lineitem", lambda found: f"/2/lineitems/{self.item(found[1])}", text)
        text = text.replace("/2/lineitems", "/courses/onboarding/lineitems")
        text = re.sub(r"/CourseSection/2/bindings/1/", "/courses/onboarding/", text)
        text = re.sub(r"/CourseSection/999/bindings/1/", "/courses/999/", text)
        text = re.sub(r"(user_id=|user )(\d+)", lambda found: found[1] + PEOPLE.get(found[2], found[2]), text)
        text = re.sub(r"item (\d+)", lambda found: f"item {self.item(found[1])}", text)
        return text.replace("resource_link_id=1", f"resource_link_id={self.link}").replace(
            "rlid=1", f"rlid={self.link}"
        )

    def item(self, number: str) -> str:
        return self.items.get(number, number)

    def json(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self.json(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.json(each) for each in value]
        if name in ("resourceLinkId", "ltiLinkId") and value == "1":
            return self.link
        if name == "userId":
            return PEOPLE.get(value, value)
        return self.text(value) if isinstance(value, str) and value.startswith(("/", "No ", "Not ")) else value


@pytest.fixture
def translation(sign_in, launched, client, tool):
    """The activity of the recording, made in the way of the recording, in a course that has no other column."""
    store = client.application.extensions["sandbox"].store
    store.delete_line_item(store.line_item("onboarding", 1))
    sign_in("ingrid")
    asked = launched(f"{CHOOSE}/start")
    page = respond(client, asked, tool.deep_linking_response(asked, ESSAY))
    client.post(Form(page.text.partition("<main")[2]).action)
    (link,) = activities(client)
    item = launched(f"/start/{link}")[claims.AGS_ENDPOINT]["lineitem"]
    return Translation(link, re.search(r"lineitems/(\d+)", item)[1])


@pytest.fixture
def replay(client, authorize, translation):
    """Return a function that asks as the tool asked then, and gives the answer."""
    tokens = {"good": authorize(*SCOPES), "error": {}}

    def replay(call):
        body = call["body"]
        if isinstance(body, dict):
            body = json.dumps(translation.json(body))
        headers = {"Accept": call["accept"], **tokens[call["token"]]}
        return client.open(
            translation.text(call["url"]),
            method=call["method"],
            data=body,
            headers=headers,
            content_type=call["sends"],
        )

    return replay


def test_the_gradebook_answers_as_moodle_s_did(replay, translation, mode):
    for call in RECORDED:
        if not call["name"].startswith(("52", "53", "54", "55", "60", "61", "62")):
            continue
        if call["name"] == "61-results-all":
            replay(FIRST_SCORE | {"body": FIRST_SCORE["body"] | WITH_OFFSET})
        answer = replay(call)
        assert answer.status_code == call["status"], call["name"]
        assert answer.headers["Content-Type"] == call["type"], call["name"]
        if call["status"] == 201:
            theirs, ours = (re.search(r"lineitems/(\d+)", text)[1] for text in (call["answer"]["id"], answer.text))
            translation.items[theirs] = ours
        if answer.headers.get("Link"):
            assert answer.headers["Link"].encode("latin-1").decode().replace(URL, "") == translation.text(call["link"])
        assert without_urls(answer) == expected(translation, call), call["name"]
        if call["status"] >= 400 and "Incorrect score received" not in call["reason"] and "limit" not in call["name"]:
            assert answer.status.partition(" ")[2] == translation.text(call["reason"]), call["name"]


def without_urls(answer):
    text = answer.text.replace(URL, "")
    if not text or answer.headers["Content-Type"].startswith("text/html"):
        return ""
    body = json.loads(text)
    return sorted(body, key=key_of) if isinstance(body, list) else body


def expected(translation, call):
    body = translation.json(call["answer"])
    return sorted(body, key=key_of) if isinstance(body, list) else body


def key_of(row):
    return re.findall(r"\d+|[a-z]+", row["id"])


@pytest.mark.parametrize("name", [call["name"] for call in RECORDED if call["name"].startswith("51")])
def test_the_roster_answers_as_moodle_s_did(replay, translation, name, mode):
    (call,) = (call for call in RECORDED if call["name"] == name)
    answer = replay(call)
    assert (answer.status_code, answer.headers["Content-Type"]) == (call["status"], call["type"])
    if call["status"] >= 400:
        assert answer.get_json() == translation.json(call["answer"])
        return
    ours, theirs = answer.get_json(), call["answer"]
    member, model = ours["members"][0], theirs["members"][0]
    for message in (*member.get("message", []), *model.get("message", [])):
        message.pop("https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome", None)  # LTI 1.1's way of grading
    assert shape(member) == shape(model)
    assert set(member["roles"]) <= {"Instructor", "Learner"}
    assert ours["id"] == URL + translation.text(theirs["id"])
    assert ours["context"] == {"id": "onboarding", "label": "ONB-1", "title": "Onboarding"}
    if "page4" not in name:  # there, theirs was at its end
        assert answer.headers.get("Link", "").replace(URL, "") == translation.text(call["link"])


def test_a_tutor_learns_in_the_roster_and_teaches_in_a_launch(client, authorize, sign_in, launched, mode):
    headers = authorize(claims.SCOPE_MEMBERSHIP_READONLY)
    members = client.get("/courses/onboarding/memberships", headers=headers).get_json()["members"]
    assert next(member["roles"] for member in members if member["user_id"] == "mathilde") == ["Learner"]
    sign_in("mathilde")
    assert launched("/start/share-how-you-work")[claims.ROLES] == [claims.ROLE_INSTRUCTOR]


def test_names_in_the_roster_are_html_and_in_a_launch_they_are_not(client, authorize, sign_in, launched, mode):
    client.post("/faults", json={"generated_members": 10})
    headers = authorize(claims.SCOPE_MEMBERSHIP_READONLY)
    members = client.get("/courses/onboarding/memberships", headers=headers).get_json()["members"]
    names = {member["user_id"]: member["family_name"] for member in members}
    assert (names["member-10"], names["member-2"], names["member-5"]) == (
        "Smith &amp; Sons 10",
        "O'Brien 2",
        "&lt;Jansen&gt; 5",
    )


def test_paging_of_results_fails(client, authorize, mode):
    answer = client.get(
        "/courses/onboarding/lineitems/1/results?limit=2", headers=authorize(claims.SCOPE_RESULT_READONLY)
    )
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def post_score(client, headers, **changes):
    score = {
        "userId": "freja",
        "scoreGiven": 7,
        "scoreMaximum": 10,
        "comment": "Good",
        "timestamp": "2026-11-22T10:00:00.100Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    } | changes
    body = json.dumps({name: value for name, value in score.items() if value is not None})
    url = "/courses/onboarding/lineitems/1/scores?type_id=1"
    return client.post(url, data=body, headers=headers, content_type=claims.MEDIA_SCORE)


def results(client, headers):
    (result,) = client.get("/courses/onboarding/lineitems/1/results?type_id=1", headers=headers).get_json()
    return {name: result.get(name) for name in ("resultScore", "comment")}


@pytest.mark.parametrize("changes", [{"gradingProgress": "PendingManual"}, {"scoreGiven": None, "scoreMaximum": None}])
def test_without_a_final_number_grade_and_comment_are_wiped(client, authorize, changes, mode):
    headers = authorize(*SCOPES)
    assert post_score(client, headers).status_code == 200
    assert results(client, headers) == {"resultScore": 7, "comment": "Good"}
    assert post_score(client, headers, timestamp="2026-11-22T10:00:02Z", **changes).status_code == 200
    assert results(client, headers) == {"resultScore": None, "comment": None}


def test_a_comment_left_out_is_erased(client, authorize, mode):
    headers = authorize(*SCOPES)
    post_score(client, headers)
    post_score(client, headers, timestamp="2026-11-22T10:00:02Z", comment=None)
    assert results(client, headers) == {"resultScore": 7, "comment": None}


@pytest.mark.parametrize(("timestamp", "status"), [("2026-11-22T10:00:00.900Z", 409), ("2026-11-22T10:00:01Z", 200)])
def test_two_scores_in_one_second_clash(client, authorize, timestamp, status, mode):
    headers = authorize(*SCOPES)
    post_score(client, headers)
    assert post_score(client, headers, timestamp=timestamp).status_code == status


def test_the_coupled_line_item_stays(client, authorize, mode):
    answer = client.delete("/courses/onboarding/lineitems/1?type_id=1", headers=authorize(claims.SCOPE_LINE_ITEM))
    assert (answer.status_code, answer.get_json()["reason"]) == (403, "Forbidden")
