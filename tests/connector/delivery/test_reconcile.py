"""What a store accepted against what it holds: the embedded store, and stores that lie."""

import json
import threading
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from connector.courses.models import Person
from connector.db import utc_now
from connector.delivery import lrs, reconcile, worker
from connector.delivery.models import Delivery, Endpoint, Message, Reconciliation, State
from connector.delivery.reconcile import Window, last_reconciliation, next_window
from connector.delivery.services import record
from connector.delivery.voiding import Told, void, void_id
from connector.holders import HOLDERS
from connector.privacy import erasure
from tests import make
from tests.connector.delivery import build, dialects, stores
from tests.connector.delivery.acts import act
from xapi.statement import to_bytes
from xapi.vocabulary.events import THREAD_CREATED

HOUR = timedelta(hours=1)


class Course:
    """A course whose acts go to one store."""

    def __init__(self, database, store):
        self.database, self.store = database, store
        with database.session(writes=True) as session:
            self.member = make.member(session)
            self.course = self.member.course
            self.tenant = self.course.deployment.platform.tenant
            self.endpoint = build.endpoint(session, self.tenant, url=store.url)
            self.place = make.activity(session, course=self.course)
            session.commit()

    def act(self, count=1):
        """Record acts; return their ids."""
        with self.database.session(writes=True) as session:
            told = [act(self.member, self.place, event=THREAD_CREATED, at=utc_now()) for _ in range(count)]
            for one in told:
                record(session, one, by=self.member, now=utc_now())
            session.commit()
        return [one.id for one in told]

    def deliver(self):
        """Run a worker until nothing waits."""
        stop = threading.Event()
        options = {"stop": stop, "idle": 0.01, "chance": lambda: 0.05, "connect": lrs.connect}
        thread = threading.Thread(target=worker.run, args=(self.database, build.SETTINGS), kwargs=options)
        thread.start()
        try:
            for _ in range(1000):
                with self.database.session(writes=False) as session:
                    waiting = select(Delivery.id).where(Delivery.state.in_([State.NEW, State.LEASED])).limit(1)
                    if session.scalar(waiting) is None:
                        return
                stop.wait(0.02)
            raise AssertionError("something was never delivered")
        finally:
            stop.set()
            thread.join(30)

    def reconcile(self, window=None, **options):
        now = utc_now()
        window = window or Window(now - HOUR, now)
        return reconcile.reconcile(self.database, build.SETTINGS, self.endpoint, window, **options)

    def lose(self, ids):
        """Let the store forget statements, as one does that was restored from an old backup."""
        dialect, gone = self.store.dialect, {str(id_) for id_ in ids}
        if not isinstance(dialect, dialects.Embedded):
            dialect.stored = [one for one in dialect.stored if one["id"] not in gone]
            return
        with dialect.app.extensions["xapi.store"].database.write() as connection:
            for id_ in ids:
                connection.execute(
                    "DELETE FROM mention WHERE stored IN (SELECT stored FROM statement WHERE id = ?)", (str(id_),)
                )
                connection.execute("DELETE FROM statement WHERE id = ?", (str(id_),))

    def states(self):
        with self.database.session(writes=False) as session:
            return dict(session.execute(select(Delivery.message_id, Delivery.state)).all())


@pytest.fixture
def course(database, store):
    return Course(database, store)


def found(result):
    return {
        name: getattr(result, name)
        for name in ("expected", "held", "voided", "missing", "unknown", "doubled", "foreign")
        if getattr(result, name)
    }


def post(store, statement):
    """Let somebody else send a statement to the store."""
    http = lrs.requests.Session()
    with http:
        lrs.LRSClient(lrs.Address(store.url, build.USERNAME, build.PASSWORD), http).send([to_bytes(statement)])


@pytest.fixture(params=dialects.NAMES)
def any_course(request, database, tmp_path):
    """A course whose acts go to a store that speaks in one way or another."""
    store = stores.Store(tmp_path, dialect=request.param)
    yield Course(database, store)
    store.close()


def test_a_store_that_holds_everything(any_course):
    any_course.act(250)
    any_course.deliver()
    result = any_course.reconcile()
    assert (found(result), result.error) == ({"expected": 250, "held": 250}, None)
    assert set(any_course.states().values()) == {State.DONE}


