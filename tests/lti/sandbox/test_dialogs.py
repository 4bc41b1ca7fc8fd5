"""The two dialogs that a tool shows inside the LMS, in a real browser: choosing content, and registering itself."""

import html

import jwt
import pytest
from flask import Flask, request
from playwright.sync_api import expect

from lti import claims
from lti.sandbox.app import SandboxConfig, create_app
from tests.lti.sandbox.test_browser import PageTool, serving
from tests.lti.sandbox.test_deep_linking import ESSAY, TALK

pytestmark = pytest.mark.browser

FORM = '<form method=post action="{url}"><input type=hidden name=JWT value="{jwt}"><button>Choose</button></form>'
CLOSE = "<h1>Done</h1><script>parent.postMessage({subject: 'org.imsglobal.lti.close'}, '*')</script>"


class DialogTool(PageTool):
    """A tool that offers two items, and closes its registration at once."""

    def __init__(self):
        super().__init__()
        self.app.add_url_rule("/register", "register", view_func=lambda: CLOSE)

    def launch(self):
        body = jwt.decode(request.form["id_token"], options={"verify_signature": False})
        url = html.escape(body[claims.DEEP_LINKING_SETTINGS]["deep_link_return_url"])
        return FORM.format(url=url, jwt=self.deep_linking_response(body, ESSAY, TALK))


@pytest.fixture(scope="module")
def page_tool():
    tool = DialogTool()
    with serving(tool.app, "localhost") as tool.url:
        yield tool


@pytest.fixture
def lms(page_tool, mode):
    front = Flask("front")
    with serving(front, "127.0.0.1") as url:
        front.wsgi_app = create_app(SandboxConfig(url=url, tool_url=page_tool.url, mode=mode)).wsgi_app
        yield url


@pytest.mark.parametrize("mode", ["plain", "canvas"])
def test_what_was_chosen_in_the_dialog_stands_in_the_course(page, lms, mode):
    page.goto(f"{lms}/login/as/ingrid?next=/courses/onboarding")
    page.get_by_role("link", name="Add an activity from Kring").click()
    tool = page.frame_locator("#tool")
    tool.get_by_role("button", name="Choose").click()
    expect(tool.get_by_role("heading", level=1)).to_have_text("2 activities were added")
    tool.get_by_role("link", name="Back to Onboarding").click()
    expect(page.get_by_role("link", name="Peer review: essay draft")).to_be_visible()


@pytest.mark.parametrize("mode", ["moodle"])
def test_in_moodle_the_trainer_saves_it(page, lms, mode):
    page.goto(f"{lms}/login/as/ingrid?next=/courses/onboarding/tools/1/choose")
    tool = page.frame_locator("#tool")
    tool.get_by_role("button", name="Choose").click()
    tool.get_by_role("button", name="Save and return to the course").click()
    page.wait_for_url(f"{lms}/courses/onboarding")
    expect(page.get_by_role("link", name="Discussion: résumé")).to_be_visible()


@pytest.mark.parametrize("mode", ["plain", "moodle", "canvas"])
def test_the_tool_closes_its_registration(page, lms, page_tool, mode):
    page.goto(f"{lms}/login/as/lotte?next=/admin/tools")
    page.get_by_role("textbox", name="Registration URL").fill(f"{page_tool.url}/register")
    page.get_by_role("button", name="Register the tool").click()
    page.wait_for_url(f"{lms}/admin/tools")
    expect(page.get_by_role("heading", level=1)).to_have_text("External tools")
