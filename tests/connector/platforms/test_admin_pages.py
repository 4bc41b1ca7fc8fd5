"""The administrators' pages, walked as everybody: strangers, the operator, and those with a link that was passed on."""

import uuid
from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.platforms import checks, keys
from connector.platforms.models import Check, Deployment, Invite, Platform, SigningKey, Status
from tests import make
from tests.connector.platforms.registering import text_of
from tests.make import NOW

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lms(session, tenant):
    platform = make.platform(session, tenant=tenant, name="City Moodle", product="moodle")
    session.commit()
    return platform


@pytest.fixture
def deployment(session, lms):
    deployment = make.deployment(session, platform=lms)
    deployment.status = Status.WAITING
    session.commit()
    return deployment


# --- who gets in ------------------------------------------------------------------------------------------------------
PAGES = [("GET", ""), ("GET", "/platforms/{0}"), ("GET", "/invites"), ("GET", "/keys")]
ACTS = [
    ("POST", "/platforms/{0}/status"),
    ("POST", "/platforms/{0}/name"),
    ("POST", "/platforms/{0}/deployments/{1}"),
    ("POST", "/invites"),
    ("POST", "/invites/{1}/revoke"),
    ("POST", "/keys/rotate"),
    ("POST", "/sign-out"),
]


@pytest.mark.parametrize(("method", "path"), PAGES + ACTS)
@pytest.mark.parametrize("cookie", [None, "made-up"])
def test_strangers_learn_nothing(client, lms, deployment, method, path, cookie):
    if cookie:
        client.set_cookie("__Host-kring-admin", cookie)
    known = client.open("/admin" + path.format(lms.id, deployment.id), method=method)
    unknown = client.open("/admin" + path.format(uuid.uuid4(), uuid.uuid4()), method=method)
    assert known.status_code == unknown.status_code == HTTPStatus.UNAUTHORIZED
    assert text_of(known) == text_of(unknown)
    assert "City Moodle" not in known.text


def test_visit_from_a_course_is_no_operators(visiting, session, lms):
    course = make.course(session, deployment=make.deployment(session, platform=lms))
    member = make.member(session, course=course)
    visit = visiting(member, make.activity(session, course=course))
    assert visit.client.get("/admin").status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(("_method", "path"), PAGES)
def test_operator_sees_the_pages(operator, lms, deployment, _method, path):
    assert operator.get("/admin" + path.format(lms.id, deployment.id)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("path", ["/admin/platforms/{0}", "/admin/platforms/{0}/name"])
def test_what_is_not_there_is_not_found(operator, path):
    gone = path.format(uuid.uuid4())
    response = operator.post(gone, name="x") if path.endswith("name") else operator.get(gone)
    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("_method", "path"), ACTS)
def test_acts_need_the_pages_token(operator, lms, deployment, stored, _method, path):
    response = operator.client.post("/admin" + path.format(lms.id, deployment.id), data={"status": "disabled"})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "form_token" in response.text
    assert stored(select(Platform.status)) == [Status.ACTIVE]