def test_what_is_missing_is_sent_again_the_same_bytes_and_then_held_once(any_course):
    ids = any_course.act(130)
    any_course.deliver()
    lost = ids[3:120:7]
    any_course.lose(lost)
    result = any_course.reconcile()
    assert found(result) == {"expected": 130, "held": 130 - len(lost), "missing": len(lost)}
    assert sorted(result.examples["missing"]) == sorted(map(str, lost))
    assert {id_ for id_, state in any_course.states().items() if state is State.NEW} == set(lost)
    any_course.deliver()
    assert any_course.store.dialect.copies() == Counter(map(str, ids))
    assert found(any_course.reconcile()) == {"expected": 130, "held": 130}


def test_what_is_foreign_is_reported(course, store):
    course.act(3)
    course.deliver()
    foreign = act(course.member, course.place, event=THREAD_CREATED)
    post(store, foreign)
    post(store, build.statement())  # no event of ours: another tool's
    result = course.reconcile()
    assert found(result) == {"expected": 3, "held": 3, "foreign": 1}
    assert result.examples["foreign"] == [str(foreign.id)]


def test_what_another_endpoint_got_or_an_earlier_window_did_is_not_foreign(course):
    ids = course.act(3)
    course.deliver()
    with course.database.session(writes=True) as session:
        earlier = utc_now() - timedelta(days=9)
        session.execute(update(Delivery).where(Delivery.message_id == ids[0]).values(done_at=earlier))
        other = build.endpoint(session, course.tenant)
        session.execute(update(Delivery).where(Delivery.message_id == ids[1]).values(endpoint_id=other.id))
        session.commit()
    assert found(course.reconcile()) == {"expected": 1, "held": 1}


def test_what_we_voided_and_forgot_is_not_foreign_to_a_store_that_voids_nothing(course, store):
    [id_] = course.act()
    course.deliver()
    with course.database.session(writes=True) as session:
        session.execute(delete(Delivery))
        session.execute(delete(Message))
        void(session, [Told(id_, course.course.id, course.endpoint.id)], course.tenant, now=utc_now())
        session.commit()
    assert found(course.reconcile()) == {}


def test_what_was_taken_back_is_taken_back_again_from_a_store_that_was_restored(course, store):
    [id_] = course.act()
    course.deliver()
    with course.database.session(writes=True) as session:
        erasure.erase_person(session, session.get_one(Person, course.member.person_id), holders=HOLDERS, now=utc_now())
        session.commit()
    course.deliver()
    course.lose([void_id(id_)])
    with course.store.dialect.app.extensions["xapi.store"].database.write() as connection:
        connection.execute("UPDATE statement SET is_voided = 0")
    assert found(course.reconcile())["missing"] == 1
    course.deliver()
    with lrs.requests.Session() as http:
        client = lrs.LRSClient(lrs.Address(store.url, build.USERNAME, build.PASSWORD), http)
        assert (client.get(id_), client.get(id_, voided=True)["id"]) == (None, str(id_))


def test_what_somebody_voided_at_the_store_is_not_sent_again(course):
    [id_, *_rest] = course.act(3)
    course.deliver()
    with course.database.session(writes=True) as session:
        void(session, [Told(id_, course.course.id, course.endpoint.id)], course.tenant, now=utc_now())
        session.commit()
    course.deliver()
    assert found(course.reconcile()) == {"expected": 4, "held": 3, "voided": 1}
    assert set(course.states().values()) == {State.DONE}


def test_only_the_window_is_compared(course):
    ids = course.act(3)
    course.deliver()
    course.lose(ids)
    now = utc_now()
    assert found(course.reconcile(Window(now - timedelta(days=2), now - timedelta(days=1)))) == {}
    assert found(course.reconcile(Window(now, now + HOUR))) == {}


def test_a_window_is_open_at_its_beginning_and_closed_at_its_end(course):
    [id_] = course.act()
    course.deliver()
    with course.database.session(writes=False) as session:
        done_at = session.scalar(select(Delivery.done_at).where(Delivery.message_id == id_))
    assert found(course.reconcile(Window(done_at, done_at + HOUR))) == {}
    assert found(course.reconcile(Window(done_at - HOUR, done_at))) == {"expected": 1, "held": 1}


# --- stores that are not as the specification has them ---------------------------------------------------------------
class Rewriting:
    """Lets the store answer, and changes what a query for a list hears."""

    def __init__(self, store, change):
        self.store, self.change, self.queries = store, change, 0
        store.after = self

    def __call__(self, exchange):
        if exchange.ask.method != "GET" or "tatementId=" in exchange.ask.query:
            return None
        self.queries += 1
        return self.change(exchange.ask)


def page(statements, more="", **headers):
    return 200, json.dumps({"statements": statements, "more": more}), headers


