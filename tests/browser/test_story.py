"""What the demo promises, as its visitors meet it: told once, then looked at by everybody, on phones and by keyboard."""

import re
import struct
import zlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from deploy.servers import Demo
from deploy.story import tell
from tests.ports import free_ports

NARROW = {"viewport": {"width": 320, "height": 700}}
MOST_STEPS = 80


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """The demo with its story, on ports that are free."""
    with Demo(free_ports(3), tmp_path_factory.mktemp("told"), quiet=True) as demo:
        tell(demo)
        yield demo


@pytest.fixture
def visit(told, browser):
    """Return how somebody opens an activity in a window of its own: gives its page."""
    contexts = []

    def visit(person, activity="share-how-you-work", **context):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))
        page = contexts[-1].new_page()
        page.goto(told.enter_as(person))
        page.goto(f"{told.lms_url}/start/{activity}")
        for _ in range(5):  # without scripts, people press the buttons of a launch
            if "/s/" in page.url or context.get("java_script_enabled", True):
                break
            page.locator("form button, form input[type=submit]").first.click()
        page.wait_for_url("**/s/**")
        return page

    yield visit
    for context in contexts:
        context.close()


def places(page):
    """Return the addresses below which the discussion, the activity and the whole course are."""
    session, activity = re.match(r"(.*/s/[^/]+)/discussions/([0-9a-f-]+)", page.url).groups()
    return f"{session}/discussions/{activity}", f"{session}/activities/{activity}", session


def row(page, title):
    return page.locator(".row", has=page.get_by_role("link", name=re.compile(re.escape(title))))


