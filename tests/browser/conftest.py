"""The three servers and the worker, as `make demo` starts them, and people who look at them in a real browser."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, BrowserType, Frame, Page, expect

from deploy.servers import Demo
from tests.ports import free_ports
from xapi import profile, schema

ACTIVITY = "share-how-you-work"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@dataclass
class Records:
    """The LRS, as an analyst sees it."""

    url: str
    auth: tuple[str, str]

    def statements(self, **filters: str) -> list[dict[str, Any]]:
        """Return the statements that match, newest first; each is valid and fits the profile."""
        answer = requests.get(
            f"{self.url}/xAPI/statements",
            params=filters,
            auth=self.auth,
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["statements"]
        for statement in found:
            schema.validate(statement)
            profile.check(statement)
        return found

    def wait_for(self, *events: str, about: str, seconds: float = 30) -> dict[str, dict[str, Any]]:
        """Return the newest statement of each event, once all of them are there.

        Args:
            about: Part of the object's id: earlier tests have left statements of the same events.
        """
        deadline = time.monotonic() + seconds
        while True:
            found = [statement for statement in self.statements() if about in statement["object"]["id"]]
            by_event = {profile.check(statement).key: statement for statement in reversed(found)}
            if set(events) <= by_event.keys():
                return by_event
            if time.monotonic() > deadline:
                raise AssertionError(f"within {seconds} s the LRS held {sorted(by_event)}, not {sorted(events)}")
            time.sleep(0.05)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo without its story, on ports that are free."""
    with Demo(free_ports(3), tmp_path_factory.mktemp("stack"), quiet=True) as demo:
        yield demo


@pytest.fixture(scope="session")
def records(stack: Demo) -> Records:
    """The stack's LRS."""
    return Records(stack.lrs_url, ("kring", stack.lrs_password))


@pytest.fixture
def enter(stack: Demo, browser: Browser) -> Iterator[Callable[..., tuple[Page, Frame]]]:
    """Return how somebody signs in to the LMS and opens the activity: gives the LMS's page, and the tool's frame in it."""
    contexts: list[BrowserContext] = []

    def enter(person: str, **context: Any) -> tuple[Page, Frame]:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))
        page = contexts[-1].new_page()
        page.goto(stack.enter_as(person))
        page.get_by_role("link", name=re.compile("Share how you work")).first.click()
        return page, tool_frame(page, stack)

    yield enter
    for context in contexts:
        context.close()


def tool_frame(page: Page, stack: Demo) -> Frame:
    """Return the tool's frame in an LMS's page, once its page is there."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for frame in page.frames:
            if frame.url.startswith(f"{stack.tool_url}/s/"):
                expect(frame.locator("h1").first).to_be_visible()
                return frame
        page.wait_for_timeout(50)
    raise AssertionError(json.dumps([frame.url for frame in page.frames]))


@pytest.fixture
def forgetful(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], stack: Demo, tmp_path: Path
) -> Iterator[BrowserContext]:
    """A browser that keeps nothing for the tool below another site, as Safari does."""
    (tmp_path / "Default").mkdir()
    blocked = {f"{stack.tool_url},http://127.0.0.1": {"setting": 2}}
    preferences = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences))
    context = browser_type.launch_persistent_context(tmp_path, **browser_type_launch_args)
    yield context
    context.close()