def everything(store):
    """Return all that the store holds."""
    store.after, kept = stores.say_nothing, store.after
    http = lrs.requests.Session()
    with http:
        client = lrs.LRSClient(lrs.Address(store.url, build.USERNAME, build.PASSWORD), http)
        statements = list(client.statements())
    store.after = kept
    return statements


def test_two_copies_are_reported(course, store):
    ids = course.act(3)
    course.deliver()
    held = everything(store)
    copy = {**held[0], "stored": "2026-03-02T00:00:00.000Z"}
    Rewriting(store, lambda _ask: page([*held, copy]))
    result = course.reconcile()
    assert found(result) == {"expected": 3, "held": 3, "doubled": 1}
    assert result.examples["doubled"][0] in {str(id_) for id_ in ids}


def test_pages_that_overlap_are_no_copies(course, store):
    course.act(3)
    course.deliver()
    held = everything(store)
    pages = iter([page(held[:2], "/xAPI/statements?page=2"), page(held[1:])])
    Rewriting(store, lambda _ask: next(pages))
    assert found(course.reconcile()) == {"expected": 3, "held": 3}


def test_two_copies_on_one_page_are_reported_even_of_one_time(course, store):
    course.act(1)
    course.deliver()
    held = everything(store)
    Rewriting(store, lambda _ask: page(held * 2))
    assert found(course.reconcile()) == {"expected": 1, "held": 1, "doubled": 1}


def test_a_store_that_looks_at_when_it_happened_loses_nothing(course, store, monkeypatch):
    """As one does after an outage of days: what was accepted today, happened long ago."""
    ids = course.act(3)
    old = utc_now() - timedelta(days=5)
    with course.database.session(writes=True) as session:
        session.execute(update(Message).values(created_at=old))
        session.commit()
    course.deliver()
    held = everything(store)

    def by_timestamp(ask):
        query = dict(parse_qsl(ask.query))
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
        return page([one for one in held if since < old <= until])

    monkeypatch.setattr(reconcile, "_LOOKUPS", 0)  # the list alone has to do
    Rewriting(store, by_timestamp)
    assert found(course.reconcile()) == {"expected": 3, "held": 3}
    assert set(course.states()) == set(ids)


def test_a_store_that_shows_nothing_in_lists_is_asked_one_by_one(course, store):
    course.act(3)
    course.deliver()
    Rewriting(store, lambda _ask: page([]))
    assert found(course.reconcile()) == {"expected": 3, "held": 3}


def test_a_store_whose_pages_never_end_is_left_after_some_and_asked_one_by_one(course, store):
    ids = course.act(3)
    course.deliver()
    course.lose(ids[:1])
    numbers = iter(range(1000))
    rewriting = Rewriting(store, lambda _ask: page([], f"/xAPI/statements?page={next(numbers)}"))
    result = course.reconcile(max_pages=7)
    assert rewriting.queries == 7
    assert "did not end" in result.error
    assert found(result) == {"expected": 3, "held": 2, "missing": 1}


def test_pages_that_go_in_a_circle_are_left(course, store):
    course.act(3)
    course.deliver()
    rewriting = Rewriting(store, lambda _ask: page([], "/xAPI/statements?page=2"))
    result = course.reconcile()
    assert rewriting.queries == 2
    assert "read before" in result.error
    assert found(result) == {"expected": 3, "held": 3}


def test_of_a_list_that_was_not_read_whole_only_what_was_looked_up_is_missing(course, store, monkeypatch):
    ids = course.act(30)
    course.deliver()
    course.lose(ids)
    monkeypatch.setattr(reconcile, "_LOOKUPS", 10)
    Rewriting(store, lambda _ask: page([], "/xAPI/statements?page=2"))
    assert found(course.reconcile()) == {"expected": 30, "missing": 10, "unknown": 20}
    store.after = stores.say_nothing
    assert found(course.reconcile()) == {"expected": 20, "missing": 20}  # the whole list is believed
    course.deliver()
    assert found(course.reconcile()) == {"expected": 30, "held": 30}


def test_a_store_that_fails_sends_nothing_again(course, store):
    ids = course.act(3)
    course.deliver()
    course.lose(ids)
    store.before = lambda ids: None if ids else 503
    result = course.reconcile()
    assert (found(result), "503" in result.error) == ({"expected": 3, "unknown": 3}, True)
    assert set(course.states().values()) == {State.DONE}


