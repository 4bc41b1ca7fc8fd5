"""A real browser in front of the sandbox and a tool of another site: launches, frames, and how high they are."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, redirect, request
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from lti.sandbox.app import SandboxConfig, create_app
from lti.sandbox.courses import COURSES
from tests.lti.sandbox.tool import Tool

pytestmark = pytest.mark.browser


@contextmanager
def serving(app: Callable[..., Any], host: str) -> Iterator[str]:
    """Serve an application, and say where."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


class PageTool(Tool):
    """A tool with pages; `method` is how it sends its authentication request, `script` what its page does."""

    method = "GET"
    script = ""

    def __init__(self) -> None:
        super().__init__()
        self.app.add_url_rule("/lti/login", view_func=self.login, methods=["GET", "POST"])
        self.app.add_url_rule("/lti/launch", view_func=self.launch, methods=["POST"])

    def login(self):
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "redirect_uri": self.launch_url,
            "state": "state-1",
            "nonce": "nonce-1",
            **{name: request.values[name] for name in ("client_id", "login_hint", "lti_message_hint")},
        }
        url = f"{request.values['iss']}/auth"
        if self.method == "GET":
            return redirect(f"{url}?{urlencode(asked)}")
        if self.method == "script":
            return f"<script>location = {json.dumps(f'{url}?{urlencode(asked)}')}</script>"
        fields = "".join(f"<input type=hidden name={name} value='{value}'>" for name, value in asked.items())
        return f"<form method=post action={url}>{fields}</form><script>document.forms[0].submit()</script>"

    def launch(self):
        what = "id_token" if "id_token" in request.form else request.form["error"]
        return (
            f"<!doctype html><html lang=en><title>Tool</title><h1>Got {what}</h1><script>{self.script}</script></html>"
        )


@pytest.fixture(scope="module")
def served_page_tool() -> Iterator[PageTool]:
    """The tool stands at `localhost`, the LMS at 127.0.0.1: to a browser, two sites."""
    tool = PageTool()
    with serving(tool.app, "localhost") as tool.url:
        yield tool


@pytest.fixture
def page_tool(served_page_tool: PageTool) -> Iterator[PageTool]:
    """The tool, whose habits a test may change."""
    yield served_page_tool
    served_page_tool.method, served_page_tool.script = "GET", ""


@pytest.fixture(scope="module")
def lms(served_page_tool: PageTool) -> Iterator[str]:
    front = Flask("front")  # the sandbox has to know its port, which only a server has
    with serving(front, "127.0.0.1") as url:
        front.wsgi_app = create_app(SandboxConfig(url=url, tool_url=served_page_tool.url)).wsgi_app
        yield url


def open_activity(page: Page, lms: str, activity: str = "share-how-you-work") -> None:
    page.goto(f"{lms}/login/as/freja?next=/activities/{activity}")


@pytest.mark.parametrize("method", ["GET", "POST", "script"])
def test_the_tool_is_launched_into_its_frame(page, lms, page_tool, method):
    page_tool.method = method
    open_activity(page, lms)
    expect(page.frame_locator("#tool").get_by_role("heading")).to_have_text("Got id_token")


def test_the_tool_is_launched_into_a_window(page, lms):
    open_activity(page, lms, "ask-a-colleague")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Open in new window").click()
    expect(popup.value.get_by_role("heading")).to_have_text("Got id_token")


@pytest.mark.parametrize(
    ("message", "height"),
    [
        ("{subject: 'lti.frameResize', height: 1234}", 1234),
        ("JSON.stringify({subject: 'lti.frameResize', height: '1234'})", 1234),
        ("{subject: 'lti.frameResize', height: 50}", 700),
        ("{subject: 'lti.frameResize', height: 'tall'}", 700),
        ("{subject: 'lti.other', height: 1234}", 700),
        ("'not JSON'", 700),
        ("null", 700),
    ],
)
def test_the_tool_may_say_how_high_its_frame_is(page, lms, page_tool, message, height):
    page.set_viewport_size({"width": 1000, "height": 600})
    page_tool.script = f"parent.postMessage({message}, '*'); parent.postMessage({{subject: 'done'}}, '*')"
    page.add_init_script(
        "addEventListener('message', e => { if (e.data?.subject === 'done') document.title = 'done' })"
    )
    open_activity(page, lms)
    expect(page).to_have_title("done")
    assert page.locator("#tool").bounding_box()["height"] == height


def test_nobody_else_may(page, lms):
    page.set_viewport_size({"width": 1000, "height": 600})
    open_activity(page, lms)
    expect(page.frame_locator("#tool").get_by_role("heading")).to_have_text("Got id_token")
    page.evaluate("new Promise(seen => { addEventListener('message', seen);"
                  " postMessage({subject: 'lti.frameResize', height: 1234}, '*') })")  # fmt: skip
    assert page.locator("#tool").bounding_box()["height"] == 700


def test_leaving_the_tool_leaves_its_frame(page, lms, page_tool):
    page_tool.script = f"location = '{lms}/activities/share-how-you-work/return'"
    open_activity(page, lms)
    page.wait_for_url(f"{lms}/courses/onboarding")


def test_what_the_tool_says_on_leaving_stands_in_a_page_of_the_lms(page, lms, page_tool):
    page_tool.script = f"location = '{lms}/activities/share-how-you-work/return?lti_errormsg=Closed'"
    open_activity(page, lms)
    page.wait_for_url("**/return?lti_errormsg=Closed")
    expect(page.get_by_role("alert")).to_have_text("The tool reports a problem: Closed")
    expect(page.get_by_text("Freja Østergaard").first).to_be_visible()


PAGES = [
    "/",
    "/courses/onboarding",
    "/courses/onboarding/pages/welcome",
    "/courses/onboarding/people",
    "/courses/onboarding/gradebook",
    "/activities/ask-a-colleague",
    "/courses/onboarding/gradebook/1/freja",
    "/courses/onboarding/tools/1/choose",
    "/admin/tools",
    "/admin/tools/1/privacy?person=freja",
    "/admin/faults",
    "/login",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_small_phone(browser, lms, scheme):
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{lms}/login/as/lotte?next={path}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        violations = [found["id"] for found in Axe().run(page).response["violations"]]
        assert violations == [], path
    context.close()


def test_nothing_breaks_a_page_s_own_security_policy(page, lms):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    for course in COURSES:
        page.goto(f"{lms}/login/as/pieter?next=/courses/{course}")
    open_activity(page, lms)
    expect(page.frame_locator("#tool").get_by_role("heading")).to_have_text("Got id_token")
    assert complaints == []
