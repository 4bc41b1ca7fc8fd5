"""The pages of the LMS, and who sees them."""

import os
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest
import requests

from lti import claims
from lti.sandbox.app import SandboxConfig, create_app
from lti.sandbox.people import PEOPLE
from tests.lti.sandbox.conftest import TOKEN_URL, URL
from tests.ports import free_port

EVERY_PAGE = [
    "/",
    "/courses/onboarding",
    "/courses/onboarding/pages/welcome",
    "/courses/onboarding/pages/asking-well",
    "/courses/feedback/pages/feedback-basics",
    "/activities/share-how-you-work",
    "/activities/ask-a-colleague",
    "/activities/share-how-you-work/return",
    "/courses/onboarding/people",
    "/courses/onboarding/gradebook",
    "/courses/feedback/gradebook",
    "/courses/onboarding/gradebook/1/freja",
    "/courses/onboarding/tools/1/choose",
    "/admin/tools",
    "/admin/faults",
]


class Tags(HTMLParser):
    """The start tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def named(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.mark.parametrize("path", [*EVERY_PAGE, "/login", "/nonesuch"])
def test_a_page_has_one_heading_a_language_and_a_main_part(sign_in, path):
    tags = Tags(sign_in("lotte").get(path).text)
    assert (len(tags.named("h1")), len(tags.named("main")), tags.named("html")) == (1, 1, [{"lang": "en"}])
    assert not [attrs for tag, attrs in tags.tags if "style" in attrs or tag == "style"]


@pytest.mark.parametrize("path", [path for path in EVERY_PAGE if not path.endswith("/return")])
def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (302, f"/login?next={path}")


def test_the_sign_in_page_lists_everybody_with_their_role(client):
    links = [attrs["href"] for attrs in Tags(client.get("/login").text).named("a") if attrs.get("class") == "face"]
    assert links == [f"/login/as/{person_id}?next=/" for person_id in PEOPLE]
    assert client.get("/login").text.count("Learner,") == 12


def test_one_click_signs_in_and_goes_on(client):
    answer = client.get("/login/as/soren?next=/courses/onboarding?x=1")
    assert (answer.status_code, answer.location) == (302, "/courses/onboarding?x=1")
    assert "Søren Bæk-Thomsen" in client.get("/").text
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("sandbox_session=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Lax")


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", ""])
def test_nobody_is_sent_to_another_site(client, path):
    assert client.get("/login/as/soren", query_string={"next": path}).location == "/"


def test_an_unknown_person_is_not_found(client):
    assert client.get("/login/as/nobody").status_code == 404


def test_signing_out_forgets_the_person(sign_in):
    client = sign_in("soren")
    assert client.post("/logout").location == "/login"
    assert client.get("/").status_code == 302


def test_the_dashboard_shows_my_courses(sign_in):
    assert "Feedback in practice" not in sign_in("rasmus").get("/").text
    assert "Feedback in practice" in sign_in("freja").get("/").text


@pytest.mark.parametrize(
    "path",
    [
        "/courses/feedback",
        "/courses/feedback/people",
        "/courses/feedback/gradebook",
        "/courses/feedback/pages/feedback-basics",
        "/activities/feedback-circle",
        "/activities/nonesuch/return",
        "/courses/onboarding/pages/nonesuch",
        "/courses/nonesuch",
        "/activities/nonesuch",
        "/admin/tools",
    ],
)
def test_what_is_not_mine_is_not_found(sign_in, path):
    assert sign_in("rasmus").get(path).status_code == 404


def test_an_activity_frames_the_tool_with_a_title(sign_in, tool):
    answer = sign_in("rasmus").get("/activities/share-how-you-work")
    (frame,) = Tags(answer.text).named("iframe")
    assert (frame["title"], frame["src"], frame["data-origins"]) == (
        "Share how you work",
        "/start/share-how-you-work",
        tool.url,
    )
    assert f"frame-src 'self' {tool.url};" in answer.headers["Content-Security-Policy"]


def test_an_activity_for_a_window_has_a_button(sign_in):
    tags = Tags(sign_in("rasmus").get("/activities/ask-a-colleague").text)
    (button,) = [attrs for attrs in tags.named("a") if attrs.get("class") == "button"]
    assert (button["href"], button["target"], tags.named("iframe")) == ("/start/ask-a-colleague", "_blank", [])


def test_what_the_tool_says_on_leaving_is_shown_as_text(sign_in):
    query = {"lti_errormsg": "<b>Closed</b>", "lti_msg": "See you"}
    page = sign_in("rasmus").get("/activities/share-how-you-work/return", query_string=query).text
    assert "&lt;b&gt;Closed&lt;/b&gt;" in page
    assert "See you" in page
    assert "data-at-once" not in page


def test_the_way_back_needs_no_cookie(client):
    assert client.get("/activities/share-how-you-work/return").status_code == 200


def test_leaving_in_silence_goes_to_the_course_at_once(sign_in):
    assert "data-at-once" in sign_in("rasmus").get("/activities/share-how-you-work/return").text


def test_people_stand_with_their_roles(sign_in):
    page = sign_in("rasmus").get("/courses/onboarding/people").text
    assert page.count('<span class="role role-learner">Learner</span>') == 12
    assert "Lotte" not in page


def test_the_registration_is_shown_to_the_administrator(sign_in, tool):
    page = sign_in("lotte").get("/admin/tools").text
    shown = [attrs["data-copy"] for attrs in Tags(page).named("button") if "data-copy" in attrs]
    assert shown == [
        URL,
        "kring-sandbox",
        "1",
        f"{URL}/auth",
        f"{URL}/token",
        f"{URL}/jwks",
        tool.url,
        f"{tool.url}/lti/login",
        f"{tool.url}/lti/launch",
        f"{tool.url}/lti/jwks",
    ]


# --- the gradebook -------------------------------------------------------------------------------------------------------


def post_score(client, headers, **changes):
    score = {
        "userId": "freja",
        "scoreGiven": 17,
        "scoreMaximum": 20,
        "comment": "A fine start & more",
        "timestamp": "2026-11-05T09:07:00.000Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    answer = client.post(
        "/courses/onboarding/lineitems/1/scores",
        json=score | changes,
        headers=headers,
        content_type=claims.MEDIA_SCORE,
    )
    assert answer.status_code == 200


def test_a_trainer_sees_everybodys_score_comment_and_time(sign_in, client, authorize):
    post_score(client, authorize(claims.SCOPE_SCORE))
    page = sign_in("mathilde").get("/courses/onboarding/gradebook").text
    assert '<strong class="score">8.5</strong>' in page
    assert "A fine start &amp; more" in page
    assert "5 Nov 2026, 09:07 UTC" in page
    assert page.count('<th scope="row"') == 13


def test_a_score_that_is_not_final_says_so(sign_in, client, authorize):
    post_score(client, authorize(claims.SCOPE_SCORE), gradingProgress="PendingManual")
    page = sign_in("ingrid").get("/courses/onboarding/gradebook").text
    assert "to be graded" in page
    assert "8.5" not in page


def test_a_learner_sees_only_the_own_row(sign_in, client, authorize):
    post_score(client, authorize(claims.SCOPE_SCORE))
    page = sign_in("rasmus").get("/courses/onboarding/gradebook").text
    assert page.count('<th scope="row"') == 1
    assert "8.5" not in page
    assert "Freja" not in page


def test_an_observer_has_no_grades(sign_in):
    assert "You have no grades in this course." in sign_in("karel").get("/courses/onboarding/gradebook").text


def test_a_second_start_keeps_gradebook_keys_and_sessions(tool, tmp_path):
    config = SandboxConfig(url=URL, tool_url=tool.url, data=tmp_path / "made" / "for it")
    first = create_app(config).test_client()
    first.get("/login/as/ingrid")
    token = first.post("/token", data=tool.token_request(TOKEN_URL, claims.SCOPE_SCORE)).get_json()["access_token"]

    second = create_app(config).test_client()
    post_score(second, {"Authorization": f"Bearer {token}"})
    third = create_app(config).test_client()
    third.set_cookie("sandbox_session", first.get_cookie("sandbox_session").value)
    page = third.get("/courses/onboarding/gradebook").text
    assert '<strong class="score">8.5</strong>' in page
    assert page.count("Share how you work") == 14
    assert third.get("/jwks").get_json() == first.get("/jwks").get_json()


# --- the server ----------------------------------------------------------------------------------------------------------


def test_the_server_says_that_it_is_up(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok", "text/plain")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_program_serves_and_stops_cleanly(tmp_path, stop):
    port = free_port()
    command = [sys.executable, "-m", "lti.sandbox", "--port", str(port), "--data", str(tmp_path)]
    command += ["--tool-url", "http://localhost:8000/"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C"}
    ) as server:
        assert server.stdout.readline() == f"Sandbox LMS: http://127.0.0.1:{port}\n"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        server.send_signal(stop)
        rest, errors = server.communicate(timeout=60)
    assert (answer.text, server.returncode, rest, errors) == ("ok", 0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["sandbox.sqlite"]