def severe(page):
    return [
        f"{violation['id']}: {node['html']}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def picture():
    """Return a PNG of one pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\x1a\x6b\x70")), (b"IEND", b""))
    parts = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return {"name": "dot.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"".join(parts)}


# --- reports --------------------------------------------------------------------------------------------------------
REPORTS = (
    "",
    "/participation",
    "/discussion",
    "/questions",
    "/reviews",
    "/network",
    "/goals",
    "/proof",
    "/definitions",
)


def test_a_trainer_reads_reports_on_a_phone_in_the_dark_and_on_paper(visit):
    page = visit("ingrid", **NARROW, color_scheme="dark")
    base = f"{places(page)[2]}/reports"
    for path in REPORTS:
        page.goto(f"{base}{path}")
        assert (path, severe(page), overflow(page)) == (path, [], 0)
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": 673, "height": 950})  # A4 between its margins
    for path in REPORTS:
        page.goto(f"{base}{path}")
        cut = page.evaluate(
            "[...document.querySelectorAll('.table-wrap')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        )
        assert (path, page.locator(".report-ways:visible").count(), cut, overflow(page)) == (path, 0, 0, 0)


def test_a_report_is_walked_by_keyboard_and_heard_by_name(visit):
    page = visit("ingrid")
    page.goto(f"{places(page)[2]}/reports/participation")
    walked = []
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "[document.activeElement.tagName, document.activeElement.getAttribute('href') || '',"
            " getComputedStyle(document.activeElement).outlineStyle]"
        )
        if told[0] == "BODY":
            break
        walked.append(told)
        if told[0] == "SUMMARY" and page.locator(".report-filters > summary:focus").count():
            page.keyboard.press("Enter")
            expect(page.locator(".report-filters input[name=since]")).to_be_visible()
    hrefs = [href for _, href, _ in walked]
    for part in (
        "definitions#gini",
        "figures/gini/statements",
        "tables/weeks.csv",
        "file.xlsx",
        "file.json",
        "/reports/network",
    ):
        assert any(part in href for href in hrefs), part
    # The parts of a field for dates are the browser's own, and marked by it.
    assert {outline for tag, _, outline in walked if tag != "INPUT"} == {"solid"}
    assert {"INPUT", "SELECT", "DIV"} <= {tag for tag, _, _ in walked}
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    heard = {(node["role"]["value"], node.get("name", {}).get("value")) for node in nodes if "role" in node}
    pictures = {name for role, name in heard if role == "image" and name}
    tables = {name for role, name in heard if role == "table"}
    assert len([name for name in pictures if page.locator(f'svg[aria-label="{name}"] rect').count()]) == 2
    assert len(tables) == 2
    assert None not in tables


# --- what everybody finds ---------------------------------------------------------------------------------------------
def test_a_learner_finds_what_is_new_what_is_expected_and_a_draft(visit):
    page = visit("amelia")
    expect(page.locator(".task")).to_contain_text(
        re.compile(r"Asked of you before.*1 of 1 thread.*1 of 2 replies", re.DOTALL)
    )
    expect(row(page, "Start here").locator(".chip", has_text="Pinned")).to_be_visible()
    expect(row(page, "My best hours").locator(".chip", has_text="Good example")).to_be_visible()
    expect(row(page, "My best hours").locator(".chip", has_text="2 new")).to_be_visible()
    expect(row(page, "glossary").locator(".chip", has_text="Answered")).to_be_visible()
    expect(row(page, "Lunch on the first Friday").locator(".chip", has_text="Closed")).to_be_visible()
    expect(row(page, "How do you say no")).to_contain_text("Anonymous 1")
    expect(row(page, "first full week")).to_contain_text("Answer before")
    page.get_by_role("link", name=re.compile("first full week")).click()
    expect(page.get_by_text("Write your own reply first")).to_be_visible()
    expect(page.locator(".post")).to_have_count(1)
    expect(page.locator("textarea[name=body]")).to_have_value(re.compile("^I expected to spend"))


def test_a_thread_shows_maths_code_pictures_files_and_thanks(visit):
    page = visit("freja")
    page.get_by_role("link", name=re.compile("Why three things")).click()
    expect(page.locator("math").first).to_be_visible()
    expect(page.locator("pre code")).to_contain_text("begun")
    page.goto(places(page)[0])
    page.get_by_role("link", name=re.compile("My best hours")).click()
    expect(page.get_by_alt_text(re.compile("A week from Monday"))).to_be_visible()
    expect(page.locator(".thanks").first).to_contain_text("I have begun one of my own week")
    page.goto(places(page)[0])
    page.get_by_role("link", name=re.compile("glossary")).click()
    expect(page.locator(".post", has_text="abbreviations.csv")).to_be_visible()
    assert "86 19 55 01" not in page.content()


def test_a_trainer_is_led_to_the_report_and_previews_the_grades(visit):
    page = visit("ingrid")
    page.locator(".banner.warn a[href$='/moderation']").click()
    expect(row(page, "Fokustid").locator(".chip.bad")).to_contain_text("2")
    row(page, "Fokustid").get_by_role("link").first.click()
    expect(page.get_by_text("Not the tone that we agreed on.")).to_be_visible()
    assert "Linn\N{LATIN SMALL LETTER E WITH ACUTE}a" not in page.content()
    page.goto(f"{places(page)[1]}/participation")
    expect(page.locator("input[name=member]").first).to_be_checked()


def test_a_study_group_sees_its_own_threads_alone(visit, told):
    page = visit("amelia")
    page.goto(f"{told.lms_url}/courses/onboarding")
    page.get_by_role("link", name=re.compile("Study groups")).first.click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("link", name=re.compile("An hour beside Willemijn"))).to_be_visible()
    expect(frame.get_by_role("link", name=re.compile("What each group brings"))).to_be_visible()
    expect(frame.get_by_role("link", name=re.compile("Shall we play a scene"))).to_have_count(0)


def test_an_observer_reads_and_cannot_write(visit):
    page = visit("karel")
    page.get_by_role("link", name=re.compile("My best hours")).click()
    expect(page.locator(".post")).to_have_count(7)
    expect(page.locator("form.composer")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Helpful|Nuttig"))).to_have_count(0)


# --- three peer reviews -----------------------------------------------------------------------------------------------
def test_a_learner_finds_a_draft_a_review_and_feedback(visit, told):
    page = visit("amelia")
    session = places(page)[2]
    for title, button in (
        ("The week that I want", "Go on with your draft"),
        ("Explain your job", "Continue review 2 of 2"),
    ):
        page.goto(f"{session}/course")
        page.get_by_role("link", name=re.compile(title)).first.click()
        page.get_by_text(button).first.click()
    expect(page.locator("textarea", has_text="I know what the job is")).to_be_visible()
    comment_by_keyboard(page)
    page.goto(f"{session}/course")
    page.get_by_role("link", name=re.compile("A mail that nobody")).first.click()
    page.get_by_role("link", name="Your feedback").click()
    expect(page.locator(".result-figure")).to_be_visible()
    expect(page.get_by_text("And then the rest of the paragraph can go.")).to_be_visible()
    assert page.locator("mark.passage", has_text="Nothing else changes.").count() == 1
    expect(page.get_by_text("Det här hjälper mig mest")).to_be_visible()
    assert severe(page) == []


def comment_by_keyboard(page):
    """Comment on words that are marked, with the keyboard alone; what was said of others is there."""
    expect(page.locator("textarea", has_text="This is the sentence that I would begin with.")).to_be_visible()
    assert (severe(page), overflow(page)) == ([], 0)
    page.evaluate(
        """() => {
            const words = document.querySelector("[data-marked-text] p").firstChild;
            getSelection().setBaseAndExtent(words, 0, words, 9);
        }"""
    )
    expect(page.get_by_role("button", name="Comment on the marked words")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#passage-*")
    expect(page.locator(":focus")).to_have_attribute("name", re.compile("passage-"))
    page.keyboard.type("Typed at once.")
    page.locator(".note", has=page.locator(":focus")).get_by_role("button", name="Take it away").click()
    expect(page.locator(".note")).to_have_count(1)


def test_a_trainer_finds_who_is_silent_what_will_be_missing_and_a_question(visit):
    page = visit("ingrid")
    session = places(page)[2]
    page.goto(f"{session}/course")
    page.get_by_role("link", name=re.compile("Explain your job")).first.click()
    page.locator("a[href$='/overview']").first.click()
    expect(page.locator("tr", has_text="Rasmus Holm").locator("input[name=member]")).to_be_checked()
    expect(page.locator("form[action$='/missing']").first).to_be_visible()
    assert (severe(page), overflow(page)) == ([], 0)
    page.goto(f"{session}/course")
    page.get_by_role("link", name=re.compile("A mail that nobody")).first.click()
    page.locator("a[href$='/overview']").first.click()
    expect(page.get_by_text("I think that this review is about an earlier version")).to_be_visible()


def test_an_observer_reads_what_is_asked_for_and_nobodys_work(visit):
    page = visit("karel")
    page.goto(f"{places(page)[2]}/course")
    page.get_by_role("link", name=re.compile("Explain your job")).first.click()
    expect(page.get_by_text("150 words at most")).to_be_visible()
    assert "I make sure that what we promise" not in page.content()


# --- questions to experts -----------------------------------------------------------------------------------------------
def desk(page):
    """Open the questions, in the session that a page is in; return their address."""
    session = places(page)[2]
    page.goto(f"{session}/course")
    page.get_by_role("link", name=re.compile("Ask the experts")).first.click()
    page.wait_for_url("**/expert_qas/**")
    return page.url.split("?")[0]


def test_the_pool_answers_while_one_types_and_by_the_keyboard_alone(visit):
    page = visit("amelia", **NARROW)
    home = desk(page)
    assert (severe(page), overflow(page)) == ([], 0)
    tab_to(page, "(it) => it.matches('input[name=title]')")
    page.keyboard.type("Which receipts do I need for a trip?")
    card = page.locator(".similar-card").first
    expect(card).to_contain_text("From the knowledge pool")
    assert (severe(page), overflow(page)) == ([], 0)
    page.goto(f"{home}/ask?title=Which receipts do I need for a trip?")
    expect(page.locator(".similar-card").first).to_contain_text("From the knowledge pool")
    assert (severe(page), overflow(page)) == ([], 0)
    tab_to(page, "(it) => it.matches('select[name=named]')")
    tab_to(page, "(it) => it.matches('button.primary')")
    page.goto(f"{home}/ask?title=Which receipts do I need for a trip?")
    tab_to(page, "(it) => it.matches('.similar-card button')")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Good that it was there already.")


def test_an_expert_takes_on_passes_on_asks_back_and_answers_by_the_keyboard_on_a_phone(visit):
    asker = visit("amelia")
    home = desk(asker)
    for title in ("Where is the night train to Turin?", "Whose umbrella hangs in room four?", "Why is gate B shut?"):
        asker.goto(f"{home}/ask")
        asker.locator("input[name=title]").fill(title)
        asker.locator("input[name=tags]").fill("travel")
        asker.locator("form.composer button.primary").click()
        asker.wait_for_url("**/threads/**")
    page = visit("asa", **NARROW)
    inbox = f"{places(page)[2]}/inbox"
    page.goto(inbox)
    assert (severe(page), overflow(page)) == ([], 0)

    press_in(page, "night train", "form[action$='/claim'] button")
    page.wait_for_url("**/threads/**")
    assert (severe(page), overflow(page)) == ([], 0)
    page.goto(inbox)
    expect(page.locator("article.card", has_text="night train").locator(".chip.good")).to_be_visible()

    press_in(page, "umbrella", "a[href$='/pass']")
    page.wait_for_url("**/pass")
    assert (severe(page), overflow(page)) == ([], 0)
    tab_to(page, "(it) => it.matches('input[name=to]')")
    page.keyboard.press("Space")
    tab_to(page, "(it) => it.matches('button.primary')")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("article.card", has_text="umbrella")).to_have_count(0)

    press_in(page, "gate B", "a[href$='#wanted']")
    page.wait_for_url("**/threads/**")
    tab_to(page, "(it) => it.matches('textarea[name=wanted]')")
    page.keyboard.type("Vilken gate B?")
    tab_to(page, "(it) => it.matches('form[action$=\\'/info\\'] button')")
    page.keyboard.press("Enter")
    expect(page.locator(".missing")).to_contain_text("Vilken gate B?")
    assert (severe(page), overflow(page)) == ([], 0)

    page.goto(inbox)
    press_in(page, "night train", "a[href$='#body']")
    page.wait_for_url("**/threads/**")
    tab_to(page, "(it) => it.matches('textarea[name=body]')")
    page.keyboard.type("Spår fyra.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".post", has_text="Spår fyra.")).to_be_visible()


def press_in(page, title, selector):
    """Press what a card of the inbox has, by the keyboard."""
    tab_to(page, f"(it) => it.matches({selector!r}) && it.closest('article')?.textContent.includes({title!r})")
    page.keyboard.press("Enter")


def test_opening_an_entry_to_edit_it_keeps_no_draft(visit):
    page = visit("ingrid")
    page.goto(f"{places(page)[2]}/pool")
    row(page, "How we name files").get_by_role("link").first.click()
    kept = []
    page.on("request", lambda request: kept.append(request.url) if "/drafts/" in request.url else None)
    page.goto(f"{page.url.split('?')[0]}/edit")
    page.wait_for_timeout(1500)
    assert kept == []
    page.locator("textarea[name=body]").press_sequentially("More.")
    with page.expect_request("**/drafts/**"):
        page.locator("input[name=title]").press_sequentially("!")


def test_without_scripts_the_pool_answers_too(visit):
    page = visit("daan", java_script_enabled=False)
    page.goto(f"{desk(page)}/ask")
    page.locator("input[name=title]").fill("Which receipts do I need for a trip?")
    page.locator("noscript button, button[formaction$='/ask']").last.click()
    page.locator(".similar-card button").first.click()
    expect(page.locator(".toast")).to_be_visible()


def test_a_trainer_finds_what_is_due_in_the_pool_and_who_is_invited_from_outside(visit):
    page = visit("ingrid")
    session = places(page)[2]
    home = desk(page)
    page.goto(f"{session}/pool")
    expect(row(page, "How we name files").locator(".chip.warn")).to_be_visible()
    page.goto(f"{home.replace('/expert_qas/', '/activities/')}/guests")
    expect(page.locator("main")).to_contain_text("Lotte Visser")
    assert (severe(page), overflow(page)) == ([], 0)
    page.set_viewport_size(NARROW["viewport"])
    for address in (f"{session}/experts", f"{session}/experts/topics"):
        page.goto(address)
        expect(page.locator("main")).to_contain_text("dienstreis")
        for folded in page.locator("details.disclosure > summary").all():
            folded.click()
        assert (severe(page), overflow(page)) == ([], 0)


# --- small screens, languages, keys, no scripts -----------------------------------------------------------------------
@pytest.mark.parametrize("person", ["amelia", "freja", "asa", "fatima"])
def test_a_learners_pages_are_accessible_and_fit_a_phone(visit, person):
    page = visit(person, **NARROW)
    discussion, activity, session = places(page)
    page.get_by_role("link", name=re.compile("How do you say no")).click()
    thread = page.url.split("?")[0].split("#")[0]
    for address in (
        discussion,
        f"{discussion}/new",
        thread,
        f"{discussion}/search?q=red",
        f"{session}/notices",
        f"{session}/notices/settings",
        f"{session}/people/me",
        f"{session}/saved",
        f"{activity}/groups",
        f"{session}/recording",
    ):
        status = page.goto(address).status
        assert (address, status, severe(page), overflow(page)) == (address, 200, [], 0)


@pytest.mark.parametrize("person", ["mathilde", "ingrid", "pieter"])
def test_a_trainers_pages_are_accessible_and_fit_a_phone(visit, person):
    page = visit(person, **NARROW)
    discussion, activity, _session = places(page)
    page.get_by_role("link", name=re.compile("Fokustid")).click()
    thread = page.url.split("?")[0].split("#")[0]
    post = page.locator(".post").last.get_attribute("id").removeprefix("post-")
    for address in (
        discussion,
        f"{discussion}/overview",
        f"{discussion}/moderation",
        f"{discussion}/moderation/posts/{post}",
        thread.replace("/threads/", "/moderation/threads/"),
        f"{thread}/shape",
        f"{discussion}/rules",
        f"{activity}/participation",
        f"{activity}/participation/settings",
        f"{activity}/people",
        f"{activity}/groups",
        f"{activity}/groups/new",
        f"{activity}/grades",
        f"{activity}/settings",
    ):
        status = page.goto(address).status
        assert (address, status, severe(page), overflow(page)) == (address, 200, [], 0)


def tab_to(page, found):
    """Press Tab until the focus is on what `found` says of the focused element."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement && ({found})(document.activeElement)"):
            return
    raise AssertionError(f"{MOST_STEPS} steps, and no {found}")


