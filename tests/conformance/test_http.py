"""The conformance cases, and those that only the running application can decide, over HTTP."""

import pytest
from sqlalchemy import select

from connector.courses.models import Membership
from connector.launch.services import LOGIN_LIFE
from connector.platforms import keys
from connector.platforms.models import Platform, Status
from tests import make
from tests.conformance.cases import CASES, Case
from tests.lms import sent

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


EXPLAINED = {
    "with email, no context": "<code>no_course</code>",
    "context null": "<code>no_course</code>",
    "deep linking for links and texts only": 'action="https://platform.example/deep-links"',
    "submission review": "<code>learner_unknown</code>",
}
"""Launches that are right and lead nowhere: said in words, without an error."""


@pytest.fixture(autouse=True)
def registered(session, platform, settings):
    row = make.platform(session, **platform.registration)
    keys.ensure_key(session, settings.secret_key, now=make.NOW)
    session.commit()
    return row


@pytest.mark.parametrize("case", [case for case in CASES if case.code], ids=str)
def test_refused(case: Case, platform, client, session):
    response = platform.launch(client, case.person, make=case.make)
    assert (response.status_code, f"<code>{case.code}</code>" in response.text) == (400, True), response.text
    assert session.scalars(select(Membership)).all() == []


@pytest.mark.parametrize("case", [case for case in CASES if not case.code and case.course_role], ids=str)
def test_accepted(case: Case, platform, client, session):
    response = platform.launch(client, case.person, make=case.make)
    if case.name in EXPLAINED:
        assert (response.status_code, EXPLAINED[case.name] in response.text) == (200, True), response.text
        return
    roles = [] if case.name == "data privacy" else [case.course_role]
    assert (response.status_code, session.scalars(select(Membership.role)).all()[:1]) == (303, roles)
    assert client.get(response.location).status_code == 200


def test_review_of_a_learner_who_was_here(platform, client, session):
    platform.launch(client)
    review = next(case for case in CASES if case.name == "submission review")
    response = client.get(platform.launch(client, "teacher", make=review.make).location)
    assert (response.status_code, "Stig Studerende" in response.text) == (200, True)


def refused(response, code):
    assert f"<code>{code}</code>" in response.text, response.text
    assert response.status_code == 400


def test_unknown_state(platform, client):
    refused(client.post("/lti/launch", data={"id_token": "x.y.z", "state": "made up"}), "state_unknown")


def test_no_state(client):
    refused(client.post("/lti/launch", data={"id_token": "x.y.z"}), "state_missing")


def test_no_id_token(platform, client):
    state, _ = sent(platform.login(client))
    refused(client.post("/lti/launch", data={"state": state}), "id_token_missing")


def test_expired_state(platform, client, clock):
    login = platform.login(client)
    clock.move(seconds=LOGIN_LIFE.total_seconds() + 1)
    refused(platform.launch(client, login=login), "state_unknown")


def test_replay(platform, client):
    login = platform.login(client)
    token = platform.draft("student", sent(login)[1]).token()
    first = client.post("/lti/launch", data={"id_token": token, "state": sent(login)[0]})
    again = client.post("/lti/launch", data={"id_token": token, "state": sent(login)[0]})
    assert first.status_code == 303
    refused(again, "state_unknown")


def test_used_state_with_a_new_token(platform, client):
    login = platform.login(client)
    assert platform.launch(client, login=login).status_code == 303
    refused(platform.launch(client, login=login), "state_unknown")


def test_refused_launch_uses_the_state_up(platform, client):
    login = platform.login(client)
    client.post("/lti/launch", data={"id_token": "x.y.z", "state": sent(login)[0]})
    refused(platform.launch(client, login=login), "state_unknown")


def test_nonce_of_another_login(platform, client):
    other = platform.login(client)
    state, _ = sent(platform.login(client))
    token = platform.draft("student", sent(other)[1]).token()
    refused(client.post("/lti/launch", data={"id_token": token, "state": state}), "nonce_invalid")