def test_other_sites_cannot_act(operator, lms):
    operator.get()
    path = f"/admin/platforms/{lms.id}/status"
    data = {"csrf_token": operator.token, "status": "disabled"}
    response = operator.client.post(path, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert "cross_site" in response.text


def test_pages_stand_in_no_frame(operator):
    assert operator.get().headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")


# --- the link ---------------------------------------------------------------------------------------------------------
def test_link_asks_for_a_click_and_looking_does_not_use_it_up(client, admin_link):
    path = admin_link()
    for _ in range(3):
        assert "Sign in" in text_of(client.get(path))
    signed_in = client.post(path)
    assert (signed_in.status_code, signed_in.location) == (HTTPStatus.SEE_OTHER, "/admin")


def test_link_that_was_passed_on_is_used_up(app, client, admin_link):
    path = admin_link()
    client.post(path)
    other = app.test_client()
    for response in (other.get(path), other.post(path)):
        assert response.status_code == HTTPStatus.GONE
        assert "signs nobody in any more" in text_of(response)
    assert other.get_cookie("__Host-kring-admin") is None
    assert other.get("/admin").status_code == HTTPStatus.UNAUTHORIZED


def test_link_grows_old(client, admin_link, clock):
    path = admin_link()
    clock.move(minutes=16)
    assert client.post(path).status_code == HTTPStatus.GONE


def test_cookie_is_first_party_and_out_of_scripts_reach(client, admin_link):
    cookie = client.post(admin_link()).headers["Set-Cookie"]
    for part in ("__Host-kring-admin=", "Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=28800"):
        assert part in cookie
    assert "Domain" not in cookie


def test_signing_out_ends_it_everywhere(operator, app):
    copied = app.test_client()
    copied.set_cookie("__Host-kring-admin", operator.client.get_cookie("__Host-kring-admin").value)
    operator.post("/admin/sign-out")
    assert operator.get().status_code == HTTPStatus.UNAUTHORIZED
    assert copied.get("/admin").status_code == HTTPStatus.UNAUTHORIZED


def test_session_ends_after_eight_hours(operator, clock):
    clock.move(hours=8)
    assert operator.get().status_code == HTTPStatus.UNAUTHORIZED


# --- LMSs -------------------------------------------------------------------------------------------------------------
def test_list_says_what_waits_and_who_launched(operator, session, tenant, lms, deployment):
    make.platform(session, tenant=tenant, name="Unknown LMS", status=Status.WAITING)
    checks.note(session, lms.id, Check.LAUNCH, ok=True, now=NOW - timedelta(days=1))
    session.commit()
    words = text_of(operator.get())
    assert words.index("Unknown LMS") < words.index("City Moodle")
    assert "waits for approval" in words
    assert "1 deployment waits for approval" in words
    assert "last launch yesterday, 09:30" in words


def test_empty_list_says_how_to_begin(operator):
    assert "No LMS is connected yet" in text_of(operator.get())


def test_operator_approves_switches_off_and_on(operator, session, tenant, stored):
    waiting = make.platform(session, tenant=tenant, status=Status.WAITING)
    session.commit()
    page = f"/admin/platforms/{waiting.id}"
    assert "Approve it only if you know whose it is" in text_of(operator.get(page))
    for status in (Status.ACTIVE, Status.DISABLED, Status.ACTIVE):
        assert operator.post(f"{page}/status", status=status.value).location == page
        assert stored(select(Platform.status)) == [status]


def test_nobody_is_sent_back_to_waiting(operator, lms, stored):
    response = operator.post(f"/admin/platforms/{lms.id}/status", status="waiting")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert stored(select(Platform.status)) == [Status.ACTIVE]


def test_operator_renames(operator, lms, stored):
    operator.post(f"/admin/platforms/{lms.id}/name", name="  Library ")
    assert stored(select(Platform.name)) == ["Library"]


def test_name_that_is_too_long_stays_in_the_field(operator, lms, stored):
    response = operator.post(f"/admin/platforms/{lms.id}/name", name="x" * 121)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'value="{"x" * 121}"' in response.text
    assert stored(select(Platform.name)) == ["City Moodle"]


def test_operator_lets_a_deployment_in(operator, lms, deployment, stored):
    operator.post(f"/admin/platforms/{lms.id}/deployments/{deployment.id}", status="active")
    assert stored(select(Deployment.status)) == [Status.ACTIVE]


def test_deployment_belongs_to_its_lms(operator, session, tenant, deployment, stored):
    other = make.platform(session, tenant=tenant)
    session.commit()
    response = operator.post(f"/admin/platforms/{other.id}/deployments/{deployment.id}", status="active")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert stored(select(Deployment.status)) == [Status.WAITING]


# --- invitations and keys ---------------------------------------------------------------------------------------------
def test_invitation_is_shown_once(operator, client, stored):
    made = operator.post("/admin/invites", note="Library", days="3")
    (invite,) = stored(select(Invite))
    assert (invite.note, invite.expires_at) == ("Library", NOW + timedelta(days=3))
    address = made.text.split('data-copy="http://localhost')[1].split('"')[0]
    assert client.get(address).status_code == HTTPStatus.OK
    assert address not in operator.get("/admin/invites").text


def test_operator_withdraws_an_invitation(operator, client, invite, stored):
    token = invite()
    operator.post(f"/admin/invites/{stored(select(Invite.id))[0]}/revoke")
    assert "withdrawn" in text_of(operator.get("/admin/invites"))
    assert client.get(f"/lti/register/{token}").status_code == HTTPStatus.GONE


@pytest.mark.parametrize("form", [{"days": "0"}, {"days": "soon"}, {"note": "x" * 121}])
def test_invitation_with_nonsense_is_refused(operator, stored, form):
    response = operator.post("/admin/invites", **form)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert stored(select(Invite)) == []


def test_operator_makes_a_key(operator, session, settings, stored):
    keys.ensure_key(session, settings.secret_key, now=NOW - timedelta(days=9))
    session.commit()
    operator.post("/admin/keys/rotate")
    words = text_of(operator.get("/admin/keys"))
    assert "signs soon" in words
    for kid in stored(select(SigningKey.kid)):
        assert kid in words
