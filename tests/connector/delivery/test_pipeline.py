"""Every act reaches every store exactly once: whatever goes wrong, whoever dies, and whatever kind of store it is."""

from datetime import timedelta

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connector.delivery import faults
from tests.connector.delivery.stores import say_nothing
from tests.connector.delivery.world import LEASE, World, silence_logs

WORKERS = st.integers(0, 3)
ACT = st.tuples(st.just("act"), st.sampled_from([1, 2, 3, 7, 20, 101]))
WORK = st.tuples(
    st.just("work"),
    WORKERS,
    st.lists(st.sampled_from(faults.ALL), max_size=2),
    st.sampled_from([None, None, None, 1, 2, 3, 4, 5, 7, 9]),  # after how many looks at the clock it dies
)
WAIT = st.tuples(st.just("wait"), st.sampled_from([1, 61, 181, 3700]))
JUMP = st.tuples(st.just("jump"), st.sampled_from([-26, -1, 1, 26]))
OVERSLEEP = st.tuples(st.just("oversleep"), WORKERS)
EVENTS = st.lists(st.one_of(ACT, WORK, WORK, WAIT, JUMP, OVERSLEEP), min_size=5, max_size=16)


@pytest.fixture(autouse=True)
def _quiet():
    silence_logs()
    yield
    structlog.reset_defaults()


@pytest.fixture
def world(database, any_store):
    return World(database, any_store)


def happen(world, event):
    match event:
        case ("act", count):
            world.act(count)
        case ("work", worker, going_wrong, dies_after):
            world.store.faults.extend(going_wrong)
            world.work(worker, dies_after=dies_after)
        case ("wait", seconds):
            world.now += timedelta(seconds=seconds)
        case ("jump", hours):
            world.now += timedelta(hours=hours)
        case ("oversleep", worker):
            oversleep(world, worker)


def oversleep(world, worker):
    """A worker's lease ends while the store is at work, and another worker takes over and sends the same."""

    def take_over(_ids):
        world.store.before = say_nothing
        world.now += LEASE
        world.work((worker + 1) % 4)

    world.store.before = take_over
    world.work(worker)
    world.store.before = say_nothing


def test_every_act_is_stored_once_whatever_happens(database, any_store):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(events=EVENTS)
    def check(events):
        world = World(database, any_store)
        world.act(2)
        for event in events:
            happen(world, event)
        world.finish()
        world.check()

    check()


def test_one_fault_costs_time_and_nothing_else(database, any_store, subtests):
    for fault in faults.ALL:
        with subtests.test(fault.__name__):
            world = World(database, any_store)
            world.act(5)
            world.work()
            world.store.faults.extend([fault, fault])
            world.act(7)
            world.work()
            world.act(3)  # goes out together with what may be stored already
            world.finish()
            world.check()


def test_a_worker_may_die_anywhere(database, any_store, subtests):
    for after in range(8):
        with subtests.test(f"at its look number {after} at the clock"):
            world = World(database, any_store)
            world.act(102)
            world.work(dies_after=after)
            world.now += LEASE
            world.finish()
            world.check()


def test_a_store_that_is_gone_for_a_day_gets_everything_in_order(world):
    world.store.shut()
    world.act(30)
    requests = 0
    for _ in range(24 * 4):
        world.act(1)
        while world.work():
            requests += 1
        world.now += timedelta(minutes=15)
    world.store.open()
    world.finish()
    world.check()
    assert requests < 24 * 4 + 20
    assert [id_ for ids in world.store.posts for id_ in ids] == world.ids


def test_a_store_that_says_503_for_a_day_gets_everything(world):
    world.act(130)
    world.store.before = lambda _ids: 503
    for _ in range(24 * 4):
        world.work()
        world.now += timedelta(minutes=15)
    world.finish()
    world.check()


def test_a_store_that_refuses_the_password_for_a_day_gets_everything(world):
    world.act(130)
    world.store.before = lambda _ids: 401
    for _ in range(24 * 4):
        world.work()
        world.now += timedelta(minutes=15)
    assert len(world.store.posts) < 24 * 4 + 20
    world.finish()
    world.check()


def test_a_clock_that_was_a_year_ahead_stops_nothing(world):
    world.act(3)
    world.now += timedelta(days=365)
    world.act(3)
    world.work(dies_after=3)  # and leaves a lease that lasts for a year
    world.now -= timedelta(days=365)
    world.finish()
    world.check()
    assert world.now < world.now.replace(year=2027)


def test_a_clock_that_was_a_year_behind_stops_nothing(world):
    world.now -= timedelta(days=365)
    world.act(3)
    world.store.faults.extend([faults.deadlock] * 3)
    world.work()
    world.now += timedelta(days=365)
    world.finish()
    world.check()


def test_nobody_else_gets_the_lane_while_the_store_is_at_work(world):
    world.act(3)
    seen = []
    world.store.before = lambda _ids: seen.append(world.work(1))
    world.work(0)
    assert seen == [False]


def test_a_store_that_may_still_be_at_work_is_left_alone(world):
    """Some keep two copies of what comes twice at the same time."""
    world.act(1)
    world.store.faults.append(faults.silent_after_commit)
    world.work()
    world.now += timedelta(seconds=59)
    assert not world.work()
    world.now += timedelta(seconds=1)
    assert world.work()
    world.check()


def test_a_gateway_that_fails_at_one_statement_does_not_keep_the_others(world):
    world.act(4)
    poison = world.ids[0]
    world.store.before = lambda ids: 504 if poison in ids else None
    for _ in range(60):
        world.work()
        world.now += timedelta(minutes=15)
    assert [world.store.dialect.copies()[id_] for id_ in world.ids] == [0, 1, 1, 1]
    world.finish()
    world.check()


def test_a_store_that_was_set_up_wrongly_buries_nothing(world):
    world.act(3)
    world.store.before = lambda ids: 400 if ids else None
    for _ in range(20):
        world.work()
        world.now += timedelta(minutes=15)
    world.finish()
    world.check()