def test_a_password_that_cannot_be_read_is_said(course):
    with course.database.session(writes=True) as session:
        session.execute(update(Endpoint).values(password=b"nonsense"))
        session.commit()
        endpoint = session.get(Endpoint, course.endpoint.id, populate_existing=True)
    result = reconcile.reconcile(course.database, build.SETTINGS, endpoint)
    assert "KRING_SECRET_KEY" in result.error


def test_what_the_store_may_not_show_yet_is_not_called_missing(course, store):
    course.act(3)
    course.deliver()
    claim = (utc_now() - timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
    Rewriting(store, lambda _ask: page([], **{"X-Experience-API-Consistent-Through": claim}))
    course.lose(course.states())
    assert found(course.reconcile()) == {"expected": 3, "unknown": 3}


def test_a_store_that_says_when_it_stored_something_last_is_no_excuse(course, store):
    course.act(3)
    course.deliver()
    course.lose(course.states())
    claim = "2020-01-01T00:00:00Z"
    Rewriting(store, lambda _ask: page([], **{"X-Experience-API-Consistent-Through": claim}))
    assert found(course.reconcile()) == {"expected": 3, "missing": 3}


def test_nonsense_among_the_statements_harms_nothing(course, store):
    course.act(1)
    course.deliver()
    held = everything(store)
    nonsense = [{}, {"id": 5}, {"id": "x"}, {"id": None, "context": []}, {"id": str(uuid.uuid4()), "context": 7}]
    Rewriting(store, lambda _ask: page([*nonsense, *held]))
    assert found(course.reconcile()) == {"expected": 1, "held": 1}


# --- what is stored ---------------------------------------------------------------------------------------------------
def test_results_are_stored_and_the_last_one_can_be_shown(course):
    with course.database.session(writes=False) as session:
        assert last_reconciliation(session, course.endpoint) is None
    course.act(2)
    course.deliver()
    times = iter(make.NOW + timedelta(minutes=minutes) for minutes in range(100))
    course.reconcile(clock=lambda: next(times))
    second = course.reconcile(clock=lambda: next(times))
    with course.database.session(writes=False) as session:
        last = last_reconciliation(session, course.endpoint)
        assert (last.id, last.began_at, found(last)) == (second.id, second.began_at, {"expected": 2, "held": 2})


def test_examples_are_limited(course):
    ids = course.act(120)
    course.deliver()
    course.lose(ids)
    result = course.reconcile()
    assert (result.missing, len(result.examples["missing"])) == (120, 100)


def test_the_next_window_is_a_day_that_ended_an_hour_ago_and_leaves_no_gap(course):
    now = make.NOW
    with course.database.session(writes=True) as session:
        assert next_window(session, course.endpoint, now=now) == (now - 25 * HOUR, now - HOUR)
        figures = dict.fromkeys(("expected", "held", "voided", "missing", "unknown", "doubled", "foreign"), 0)
        rest = {"began_at": now, "ended_at": now, "examples": {}, "since": now, "endpoint_id": course.endpoint.id}
        for days, more in ((1, {"error": "down"}), (2, {"unknown": 1}), (3, {}), (4, {})):
            session.add(Reconciliation(**{**figures, **rest, "until": now - timedelta(days=days), **more}))
        session.flush()
        assert next_window(session, course.endpoint, now=now) == (now - timedelta(days=3), now - HOUR)
        assert (
            next_window(session, course.endpoint, now=now - timedelta(days=3)).since
            == now - timedelta(days=3) - 25 * HOUR
        )


def test_a_reconciliation_without_a_window_takes_the_next_one(course):
    now = datetime.now(UTC)
    result = reconcile.reconcile(course.database, build.SETTINGS, course.endpoint, clock=lambda: now)
    assert (result.since, result.until) == (now - 25 * HOUR, now - HOUR)


def test_whatever_is_lost_comes_back_and_nothing_is_doubled(course, store):
    """Any acts, any losses, any number of comparisons: in the end the store holds each act once."""
    ids = []

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(new=st.integers(0, 12), losses=st.sets(st.integers(0, 200)), times=st.integers(1, 2))
    def hold(new, losses, times):
        ids.extend(course.act(new))
        course.deliver()
        lost = {ids[number] for number in losses if number < len(ids)}
        course.lose(lost)
        results = [found(course.reconcile()) for _ in range(times)]
        assert results[0].get("missing", 0) == len(lost)
        assert all("missing" not in result for result in results[1:])
        course.deliver()
        assert sorted(stores.held_by(store.url)) == sorted(map(str, ids))

    hold()
