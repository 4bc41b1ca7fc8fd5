import json
import uuid

import pytest
import requests

from connector.config import Settings
from connector.delivery import lrs
from connector.delivery.destinations import Parcel
from connector.delivery.errors import DestinationClosedError, DestinationDownError
from connector.delivery.models import Endpoint
from connector.sealing import seal
from tests import make
from tests.connector.delivery import build, stores
from tests.ports import free_port
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient
from xapi.statement import to_bytes

LIMIT = 1_000_000


@pytest.fixture
def store(any_store):
    """Every dialect in turn."""
    return any_store


@pytest.fixture
def http():
    with requests.Session() as session:
        yield session


@pytest.fixture
def destination(store, http):
    address = Address(store.url, build.USERNAME, build.PASSWORD)
    return lrs.LRSDestination(LRSClient(address, http, timeout=(1, 0.5)))


def parcel(number, *, body=None, is_suspect=False, **changes):
    id_ = uuid.uuid4()
    content = {**json.loads(to_bytes(build.statement(id_=id_, number=number))), **changes}
    return Parcel(number, id_, body or json.dumps(content).encode(), make.NOW, 1, is_suspect)


def parcels(count):
    return [parcel(number) for number in range(count)]


def outcome(destination, parcels, *, byte_limit=LIMIT):
    """Return which numbers were done, postponed and dead, and the lowest limit that was learned."""
    done, postponed, dead, limits = [], [], [], []
    for step in destination.deliver(parcels, byte_limit=byte_limit):
        done += step.done
        postponed += [setback.parcel.id for setback in step.postponed]
        dead += [setback.parcel.id for setback in step.dead]
        limits += [step.byte_limit] if step.byte_limit is not None else []
    return sorted(done), postponed, dead, min(limits, default=None)


def held(store):
    return stores.held_by(store.url)


def strings(parcels):
    return [str(one.message_id) for one in parcels]


def knows_none_that_it_holds(store):
    """Return a hook of a store that refuses a batch as soon as it holds one statement of it, the same one or not."""

    def before(ids):
        return 409 if ids and set(ids) & set(held_before) else None

    held_before = held(store)
    return before


def test_a_batch_is_one_request_and_arrives_in_order(store, destination):
    made = parcels(5)
    assert outcome(destination, made) == ([0, 1, 2, 3, 4], [], [], None)
    assert (held(store), len(store.posts)) == (strings(made), 1)


def test_the_same_bytes_again_are_done_and_stored_once(store, destination):
    made = parcels(3)
    outcome(destination, made)
    assert outcome(destination, made) == ([0, 1, 2], [], [], None)
    assert held(store) == strings(made)


def test_a_store_that_hangs_up_after_storing_is_asked_again_and_holds_each_once(store, destination):
    made = parcels(3)
    store.after = stores.hang_up
    with pytest.raises(DestinationDownError) as caught:
        outcome(destination, made)
    assert (caught.value.status, caught.value.is_batch_suspect) == (None, True)
    store.after = stores.say_nothing
    assert outcome(destination, made) == ([0, 1, 2], [], [], None)
    assert held(store) == strings(made)


def test_of_a_batch_in_conflict_the_known_ones_are_done_and_the_others_sent_again(store, destination):
    made = parcels(6)
    outcome(destination, made[1:4])
    store.before = knows_none_that_it_holds(store)
    assert outcome(destination, made) == ([0, 1, 2, 3, 4, 5], [], [], None)
    assert sorted(held(store)) == sorted(strings(made))
    assert store.posts[-1] == strings([made[0], *made[4:]])


def test_of_a_batch_in_conflict_one_that_differs_is_dead(store, destination):
    made = parcels(3)
    differs = parcel(1, id=str(made[1].message_id), timestamp="2020-01-01T00:00:00.000Z")
    outcome(destination, [differs])
    assert outcome(destination, made) == ([0, 2], [], [1], None)


def test_a_conflict_about_statements_that_the_store_does_not_show_is_postponed(store, destination):
    store.before = lambda ids: 409 if ids else None
    assert outcome(destination, parcels(3)) == ([], [0, 1, 2], [], None)


