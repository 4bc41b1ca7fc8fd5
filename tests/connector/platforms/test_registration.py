"""An LMS registers by one address: what the page shows, what is sent, and what is kept."""

import json
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from connector import sealing
from connector.platforms.models import Deployment, Invite, Platform, Status
from connector.platforms.registration import MOST_WAITING
from lti import claims
from tests import make
from tests.connector.platforms.registering import (
    CLIENT_ID,
    CONFIGURATION,
    PLATFORM,
    REGISTRATION,
    Registering,
    code_of,
    recorded,
    text_of,
)
from tests.connector.platforms.registering import moodle as registering_lms
from tests.lti.server import Reply
from tests.make import NOW

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def visit(registering_page):
    return registering_page


@pytest.fixture
def uninvited(client, moodle, tenant):
    return Registering(client, moodle)


def count(stored, kind):
    return stored(select(func.count()).select_from(kind))[0]


# --- the page ---------------------------------------------------------------------------------------------------------
def test_page_says_what_will_be_registered(visit, moodle):
    shown = visit.open()
    words = text_of(shown)
    assert shown.status_code == HTTPStatus.OK
    assert "Moodle 4.5.6 (Build: 20250811)" in words
    assert moodle.url in words
    assert "see the name, mail address and role" in words
    assert "add columns of its own to the gradebook" in words
    assert "ContentArea" in words
    assert moodle.registrations == []


def test_page_leaves_out_what_the_lms_does_not_offer(visit, moodle):
    moodle.say(scopes_supported=["openid"])
    assert "gradebook" not in text_of(visit.open())


def test_page_may_stand_in_the_frame_of_that_lms_only(visit, moodle):
    policy = visit.open().headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {moodle.url}")


@pytest.mark.parametrize(
    "url", ["https://a;script-src *", "https://a'/", "https://user@lms.example/x", "javascript:alert(1)", "https://*"]
)
def test_address_cannot_write_into_the_policy(visit, url):
    policy = visit.open(url).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'")


def test_page_has_no_inline_script_and_escapes_what_the_lms_says(visit, moodle):
    said = {"product_family_code": "<script>alert(1)</script>", "version": '"><img src=x onerror=alert(1)>'}
    moodle.say(**{PLATFORM: said})
    text = visit.open().text
    assert "<script>alert" not in text
    assert "<img" not in text


def test_lms_sees_its_token(visit, moodle):
    visit.open()
    assert moodle.asked[-1].headers["Authorization"] == "Bearer header.claims.signature"


# --- the click --------------------------------------------------------------------------------------------------------
def test_click_registers(visit, moodle, stored):
    done = visit.connect()
    assert done.status_code == HTTPStatus.OK
    (platform,) = stored(select(Platform))
    assert (platform.issuer, platform.client_id, platform.status) == (moodle.url, CLIENT_ID, Status.ACTIVE)
    assert platform.authorization_url == f"{moodle.url}/mod/lti/auth.php"
    assert platform.token_url == f"{moodle.url}/mod/lti/token.php"
    assert platform.jwks_url == f"{moodle.url}/mod/lti/certs.php"
    assert platform.product == "moodle"
    assert platform.name == f"Moodle ({moodle.url.removeprefix('http://')})"
    assert [each.deployment_id for each in stored(select(Deployment))] == ["1"]


def test_registration_is_what_moodle_takes(visit, moodle, settings):
    visit.connect()
    (sent,) = moodle.registrations
    told = sent.json[claims.TOOL_CONFIGURATION]
    assert sent.headers["Authorization"] == "Bearer header.claims.signature"
    assert sent.json["redirect_uris"] == [f"{settings.public_url}/lti/launch"]
    assert told["target_link_uri"].split("/")[2] == told["domain"]


def test_documents_are_kept_without_secrets(visit, moodle, stored, settings):
    answer = json.loads(recorded("03-registration"))
    answer |= {
        "registration_client_uri": f"{moodle.url}/registrations/1",
        "registration_access_token": "the-token",
        "client_secret": "the-secret",
    }
    moodle.answers[REGISTRATION] = Reply(answer, 201)
    visit.connect()
    (platform,) = stored(select(Platform))
    assert platform.configuration == moodle.document()
    assert "the-" not in json.dumps(platform.registration)
    assert platform.registration_url == f"{moodle.url}/registrations/1"
    assert sealing.unseal(settings.secret_key, platform.registration_token) == b"the-token"


def test_last_page_says_what_is_left_to_do_and_closes_the_window_of_that_lms(visit, moodle):
    done = visit.connect()
    assert "press “Activate”" in text_of(done)
    assert "Show in activity chooser" in text_of(done)
    assert f'data-close-origin="{moodle.url}"' in done.text


