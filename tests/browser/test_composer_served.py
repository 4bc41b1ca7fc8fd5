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

from connector.content import doors
from connector.content.attachment_views import blueprint as files
from connector.content.drafts import find_draft
from connector.content.views import blueprint as content
from connector.courses.access import current_member
from connector.web.models import LaunchSession
from connector.web.pages import render
from connector.web.requests import current_session
from connector.web.sessions import launch_blueprint
from tests import make
from tests.browser.test_composer import PNG, area, status
from tests.visits import visit

pytestmark = pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods")

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
def sit(app, session, desk, browser) -> Iterator[Callable[[], Page]]:
    """Return how one member opens the page, each time in a browser of their own."""
    activity = make.activity(session)
    member = make.member(session, course=activity.course, name="Bo Dam")
    make.member(session, course=activity.course, name="Ana Sørensen")
    contexts = []

    def sit() -> Page:
        found = visit(app, session, member, activity)
        session.execute(update(LaunchSession).values(browser_hash=None))
        session.commit()
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(f"{desk}/s/{found.sid}/desk")
        return page

    yield sit
    for context in contexts:
        context.close()


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
