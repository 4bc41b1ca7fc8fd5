"""The look of every part, in a real browser: readable, operable, and within the policy of the real pages."""

import gzip
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, expect
from werkzeug.serving import make_server

from tests.connector.nesting import misplaced
from tests.gallery import PAGES, create_gallery

STATIC = Path(__file__).parents[3] / "connector" / "static"
TEMPLATES = STATIC.with_name("templates")
EVERY_PAGE = (*PAGES, "error", "launch/new_tab", "launch/launch_storage")
KIB = 1024
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 25, 27)"

# pytest-base-url, which pytest-playwright brings, still defines a fixture in a way that pytest has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser found wrong: a broken script, a missing file, a breach of the policy."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def severe(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html']}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "light"), (320, "dark")])
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_a_page_is_accessible_and_fits(page, port, complaints, name, width, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"http://127.0.0.1:{port}/{name}")
    assert (severe(page), overflow(page), complaints) == ([], 0, [])


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["da", "sv", "nl"])
def test_a_page_fits_in_other_languages(page, port, locale):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"http://127.0.0.1:{port}/forms?locale={locale}&title=Arbeidsongeschiktheidsverzekeringsmaatschappij")
    assert (overflow(page), page.locator("html").get_attribute("lang")) == (0, locale)


@pytest.mark.parametrize("name", [*EVERY_PAGE, "launch/login_storage"])
def test_a_page_has_no_inline_script_and_no_inline_style(name):
    text = create_gallery().test_client().get(f"/{name}").text
    assert re.findall(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("name", [*EVERY_PAGE, "launch/login_storage"])
def test_a_page_has_everything_where_html_allows_it(name):
    assert misplaced(create_gallery().test_client().get(f"/{name}").text) == []


def loads(*templates: Path) -> set[str]:
    """Return the static files that templates name, the bundle aside, whose size is looked at where it is made."""
    return {name for path in templates for name in re.findall(r"filename='([\w.]+)'", path.read_text())}


def test_everything_a_first_visit_loads_is_small():
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in STATIC.iterdir() if path.is_file()}
    everywhere = loads(TEMPLATES / "base.html", TEMPLATES / "components.html")
    features = {path.name: everywhere | loads(*path.glob("*.html")) for path in TEMPLATES.iterdir() if path.is_dir()}
    assert set().union(*features.values()) == set(sizes)
    assert sizes["kring.css"] <= 12 * KIB
    assert {name for name, files in features.items() if sum(sizes[file] for file in files) > 28 * KIB} == set()


@pytest.mark.browser
def test_alone_it_follows_the_system(page, port):
    page.emulate_media(color_scheme="dark")
    page.goto(f"http://127.0.0.1:{port}/lists")
    expect(page.locator("html")).to_have_css("background-color", DARK)


@pytest.mark.browser
def test_in_a_frame_it_is_light_until_somebody_chooses(page, port):
    page.emulate_media(color_scheme="dark")
    page.goto(f"http://127.0.0.1:{port}/framed/lists")
    ground = page.frame_locator("iframe").locator("html")
    expect(ground).to_have_css("background-color", LIGHT)
    ground.locator(".theme summary").click()
    ground.get_by_label("Dark", exact=True).check()
    page.reload()
    expect(ground).to_have_css("background-color", DARK)


@pytest.mark.browser
def test_a_frame_asks_for_the_height_that_it_needs(page, port):
    page.goto(f"http://127.0.0.1:{port}/framed/empty")
    page.wait_for_function("window.heard.some(message => message.subject === 'lti.frameResize')")
    height = page.frames[-1].evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    assert page.evaluate("window.heard.at(-1).height") == height


@pytest.mark.browser
def test_a_login_leaves_its_secret_with_the_lms_and_goes_on(page, port):
    page.goto(f"http://127.0.0.1:{port}/framed/launch/login_storage")
    page.frame_locator("iframe").get_by_role("heading", name="How do we share what we know today?").wait_for()
    put = page.evaluate("window.heard.find(message => message.subject === 'lti.put_data')")
    assert (put["key"], put["value"], put["origin"]) == ("s-1234", "secret", f"http://localhost:{port}")


@pytest.mark.browser
def test_a_login_goes_on_when_the_lms_is_silent(page, port):
    page.goto(f"http://127.0.0.1:{port}/framed/launch/login_storage#silent")
    heading = page.frame_locator("iframe").get_by_role("heading", name="How do we share what we know today?")
    expect(heading).to_be_visible(timeout=5000)


@pytest.mark.browser
def test_a_launch_is_confirmed_with_the_secret_which_is_then_forgotten(page, port):
    page.goto(f"http://127.0.0.1:{port}/framed/launch/launch_storage")
    expect(page.frame_locator("iframe").locator("body")).to_have_text("ticket secret")
    assert page.evaluate(
        "window.heard.filter(message => message.subject === 'lti.put_data').map(message => message.value)"
    ) == [None]


@pytest.mark.browser
def test_a_launch_without_an_answer_offers_a_new_tab(page, port):
    page.goto(f"http://127.0.0.1:{port}/framed/launch/launch_storage#silent")
    link = page.frame_locator("iframe").get_by_role("link", name="Open in a new tab")
    expect(link).to_be_hidden()
    expect(link).to_be_visible(timeout=3500)


@pytest.mark.browser
def test_a_form_is_sent_once(page, port):
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    page.goto(f"http://127.0.0.1:{port}/forms")
    page.get_by_label("Your reply").fill("Once")
    page.evaluate("""() => {
        const button = document.querySelector('.composer-actions button');
        button.click();
        button.click();
    }""")
    page.wait_for_url("**/forms?toast")
    assert sent == ["csrf_token=token&body=Once"]


@pytest.mark.browser
def test_control_and_enter_send(page, port):
    page.goto(f"http://127.0.0.1:{port}/forms")
    page.get_by_label("Your reply").fill("Sent by hand")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Your reply is posted.")).to_be_visible()


@pytest.mark.browser
def test_text_not_sent_is_kept_and_can_be_discarded(page, port):
    page.goto(f"http://127.0.0.1:{port}/forms")
    page.get_by_label("Your reply").fill("Half a thought")
    page.goto(f"http://127.0.0.1:{port}/lists")
    page.goto(f"http://127.0.0.1:{port}/forms")
    expect(page.get_by_label("Your reply")).to_have_value("Half a thought")
    page.get_by_role("button", name="Discard it").click()
    page.reload()
    expect(page.get_by_label("Your reply")).to_have_value("")


@pytest.mark.browser
def test_text_that_was_sent_is_not_offered_again(page, port):
    page.goto(f"http://127.0.0.1:{port}/forms")
    page.get_by_label("Your reply").fill("A whole thought")
    page.get_by_role("button", name="Post").click()
    page.wait_for_url("**/forms?toast")
    expect(page.get_by_label("Your reply")).to_have_value("")


@pytest.mark.browser
def test_characters_are_counted_near_the_end(page, port):
    page.goto(f"http://127.0.0.1:{port}/forms")
    area = page.get_by_label("What shall people do?")
    area.fill("Short")
    expect(page.locator("#prompt-count")).to_be_hidden()
    area.fill("x" * 62)
    expect(page.locator("#prompt-count")).to_have_text("2 characters too many")


@pytest.mark.browser
def test_without_scripts_a_launch_still_offers_its_way_on(browser, port):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/launch/launch_storage")
    expect(page.get_by_role("link", name="Open in a new tab")).to_be_visible()
    expect(page.get_by_text("Opening")).to_be_hidden()
    context.close()