def test_canvas_hears_of_its_placements(visit, moodle):
    messages = [{"type": claims.RESOURCE_LINK_REQUEST, "placements": ["course_navigation"]}]
    moodle.say(**{PLATFORM: {"product_family_code": "canvas", "messages_supported": messages}})
    done = visit.connect()
    (message,) = moodle.registrations[0].json[claims.TOOL_CONFIGURATION]["messages"]
    assert message["placements"] == ["course_navigation"]
    assert "developer key" in text_of(done)


def test_blackboards_deployments_wait(visit, moodle, stored):
    moodle.say(**{PLATFORM: {"product_family_code": "BlackboardLearn"}})
    visit.connect()
    assert stored(select(Platform.approves_deployments)) == [False]


def test_configuration_that_became_another_ones_is_refused(visit, moodle):
    shown = visit.open()
    moodle.say(issuer="http://127.0.0.1:1")
    assert code_of(visit.connect(shown)) == "issuer_changed"
    assert moodle.registrations == []


# --- an issuer on another host ----------------------------------------------------------------------------------------
def test_issuer_on_another_host_must_be_confirmed(visit, moodle, stored):
    elsewhere = moodle.url.replace("127.0.0.1", "localhost")
    shown = visit.open(f"{elsewhere}{CONFIGURATION}")
    assert "Two different addresses" in text_of(shown)
    refused = visit.connect(shown)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (moodle.registrations, count(stored, Platform)) == ([], 0)
    visit.connect(refused, confirmed="1")
    assert stored(select(Platform.issuer)) == [moodle.url]
    assert stored(select(Platform.frame_origins)) == [[elsewhere]]


def test_issuer_on_the_same_host_needs_no_confirmation(visit):
    assert "Two different addresses" not in text_of(visit.open())


# --- invitations ------------------------------------------------------------------------------------------------------
def test_invitation_is_used_up(visit, stored, client, moodle):
    visit.connect()
    (invite,) = stored(select(Invite))
    assert (invite.used_at, invite.platform_id) == (NOW, stored(select(Platform.id))[0])
    with registering_lms() as another:
        visit.lms = another
        assert (visit.open().status_code, code_of(visit.open())) == (HTTPStatus.GONE, "invite_used")
        posted = client.post(visit.path, data={"openid_configuration": f"{another.url}{CONFIGURATION}"})
        assert code_of(posted) == "invite_used"
        assert another.registrations == []


def test_used_link_explains_nothing_to_people(visit, client):
    visit.connect()
    assert code_of(client.get(visit.path)) == "invite_used"


def test_used_link_brings_its_own_lms_up_to_date(visit, moodle, stored):
    visit.connect()
    moodle.answers[REGISTRATION] = Reply(recorded("07-registration-update"))
    assert "comes up to date" in text_of(visit.open())
    assert visit.connect().status_code == HTTPStatus.OK
    assert stored(select(Platform.status)) == [Status.ACTIVE]


def test_used_link_lets_nothing_new_in(visit, moodle, stored):
    visit.connect()
    moodle.answers[REGISTRATION] = Reply({"client_id": "another"})
    assert "waits for approval" in text_of(visit.connect())
    assert stored(select(Platform.status).order_by(Platform.client_id)) == [Status.ACTIVE, Status.WAITING]


def test_invitation_is_given_back_where_the_lms_refuses(visit, moodle, stored):
    moodle.refuse(401, "token_already_used")
    refused = visit.connect()
    assert code_of(refused) == "registration_refused"
    assert "token_already_used" in text_of(refused)
    assert stored(select(Invite.used_at)) == [None]
    moodle.answers[REGISTRATION] = Reply(recorded("03-registration"))
    assert visit.connect().status_code == HTTPStatus.OK


@pytest.mark.parametrize("path", ["/lti/register/{}", "/lti/manual/{}"])
def test_invitation_that_nobody_made_opens_nothing(client, tenant, path):
    response = client.get(path.format("made-up"))
    assert (response.status_code, code_of(response)) == (HTTPStatus.NOT_FOUND, "invite_unknown")


def test_invitation_expires(visit, clock, moodle):
    clock.move(days=7)
    assert code_of(visit.open()) == "invite_expired"
    assert moodle.asked == []


def test_without_an_invitation_it_waits(uninvited, stored, moodle):
    assert "The operator of Kring has to approve it" in text_of(uninvited.open())
    done = uninvited.connect()
    assert "waits for approval" in text_of(done)
    assert stored(select(Platform.status)) == [Status.WAITING]


