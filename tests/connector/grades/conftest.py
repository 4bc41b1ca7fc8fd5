from collections.abc import Iterator

import pytest
import structlog

from tests.connector.grades import build
from tests.connector.grades.gradebooks import Gradebook, open_gradebook


@pytest.fixture
def gradebook() -> Iterator[Gradebook]:
    """A gradebook of an LMS, over HTTP."""
    with open_gradebook() as found:
        yield found


@pytest.fixture
def graded(database, settings, gradebook):
    """Return how to build an activity that the gradebook knows; committed, with the tool's key."""

    def graded(**more):
        build.ready(database, settings)
        with database.session(writes=True) as session:
            found = build.graded_activity(session, gradebook.url, **{"lineitems": gradebook.lineitems_url, **more})
            session.commit()
        return found

    return graded


@pytest.fixture
def running(database, settings):
    """Return how to run a worker on the test's database."""
    return lambda **options: build.running(database, settings, **options)


@pytest.fixture
def quiet():
    """Keep the log to ourselves, and see to it that nothing in it is a mistake of ours."""
    with structlog.testing.capture_logs() as logs:
        yield
    assert [entry for entry in logs if entry["event"] == "grades_failed"] == []