def test_other_browser(app, platform, client):
    login = platform.login(client)
    response = platform.launch(app.test_client(), login=login)
    assert response.status_code == 200
    assert "Location" not in response.headers
    assert "/lti/relaunch/" in response.text


def test_registration_switched_off_during_the_login(platform, client, session, registered):
    login = platform.login(client)
    session.get(Platform, registered.id).status = Status.DISABLED
    session.commit()
    refused(platform.launch(client, login=login), "platform_not_active")


def test_registration_switched_off(platform, client, session, registered):
    session.get(Platform, registered.id).status = Status.DISABLED
    session.commit()
    refused(platform.login(client), "platform_not_active")


def test_unknown_registration(platform, client):
    refused(platform.login(client, client_id="another"), "unknown_platform")


def test_login_without_client_id_finds_the_only_registration(platform, client):
    assert platform.login(client, client_id="").status_code == 302


def test_login_without_client_id_is_ambiguous_with_two(platform, client, session):
    make.platform(session, **platform.registration | {"client_id": "second"})
    session.commit()
    refused(platform.login(client, client_id=""), "ambiguous_platform")


def test_deployment_that_waits_for_approval(platform, client, session, registered):
    session.get(Platform, registered.id).approves_deployments = False
    session.commit()
    refused(platform.launch(client), "deployment_waiting")
    refused(platform.launch(client), "deployment_waiting")


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
def test_login_lacks(name, platform, client):
    field = {"iss": "issuer"}.get(name, name)
    refused(platform.login(client, **{name: ""}), f"{field}_missing")


def test_login_by_get(platform, client):
    query = {
        "iss": platform.url,
        "login_hint": "1",
        "target_link_uri": "http://localhost/lti/launch",
        "client_id": platform.client_id,
    }
    assert client.get("/lti/login", query_string=query).status_code == 302


def test_login_never_redirects_to_an_address_of_the_request(platform, client):
    response = platform.login(client, target_link_uri="https://evil.example/", auth_url="https://evil.example/")
    assert response.headers["Location"].startswith(f"{platform.url}/auth?")


def test_message_hint_goes_back_unchanged_or_not_at_all(platform, client):
    assert "lti_message_hint=a%2Bb" in platform.login(client, lti_message_hint="a+b").headers["Location"]
    assert "lti_message_hint" not in platform.login(client, lti_message_hint="").headers["Location"]


@pytest.mark.parametrize(
    ("error", "code"),
    [("access_denied", "access_denied"), ("login_required", "login_required"), ("invalid_scope", "platform_error")],
)
def test_platform_answers_with_an_error(error, code, platform, client):
    login = platform.login(client)
    refused(client.post("/lti/launch", data={"error": error, "state": sent(login)[0]}), code)
    refused(platform.launch(client, login=login), "state_unknown")


def test_platform_answers_with_an_error_by_query(platform, client):
    login = platform.login(client)
    query = {"error": "access_denied", "state": sent(login)[0]}
    refused(client.get("/lti/launch", query_string=query), "access_denied")


def test_target_is_no_page_of_ours(platform, client):
    def elsewhere(draft):
        draft.claims["https://purl.imsglobal.org/spec/lti/claim/target_link_uri"] += "/elsewhere"
        return draft.token()

    refused(platform.launch(client, make=elsewhere), "target_link_uri")


def test_refusal_shows_and_logs_no_token(platform, client, capsys):
    tokens = []

    def late(draft):
        draft.claims["exp"] = 22222
        tokens.append(draft.token())
        return tokens[0]

    response = platform.launch(client, make=late)
    told = response.text + capsys.readouterr().err
    assert response.headers["X-Request-ID"] in response.text
    assert [part for part in tokens[0].split(".") if part in told] == []
    assert "Stig" not in told
