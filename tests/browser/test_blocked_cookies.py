"""Browsers that keep no cookie of ours inside a frame: the platform's storage serves, or else a tab of its own."""

import json
import re

import pytest
from playwright.sync_api import expect

from connector.db import Database, utc_now
from connector.platforms import services
from connector.platforms.models import Tenant
from tests import lms

STORAGE = """<!doctype html><title>LMS</title><h1>LMS</h1>
<iframe id="tool" name="tool" width="900" height="700" title="tool"></iframe>
<form id="go" method="post" target="tool" action="%(tool)s/lti/login">%(fields)s</form>
<script>
const kept = {};
addEventListener("message", (event) => {
  if (event.origin !== "%(tool)s" || !%(answers)s) return;
  const {subject, message_id, key, value} = event.data;
  if (subject === "lti.put_data") { if (value === null) delete kept[key]; else kept[key] = value; }
  else if (subject !== "lti.get_data") return;
  event.source.postMessage({subject: subject + ".response", message_id, key, value: kept[key] ?? null}, event.origin);
  document.title = "kept " + Object.keys(kept).length;
});
document.getElementById("go").submit();
</script>"""
POST = """<!doctype html><title>LMS</title><form id="f" method="post" action="%s">%s</form>
<script>document.getElementById("f").submit();</script>"""


def inputs(**values):
    return "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in values.items())


@pytest.fixture
def storing(stack):
    """An LMS that offers platform storage, registered with the running tool."""
    with lms.serve(stack.tool_url, utc_now) as platform:

        def page(*, answers):
            fields = inputs(
                iss=platform.url,
                client_id=platform.client_id,
                login_hint="1",
                target_link_uri=f"{stack.tool_url}/lti/launch",
                lti_storage_target="_parent",
            )
            html = STORAGE % {"tool": stack.tool_url, "fields": fields, "answers": json.dumps(answers)}
            return lambda _: (200, html.encode())

        def auth(query):
            token = platform.draft("student", query["nonce"]).token()
            return 200, (POST % (f"{stack.tool_url}/lti/launch", inputs(id_token=token, state=query["state"]))).encode()

        platform.documents |= {"/course": page(answers=True), "/silent": page(answers=False), "/auth": auth}
        database = Database(f"sqlite:///{stack.data / 'kring.sqlite'}")
        with database.session(writes=True) as session:
            tenant = session.query(Tenant).one()
            services.add_platform(session, tenant, name="Storing LMS", now=utc_now(), **platform.registration)
            session.commit()
        database.dispose()
        yield platform


def test_platform_storage_proves_the_browser(forgetful, storing):
    page = forgetful.new_page()
    page.goto(f"{storing.url}/course")
    tool = page.frame_locator("#tool")
    expect(tool.get_by_role("heading", level=1)).to_have_text("Week 1", timeout=15_000)
    expect(page).to_have_title("kept 0")
    tool.locator("[name=title]").fill("Without a cookie")
    tool.locator("[name=body]").fill("It works.")
    tool.locator("[name=body]").press("Control+Enter")
    expect(tool.get_by_role("heading", name="Without a cookie")).to_be_visible()


def test_silent_storage_ends_in_a_tab_of_its_own(forgetful, storing):
    page = forgetful.new_page()
    page.goto(f"{storing.url}/silent")
    button = page.frame_locator("#tool").get_by_role("link", name="ny fane")  # the LMS launches in Danish
    expect(button).to_be_visible(timeout=15_000)
    with forgetful.expect_page() as opened:
        button.click()
    opened.value.wait_for_url(re.compile("/s/"))
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Week 1")


def test_no_storage_ends_in_a_tab_of_its_own(forgetful, stack):
    page = forgetful.new_page()
    page.goto(stack.enter_as("amelia"))
    page.goto(f"{stack.lms_url}/activities/share-how-you-work")
    button = page.frame_locator("iframe").get_by_role("link", name=re.compile("tab"))
    expect(button).to_be_visible(timeout=15_000)
    with forgetful.expect_page() as opened:
        button.click()
    opened.value.wait_for_url(re.compile("/s/"))
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Share how you work")
