"""Grades into the sandbox LMS, which checks our tokens against our own key set: both over HTTP."""

import contextlib
import threading
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import select
from werkzeug.serving import make_server

from connector.activities.models import Placement
from connector.app import create_app
from connector.grades import services
from connector.grades.models import State
from lti.sandbox.app import SandboxConfig
from lti.sandbox.app import create_app as create_sandbox
from tests.connector.grades import build
from tests.connector.grades.build import are_all, grades, line_item, wait_until, want

LEARNERS = ("freja", "jonas")


@contextlib.contextmanager
def serving(make):
    """Serve the application that `make` builds for its own address."""
    apps = []

    def call(environ, start):
        return apps[0](environ, start)

    server = make_server("127.0.0.1", 0, call, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    apps.append(make(url))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield url, apps[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def lms(database, settings, request):
    """The sandbox in the mode that the test names, and an activity of ours in it."""
    mode = getattr(request, "param", "plain")
    build.ready(database, settings)
    with (
        structlog.testing.capture_logs(),
        serving(lambda url: create_app(replace(settings, public_url=url))) as (tool_url, tool),
        serving(lambda url: create_sandbox(SandboxConfig(url=url, tool_url=tool_url, mode=mode))) as (url, _lms),
    ):
        with database.session(writes=True) as session:
            activity = build.graded_activity(
                session,
                url,
                lineitems=f"{url}/courses/onboarding/lineitems{'?type_id=1' if mode == 'moodle' else ''}",
                user_ids=learners(),
                client_id="kring-sandbox",
                token_url=f"{url}/token",
                product=mode if mode != "plain" else "generic",
            )
            session.commit()
        yield activity
        tool.extensions["kring"].database.dispose()


def learners():
    from lti.sandbox.courses import COURSES

    return [person.id for person in COURSES["onboarding"].learners][:3]


MODES = pytest.mark.parametrize("lms", ["plain", "moodle", "canvas"], indirect=True)


@MODES
def test_grades_arrive_and_are_shown(database, lms, running):
    for number, points in enumerate((10, 7.5, 0)):
        want(database, lms, points, number, comment=f"Comment {number}")
    with running():
        wait_until(lambda: are_all(database, lms, State.SENT))
        want(database, lms, 9, 0)
        wait_until(lambda: grades(database, lms)[0].sent_points == 9)
        assert build.act(database, lms, services.refresh_results)
        wait_until(lambda: line_item(database, lms).results_at)
    assert [grade.seen_points for grade in grades(database, lms)] == [9, 7.5, 0]


@MODES
def test_a_new_maximum_is_shown(database, lms, running):
    want(database, lms, 5)
    with running():
        wait_until(lambda: are_all(database, lms, State.SENT))
        build.act(database, lms, services.set_maximum, 20.0)
        wait_until(lambda: are_all(database, lms, State.SENT) and not line_item(database, lms).wants_update)
        build.act(database, lms, services.refresh_results)
        wait_until(lambda: line_item(database, lms).results_at)
    [grade, *_] = grades(database, lms)
    assert (grade.seen_points, grade.seen_maximum) == (10, 20)


@MODES
def test_who_is_no_learner_there_is_refused_in_words(database, lms, running):
    with database.session(writes=True) as session:
        lms.member(session).person.subject = "ingrid"
        session.commit()
    want(database, lms, 5)
    want(database, lms, 6, 1)
    with running():
        wait_until(lambda: [grade.state for grade in grades(database, lms)[:2]] == [State.REFUSED, State.SENT])
    assert grades(database, lms)[0].answer_status in {400, 422}


def test_the_column_of_the_link_is_used(database, lms, running):
    with database.session(writes=True) as session:
        placement = session.scalars(select(Placement)).one()
        placement.lineitem_url = f"{placement.lineitems_url}/1"
        session.commit()
    want(database, lms, 5)
    with running():
        wait_until(lambda: are_all(database, lms, State.SENT))
    assert line_item(database, lms).is_coupled
