import contextlib
import itertools
import threading
import time
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import select

from connector.db import Database, utc_now
from connector.delivery import lrs, worker
from connector.delivery.models import Endpoint, State
from tests import make
from tests.connector.delivery import build, stores


@pytest.fixture
def running(database):
    """Run a worker in a thread, as `with running(**options)`; its back-off is short."""

    @contextlib.contextmanager
    def run(database=database, **options):
        stop = threading.Event()
        options = {"idle": 0.02, "chance": lambda: 0.05, "connect": lrs.connect, **options}
        thread = threading.Thread(target=worker.run, args=(database, build.SETTINGS), kwargs={"stop": stop, **options})
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(30)
            assert not thread.is_alive()

    return run


@pytest.fixture
def endpoints(database, store):
    """Build endpoints with statements that wait; the rows are detached and never change."""

    def build_all(*urls, count=3):
        with database.session(writes=True) as session:
            course = make.course(session)
            made = [build.endpoint(session, course.deployment.platform.tenant, url=url) for url in urls]
            for one in made:
                one.succeeded_at = make.NOW
                build.waiting(session, one, count=count, course=course)
            session.commit()
            return made

    return build_all


def deliveries(database, endpoint):
    with database.session(writes=False) as session:
        return [row for row in build.rows(session) if row.endpoint_id == endpoint.id]


def wait_for(database, endpoint, state, *, seconds=20):
    end = time.monotonic() + seconds
    while {row.state for row in deliveries(database, endpoint)} != {state}:
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def stored(database, endpoint):
    with database.session(writes=False) as session:
        return session.get_one(Endpoint, endpoint.id)


def test_what_waits_is_delivered_and_what_comes_later_too(database, store, endpoints, running):
    [endpoint] = endpoints(store.url)
    with running():
        wait_for(database, endpoint, State.DONE)
        with database.session(writes=True) as session:
            build.waiting(session, session.get_one(Endpoint, endpoint.id), count=150)
            session.commit()
        wait_for(database, endpoint, State.DONE)
    expected = [str(row.message_id) for row in deliveries(database, endpoint)]
    assert stores.held_by(store.url) == expected


def test_a_slow_store_delays_no_other(database, store, endpoints, running):
    is_over = threading.Event()
    with contextlib.closing(stores.Store(make_folder(store))) as slow:
        slow.after = lambda _environ: is_over.wait(20) and None
        sluggish, quick = endpoints(slow.url, store.url)
        with running():
            wait_for(database, quick, State.DONE)
            assert {row.state for row in deliveries(database, sluggish)} == {State.LEASED}
            is_over.set()
            wait_for(database, sluggish, State.DONE)


def make_folder(store):
    folder = store.folder / "other"
    folder.mkdir()
    return folder


def test_a_store_that_is_down_costs_more_and_more_seldom_requests(database, store, endpoints, running):
    times = []
    store.before = lambda _ids: times.append(time.monotonic()) or 503
    [endpoint] = endpoints(store.url)
    with running(chance=lambda: 0.1):
        deadline = time.monotonic() + 20
        while len(times) < 5 and time.monotonic() < deadline:
            time.sleep(0.02)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(gap >= 0.1 * 2**number for number, gap in enumerate(gaps))
    assert {(row.state, row.last_error) for row in deliveries(database, endpoint)} == {(State.NEW, None)}


def test_a_paused_endpoint_recovers_by_itself(database, store, endpoints, running):
    store.before = lambda ids: 401 if ids else None
    [endpoint] = endpoints(store.url)
    with running():
        deadline = time.monotonic() + 20
        while stored(database, endpoint).paused_reason is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert stored(database, endpoint).last_status == 401
        store.before = stores.say_nothing
        wait_for(database, endpoint, State.DONE)
    assert stored(database, endpoint).paused_reason is None


def test_a_statement_that_the_store_stumbles_over_lets_the_others_pass(database, store, endpoints, running):
    [endpoint] = endpoints(store.url, count=40)
    poison = str(deliveries(database, endpoint)[11].message_id)
    store.before = lambda ids: 500 if poison in ids else None
    with running(chance=lambda: 0.01):
        deadline = time.monotonic() + 30
        while len(stores.held_by(store.url)) < 39 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert poison not in stores.held_by(store.url)
    [left] = [row for row in deliveries(database, endpoint) if row.state is not State.DONE]
    assert (str(left.message_id), left.state) == (poison, State.NEW)


def test_a_mistake_of_ours_costs_only_its_own_lane(database, store, endpoints, running):
    broken, whole = endpoints("http://broken.example", store.url)

    def connect(endpoint, settings, http):
        if endpoint.id == broken.id:
            raise ZeroDivisionError
        return lrs.connect(endpoint, settings, http)

    with running(connect=connect):
        wait_for(database, whole, State.DONE)
        time.sleep(0.2)
    assert {row.state for row in deliveries(database, broken)} == {State.NEW}
    assert stored(database, broken).last_error == "ZeroDivisionError"


def test_a_lease_that_ran_out_while_the_store_answered_leaves_the_rows_to_the_next(database, store, endpoints, running):
    [endpoint] = endpoints(store.url)
    skipped = [timedelta(0)]

    def sleep_through_the_lease(_environ):
        skipped[0] += timedelta(seconds=120) if len(store.posts) == 1 else timedelta(0)

    store.after = sleep_through_the_lease
    with (
        structlog.testing.capture_logs() as logs,
        running(lease=timedelta(seconds=60), clock=lambda: utc_now() + skipped[0]),
    ):
        wait_for(database, endpoint, State.DONE)
    assert "lease_lost" in [entry["event"] for entry in logs]
    assert (len(store.posts), store.posts[0]) == (2, store.posts[1])
    assert len(stores.held_by(store.url)) == 3


def test_a_database_that_is_gone_is_waited_for(tmp_path, running):
    gone = Database(f"sqlite:///{tmp_path}/none/kring.sqlite")
    with structlog.testing.capture_logs() as logs, running(gone):
        deadline = time.monotonic() + 20
        while not logs and time.monotonic() < deadline:
            time.sleep(0.02)
    gone.dispose()
    assert {entry["event"] for entry in logs} == {"database_unavailable"}


def test_what_is_refused_is_dead_and_the_log_names_no_person(database, store, endpoints, running):
    store.before = lambda ids: (400, '{"error": "person-1 is wrong"}', {}) if ids else None
    [endpoint] = endpoints(store.url)
    with structlog.testing.capture_logs() as logs, running():
        wait_for(database, endpoint, State.DEAD)
    assert "person-1" in deliveries(database, endpoint)[0].last_error
    assert [entry["event"] for entry in logs] == ["delivery_dead"] * 3
    assert "person" not in str(logs)


def test_an_endpoint_that_is_switched_off_gets_nothing(database, store, endpoints, running):
    off, on = endpoints(store.url, store.url)
    with database.session(writes=True) as session:
        session.scalars(select(Endpoint).where(Endpoint.id == off.id)).one().is_active = False
        session.commit()
    with running():
        wait_for(database, on, State.DONE)
    assert {row.state for row in deliveries(database, off)} == {State.NEW}