def test_one_bad_statement_is_found_and_the_others_are_stored(store, destination):
    made = parcels(32)
    made[13] = parcel(13, verb={"id": "no IRI"})
    done, postponed, dead, limit = outcome(destination, made)
    assert (done, postponed, dead, limit) == ([n for n in range(32) if n != 13], [], [13], None)
    assert len(store.posts) == 11  # the whole, then two halves on each of five levels
    assert len(held(store)) == 31


def test_a_bad_statement_alone_is_dead_with_the_reason(store, destination):
    [step] = [step for step in destination.deliver([parcel(0, verb={"id": "no IRI"})], byte_limit=LIMIT) if step.dead]
    assert step.dead[0].status in {400, 422}
    assert "verb" in step.dead[0].reason


def test_a_store_that_refuses_everything_buries_nothing(store, destination):
    store.before = lambda ids: 400 if ids else None
    with pytest.raises(DestinationClosedError) as caught:
        outcome(destination, parcels(100))
    assert caught.value.status == 400


def test_a_batch_that_is_too_large_is_halved_and_the_limit_learned(store, destination):
    made = parcels(8)
    size = len(made[0].body)
    store.before = lambda ids: 413 if len(ids) > 3 else None
    done, postponed, dead, limit = outcome(destination, made)
    assert (done, postponed, dead) == (list(range(8)), [], [])
    assert 2 * size < limit < 3 * size


def test_a_statement_that_is_too_large_alone_is_dead(store, destination):
    store.before = lambda ids: 413 if ids else None
    assert outcome(destination, parcels(2))[2] == [0, 1]


def test_no_request_is_larger_than_the_limit(store, destination):
    made = parcels(10)
    outcome(destination, made, byte_limit=len(made[0].body) * 3 + 10)
    assert [len(ids) for ids in store.posts] == [3, 3, 3, 1]


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_what_somebody_has_to_mend_closes_the_lane(store, destination, status):
    store.before = lambda _ids: status
    with pytest.raises(DestinationClosedError) as caught:
        outcome(destination, parcels(2))
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("status", "is_batch_suspect", "seconds"),
    [
        (429, False, 17),
        (503, False, 17),
        (502, False, 60),
        (504, False, 60),
        (500, True, 17),
        (507, True, 17),
    ],
)
def test_a_store_that_fails_has_the_lane_wait(store, destination, status, is_batch_suspect, seconds):
    store.before = lambda _ids: (status, "{}", {"Retry-After": "17"})
    with pytest.raises(DestinationDownError) as caught:
        outcome(destination, parcels(2))
    error = caught.value
    assert (error.status, error.is_batch_suspect, error.retry_after) == (status, is_batch_suspect, seconds)


def test_a_store_that_is_not_there_has_the_lane_wait(http):
    address = Address(f"http://127.0.0.1:{free_port()}/xAPI", build.USERNAME, build.PASSWORD)
    with pytest.raises(DestinationDownError) as caught:
        outcome(lrs.LRSDestination(LRSClient(address, http)), parcels(2))
    assert (caught.value.status, caught.value.is_batch_suspect) == (None, False)


def test_a_store_that_fails_while_it_is_asked_has_the_lane_wait(store, destination):
    store.before = lambda ids: 409 if ids else 503
    with pytest.raises(DestinationDownError):
        outcome(destination, parcels(2))


def test_a_suspect_travels_alone_and_last_and_stops_nobody(store, destination):
    made = [parcel(0, is_suspect=True), parcel(1), parcel(2)]
    store.before = lambda ids: 500 if str(made[0].message_id) in ids else None
    assert outcome(destination, made) == ([1, 2], [0], [], None)
    assert [len(ids) for ids in store.posts] == [2, 1]


def test_a_suspect_does_not_hide_that_the_store_is_gone(store, destination):
    store.before = lambda _ids: 503
    with pytest.raises(DestinationDownError):
        outcome(destination, [parcel(0, is_suspect=True)])


def test_a_password_that_cannot_be_read_closes_the_lane(http):
    sealed = seal("another secret, and long enough at that", b"password")
    endpoint = Endpoint(url="https://lrs.example", username="kring", password=sealed, version="1.0.3")
    with pytest.raises(DestinationClosedError, match="KRING_SECRET_KEY"):
        lrs.connect(endpoint, Settings(secret_key="s" * 32), http)
