"""Take the pictures for docs/pictures: `make pictures`. The demo tells its story first, so that there is something to see."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Frame, Page, sync_playwright

from deploy.demo import Demo
from deploy.story import tell
from tests import needs

FOLDER = Path("docs/pictures")
SCHEMES = ("light", "dark")
WIDTHS = {1280: 1000, 360: 800}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        Demo(18_000, Path(data), quiet=True) as demo,
        sync_playwright() as tools,
    ):
        tell(demo)
        browser = tools.chromium.launch(executable_path=needs.find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        for scheme in SCHEMES:
            for width, height in WIDTHS.items():
                take(browser, demo, scheme, width, height)
        browser.close()


def take(browser: Browser, demo: Demo, scheme: str, width: int, height: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, timezone_id="Europe/Copenhagen"
    )
    page = context.new_page()
    if (scheme, width) == ("light", 1280):
        page.set_viewport_size({"width": width, "height": 1250})
        in_the_lms(page, demo, "amelia")
        page.screenshot(path=FOLDER / "in-the-lms.png")
        page.set_viewport_size({"width": width, "height": height})
    for person, name, path in (
        ("amelia", "discussion", ""),
        ("amelia", "thread", "thread"),
        ("ingrid", "overview", "/overview"),
    ):
        # On a page of its own the tool follows the system's light or dark; in a frame it stays light like the LMS.
        tool = alone(page, demo, person)
        if path == "thread":
            tool.get_by_role("link", name="My best hours").click()
        elif path:
            tool.goto(tool.url + path)
        tool.wait_for_load_state("networkidle")
        tool.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
        tool.close()
    context.close()


def in_the_lms(page: Page, demo: Demo, person: str) -> Frame:
    page.goto(demo.enter_as(person, "/activities/share-how-you-work"))
    for _ in range(100):
        for frame in page.frames:
            if frame.url.startswith(f"{demo.tool_url}/s/"):
                frame.wait_for_load_state("networkidle")
                page.wait_for_timeout(300)
                return frame
        page.wait_for_timeout(100)
    raise RuntimeError("the activity did not open")


def alone(page: Page, demo: Demo, person: str) -> Page:
    """Launch at the top level, as an activity that opens in a window of its own does."""
    page.goto(demo.enter_as(person, "/courses/onboarding"))
    tool = page.context.new_page()
    tool.goto(f"{demo.lms_url}/start/share-how-you-work")
    tool.wait_for_url("**/s/**")
    tool.reload()  # the first page is written before the browser has told its time zone
    return tool


if __name__ == "__main__":
    main()
