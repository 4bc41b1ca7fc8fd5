"""The pages of registration in a real browser: readable by everybody, as wide as the window, within the policy."""

from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe

from connector.platforms import checks, keys
from connector.platforms.models import Check, Status
from tests import make
from tests.connector.platforms.registering import CONFIGURATION
from tests.make import NOW

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def addresses(session, tenant, invite, settings, moodle):
    """Every page, of an installation where something works, something fails and something waits."""
    keys.ensure_key(session, settings.secret_key, now=NOW)
    lms = make.platform(session, tenant=tenant, name="Moodle (a-rather-long-name.of-an-lms.university.example)")
    make.deployment(session, platform=lms).status = Status.WAITING
    make.platform(session, tenant=tenant, status=Status.WAITING)
    checks.note(session, lms.id, Check.LOGIN, ok=True, now=NOW)
    checks.note(session, lms.id, Check.ROSTER, ok=False, detail="service_forbidden", now=NOW)
    token = invite(note="Library")
    asked = urlencode({"openid_configuration": f"{moodle.url}{CONFIGURATION}"})
    elsewhere = urlencode({"openid_configuration": f"{moodle.url.replace('127.0.0.1', 'localhost')}{CONFIGURATION}"})
    return [
        f"/lti/register/{token}?{asked}",
        f"/lti/register?{elsewhere}",
        f"/lti/register/{token}",
        *(f"/lti/manual/{token}?lms={family}" for family in ("moodle", "canvas", "blackboard")),
        "/lti/manual?lms=generic",
        "/admin",
        f"/admin/platforms/{lms.id}",
        "/admin/invites",
        "/admin/keys",
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_is_accessible_and_fits(page, site, addresses, admin_link, width, scheme):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}{admin_link()}")
    page.get_by_role("button", name="Sign in").click()
    found = {}
    for address in addresses:
        page.goto(f"{site}{address}")
        violations = [each["id"] for each in Axe().run(page).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if violations or wide:
            found[address] = (violations, wide)
    assert (found, complaints) == ({}, [])


def test_value_is_copied_by_one_click(page, site, addresses):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/lti/manual")
    page.get_by_role("button", name="Copy Public keyset").click()
    assert page.evaluate("navigator.clipboard.readText()") == "http://localhost/lti/jwks"


def test_pages_work_without_scripts(browser, site, addresses, moodle):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}{addresses[0]}")
    page.get_by_role("button", name="Connect").click()
    assert "knows Kring now" in page.locator("h1").inner_text()
    assert page.get_by_text("You can close this window now.").is_visible()
    context.close()
