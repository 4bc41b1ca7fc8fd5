"""Reading a discussion in a real browser: the list, a thread with many replies, keys, news, and paper."""

import re
import time
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, expect

NARROW = {"viewport": {"width": 320, "height": 800}}


@pytest.fixture
def thread(enter):
    """The address below the activity of a thread of Åsa's with three replies, one below another."""
    _, asa = enter("asa")
    title = f"Reading {time.time_ns()}"
    asa.locator("form.composer [name=title]").first.fill(title)
    asa.locator("form.composer [name=body]").first.fill("Where do you keep minutes?")
    asa.locator("form.composer [name=body]").first.press("Control+Enter")
    expect(asa.get_by_role("heading", level=1, name=title)).to_be_visible()
    for text in ("In one folder.", "Which one?", "The oldest."):
        asa.locator(".post").last.locator("a[data-shortcut=r]").click()
        asa.locator("form.composer [name=body]").fill(text)
        asa.locator("form.composer [name=body]").press("Control+Enter")
        expect(asa.locator(".post", has_text=text)).to_be_visible()
    return title


def severe(frame: Frame):
    found = Axe().run(frame).response["violations"]
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def overflow(frame: Frame):
    return frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("size", [{}, NARROW], ids=["wide", "narrow"])
def test_the_pages_are_accessible_and_fit(enter, thread, size):
    _, frame = enter("ingrid", **size)
    home = frame.url
    frame.get_by_role("link", name=thread).click()
    expect(frame.locator(".post")).to_have_count(4)
    place = frame.url.split("?")[0].split("#")[0]
    for address in (
        place,
        f"{place}/print",
        home,
        f"{home}?choose=1",
        f"{home}?show=mine&tag=nothing",
        f"{home}/new",
        f"{home}/print",
    ):
        frame.goto(address)
        assert (address, severe(frame), overflow(frame)) == (address, [], 0)


def test_keys_step_through_the_posts_and_back_to_the_list(enter, thread):
    _, frame = enter("daan")
    frame.get_by_role("link", name=thread).click()
    expect(frame.locator(".post.unread")).to_have_count(4)
    for _ in range(2):
        frame.locator("body").press("j")
    assert frame.evaluate("document.activeElement.querySelector('h2').textContent").split(",")[0].endswith(" 2")
    frame.locator("body").press("r")
    expect(frame.locator(".post", has_text="In one folder.").locator("form.composer")).to_be_visible()
    frame.locator("main").focus()
    frame.locator("main").press("u")
    expect(frame.get_by_role("link", name=thread)).to_be_visible()


def test_what_came_meanwhile_is_told_with_a_link_to_it(enter, thread):
    _, daan = enter("daan")
    daan.get_by_role("link", name=thread).click()
    address = daan.locator("[data-poll]").get_attribute("data-poll")
    ask = "async (address) => (await fetch(address)).text()"
    assert daan.evaluate(ask, address) == ""
    _, asa = enter("asa")
    asa.get_by_role("link", name=thread).click()
    asa.locator("form.composer [name=body]").last.fill("And one more.")
    asa.locator("form.composer [name=body]").last.press("Control+Enter")
    expect(asa.locator(".post", has_text="And one more.")).to_be_visible()
    told = daan.evaluate(ask, address)
    assert re.search(r">1 n[^<]*<", told)
    daan.goto(urljoin(daan.url, re.search(r'href="([^"]+)"', told)[1]))
    expect(daan.locator(".post:target", has_text="And one more.")).to_be_in_viewport()


def test_somebody_with_a_phone_begins_a_thread_on_a_page_of_its_own(enter, thread):
    _, frame = enter("daan", **NARROW)
    assert frame.locator("form.composer").first.is_hidden()
    frame.locator("a.button.primary:visible").click()
    expect(frame.locator("form.composer [name=title]")).to_be_visible()


def test_after_a_reply_the_new_post_has_the_focus_and_after_taking_back_the_next(enter, thread):
    _, frame = enter("asa")
    frame.get_by_role("link", name=thread).click()
    second = frame.locator(".post", has_text="Which one?")
    second.locator(".confirm > summary").click()
    second.locator(".confirm .button.danger").click()
    expect(frame.locator(".post:target", has_text="The oldest.")).to_be_visible()
    assert frame.evaluate("document.activeElement.matches('.post:target')")
