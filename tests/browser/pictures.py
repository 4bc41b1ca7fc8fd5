"""Take the pictures for docs/pictures: `make pictures`. The demo tells its story first, so that there is something to see."""

import re
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Frame, Page, sync_playwright
from sqlalchemy import select

from connector.db import Database, utc_now
from connector.platforms import invites
from connector.platforms.models import Tenant
from deploy.servers import Demo
from deploy.story import tell
from tests import needs
from tests.ports import free_ports

FOLDER = Path("docs/pictures")
COLOURS = 192
"""As many as a page needs; the files are a third as large then."""
BOTH = (1280, 360)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        Demo(free_ports(3), Path(data), quiet=True) as demo,
        sync_playwright() as tools,
    ):
        tell(demo)
        browser = tools.chromium.launch(executable_path=needs.find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        take_in_the_lms(browser, demo)
        take_connecting(browser, demo, Path(data))
        for name, person, widths, schemes, height, go in PICTURES:
            for width in widths:
                for scheme in schemes:
                    take(browser, demo, f"{name}-{width}-{scheme}", person, (width, height), scheme, go)
        browser.close()


def take(
    browser: Browser,
    demo: Demo,
    name: str,
    person: str,
    size: tuple[int, int],
    scheme: str,
    go: Callable[[Page], object],
) -> None:
    """Take one picture of the tool on a page of its own: there it follows the system's light or dark."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height if width > 500 else 800},
        color_scheme=scheme,
        timezone_id="Europe/Copenhagen",
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(demo.enter_as(person))
    page.goto(f"{demo.lms_url}/start/share-how-you-work")
    page.wait_for_url("**/s/**")
    page.reload()  # the first page is written before the browser has told its time zone
    go(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    keep(page.screenshot(), name)
    context.close()


def take_in_the_lms(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1250}, timezone_id="Europe/Copenhagen")
    page = context.new_page()
    in_the_lms(page, demo, "amelia")
    in_the_lms(page, demo, "amelia")  # again: the first page is written before the browser has told its time zone
    page.wait_for_timeout(300)
    keep(page.screenshot(), "in-the-lms")
    context.close()


def take_connecting(browser: Browser, demo: Demo, data: Path) -> None:
    """Take what administrators and trainers of an LMS see before there is anything in the course."""
    database = Database(f"sqlite:///{data / 'kring.sqlite'}")
    with database.session(writes=True) as session:
        token = invites.create_invite(session, session.scalars(select(Tenant)).one(), note="Sandbox", now=utc_now())
        session.commit()
    database.dispose()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Europe/Copenhagen")
    page = context.new_page()
    page.goto(demo.enter_as("lotte", "/admin/tools"))
    page.get_by_role("textbox", name="Registration URL").fill(f"{demo.tool_url}/lti/register/{token}")
    page.get_by_role("button", name="Register the tool").click()
    page.frame_locator("iframe").get_by_role("button", name="Connect").wait_for()
    keep(page.screenshot(), "register-1280-light")
    page.goto(f"{demo.lms_url}/start/share-how-you-work")
    page.wait_for_url("**/s/**")
    page.goto(f"{page.url.split('/discussions')[0]}/connection")
    page.wait_for_load_state("networkidle")
    keep(page.screenshot(), "connection-1280-light")
    page.goto(demo.enter_as("pieter", "/courses/onboarding"))
    page.get_by_role("link", name=re.compile("Add an activity from")).first.click()
    page.frame_locator("iframe").locator("button[name=act]").first.wait_for()
    page.wait_for_timeout(500)
    keep(page.screenshot(), "picker-1280-light")
    context.close()


def in_the_lms(page: Page, demo: Demo, person: str) -> Frame:
    page.goto(demo.enter_as(person, "/activities/share-how-you-work"))
    for _ in range(100):
        for frame in page.frames:
            if frame.url.startswith(f"{demo.tool_url}/s/"):
                frame.wait_for_load_state("networkidle")
                return frame
        page.wait_for_timeout(100)
    raise RuntimeError("the activity did not open")


def keep(picture: bytes, name: str) -> None:
    """Store a picture with as few colours as it needs."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def thread(title: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("link", name=title).first.click()


def below(address: str) -> Callable[[Page], object]:
    return lambda page: page.goto(f"{page.url.split('#')[0]}{address}")


def participation(page: Page) -> None:
    page.goto(f"{page.url.replace('/discussions/', '/activities/')}/participation")


def composer(page: Page) -> None:
    """Open the thread where a draft waits, and its form on phones."""
    thread("What did your first full week")(page)
    page.locator("textarea[name=body]").scroll_into_view_if_needed()
    page.locator("textarea[name=body]").focus()


def report(page: Page) -> None:
    below("/moderation")(page)
    page.get_by_role("link", name="Fokustid").first.click()


def reports(address: str) -> Callable[[Page], object]:
    return lambda page: page.goto(f"{page.url.split('/discussions')[0]}/reports{address}")


def in_questions(go: Callable[[Page, str], object]) -> Callable[[Page], object]:
    """Go to the questions for experts first; what goes on from there is given the session's address."""

    def find(page: Page) -> None:
        session = page.url.split("/discussions")[0]
        page.goto(f"{session}/course")
        page.get_by_role("link", name=re.compile("Ask the experts")).first.click()
        page.wait_for_url("**/expert_qas/**")
        go(page, session)

    return find


def in_review(title: str, go: Callable[[Page], object]) -> Callable[[Page], object]:
    """Go to a peer review first, by its title."""

    def find(page: Page) -> None:
        page.goto(f"{page.url.split('/discussions')[0]}/course")
        page.get_by_role("link", name=re.compile(title)).first.click()
        page.wait_for_url("**/peer_reviews/**")
        go(page)

    return find


def begun_review(page: Page) -> None:
    """Open the review that waits, at the text and what is said about its passages."""
    page.get_by_role("link", name="Review 2").click()
    page.locator("#work").wait_for()
    page.goto(f"{page.url.split('#')[0]}#work")
    page.mouse.wheel(0, 150)


def board_table(page: Page) -> None:
    below("/overview")(page)
    page.locator(".board-area").evaluate("area => area.scrollIntoView()")


ALL = ("light", "dark")
PICTURES: tuple[tuple[str, str, tuple[int, ...], tuple[str, ...], int, Callable[[Page], object]], ...] = (
    ("discussion", "amelia", BOTH, ALL, 1000, lambda _page: None),
    ("thread", "amelia", BOTH, ALL, 1000, thread("My best hours")),
    ("composer", "amelia", BOTH, ("light",), 860, composer),
    ("question", "freja", (1280,), ("light",), 860, thread("Where do I find the glossary")),
    ("moderation", "pieter", (1280,), ("light",), 760, report),
    ("participation", "pieter", (1280,), ("light",), 860, participation),
    ("overview", "pieter", BOTH, ("light",), 900, below("/overview")),
    ("reports", "pieter", BOTH, ALL, 1000, reports("")),
    ("report-participation", "pieter", BOTH, ("light",), 1100, reports("/participation")),
    ("report-network", "pieter", (1280,), ("light", "dark"), 1100, reports("/network")),
    ("report-reviews", "pieter", (1280,), ("light",), 1100, reports("/reviews")),
    ("experts", "amelia", BOTH, ALL, 980, in_questions(lambda _page, _session: None)),
    ("solved", "amelia", (1280,), ("light",), 900, in_questions(lambda page, _session: thread("Which receipts")(page))),
    ("inbox", "daan", BOTH, ("light",), 900, in_questions(lambda page, session: page.goto(f"{session}/inbox"))),
    ("peer-review", "amelia", BOTH, ALL, 1000, in_review("Explain your job", lambda _page: None)),
    ("review", "amelia", BOTH, ("light",), 900, in_review("Explain your job", begun_review)),
    ("feedback", "amelia", BOTH, ("light",), 900, in_review("A mail that", below("/feedback#marked"))),
    ("review-board", "pieter", BOTH, ("light",), 900, in_review("Explain your job", below("/overview"))),
    ("review-table", "pieter", BOTH, ("light",), 900, in_review("Explain your job", board_table)),
    (
        "who-knows-what",
        "amelia",
        (1280,),
        ("light",),
        700,
        in_questions(lambda page, session: page.goto(f"{session}/experts")),
    ),
    ("pool", "amelia", (1280,), ("light",), 620, in_questions(lambda page, session: page.goto(f"{session}/pool"))),
)


if __name__ == "__main__":
    main()
