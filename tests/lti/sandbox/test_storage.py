"""LTI Platform Storage in a real browser: what the tool's frame may keep in the LMS, and how it is counted."""

import json

import pytest
from flask import Flask
from playwright.sync_api import expect

from lti.sandbox.app import SandboxConfig, create_app
from tests.lti.sandbox.test_browser import PageTool, open_activity, serving

pytestmark = pytest.mark.browser

ASK = """
const target = %s;
const platform = window.parent;
const ask = (message, frame) => new Promise((resolve) => {
  const id = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
  addEventListener("message", function hear(event) {
    if (event.data.message_id === id) { removeEventListener("message", hear); resolve(event.data); }
  });
  (frame === "_parent" ? platform : platform.frames[frame]).postMessage({message_id: id, ...message}, %s);
  setTimeout(() => resolve("silence"), 700);
});
"""


@pytest.fixture(scope="module")
def page_tool():
    tool = PageTool()
    with serving(tool.app, "localhost") as tool.url:
        yield tool


@pytest.fixture
def lms(page_tool):
    """A sandbox that plays Canvas."""
    front = Flask("front")
    with serving(front, "127.0.0.1") as url:
        front.wsgi_app = create_app(SandboxConfig(url=url, tool_url=page_tool.url, mode="canvas")).wsgi_app
        yield url


@pytest.fixture
def ask(page, lms, page_tool):
    """Return a function that sends messages from the tool's page, and gives the answers."""

    def ask(*messages, frame="post_message_forwarding"):
        page_tool.script = (ASK % (json.dumps(frame), json.dumps(lms))) + (
            f"(async () => {{ const got = []; for (const m of {json.dumps(list(messages))}) got.push(await ask(m, target));"
            " document.title = JSON.stringify(got) })()"
        )
        open_activity(page, lms)
        expect(page.frame_locator("#tool").get_by_role("heading")).to_have_text("Got id_token")
        frame_ = next(each for each in page.frames if each.url.startswith(page_tool.url))
        frame_.wait_for_function("document.title.startsWith('[')", timeout=20_000)
        answers = json.loads(frame_.title())
        return [
            {name: value for name, value in answer.items() if name != "message_id"} if answer != "silence" else answer
            for answer in answers
        ]

    return ask


PUT, GET = "lti.put_data", "lti.get_data"


def test_what_is_kept_can_be_read_again_and_cleared(ask):
    answers = ask(
        {"subject": PUT, "key": "state", "value": "abc"},
        {"subject": GET, "key": "state"},
        {"subject": PUT, "key": "state", "value": None},
        {"subject": GET, "key": "state"},
    )
    assert answers == [
        {"subject": "lti.put_data.response", "key": "state", "value": "abc"},
        {"subject": "lti.get_data.response", "key": "state", "value": "abc"},
        {"subject": "lti.put_data.response", "key": "state"},
        {"subject": "lti.get_data.response", "key": "state", "value": None},
    ]


def test_the_page_tells_which_frame_keeps_what(ask):
    (answer,) = ask({"subject": "lti.capabilities"}, frame="_parent")
    assert {"subject": PUT, "frame": "post_message_forwarding"} in answer["supported_messages"]


def test_the_page_itself_keeps_nothing(ask):
    assert ask({"subject": PUT, "key": "state", "value": "abc"}, frame="_parent") == ["silence"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"subject": PUT, "value": "x"}, "bad_request"),
        ({"subject": GET}, "bad_request"),
        ({"subject": PUT, "key": "k", "value": 5}, "bad_request"),
        ({"subject": "lti.other"}, "unsupported_subject"),
        ({"subject": PUT, "key": "k", "value": "x" * 4096}, "storage_exhaustion"),
    ],
)
def test_what_cannot_be_done_is_an_error(ask, message, code):
    (answer,) = ask(message)
    assert answer["error"]["code"] == code


def test_writing_over_counts_until_it_is_cleared(ask):
    # 500 keys may be written; writing over the same one counts each time.
    writes = [{"subject": PUT, "key": "k", "value": "1"}] * 501
    answers = ask(*writes, {"subject": PUT, "key": "k", "value": None}, writes[0])
    assert [answer.get("error", {}).get("code") for answer in answers[498:]] == [
        None,
        None,
        "storage_exhaustion",
        None,
        None,
    ]


def test_a_silent_platform_announces_storage_and_never_answers(page, lms, ask):
    page.request.post(f"{lms}/faults", data={"storage": "silent"})
    assert ask({"subject": GET, "key": "k"}) == ["silence"]


def test_storage_can_be_in_the_page_itself(page, lms, ask):
    page.request.post(f"{lms}/faults", data={"storage": "_parent"})
    (answer,) = ask({"subject": PUT, "key": "k", "value": "v"}, frame="_parent")
    assert answer == {"subject": "lti.put_data.response", "key": "k", "value": "v"}