def test_waiting_lms_cannot_launch(uninvited, client, moodle):
    uninvited.connect()
    asked = {"iss": moodle.url, "client_id": CLIENT_ID, "login_hint": "1", "target_link_uri": "http://localhost/"}
    assert code_of(client.post("/lti/login", data=asked)) == "platform_not_active"


def test_only_so_many_may_wait(uninvited, session, tenant, stored):
    for _ in range(MOST_WAITING):
        make.platform(session, tenant=tenant, status=Status.WAITING)
    session.commit()
    refused = uninvited.connect()
    assert (refused.status_code, code_of(refused)) == (HTTPStatus.TOO_MANY_REQUESTS, "too_many_waiting")
    assert count(stored, Platform) == MOST_WAITING


def test_waiting_registrations_do_not_make_a_login_ambiguous(uninvited, session, tenant, client, moodle):
    make.platform(session, tenant=tenant, issuer=moodle.url)
    session.commit()
    uninvited.connect()
    asked = {"iss": moodle.url, "login_hint": "1", "target_link_uri": "http://localhost/"}
    assert client.post("/lti/login", data=asked).status_code == HTTPStatus.FOUND


# --- once more --------------------------------------------------------------------------------------------------------
def test_update_changes_what_is_there(visit, invite, moodle, stored):
    visit.connect()
    moodle.say(**{PLATFORM: {"product_family_code": "moodle", "version": "5.0"}})
    moodle.answers[REGISTRATION] = Reply(recorded("07-registration-update"))
    visit.invite = invite()
    assert visit.connect().status_code == HTTPStatus.OK
    (platform,) = stored(select(Platform))
    assert platform.configuration[PLATFORM]["version"] == "5.0"
    assert count(stored, Deployment) == 1


def test_update_needs_no_invitation_and_switches_nothing_on(visit, session, moodle, stored):
    visit.connect()
    session.get_one(Platform, stored(select(Platform.id))[0]).status = Status.DISABLED
    session.commit()
    visit.invite = ""
    visit.connect()
    assert stored(select(Platform.status)) == [Status.DISABLED]


@pytest.mark.parametrize("invited", [True, False])
def test_nobody_takes_a_registration_over(visit, invite, moodle, stored, invited):
    visit.connect()
    moodle.say(jwks_uri=f"{moodle.url}/pluginfile.php/mine.json", authorization_endpoint=f"{moodle.url}/mine")
    visit.invite = invite() if invited else ""
    refused = visit.connect()
    assert (refused.status_code, code_of(refused)) == (HTTPStatus.CONFLICT, "endpoints_changed")
    assert stored(select(Platform.jwks_url)) == [f"{moodle.url}/mod/lti/certs.php"]


def test_invitation_settles_what_waited(uninvited, invite, moodle, stored):
    uninvited.connect()
    moodle.say(jwks_uri=f"{moodle.url}/other")
    uninvited.invite = invite()
    uninvited.connect()
    assert stored(select(Platform.status)) == [Status.ACTIVE]
    assert stored(select(Platform.jwks_url)) == [f"{moodle.url}/other"]


def test_another_tenants_lms_is_out_of_reach(visit, session, moodle, stored):
    registered = {
        "client_id": CLIENT_ID,
        "authorization_url": f"{moodle.url}/mod/lti/auth.php",
        "token_url": f"{moodle.url}/mod/lti/token.php",
        "jwks_url": f"{moodle.url}/mod/lti/certs.php",
    }
    make.platform(session, tenant=make.tenant(session), issuer=moodle.url, **registered)
    session.commit()
    assert code_of(visit.connect()) == "platform_known"
    assert stored(select(Platform.configuration)) == [None]


# --- for people, and for Canvas ---------------------------------------------------------------------------------------
def test_address_explains_itself_to_people(visit, client):
    shown = client.get(visit.path)
    assert f"http://localhost{visit.path}" in shown.text
    assert "Add LTI Advantage" in text_of(shown)


def test_canvas_reads_the_settings_of_its_key(client):
    key = client.get("/lti/config/canvas.json")
    assert key.json["oidc_initiation_url"] == "http://localhost/lti/login"
    assert key.json["extensions"][0]["privacy_level"] == "public"


def test_other_sites_may_show_our_icon(client):
    icon = client.get("/lti/icon.svg")
    assert (icon.mimetype, icon.headers["Cross-Origin-Resource-Policy"]) == ("image/svg+xml", "cross-origin")
    icon.close()


def test_log_holds_no_token(visit, capsys):
    visit.open()
    printed = capsys.readouterr()
    assert visit.invite not in printed.out + printed.err
    assert urlencode({"": visit.token})[1:] not in printed.out + printed.err
