from datetime import timedelta

import pytest

from connector.web.models import LaunchSession
from connector.web.sessions import BROWSER_COOKIE, IDLE, IDLE_WITHOUT_COOKIE, LONGEST
from tests import make

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def here(session, visiting):
    activity = make.activity(session)
    return visiting(make.member(session, course=activity.course), activity)


def minutes(delta: timedelta) -> float:
    return delta.total_seconds() / 60


def test_page_of_a_session(here):
    assert here.get().status_code == 200


def test_unknown_session_is_told_to_launch_again(client, here):
    response = client.get(here.path.replace(here.sid, "made-up"))
    assert (response.status_code, "session_ended" in response.text) == (401, True)


def test_session_in_another_browser(app, here):
    assert app.test_client().get(here.path).status_code == 401


def test_session_with_another_secret(app, here):
    thief = app.test_client()
    thief.set_cookie(BROWSER_COOKIE, "another secret", secure=True, domain="localhost")
    assert thief.get(here.path).status_code == 401


def test_session_ends_when_idle(here, clock):
    clock.move(minutes=minutes(IDLE) + 1)
    assert here.get().status_code == 401


def test_session_in_use_lives_on(here, clock):
    for _ in range(3):
        clock.move(minutes=minutes(IDLE) - 1)
        assert here.get().status_code == 200


def test_session_ends_at_last(here, clock):
    for _ in range(int(LONGEST / timedelta(hours=1))):
        clock.move(hours=1)
        assert here.get().status_code == 200
    clock.move(minutes=1)
    assert here.get().status_code == 401


def test_session_without_cookie_ends_sooner(here, session, clock):
    session.query(LaunchSession).update({"browser_hash": None})
    session.commit()
    assert here.get().status_code == 200
    clock.move(minutes=minutes(IDLE_WITHOUT_COOKIE) + 1)
    assert here.get().status_code == 401


def test_id_is_not_stored(here, session):
    assert here.sid not in {row.id_hash for row in session.query(LaunchSession)}


def test_form_without_token(here):
    response = here.client.post(f"{here.path}/threads", data={"title": "a", "body": "b"})
    assert (response.status_code, "form_token" in response.text) == (400, True)


def test_form_with_the_token_of_another_session(session, visiting, here):
    other = visiting(make.member(session, course=here.activity.course), here.activity)
    other.get()
    response = here.client.post(f"{here.path}/threads", data={"csrf_token": other.token, "title": "a", "body": "b"})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_form_from_another_site(headers, here):
    here.get()
    response = here.client.post(f"{here.path}/threads", data={"csrf_token": here.token}, headers=headers)
    assert (response.status_code, "cross_site" in response.text) == (400, True)


def test_frames_of_the_platform_only(here):
    policy = here.get().headers["Content-Security-Policy"]
    frames = policy.split("frame-ancestors ")[1]
    platform = here.activity.course.deployment.platform
    assert frames == f"'self' {platform.issuer}"


def test_no_script_of_a_page_is_inline(here):
    page = here.get()
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    assert " style=" not in page.text


def test_member_who_left_the_course_is_out(here, session):
    from connector.courses.models import Membership

    session.query(Membership).update({"is_active": False})
    session.commit()
    assert here.get().status_code == 401


def test_session_id_stays_out_of_the_log(here, capsys):
    here.get()
    err = capsys.readouterr()
    assert here.sid not in err.out + err.err