def test_the_keyboard_alone_leads_from_the_launch_to_a_reply(visit):
    page = visit("daan")
    tab_to(page, "(it) => it.matches('a') && it.textContent.includes('drie steden')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/threads/**")
    tab_to(page, "(it) => it.matches('textarea[name=body]')")
    page.keyboard.type("Wij doen het op de fiets.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".post", has_text="Wij doen het op de fiets.")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.post')?.textContent ?? ''").find("op de fiets") >= 0


def test_without_scripts_people_post_react_accept_report_and_mute(visit):
    page = visit("willemijn", java_script_enabled=False)
    discussion = places(page)[0]
    page.goto(f"{discussion}/new")
    page.locator("[name=kind][value=question]").check()
    page.locator("[name=title]").fill("Wie heeft deze stip gezien?")
    page.locator("[name=body]").fill("Zij staat op elke deur.")
    page.locator("input[type=file]").set_input_files(picture())
    page.locator("[name=alt]").fill("Een blauwe stip")
    page.locator("form.composer button.primary").click()
    expect(page.get_by_alt_text("Een blauwe stip")).to_be_visible()
    thread = re.search(r"/threads/[0-9a-f-]+", page.url)[0]

    helper = visit("rasmus", java_script_enabled=False)
    helper.goto(places(helper)[0] + thread)
    helper.locator("textarea[name=body]").fill("Det er en mærkning af brandtrapper.")
    helper.locator("form.composer button.primary").click()
    expect(helper.locator(".post")).to_have_count(2)

    page.goto(discussion + thread)
    answer = page.locator(".post").last
    answer.locator("button[name=on][value^=helpful]").click()
    expect(page.locator(".post").last.locator("button[name=off][value^=helpful]")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator("form[action$='/accept'] button").last.click()
    expect(page.locator(".post").last.locator(".chip.good")).to_be_visible()

    page.goto(discussion + thread)
    report(page)
    mute(visit("mathilde", java_script_enabled=False), thread)


def report(page):
    """Report the last post of a thread."""
    page.locator(".post").last.locator("details.menu > summary").click()
    page.locator(".post").last.locator("a[href$='/report']").click()
    page.locator("[name=complaint][value=other]").check()
    page.locator("form.stack button.primary").click()
    expect(page.locator(".toast")).to_be_visible()


def mute(page, thread):
    """Stop the author of the last post of a thread from writing."""
    page.goto(places(page)[0] + thread)
    page.locator(".post").last.locator("details.menu > summary").click()
    page.locator(".post").last.locator("a[href*='/moderation/posts/']").click()
    page.locator("form[action$='/mute']").locator("xpath=ancestor::details").locator("summary").click()
    page.locator("form[action$='/mute'] [name=reason]").fill("Tag en pause.")
    page.locator("form[action$='/mute'] button").click()
    expect(page.locator(".toast")).to_be_visible()
    page.goto(f"{places(page)[0]}/moderation")
    expect(page.locator("main")).to_contain_text("Rasmus Holm Kj\N{LATIN SMALL LETTER AE}r")
