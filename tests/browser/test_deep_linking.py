"""A trainer adds activities from inside the LMS, in a real browser: chooses, is back in the course, and opens them."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

COURSE = "/courses/onboarding"


@pytest.fixture
def trainer(stack, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, timezone_id="Europe/Copenhagen")
    page = context.new_page()
    page.goto(stack.enter_as("ingrid", COURSE))
    yield page
    context.close()


def open_picker(page, stack):
    """Open the LMS's dialog, and return the picker in its frame."""
    page.goto(f"{stack.lms_url}{COURSE}")
    page.get_by_role("link", name=re.compile("Add an activity from")).first.click()
    return frame_of(page, stack, "/choose/")


def press(picker, act):
    picker.locator(f"button[name=act][value={act}]").last.click()


def field(picker, name, place=0):
    return picker.locator(f"[name=items-{place}-{name}]")


def frame_of(page, stack, part):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for frame in page.frames:
            if frame.url.startswith(stack.tool_url) and part in frame.url:
                return frame
        page.wait_for_timeout(50)
    raise AssertionError([frame.url for frame in page.frames])


def test_a_trainer_adds_an_activity_and_a_learner_finds_it(trainer, stack, browser):
    picker = open_picker(trainer, stack)
    began = time.monotonic()
    press(picker, "idea-2")
    expect(field(picker, "title")).not_to_have_value("")
    field(picker, "title").fill("One thing to try in week 9")
    field(picker, "prompt").fill("Name one thing from the course.")
    field(picker, "is_graded").check()
    field(picker, "score_maximum").fill("5")
    field(picker, "closes_at").fill("2031-03-01T17:00")
    expect(picker.locator("[data-zone-name]")).to_have_text("Europe/Copenhagen")
    press(picker, "finish")
    expect(trainer.frame_locator("iframe").get_by_text("The activity was added")).to_be_visible(timeout=15_000)
    assert time.monotonic() - began < 15

    trainer.goto(f"{stack.lms_url}{COURSE}")
    trainer.get_by_role("link", name=re.compile("One thing to try in week 9")).click()
    mine = frame_of(trainer, stack, "/discussions/")
    expect(mine.get_by_text("Name one thing from the course")).to_be_visible()
    expect(mine.locator("main time").first).to_contain_text(re.compile("2031.*17[:.]00"))
    context = browser.new_context()
    learner = context.new_page()
    learner.goto(stack.enter_as("amelia", COURSE))
    learner.get_by_role("link", name=re.compile("One thing to try in week 9")).click()
    theirs = frame_of(learner, stack, "/discussions/")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("One thing to try in week 9")
    assert mine.url.partition("/discussions/")[2] == theirs.url.partition("/discussions/")[2]
    context.close()


def test_several_and_back_and_cancel(trainer, stack):
    picker = open_picker(trainer, stack)
    field(picker, "title").fill("First of two")
    press(picker, "add")
    expect(field(picker, "title", 1)).to_be_visible()
    expect(field(picker, "title")).to_have_value("First of two")
    field(picker, "title", 1).fill("Second of two")
    field(picker, "title", 1).press("Enter")
    expect(trainer.frame_locator("iframe").get_by_text("2 activities were added")).to_be_visible(timeout=15_000)
    open_picker(trainer, stack).locator("form[action$=cancel] button").click()
    expect(trainer.frame_locator("iframe").get_by_text("Nothing was chosen")).to_be_visible(timeout=15_000)
    trainer.goto(f"{stack.lms_url}{COURSE}")
    expect(trainer.get_by_role("link", name=re.compile("of two"))).to_have_count(2)


def test_without_scripts_a_button_sends_it(stack, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(stack.enter_as("ingrid", COURSE))
    page.get_by_role("link", name=re.compile("Add an activity from")).first.click()
    page.frame_locator("iframe").locator("#launch button").click()  # the LMS's own form waits for a press, too
    frame = frame_of(page, stack, "/choose/")
    field(frame, "title").fill("By hand")
    press(frame, "finish")
    page.frame_locator("iframe").locator("form[data-send] button").click()
    expect(page.frame_locator("iframe").get_by_text("The activity was added")).to_be_visible(timeout=15_000)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picker_is_for_everybody(scheme, stack, browser):
    context = browser.new_context(viewport={"width": 320, "height": 568}, color_scheme=scheme)
    page = context.new_page()
    page.goto(stack.enter_as("ingrid", COURSE))
    page.get_by_role("link", name=re.compile("Add an activity from")).first.click()
    page.goto(page.locator("iframe").evaluate("frame => new URL(frame.getAttribute('src'), location.href).href"))
    page.wait_for_url(re.compile("/choose/"))
    press(page, "add")
    expect(field(page, "title", 1)).to_be_visible()
    press(page, "finish")
    expect(page.locator(".field-error")).to_have_count(2)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    faults = [fault["id"] for fault in Axe().run(page).response["violations"]]
    assert (wide, faults) == (0, [])
    context.close()


def test_where_cookies_are_blocked_the_frame_sends_what_the_tab_chose(forgetful, stack):
    page = forgetful.new_page()
    page.goto(stack.enter_as("ingrid", COURSE))
    page.get_by_role("link", name=re.compile("Add an activity from")).first.click()
    button = page.frame_locator("iframe").locator("a[href*=relaunch]")
    expect(button).to_be_visible(timeout=15_000)
    with forgetful.expect_page() as opened:
        button.click()
    tab = opened.value
    tab.wait_for_url(re.compile("/choose/"))
    field(tab, "title").fill("Chosen in a tab")
    press(tab, "finish")
    expect(tab.locator("details a[href*=here]")).to_be_attached()
    expect(page.frame_locator("iframe").get_by_text("The activity was added")).to_be_visible(timeout=15_000)
