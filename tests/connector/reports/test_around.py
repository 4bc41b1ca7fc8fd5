"""What stands around the pages: commands, the week's figures, completeness, and files for a warehouse."""

import importlib
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from connector.cli import main
from connector.courses.models import Role
from connector.delivery.models import Delivery, State
from connector.delivery.services import record
from connector.notifications.models import Notice
from connector.notifications.tellers import tell
from connector.reports import worker
from connector.reports.goals import State as Standing
from connector.reports.goals import state_of
from connector.reports.models import Direction, WeeklyReader
from connector.reports.proof import compare
from connector.reports.weekly import next_monday, set_reader, tell_due
from tests import make
from tests.connector.delivery import build
from tests.connector.delivery.acts import act
from tests.connector.reports.scene import START

MONDAY = datetime(2026, 3, 9, 5, tzinfo=UTC)


@pytest.fixture
def kring(database_url):
    """Return how to run a command to its end."""
    environ = {
        "KRING_DATABASE_URL": database_url,
        "KRING_SECRET_KEY": build.SETTINGS.secret_key,
        "KRING_ALLOW_PRIVATE_ADDRESSES": "1",
    }
    return lambda *args: CliRunner().invoke(main, args, env=environ)


def test_a_command_reads_the_store_and_says_how_far_it_came(scene, kring):
    scene.tell(*[scene.statement("post.replied", scene.learners[0], depth=1, word_count=1) for _ in range(3)])
    assert "never read" in kring("reports", "status").output
    result = kring("reports", "pull")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "LRS: 3 statements read, 3 of courses here")
    assert "read to its end" in kring("reports", "status").output
    assert kring("reports", "pull", "--anew", "--lrs", "LRS").exit_code == 0


def test_a_command_says_when_the_store_is_away(scene, kring):
    scene.store.shut()
    result = kring("reports", "pull")
    scene.store.open()
    assert (result.exit_code, "ended early" in result.output) == (1, True)
    assert "last failed" in kring("reports", "status").output


def test_facts_go_into_a_warehouse(scene, kring, tmp_path):
    read = pytest.importorskip("arro3.io").read_parquet
    scene.tell(
        *[scene.statement("post.replied", scene.learners[n % 6], START, depth=1, word_count=n) for n in range(40)]
    )
    scene.pull()
    file = tmp_path / "facts.parquet"
    result = kring("reports", "export", "--parquet", str(file), "--course", str(scene.course.id))
    assert result.output == f"40 facts written to {file}\n"
    table = read(str(file)).read_all()
    assert table.num_rows == 40
    assert {each.as_py() for each in table["course"]} == {scene.course.iri}
    assert {each.as_py() for each in table["timestamp"]} == {START}
    assert sum(each.as_py() for each in table["words"]) == sum(range(40))
    assert kring("reports", "export", "--parquet", str(file), "--course", str(uuid.uuid4())).exit_code == 1


def test_without_a_writer_the_command_says_so(kring, tmp_path, monkeypatch):
    plain = importlib.import_module

    def refuse(name, *rest):
        if name.startswith("arro3"):
            raise ImportError(name)
        return plain(name, *rest)

    monkeypatch.setattr(importlib, "import_module", refuse)
    result = kring("reports", "export", "--parquet", str(tmp_path / "x"))
    assert (result.exit_code, "kring[parquet]" in result.output) == (1, True)


def test_the_worker_reads_what_is_due(scene):
    scene.tell(scene.statement("post.replied", scene.learners[0], depth=1, word_count=1))
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.run, args=(scene.database, build.SETTINGS), kwargs={"stop": stop, "idle": 0.02}
    )
    thread.start()
    for _ in range(300):
        if scene.facts():
            break
        stop.wait(0.02)
    stop.set()
    thread.join(20)
    assert len(scene.facts()) == 1


@pytest.mark.parametrize(
    ("after", "due"),
    [(MONDAY - timedelta(hours=1), MONDAY), (MONDAY, MONDAY + timedelta(days=7)), (MONDAY + timedelta(days=6), MONDAY + timedelta(days=7))],
)  # fmt: skip
def test_weeks_end_on_mondays(after, due):
    assert next_monday(after) == due


def test_who_wants_it_is_told_of_the_week_once(app, clock, scene):
    clock.time = START + timedelta(days=7)
    scene.tell(scene.statement("thread.created", scene.learners[0], START, word_count=1))
    scene.pull()
    with scene.database.session(writes=True) as session:
        set_reader(session, session.merge(scene.trainer), wants=True, now=START)
        assert tell_due(session, now=START) == 0
        assert tell_due(session, now=clock.time) == 1
        assert tell_due(session, now=clock.time) == 0
        session.commit()
    with scene.database.session(writes=False) as session, app.test_request_context("/"):
        notice = session.scalars(select(Notice)).one()
        [telling] = tell(session, notice.member, [notice]).values()
    assert telling.title == "Last week in Onboarding"
    assert telling.text.startswith("1 of 6 learners were active. 1 contribution. 1 thread has no reply.")


def test_who_no_longer_leads_is_told_nothing(scene):
    with scene.database.session(writes=True) as session:
        trainer = session.merge(scene.trainer)
        set_reader(session, trainer, wants=True, now=START)
        trainer.role = Role.LEARNER
        assert tell_due(session, now=START + timedelta(days=8)) == 0
        assert session.scalars(select(WeeklyReader)).all() == []


@pytest.mark.parametrize(
    ("direction", "value", "is_over", "state"),
    [
        (Direction.AT_LEAST, 10, False, Standing.REACHED),
        (Direction.AT_LEAST, 9, False, Standing.UNDER_WAY),
        (Direction.AT_LEAST, 9, True, Standing.MISSED),
        (Direction.AT_LEAST, None, True, Standing.MISSED),
        (Direction.AT_MOST, 9, False, Standing.UNDER_WAY),
        (Direction.AT_MOST, 9, True, Standing.REACHED),
        (Direction.AT_MOST, 11, True, Standing.MISSED),
        (Direction.AT_MOST, None, False, Standing.UNDER_WAY),
    ],
)
def test_where_a_goal_stands(direction, value, is_over, state):
    assert state_of(direction, 10, value, is_over=is_over) is state


def test_completeness_is_what_was_sent_against_what_was_read(scene):
    by = scene.learners[0]
    with scene.database.session(writes=True) as session:
        for _ in range(5):
            record(session, act(by, scene.place), by=session.merge(by), now=START)
        deliveries = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        for row, state in zip(deliveries, (State.DONE, State.DONE, State.DONE, State.DEAD, State.NEW), strict=True):
            row.state, row.done_at = state, START
        deliveries[2].done_at = START + timedelta(hours=2)
        ids = [row.message_id for row in deliveries]
        session.commit()
    scene.tell(
        scene.statement("post.replied", by, id_=ids[0], depth=1, word_count=1),
        scene.statement("post.replied", by, depth=1, word_count=1),
    )
    scene.pull()
    with scene.database.session(writes=False) as session:
        found = compare(session, scene.course, scene.feed_id(), scene.endpoint, read_at=START + timedelta(hours=1))
    assert (found.told, found.waiting, found.refused, found.accepted) == (5, 1, 1, 3)
    assert (found.held, found.absent, found.unread, found.foreign) == (1, 1, 1, 1)
    assert (list(found.examples), found.events) == ([ids[1]], [("post.replied", 2)])


def test_a_course_without_a_store_has_nothing_to_compare(session):
    assert compare(session, make.course(session), -1, None, read_at=None) is None
