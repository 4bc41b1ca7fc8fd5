"""The main job: launched from an LMS, somebody writes, others read, and the LRS holds it."""

import re

from playwright.sync_api import expect


def write(frame, **values):
    """Fill in the page's form and send it with the keyboard, as Ctrl-Enter does."""
    for name, value in values.items():
        frame.locator(f"form [name={name}]").fill(value)
    frame.locator("form [name=body]").press("Control+Enter")


def test_learners_write_and_the_lrs_holds_it(enter, records, stack):
    _, asa = enter("asa")
    write(asa, title="Quiet hours", body="I keep **Wednesday** free of meetings.")
    expect(asa.get_by_role("heading", name="Quiet hours")).to_be_visible()
    thread_id = re.search(r"/threads/([0-9a-f-]{36})", asa.url)[1]
    thread = records.wait_for("thread.created", about=thread_id)["thread.created"]["object"]["id"]
    assert thread.startswith(f"{stack.tool_url}/activities/")

    _, daan = enter("daan")
    daan.get_by_role("link", name="Quiet hours").click()
    expect(daan.locator("strong", has_text="Wednesday")).to_be_visible()
    write(daan, body="Good idea, I take Thursday.")
    expect(daan.get_by_text("Good idea, I take Thursday.")).to_be_visible()
    told = records.wait_for("thread.created", "post.replied", about=thread_id)
    replied = told["post.replied"]
    assert replied["context"]["contextActivities"]["parent"][0]["id"] == thread
    assert replied["actor"] != told["thread.created"]["actor"]
    assert [secret for secret in ("Thursday", "Daan", "daan") if secret in str(replied)] == []

    asa.goto(asa.url.split("#")[0])
    expect(asa.get_by_text("Good idea, I take Thursday.")).to_be_visible()


def test_trainer_sees_the_numbers_and_learners_do_not(enter):
    _, amelia = enter("amelia")
    write(amelia, title="Numbers", body="One thread.")
    expect(amelia.get_by_role("heading", name="Numbers")).to_be_visible()
    _, ingrid = enter("ingrid")
    overview = re.sub(r"(/discussions/[^/#?]+).*", r"\1/overview", ingrid.url)
    ingrid.goto(overview)
    expect(ingrid.locator(".stat").first).to_contain_text(re.compile(r"[1-9]"))
    amelia.goto(re.sub(r"(/discussions/[^/#?]+).*", r"\1/overview", amelia.url))
    expect(amelia.locator("code").first).to_have_text("not_found")


def test_session_of_one_browser_opens_nothing_in_another(enter, browser):
    _, amelia = enter("amelia")
    stranger = browser.new_page()
    assert stranger.goto(amelia.url).status == 401
    stranger.close()


def test_launch_in_a_window_of_its_own(stack, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(stack.enter_as("amelia"))
    page.goto(f"{stack.lms_url}/activities/ask-a-colleague")
    with context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("open", re.IGNORECASE)).first.click()
    tool = opened.value
    tool.wait_for_url(re.compile(r"/s/"))
    expect(tool.get_by_role("heading", level=1)).to_be_visible()
    context.close()


def test_roster_shows_who_has_not_come_yet(enter):
    _, ingrid = enter("ingrid")
    ingrid.goto(re.sub(r"/discussions/([^/#?]+).*", r"/activities/\1/people", ingrid.url))
    for _ in range(40):
        if ingrid.get_by_text("Karel Mertens").count():
            break
        ingrid.page.wait_for_timeout(250)
        ingrid.goto(ingrid.url)
    expect(ingrid.get_by_text("Karel Mertens")).to_be_visible()
    assert ingrid.locator(".rows > li").count() >= 17
