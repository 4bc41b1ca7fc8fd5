"""The composer against the application's own addresses: what one is told by the other, nobody else can say."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Response
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from connector.activities.models import Activity, Kind
from connector.content import doors
from connector.content.attachment_views import blueprint as files
from connector.content.drafts import find_draft
from connector.content.views import blueprint as content
from connector.courses.access import current_member
from connector.courses.models import Membership, Role
from connector.groups.building import make_set
from connector.peer_review.models.setup import Unit
from connector.web.models import LaunchSession
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.sessions import launch_blueprint
from tests import make
from tests.browser.test_composer import PNG, area, status
from tests.connector.groups import build
from tests.connector.peer_review import acts
from tests.make import NOW
from tests.visits import visit

pytestmark = [
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
    # A browser that leaves in the middle of a script's download: Werkzeug's own server then drops the file without closing it.
    pytest.mark.filterwarnings(r"ignore:Exception ignored in. <_io\.FileIO:pytest.PytestUnraisableExceptionWarning"),
]

PAGE = """{% extends "base.html" %}{% import "components.html" as ui with context %}
{% block content %}<h1>Desk</h1>{{ ui.composer("/", "Your reply", place="reply", saved_draft=draft, uploads=True, drafts_url=url_for("content.save_draft", place="reply"),
    attachments_url=url_for("files.send"), mentions_url=url_for("content.suggest"), preview_url=url_for("content.preview")) }}{% endblock %}"""


@pytest.fixture
def settings(settings, tmp_path):
    return replace(settings, files_url=(tmp_path / "files").as_uri())


@pytest.fixture
def desk(app) -> Iterator[str]:
    """The application with one page more: a composer alone."""
    blueprint = launch_blueprint("desk", __name__, url_prefix="/s/<sid>/desk")

    @blueprint.get("")
    def show() -> Response:
        session = current_session()
        return render("desk.html", draft=find_draft(session, current_member(session), "reply"))

    for each in (blueprint, content, files):
        if each.name not in app.blueprints:
            app.register_blueprint(each)
    if "kring_files" not in app.extensions:
        doors.init_app(app)
    app.jinja_env.loader = ChoiceLoader([DictLoader({"desk.html": PAGE}), app.jinja_env.loader])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def enter(app, session, desk, browser) -> Iterator[Callable[..., tuple[Page, str]]]:
    """Return how a member comes to an activity, each time in a browser of their own: a page, and where the visit begins."""
    contexts = []

    def enter(member: Membership, activity: Activity) -> tuple[Page, str]:
        found = visit(app, session, member, activity)
        session.execute(update(LaunchSession).values(browser_hash=None))
        session.commit()
        contexts.append(browser.new_context())
        return contexts[-1].new_page(), f"{desk}/s/{found.sid}"

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def sit(session, enter) -> Callable[[], Page]:
    """Return how one member opens the page, each time in a browser of their own."""
    activity = make.activity(session)
    member = make.member(session, course=activity.course, name="Bo Dam")
    make.member(session, course=activity.course, name="Ana Sørensen")

    def sit() -> Page:
        page, begins = enter(member, activity)
        page.goto(f"{begins}/desk")
        return page

    return sit


def test_everything_works_together(sit):
    page = sit()
    area(page).press_sequentially("Thanks @an")
    page.locator(".mentions").get_by_role("option").filter(has_text="Ana Sørensen").click()
    expect(area(page)).to_have_value("Thanks @Ana Sørensen ")
    page.locator("#composer-files").set_input_files([PNG])
    page.get_by_label("Describe the picture").fill("Notes")
    expect(area(page)).to_have_value(re.compile(r"!\[Notes\]\(attachment:[0-9a-f-]{36}\)"))
    page.get_by_role("button", name="Preview").click()
    shown = page.get_by_role("region", name="Preview")
    expect(shown).to_contain_text("Thanks @Ana Sørensen")
    expect(shown.get_by_role("img", name="Notes")).to_be_visible()
    assert shown.locator("img").evaluate("each => each.naturalWidth") > 0
    expect(status(page)).to_contain_text("Draft saved")
    other = sit()
    expect(area(other)).to_have_value(re.compile("Thanks @Ana"))
    expect(other.get_by_label("Describe the picture")).to_have_value("Notes")


def test_two_tabs_that_write_the_same_draft_lose_nothing(sit):
    phone, laptop = sit(), sit()
    area(phone).fill("Begun on the phone")
    expect(status(phone)).to_contain_text("Draft saved")
    area(laptop).fill("Begun on the laptop")
    laptop.get_by_role("button", name="Keep both").click()
    expect(status(laptop)).to_contain_text("Draft saved")
    again = sit()
    expect(area(again)).to_have_value("Begun on the laptop\n\nBegun on the phone")
    expect(again.locator(".conflict")).to_have_count(0)


def test_a_file_that_is_not_taken_says_why(sit):
    page = sit()
    page.locator("#composer-files").set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": b"MZ" * 50}])
    expect(page.locator(".file [data-error]").first).to_be_visible()
    assert page.locator(".file [data-error]").first.inner_text() not in {"", "The file could not be uploaded."}


@pytest.fixture
def pair(session) -> tuple[Activity, list[Membership]]:
    """Two groups of two that hand in and review together, and the two of the first."""
    activity = make.activity(session)
    activity.kind = Kind.PEER_REVIEW
    trainer = make.member(session, course=activity.course, role=Role.TRAINER)
    people = [make.member(session, course=activity.course, name=name) for name in ("Ana Holm", "Bo Dam", "Cy", "Di")]
    group_set = make_set(session, trainer, "Teams", 2, now=NOW)
    for number, group in enumerate(build.groups_of_set(session, group_set)):
        build.put(session, group, *people[2 * number : 2 * number + 2])
    together = {"unit": Unit.GROUP, "group_set_id": group_set.id, "reviewed_by": Unit.GROUP}
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1, **together)
    acts.hand_in(session, activity, people[2], body="What the others wrote.")
    session.commit()
    return activity, people[:2]


def test_two_of_a_group_write_one_text_and_one_review_at_once_and_lose_nothing(pair, enter):
    activity, people = pair
    visits = [enter(each, activity) for each in people]
    homes = [f"{begins}/peer_reviews/{activity.id}" for _page, begins in visits]
    ana, bo = (page for page, _begins in visits)
    for page, home in zip((ana, bo), homes, strict=True):
        page.goto(f"{home}/work")
    area(ana).fill("We meet on Mondays.")
    area(bo).fill("We meet on Fridays.")
    ana.get_by_role("button", name="Keep it for the group").click()
    expect(ana.get_by_text("Kept for your group.")).to_be_visible()
    bo.get_by_role("button", name="Keep it for the group").click()
    expect(bo.get_by_role("heading", name="What Ana Holm wrote meanwhile")).to_be_visible()
    expect(area(bo)).to_have_value("We meet on Fridays.")
    expect(bo.locator("#meanwhile del")).to_contain_text("Mondays")
    area(bo).fill("We meet on Mondays and on Fridays.")
    bo.get_by_role("button", name="Hand in", exact=True).click()
    expect(bo.get_by_role("button", name="Begin review 1 of 1")).to_be_visible()

    bo.get_by_role("button", name="Begin review 1 of 1").click()
    ana.goto(homes[0])
    ana.get_by_role("button", name="Continue review 1 of 1").click()
    said = [page.locator("textarea[name=summary]") for page in (ana, bo)]
    expect(said[0]).to_be_visible()
    said[1].press_sequentially("Begin with the second part.")
    said[0].press_sequentially("Keep the picture.")
    told = re.compile("Somebody of your group wrote in the same place")
    for page in (ana, bo):
        expect(status(page)).to_contain_text(re.compile(f"Saved|{told.pattern}"))
    assert sum(bool(told.search(status(page).inner_text())) for page in (ana, bo)) == 1
    for page in (ana, bo):
        page.reload()
        card = page.locator("#beside")
        both = card.inner_text() + page.locator("textarea[name=summary]").input_value()
        assert "Begin with the second part." in both
        assert "Keep the picture." in both
