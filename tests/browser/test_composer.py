"""The composer in a real browser: what it gains from scripts, and what it still does without them."""

import base64
import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.desk import Desk
from tests.gallery import create_gallery

STATIC = Path(__file__).parents[2] / "connector" / "static"
KILOBYTE = 1000
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=="
)
PNG = {"name": "board.png", "mimeType": "image/png", "buffer": PICTURE}
PDF = {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF" * 100}
PLACE = "reply 4"

pytestmark = [
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
    # A browser that leaves in the middle of a script's download: Werkzeug's own server then drops the file without closing it.
    pytest.mark.filterwarnings(r"ignore:Exception ignored in. <_io\.FileIO:pytest.PytestUnraisableExceptionWarning"),
]


@dataclass
class Place:
    """A server of the composer's pages, and what it has been told."""

    url: str
    desk: Desk
    globals: dict[str, object]

    def body(self, place: str = PLACE) -> str | None:
        """Return the text of a stored draft."""
        draft = self.desk.drafts.get(place)
        return draft["fields"].get("body") if draft else None


@pytest.fixture
def place() -> Iterator[Place]:
    """A server of the test's own: a page that is closed still saves its draft."""
    desk = Desk()
    app = create_gallery(desk)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Place(f"http://127.0.0.1:{server.server_port}", desk, app.jinja_env.globals)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser: Browser, place: Place) -> Iterator[Callable[..., Page]]:
    """Return how to open a page in a browser of its own; at the end nothing has broken the policy or a script."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(path: str = "composer", **context: object) -> Page:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{place.url}/{path}")
        if context.get("java_script_enabled", True) and place.globals["has_bundle"]:
            page.wait_for_function(
                "() => !document.querySelector('form.composer') || Boolean(customElements.get('markdown-toolbar'))"
            )
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def area(page: Page):
    return page.locator("textarea[name=body]")


def status(page: Page):
    return page.locator("[data-status]")


def eventually(page: Page, holds: Callable[[], bool], seconds: float = 8) -> None:
    """Wait until something holds on the server, while the page goes on."""
    for _ in range(int(seconds * 20)):
        if holds():
            return
        page.wait_for_timeout(50)
    assert holds()


def severe(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html']}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def test_all_that_a_page_can_load_is_small():
    everywhere = [STATIC / f"{name}.js" for name in ("theme", "frame", "form")]
    files = [*everywhere, *(STATIC / "dist").glob("*.js")]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), mtime=0)) for file in files}
    print(json.dumps(sizes), sum(sizes.values()))
    assert sum(sizes.values()) < 45 * KILOBYTE


# --- writing ---------------------------------------------------------------------------------------------------------


def test_the_toolbar_is_one_stop_for_the_keyboard_and_arrows_move_in_it(visit):
    page = visit()
    page.locator("markdown-toolbar").focus()
    expect(page.get_by_role("button", name="Bold", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Preview")).to_be_focused()
    page.keyboard.press("Tab")
    expect(area(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("quietly")
    expect(area(page)).to_have_value("_quietly_")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Bold", "**words**"),
        ("Link", "[words](url)"),
        ("Bulleted list", "- words"),
        ("Quote", "> words"),
        ("Heading", "### words"),
        ("Code", "`words`"),
        ("Maths", "$words$"),
    ],
)
def test_a_tool_puts_its_marks_around_what_is_selected(visit, name, written):
    page = visit()
    area(page).fill("words")
    area(page).select_text()
    page.get_by_role("button", name=name, exact=True).click()
    expect(area(page)).to_have_value(written)


def test_keys_of_a_word_processor_work_and_can_be_undone(visit):
    page = visit()
    area(page).press_sequentially("words")
    area(page).select_text()
    page.keyboard.press("Control+b")
    expect(area(page)).to_have_value("**words**")
    page.keyboard.press("Control+z")
    expect(area(page)).to_have_value("words")


@pytest.mark.parametrize(("touch", "least"), [(False, 24), (True, 44)])
def test_targets_are_large_enough(visit, touch, least):
    page = visit(has_touch=touch, is_mobile=touch)
    area(page).focus()
    small = page.evaluate(
        """least => [...document.querySelectorAll('.composer-bar button, .composer-files label')]
            .map(each => [each.getBoundingClientRect(), each.title || each.textContent])
            .filter(([box]) => Math.min(box.width, box.height) < least).map(([, name]) => name)""",
        least,
    )
    assert small == []


def test_the_preview_is_what_the_server_makes_of_it(visit):
    page = visit()
    area(page).fill("I keep **Wednesday** free.")
    button = page.get_by_role("button", name="Preview")
    button.click()
    expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("Wednesday")
    expect(area(page)).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(area(page)).to_have_value("I keep **Wednesday** free.")


def test_a_preview_that_fails_says_so(visit, place):
    page = visit()
    area(page).fill("Text")
    place.desk.fails = 500
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_have_text("The preview could not be made. Try it again.")


def test_people_are_suggested_after_an_at_sign(visit):
    page = visit()
    area(page).press_sequentially("Ask @An")
    expect(page.locator(".mentions").get_by_role("option")).to_have_text(["Ana Sørensen", "Anders Ø. Holm"])
    expect(area(page)).to_have_attribute("aria-expanded", "true")
    assert severe(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(area(page)).to_have_value("Ask @Anders Ø. Holm ")
    expect(page.locator(".mentions")).to_have_count(0)


def test_a_name_of_several_words_is_found_and_escape_closes_the_list(visit):
    page = visit()
    area(page).press_sequentially("@jan de")
    expect(page.locator(".mentions").get_by_role("option")).to_have_text(["Jan de Vries"])
    page.keyboard.press("Escape")
    expect(page.locator(".mentions")).to_have_count(0)
    expect(area(page)).to_be_focused()


def test_control_and_enter_send_the_text_once(visit, place):
    page = visit()
    area(page).fill("Sent by hand")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/composer?toast")
    assert [post["body"] for post in place.desk.posts] == [["Sent by hand"]]


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_and_found_again_in_another_browser(visit, place):
    page = visit()
    area(page).press_sequentially("Half a thought")
    expect(status(page)).to_have_text(re.compile(r"^Draft saved \d\d:\d\d$"))
    assert place.body() == "Half a thought"
    other = visit()
    expect(area(other)).to_have_value("Half a thought")
    expect(other.get_by_text(re.compile(r"^This is your draft from"))).to_be_visible()
    other.get_by_role("button", name="Discard it").click()
    expect(area(other)).to_have_value("")
    eventually(other, lambda: place.desk.drafts == {})


def test_every_text_of_the_form_is_in_the_draft(visit, place):
    page = visit("draft")
    page.get_by_label("Title").fill("Minutes")
    area(page).fill("Who reads them?")
    expect(status(page)).to_contain_text("Draft saved")
    assert place.desk.drafts["thread 1"]["fields"] == {"title": "Minutes", "body": "Who reads them?"}
    other = visit("draft")
    expect(other.get_by_label("Title")).to_have_value("Minutes")


def test_what_was_typed_is_saved_when_the_page_is_left(visit, place):
    page = visit()
    area(page).fill("On my way")
    page.goto(f"{place.url}/lists")
    page.goto(f"{place.url}/composer")
    expect(area(page)).to_have_value("On my way")
    eventually(page, lambda: place.body() == "On my way")
    expect(page.locator(".conflict")).to_have_count(0)


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ("Keep mine", "Begun on the laptop"),
        ("Take the other", "Begun on the phone"),
        ("Keep both, one below the other", "Begun on the laptop\n\nBegun on the phone"),
    ],
)
def test_two_tabs_that_write_the_same_draft_lose_nothing(visit, place, choice, text):
    laptop, phone = visit(), visit()
    area(phone).fill("Begun on the phone")
    expect(status(phone)).to_contain_text("Draft saved")
    area(laptop).fill("Begun on the laptop")
    expect(laptop.get_by_role("alert")).to_contain_text("This draft was changed in another tab or on another device at")
    expect(laptop.locator("[data-mine]")).to_have_value("Begun on the laptop")
    expect(laptop.locator("[data-theirs]")).to_have_value("Begun on the phone")
    assert (place.body(), severe(laptop)) == ("Begun on the phone", [])
    laptop.get_by_role("button", name=choice).click()
    expect(area(laptop)).to_have_value(text)
    eventually(laptop, lambda: place.body() == text)


def test_a_tab_that_was_closed_before_anybody_chose_asks_again_and_only_once(visit, place):
    phone, laptop = visit(), visit()
    area(phone).fill("Begun on the phone")
    eventually(phone, lambda: place.body() == "Begun on the phone")
    area(laptop).fill("Begun on the laptop")
    expect(laptop.locator(".conflict")).to_be_visible()
    laptop.close()
    other = visit()
    expect(other.locator("[data-theirs]")).to_have_value("Begun on the laptop")
    other.get_by_role("button", name="Keep both").click()
    eventually(other, lambda: place.body() == "Begun on the phone\n\nBegun on the laptop")
    expect(visit().locator(".conflict")).to_have_count(0)


def test_a_draft_that_was_sent_in_another_tab_is_no_conflict(visit, place):
    page = visit()
    area(page).fill("First")
    expect(status(page)).to_contain_text("Draft saved")
    place.desk.drafts.clear()
    area(page).fill("Second")
    eventually(page, lambda: place.body() == "Second")
    expect(page.locator(".conflict")).to_have_count(0)


def test_without_a_connection_the_text_stays_in_the_tab_and_is_saved_later(visit, place):
    page = visit()
    place.desk.fails = 503
    area(page).fill("Written in a tunnel")
    expect(status(page)).to_have_text("Not saved yet. Your text is kept in this tab.")
    page.reload()
    expect(area(page)).to_have_value("Written in a tunnel")
    place.desk.fails = 0
    page.evaluate("window.dispatchEvent(new Event('online'))")
    eventually(page, lambda: place.body() == "Written in a tunnel")


def test_what_is_sent_without_a_connection_waits_and_goes_once(visit, place):
    page = visit()
    area(page).fill("Written on a train")
    eventually(page, lambda: place.body() == "Written on a train")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    waiting = page.locator(".waiting")
    expect(waiting).to_contain_text("There is no connection. Your text waits here")
    assert Axe().run(page, ".composer").response["violations"] == []
    expect(area(page)).to_have_attribute("readonly", "")
    page.context.set_offline(False)
    page.wait_for_url("**/composer?toast")
    assert [post["body"] for post in place.desk.posts] == [["Written on a train"]]


def test_what_waits_for_a_connection_can_be_taken_back(visit, place):
    page = visit()
    area(page).fill("Written in a hurry")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Do not send it yet").click()
    expect(page.locator(".waiting")).to_have_count(0)
    area(page).press_sequentially(", and mended")
    page.context.set_offline(False)
    eventually(page, lambda: place.body() == "Written in a hurry, and mended")
    assert place.desk.posts == []


def test_a_server_that_is_away_is_no_connection(visit, place):
    page = visit()
    place.desk.fails = 503
    area(page).fill("Written while it restarts")
    expect(status(page)).to_contain_text("Not saved yet")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".waiting")).to_be_visible()
    place.desk.fails = 0
    page.wait_for_url("**/composer?toast", timeout=15_000)
    assert [post["body"] for post in place.desk.posts] == [["Written while it restarts"]]


def test_a_tab_that_wrote_offline_meets_a_newer_draft(visit, place):
    page = visit()
    place.desk.fails = 503
    area(page).fill("Written in a tunnel")
    expect(status(page)).to_contain_text("Not saved yet")
    place.desk.fails = 0
    place.desk.save(PLACE, {"body": "Written at home"}, 0)
    page.goto(f"{place.url}/lists")
    page.goto(f"{place.url}/composer")
    expect(page.locator("[data-mine]")).to_have_value("Written in a tunnel")
    page.get_by_role("button", name="Take the other").click()
    expect(area(page)).to_have_value("Written at home")


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_picture_asks_for_its_description_and_is_linked_in_the_text(visit, place):
    page = visit()
    area(page).fill("See:")
    page.locator("#composer-files").set_input_files([PNG])
    description = page.get_by_label("Describe the picture for those who cannot see it")
    description.fill("A whiteboard [full] of notes")
    (id_,) = place.desk.files
    expect(area(page)).to_have_value(f"See:\n![A whiteboard \\[full\\] of notes](attachment:{id_})\n")
    assert severe(page) == []
    description.press("Enter")
    expect(area(page)).to_be_focused()
    eventually(page, lambda: place.desk.alts == {id_: "A whiteboard [full] of notes"})
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/composer?toast")
    assert [post["attachment"] for post in place.desk.posts] == [[id_]]


def test_a_picture_is_described_or_said_to_decorate_before_it_is_sent(visit, place):
    page = visit()
    page.locator("#composer-files").set_input_files([PNG])
    expect(area(page)).to_have_value(re.compile("attachment:"))
    page.get_by_role("button", name="Post the reply").click()
    description = page.get_by_label("Describe the picture for those who cannot see it")
    expect(description).to_be_focused()
    expect(page.get_by_text("Describe it, or say that it only decorates.")).to_be_visible()
    page.get_by_label("It only decorates").check()
    page.get_by_role("button", name="Post the reply").click()
    page.wait_for_url("**/composer?toast")
    assert len(place.desk.posts) == 1


def test_files_can_be_dropped_and_pasted_but_text_from_a_word_processor_stays_text(visit, place):
    page = visit()
    give = """(area, [kind, data, types]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(data), each => each.charCodeAt(0))], `${kind}.png`, {type: 'image/png'}));
        for (const type of types) transfer.setData(type, 'text');
        const Kind = kind === 'drop' ? DragEvent : ClipboardEvent;
        const name = kind === 'drop' ? 'dataTransfer' : 'clipboardData';
        area.dispatchEvent(new Kind(kind, {[name]: transfer, bubbles: true, cancelable: true}));
    }"""
    data = base64.b64encode(PICTURE).decode()
    area(page).evaluate(give, ["drop", data, []])
    area(page).evaluate(give, ["paste", data, []])
    area(page).evaluate(give, ["paste", data, ["text/plain"]])
    expect(page.locator(".file [data-name]")).to_have_text(["drop.png", "paste.png"])
    expect(page.locator(".file input[name=attachment]")).to_have_count(2)
    assert sorted(name for name, _, _ in place.desk.files.values()) == ["drop.png", "paste.png"]


def test_a_file_can_be_removed_and_one_that_is_refused_says_why(visit, place):
    page = visit()
    page.locator("#composer-files").set_input_files(
        [PDF, {"name": "setup.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}]
    )
    expect(page.get_by_text("Programs cannot be uploaded.")).to_be_visible()
    expect(area(page)).to_have_value(re.compile(r"^\[minutes.pdf\]\(attachment:"))
    page.get_by_role("button", name="Remove minutes.pdf").click()
    expect(area(page)).to_have_value("")
    expect(page.get_by_role("button", name="Remove setup.exe")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".file")).to_have_count(0)
    expect(area(page)).to_be_focused()


def test_files_come_back_with_the_draft(visit, place):
    page = visit()
    page.locator("#composer-files").set_input_files([PNG])
    page.get_by_label("Describe the picture for those who cannot see it").fill("Notes")
    expect(status(page)).to_contain_text("Draft saved")
    eventually(page, lambda: "![Notes]" in (place.body() or ""))
    other = visit()
    expect(other.get_by_label("Describe the picture for those who cannot see it")).to_have_value("Notes")
    expect(other.locator(".file input[name=attachment]")).to_have_value(next(iter(place.desk.files)))


# --- on a phone, and without scripts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (320, "dark")])
def test_the_open_composer_is_accessible_and_fits(visit, width, scheme):
    page = visit(viewport={"width": width, "height": 640}, color_scheme=scheme, reduced_motion="reduce")
    area(page).fill("Text")
    page.locator("#composer-files").set_input_files([PNG, PDF])
    expect(page.locator(".file input[name=attachment]")).to_have_count(2)
    assert severe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_on_a_phone_it_is_a_sheet_that_never_hides_what_has_the_focus(visit):
    page = visit(viewport={"width": 360, "height": 640})
    sheet = page.locator(".card:has(> .composer)")
    expect(page.get_by_role("button", name="Post the reply")).to_be_hidden()
    area(page).focus()
    expect(sheet).to_have_css("position", "sticky")
    page.get_by_role("link", name="Reply").nth(2).focus()
    page.wait_for_timeout(100)
    below = page.evaluate(
        """() => document.querySelector('.card:has(> .composer)').getBoundingClientRect().top
            - document.activeElement.getBoundingClientRect().bottom"""
    )
    assert below >= 0
    expect(page.get_by_role("button", name="Post the reply")).to_be_in_viewport()
    area(page).focus()
    page.keyboard.press("Escape")
    expect(sheet).not_to_have_css("position", "sticky")
    expect(page.get_by_role("button", name="Post the reply")).to_be_hidden()


def test_on_a_phone_a_form_of_several_fields_stands_open(visit):
    page = visit("draft", viewport={"width": 360, "height": 640})
    expect(page.get_by_role("button", name="Post the thread")).to_be_visible()
    area(page).focus()
    expect(page.locator("form.composer")).not_to_have_css("position", "sticky")


def test_a_link_to_the_text_puts_the_caret_there(visit):
    page = visit("composer#composer", viewport={"width": 360, "height": 640})
    expect(area(page)).to_be_focused()
    expect(page.get_by_role("button", name="Post the reply")).to_be_visible()


def test_without_scripts_it_is_a_form_with_a_file_and_its_description(visit, place):
    page = visit(java_script_enabled=False)
    expect(page.locator(".composer-bar")).to_be_hidden()
    area(page).fill("By hand")
    page.get_by_label("Add pictures or files").set_input_files([PDF])
    page.get_by_label("If it is a picture").fill("None")
    page.get_by_role("button", name="Post the reply").click()
    page.wait_for_url("**/composer?toast")
    (post,) = place.desk.posts
    assert (post["body"], post["alt"]) == (["By hand"], ["None"])


def test_without_the_bundle_the_same_form_is_sent(visit, place):
    place.globals["has_bundle"] = False
    page = visit()
    expect(page.locator("markdown-toolbar, text-expander, file-attachment")).to_have_count(0)
    area(page).fill("Plain")
    page.get_by_label("Add pictures or files").set_input_files([PDF])
    page.keyboard.press("Tab")
    area(page).press("Control+Enter")
    page.wait_for_url("**/composer?toast")
    assert place.desk.posts[0]["body"] == ["Plain"]


# --- what else the bundle does ---------------------------------------------------------------------------------------


def test_news_are_asked_for_and_shown_without_moving_the_page(visit, place):
    page = visit("lists")
    page.clock.install()
    page.goto(f"{place.url}/composer")
    page.evaluate("window.scrollTo(0, 300)")
    place.desk.news = "3 new replies"
    page.clock.fast_forward(30_000)
    expect(page.get_by_role("status").get_by_role("link", name="3 new replies")).to_be_in_viewport(ratio=1)
    assert page.evaluate("window.scrollY") == 300
    asked = place.desk.polls
    with page.expect_response("**/desk/news") as answer:
        page.clock.fast_forward(30_000)
    assert (answer.value.status, place.desk.polls) == (304, asked + 1)


def test_asking_pauses_longer_when_it_fails_and_ends_when_the_session_does(visit, place):
    page = visit("lists")
    page.clock.install()
    page.goto(f"{place.url}/composer")
    place.desk.fails = 500
    with page.expect_response("**/desk/news"):
        page.clock.fast_forward(28_000)
    place.desk.fails = 401
    page.clock.fast_forward(30_000)
    page.wait_for_timeout(200)
    with page.expect_response("**/desk/news"):
        page.clock.fast_forward(30_000)
    place.desk.fails = 0
    page.clock.fast_forward(300_000)
    page.wait_for_timeout(200)
    assert place.desk.polls == 0


def test_single_keys_step_and_answer_and_can_be_switched_off(visit):
    page = visit()
    page.keyboard.press("j")
    expect(page.locator("#post-1")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#post-7")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#post-6")).to_be_focused()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Reply")).to_be_visible()
    assert severe(page) == []
    dialog.get_by_label("Single keys are shortcuts").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.locator("#post-2").focus()
    page.keyboard.press("j")
    expect(page.locator("#post-2")).to_be_focused()
    page.reload()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()


def test_keys_are_letters_where_somebody_writes(visit):
    page = visit()
    area(page).focus()
    page.keyboard.type("jn?r")
    expect(area(page)).to_have_value("jn?r")


def test_htmx_works_within_the_policy(visit):
    page = visit()
    page.get_by_role("button", name="Ask the server").click()
    expect(page.locator("#asked")).to_contain_text("Ana Sørensen")


def test_relative_times_speak_the_pages_language(visit):
    page = visit("composer?locale=sv")
    assert page.locator("relative-time").evaluate("each => each.shadowRoot.textContent").lower() in {
        "14 mars",
        "14 mars 2026",
    }
