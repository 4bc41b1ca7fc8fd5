"""An LMS's administrator registers Kring by one address, in a real browser: two clicks, and people can launch."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from connector.db import Database, utc_now
from connector.platforms import admins, invites
from connector.platforms.models import Platform, Tenant
from tests.browser.conftest import tool_frame


@pytest.fixture
def database(stack):
    """The running tool's database."""
    database = Database(f"sqlite:///{stack.data / 'kring.sqlite'}")
    yield database
    database.dispose()


@pytest.fixture
def invitation(database):
    """A registration link's last part."""
    with database.session(writes=True) as session:
        token = invites.create_invite(session, session.scalars(select(Tenant)).one(), note="Sandbox", now=utc_now())
        session.commit()
    return token


@pytest.fixture
def operator_link(database):
    with database.session(writes=True) as session:
        path = admins.create_admin_link(session, now=utc_now())
        session.commit()
    return path


def test_lms_registers_by_itself_and_launches(stack, browser, database, invitation, operator_link):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(stack.enter_as("lotte", "/admin/tools"))
    page.get_by_role("textbox", name="Registration URL").fill(f"{stack.tool_url}/lti/register/{invitation}")
    page.get_by_role("button", name="Register the tool").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Connect Kring with")
    frame.get_by_role("button", name="Connect").click()
    expect(frame.get_by_role("heading", level=1)).to_contain_text("knows Kring now")
    frame.get_by_role("button", name="Done, back to the LMS").click()
    page.wait_for_url(f"{stack.lms_url}/admin/tools")

    tool = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Update registration"))
    tool.get_by_role("button", name="Use for the ready-made activities").click()
    with database.session(writes=False) as session:
        newest = session.scalars(select(Platform).order_by(Platform.created_at.desc())).first()
    try:
        learner = context.new_page()
        learner.goto(stack.enter_as("amelia"))
        learner.get_by_role("link", name=re.compile("Share how you work")).first.click()
        expect(tool_frame(learner, stack).locator("h1").first).to_be_visible()

        operator = context.new_page()
        operator.goto(f"{stack.tool_url}{operator_link}")
        operator.get_by_role("button", name="Sign in").click()
        operator.get_by_role("link", name=newest.name).first.click()
        arrived = operator.get_by_role("listitem").filter(has_text="People arrive from a course")
        expect(arrived).to_contain_text("Works")
        expect(arrived).to_contain_text("learner")
    finally:  # the next tests launch by the registration that the stack began with
        page.goto(stack.enter_as("lotte", "/admin/tools"))
        page.get_by_role("button", name="Use for the ready-made activities").first.click()
        page.get_by_role("button", name="Delete").first.click()
        context.close()


def test_administrator_of_the_lms_sees_how_it_is_connected(enter, stack):
    _, frame = enter("lotte")
    sid = re.search(r"/s/[^/]+", frame.url)[0]
    frame.goto(f"{stack.tool_url}{sid}/connection")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Connection of")
    _, learner = enter("amelia")
    sid = re.search(r"/s/[^/]+", learner.url)[0]
    learner.goto(f"{stack.tool_url}{sid}/connection")
    expect(learner.locator("code").first).to_have_text("not_found")
