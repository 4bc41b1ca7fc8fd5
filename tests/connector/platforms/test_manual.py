"""Registering by hand: the values to copy, for everybody; the form, for those who may."""

import re
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.platforms.checks import read_checks
from connector.platforms.manual import FAMILIES
from connector.platforms.models import Check, Deployment, Invite, Platform, Status
from tests import make
from tests.connector.platforms.registering import code_of, text_of
from tests.lti.server import Reply

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def typed(moodle):
    """What Moodle shows after a registration by hand."""
    moodle.answers["/mod/lti/certs.php"] = Reply({"keys": []})
    return {"product": "moodle", "issuer": f" {moodle.url} ", "client_id": "abc", "deployment_id": "7"}


# --- the values -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_is_there_for_everybody(client, tenant, family):
    page = client.get(f"/lti/manual?lms={family}")
    words = text_of(page)
    needed = ["/lti/launch"] if family == "canvas" else ["/lti/launch", "/lti/login", "/lti/jwks"]
    assert page.status_code == HTTPStatus.OK
    for path in needed:
        assert f"http://localhost{path}" in words
    assert 'name="client_id"' not in page.text
    assert re.findall(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", page.text) == []


def test_canvas_gets_one_address(client, tenant):
    assert "http://localhost/lti/config/canvas.json" in text_of(client.get("/lti/manual?lms=canvas"))


@pytest.mark.parametrize(
    "setting",
    [
        "Supports Deep Linking (Content-Item Message)",
        "Use this service for grade sync and column management",
        "Use this service to retrieve members' information as per privacy settings",
        "Show in activity chooser and as a preconfigured tool",
        "Accept grades from the tool",
    ],
)
def test_moodles_useless_defaults_are_told(client, tenant, setting):
    assert setting in text_of(client.get("/lti/manual"))


def test_unknown_lms_is_not_found(client, tenant):
    assert client.get("/lti/manual?lms=webct").status_code == HTTPStatus.NOT_FOUND


# --- the form ---------------------------------------------------------------------------------------------------------
def test_who_was_invited_may_register(client, invite, typed, moodle, stored):
    path = f"/lti/manual/{invite()}"
    assert 'name="client_id"' in client.get(path).text
    done = client.post(path, data=typed)
    assert done.status_code == HTTPStatus.OK
    (platform,) = stored(select(Platform))
    assert (platform.issuer, platform.client_id, platform.status) == (moodle.url, "abc", Status.ACTIVE)
    assert platform.jwks_url == f"{moodle.url}/mod/lti/certs.php"
    assert stored(select(Deployment.deployment_id)) == ["7"]
    assert stored(select(Invite.platform_id)) == [platform.id]


def test_invitation_serves_once(client, invite, typed):
    path = f"/lti/manual/{invite()}"
    client.post(path, data=typed)
    assert code_of(client.post(path, data=typed)) == "invite_used"


def test_operator_may_register(operator, typed, stored):
    assert 'name="client_id"' in operator.get("/lti/manual").text
    assert operator.post("/lti/manual", **typed).status_code == HTTPStatus.OK
    assert stored(select(Platform.status)) == [Status.ACTIVE]


def test_strangers_may_not(client, tenant, typed, stored):
    assert client.post("/lti/manual", data=typed).status_code == HTTPStatus.NOT_FOUND
    assert stored(select(Platform)) == []


def test_other_sites_cannot_use_the_operators_browser(operator, typed, stored):
    assert operator.client.post("/lti/manual", data=typed).status_code == HTTPStatus.BAD_REQUEST
    assert stored(select(Platform)) == []


def test_keys_are_tried_at_once(operator, typed, moodle, database, stored):
    moodle.answers["/mod/lti/certs.php"] = Reply(status=404)
    operator.post("/lti/manual", **typed)
    with database.session(writes=False) as session:
        row = read_checks(session, stored(select(Platform.id))[0])[Check.KEYS]
    assert (row.ok_at, row.detail) == (None, "key_set_unavailable")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", ""),
        ("issuer", "moodle.example"),
        ("issuer", "https://a;script-src"),
        ("client_id", "   "),
        ("client_id", "x" * 256),
        ("deployment_id", "x" * 256),
        ("jwks_url", "http://lms.example/jwks"),
        ("token_url", "javascript:alert(1)"),
    ],
)
def test_nonsense_is_told_beside_the_field_and_nothing_is_lost(client, invite, typed, stored, field, value):
    path = f"/lti/manual/{invite()}"
    response = client.post(path, data=typed | {"name": "My very own LMS", field: value})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'id="{field}-error"' in response.text
    assert 'value="My very own LMS"' in response.text
    assert (stored(select(Platform)), stored(select(Invite.used_at))) == ([], [None])


def test_missing_fields_are_told(client, invite, tenant):
    response = client.post(f"/lti/manual/{invite()}", data={"product": "sakai"})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_operator_changes_the_addresses(operator, session, tenant, typed, moodle, stored):
    make.platform(session, tenant=tenant, issuer=moodle.url, client_id="abc")
    session.commit()
    operator.post("/lti/manual", **typed, jwks_url=f"{moodle.url}/new")
    assert stored(select(Platform.jwks_url)) == [f"{moodle.url}/new"]


def test_invited_people_do_not(client, invite, session, tenant, typed, moodle, stored):
    make.platform(session, tenant=tenant, issuer=moodle.url, client_id="abc")
    session.commit()
    refused = client.post(f"/lti/manual/{invite()}", data=typed)
    assert "registered already, with other addresses" in text_of(refused)
    assert stored(select(Platform.jwks_url)) == [f"{moodle.url}/jwks"]
    assert stored(select(Invite.used_at)) == [None]


def test_form_begins_with_what_is_the_same_everywhere(client, invite):
    page = client.get(f"/lti/manual/{invite()}?lms=blackboard").text
    assert 'value="https://blackboard.com"' in page
    assert 'value="https://developer.blackboard.com/api/v1/gateway/oidcauth"' in page


def test_brightspace_gets_its_audience(operator, moodle, stored):
    url = moodle.url
    typed = {"issuer": url, "client_id": "abc", "authorization_url": url, "token_url": url, "jwks_url": url}
    operator.post("/lti/manual", product="brightspace", **typed)
    assert stored(select(Platform.token_audience)) == ["https://api.brightspace.com/auth/token"]
