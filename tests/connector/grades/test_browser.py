"""The page about grades in a real browser: accessible, within its width, and usable without scripts."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update
from werkzeug.serving import make_server

from connector.activities.models import Placement
from connector.courses.models import Role
from connector.grades import services
from connector.grades.models import State
from connector.web.models import LaunchSession
from tests import make
from tests.connector.grades.gradebooks import ALL_SCOPES
from tests.make import NOW
from tests.visits import visit

pytestmark = [
    pytest.mark.browser,
    # pytest-base-url, which pytest-playwright brings, still defines a fixture in a way that pytest has deprecated.
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]

LONG = "Maximiliaan van Nieuwenhuijzen-Oosterhoff tot Sint Maartensdijk"


@pytest.fixture
def served(app) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def activity(session):
    found = make.activity(session)
    placement = session.scalars(select(Placement).where(Placement.activity_id == found.id)).one()
    placement.lineitems_url, placement.scopes = "https://lms.example/lineitems", list(ALL_SCOPES)
    return found


def fill(session, activity):
    """Give learners grades in every state."""
    names = ["Ana Sørensen", "Bo", "Cleo Park", "Dr. Nkechi Adeyemi", LONG, "سارة المنصوري"]
    members = [make.member(session, course=activity.course, name=name) for name in names]
    for number, member in enumerate(members[:5]):
        grade = services.set_score(
            session, activity, member, points=8 - number, maximum=10.0, comment="Thank you, " * 9, now=NOW
        )
        if number == 0:
            continue
        grade.sent_points, grade.sent_maximum, grade.sent_comment = 8 - number, 10, grade.comment
        grade.sent_at = grade.answered_at = grade.seen_at = NOW
        grade.seen_points, grade.seen_maximum, grade.seen_comment = (8 - number) * 10, 100, grade.comment
        grade.state, grade.due_at = State.SENT, None
        grade.line_item.url, grade.line_item.results_at = "https://lms.example/1", NOW
        if number == 2:
            grade.state, grade.answer_code = State.REFUSED, "service_unprocessable"
            grade.answer_status, grade.answer_detail = 422, "This course has concluded. AGS requests are not accepted."
        if number == 3:
            grade.seen_points = 20


def see(session, app, activity, served: str, browser: Browser, **context) -> Page:
    """Open the page as a trainer."""
    trainer = make.member(session, course=activity.course, role=Role.TRAINER, name="Tine Bech")
    found = visit(app, session, trainer, activity)
    session.execute(update(LaunchSession).values(browser_hash=None))  # as for a browser that blocks cookies
    session.commit()
    page = browser.new_context(**context).new_page()
    page.goto(f"{served}/s/{found.sid}/activities/{activity.id}/grades")
    return page


def severe(page: Page) -> list[str]:
    return [
        f"{violation['id']}: {node['html']}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical", "moderate"}
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark"), (320, "light")])
@pytest.mark.parametrize("state", ["empty", "filled"])
def test_the_page_is_accessible_and_fits(session, app, activity, served, browser, tmp_path, width, scheme, state):
    if state == "filled":
        fill(session, activity)
    page = see(session, app, activity, served, browser, viewport={"width": width, "height": 900}, color_scheme=scheme)
    expect(page.get_by_role("heading", name="Grades", level=1)).to_be_visible()
    for summary in page.locator("details.disclosure > summary").all()[:2]:
        summary.click()
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert (severe(page), too_wide) == ([], 0)
    page.context.close()


def test_a_grade_is_given_without_scripts(session, app, activity, served, browser):
    make.member(session, course=activity.course, name="Ana Holm")
    page = see(session, app, activity, served, browser, java_script_enabled=False)
    page.get_by_text("Give a grade").click()
    page.get_by_label("Points, from 0 to 10").fill("11")
    page.get_by_label("Comment").fill("Fine")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Write a number from 0 to 10.")
    expect(page.get_by_label("Comment")).to_have_value("Fine")
    page.get_by_label("Points, from 0 to 10").fill("9")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("listitem").filter(has_text="Ana Holm")).to_contain_text("9 of 10")
    expect(page.get_by_text("Waiting", exact=True)).to_be_visible()
    page.context.close()
