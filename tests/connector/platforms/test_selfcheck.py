"""The self-check: what launches leave behind, who may see it, and what it says to do."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import select

from connector.launch.services import open_visit
from connector.platforms import checks, keys, selfcheck
from connector.platforms.models import Check, Platform, PlatformCheck, Status
from connector.platforms.remedies import remedy
from connector.platforms.services import add_platform
from connector.web.models import LaunchSession, Proof
from lti import claims
from lti.profiles import PROFILES
from tests import make
from tests.connector.platforms.registering import text_of
from tests.make import NOW

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lms(session, tenant, platform):
    """A registered LMS that can launch."""
    add_platform(session, tenant, name="LMS", now=NOW, product="moodle", **platform.registration)
    session.commit()
    return platform


@pytest.fixture
def noted(stored):
    """Return what is noted of one check: whether it works, and the detail."""

    def read(check):
        rows = stored(select(PlatformCheck).where(PlatformCheck.check == check))
        return [(not checks.is_failing(row), row.detail) for row in rows]

    return read


def admin(draft):
    """An institution's administrator who also teaches."""
    draft.claims[claims.ROLES] = [claims.ROLE_INSTRUCTOR, claims.ROLE_INSTITUTION_ADMINISTRATOR]
    return draft.token()


# --- what launches leave behind ---------------------------------------------------------------------------------------
def test_login_is_noted(lms, client, noted):
    lms.login(client)
    assert noted(Check.LOGIN) == [(True, None)]
    assert noted(Check.LAUNCH) == []


def test_launch_is_noted_with_kinds_of_roles(lms, client, noted):
    lms.launch(client, "teacher")
    lms.launch(client, "student")
    assert noted(Check.LAUNCH) == [(True, "learner trainer")]
    assert noted(Check.KEYS) == noted(Check.DEPLOYMENT) == [(True, None)]
    assert noted(Check.BROWSER) == [(True, "cookie")]


@sqlite_only
def test_refused_token_is_noted(lms, client, noted):
    lms.launch(client, make=lambda draft: draft.token()[:-20] + "A" * 20)
    assert noted(Check.KEYS) == [(False, "signature_invalid")]
    lms.launch(client)
    assert noted(Check.KEYS) == [(True, None)]


@sqlite_only
def test_key_set_that_cannot_be_had_is_noted(lms, client, noted):
    lms.documents["/jwks"] = (503, b"")
    lms.launch(client)
    assert noted(Check.KEYS) == [(False, "key_set_unavailable")]


@sqlite_only
def test_waiting_deployment_is_noted(lms, client, session, stored, noted):
    session.get_one(Platform, stored(select(Platform.id))[0]).approves_deployments = False
    session.commit()
    lms.launch(client)
    assert noted(Check.DEPLOYMENT) == [(False, "deployment_waiting")]


@sqlite_only
def test_browser_without_cookies_is_not_noted_as_recognised(lms, app, noted):
    lms.launch(app.test_client(use_cookies=False))
    assert noted(Check.BROWSER) == []
    assert noted(Check.LAUNCH) == [(True, "learner")]


@pytest.mark.parametrize(("make_token", "is_admin"), [(admin, True), (None, False)])
@sqlite_only
def test_visit_knows_an_administrator_of_the_lms(lms, client, stored, make_token, is_admin):
    lms.launch(client, "teacher", **({"make": make_token} if make_token else {}))
    assert stored(select(LaunchSession.is_lms_admin)) == [is_admin]
    assert stored(select(LaunchSession.proof)) == [Proof.COOKIE]


# --- who may see it ---------------------------------------------------------------------------------------------------
@pytest.fixture
def enter(app, session, lms, stored):
    """Return how to visit with or without being an administrator of the LMS."""

    def enter(*, is_lms_admin):
        platform = session.get_one(Platform, stored(select(Platform.id))[0])
        course = make.course(session, deployment=make.deployment(session, platform=platform))
        sid = open_visit(
            session,
            platform,
            membership_id=make.member(session, course=course).id,
            activity_id=make.activity(session, course=course).id,
            browser_secret=None,
            locale="en",
            return_origin="",
            is_lms_admin=is_lms_admin,
            now=NOW,
        )
        session.commit()
        return app.test_client().get(f"/s/{sid}/connection")

    return enter


@sqlite_only
def test_administrator_of_the_lms_sees_its_connection(enter):
    page = enter(is_lms_admin=True)
    assert page.status_code == HTTPStatus.OK
    assert "People arrive from a course" in text_of(page)
    assert "Switch off" not in page.text


@sqlite_only
def test_others_find_nothing(enter):
    assert enter(is_lms_admin=False).status_code == HTTPStatus.NOT_FOUND


@sqlite_only
def test_administrator_of_one_lms_may_not_see_another(session):
    one, other = make.platform(session), make.platform(session)
    launch = LaunchSession(platform_id=one.id, is_lms_admin=True)
    assert (selfcheck.may_see(launch, one), selfcheck.may_see(launch, other)) == (True, False)


# --- what it says -----------------------------------------------------------------------------------------------------
@pytest.fixture
def rows(session):
    """Return the self-check of a platform by check."""

    def read(platform, now=NOW):
        return {row.check: row for row in selfcheck.self_check(session, platform, now=now)}

    return read


@sqlite_only
def test_new_registration_shows_every_row(session, rows):
    keys.ensure_key(session, "s" * 32, now=NOW)
    found = rows(make.platform(session, product="moodle"))
    assert list(found) == list(Check)
    assert found[Check.TOOL_KEYS].state == "works"
    assert {found[check].state for check in Check if check is not Check.TOOL_KEYS} == {"unseen"}
    assert "Activate" in found[Check.LOGIN].remedy


@sqlite_only
def test_tool_without_a_key_fails(session, rows):
    row = rows(make.platform(session))[Check.TOOL_KEYS]
    assert (row.state, bool(row.remedy)) == ("failing", True)


@sqlite_only
def test_failing_row_says_since_when_why_and_what_to_do(session, rows):
    platform = make.platform(session, product="moodle")
    checks.note(session, platform.id, Check.ROSTER, ok=True, now=NOW - timedelta(days=1))
    checks.note(session, platform.id, Check.ROSTER, ok=False, detail="service_forbidden", now=NOW)
    row = rows(platform)[Check.ROSTER]
    assert (row.state, row.at, row.code) == ("failing", NOW, "service_forbidden")
    assert "IMS LTI Names and Role Provisioning" in row.remedy


@sqlite_only
def test_ways_of_browsers_are_counted(session, rows):
    platform = make.platform(session)
    checks.note(session, platform.id, Check.BROWSER, ok=True, detail="cookie", now=NOW)
    course = make.course(session, deployment=make.deployment(session, platform=platform))
    member, activity = make.member(session, course=course), make.activity(session, course=course)
    for secret, is_retry in [("a", False), ("b", False), (None, False), ("c", True)]:
        open_visit(
            session,
            platform,
            membership_id=member.id,
            activity_id=activity.id,
            browser_secret=secret,
            locale=None,
            return_origin="",
            is_retry=is_retry,
            now=NOW,
        )
    told = rows(platform)[Check.BROWSER].told
    assert told == "In the last twelve hours: 2 by cookie, 1 by the LMS's storage, 1 in a tab of its own"


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.family)
@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("code", [None, "anonymous", "claims_invalid", "service_forbidden"])
def test_every_row_says_what_to_do(check, code, profile):
    assert remedy(check, code, profile).endswith((".", "”."))


@sqlite_only
def test_operators_page_shows_the_rows(operator, session, tenant):
    platform = make.platform(session, tenant=tenant, status=Status.ACTIVE)
    checks.note(session, platform.id, Check.SCORE, ok=False, detail="service_forbidden", now=NOW)
    session.commit()
    words = text_of(operator.get(f"/admin/platforms/{platform.id}"))
    assert "The gradebook takes scores" in words
    assert "Fails" in words
    assert "service_forbidden" in words
