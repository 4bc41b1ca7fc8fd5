import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from connector.delivery import lanes
from connector.delivery.destinations import Setback
from connector.delivery.errors import DestinationClosedError, DestinationDownError
from connector.delivery.models import State
from tests.connector.delivery import build
from tests.connector.delivery.drive import NOW, SECOND, claim, fail, ids, settle, take


def test_a_lane_gives_its_messages_in_order_and_with_their_bytes(session):
    made = build.waiting(session, build.endpoint(session), count=3)
    parcels = claim(session, take(session))
    assert ids(parcels) == made
    assert all(str(parcel.message_id).encode() in parcel.body for parcel in parcels)


def test_an_idle_lane_is_not_taken(session):
    build.endpoint(session)
    assert not lanes.is_due(session, now=NOW)
    assert take(session) is None


def test_a_lane_is_held_by_one_worker_at_a_time(session):
    build.waiting(session, build.endpoint(session))
    assert take(session) is not None
    assert take(session) is None


def test_lanes_are_taken_one_after_the_other(session):
    one, other = build.endpoint(session), build.endpoint(session)
    build.waiting(session, one, other)
    assert {take(session).endpoint_id, take(session).endpoint_id} == {one.id, other.id}


def test_the_lane_that_was_served_last_comes_last(session):
    one, other = build.endpoint(session), build.endpoint(session)
    build.waiting(session, one, other)
    first = take(session)
    lanes.leave(session, first, now=NOW + SECOND)
    assert take(session, now=NOW + SECOND).endpoint_id != first.endpoint_id


def test_of_many_workers_at_once_one_gets_the_lane(session, database):
    build.waiting(session, build.endpoint(session))
    session.commit()
    barrier = threading.Barrier(4)

    def take_one():
        barrier.wait()
        with database.session(writes=True) as other:
            lane = take(other)
            other.commit()
            return lane

    with ThreadPoolExecutor(4) as pool:
        taken = [future.result() for future in [pool.submit(take_one) for _ in range(4)]]
    assert len([lane for lane in taken if lane]) == 1


def test_an_endpoint_that_is_switched_off_keeps_what_waits(session):
    build.waiting(session, build.endpoint(session, is_active=False))
    assert take(session) is None


def test_a_batch_has_at_most_a_hundred_messages(session):
    build.waiting(session, build.endpoint(session), count=130)
    lane = take(session)
    assert [len(claim(session, lane)), len(claim(session, lane)), len(claim(session, lane))] == [100, 30, 0]


def test_what_was_accepted_is_done(session):
    [id_] = build.waiting(session, endpoint := build.endpoint(session))
    lane = take(session)
    settle(session, lane, done=[parcel.id for parcel in claim(session, lane)])
    [row] = build.rows(session)
    assert (row.message_id, row.state, row.done_at, row.lease_token) == (id_, State.DONE, NOW, None)
    assert endpoint.succeeded_at == NOW


def test_what_was_refused_for_good_is_dead_and_says_why(session):
    build.waiting(session, build.endpoint(session))
    lane = take(session)
    [parcel] = claim(session, lane)
    settle(session, lane, dead=[Setback(parcel, "no verb " * 200, 400)])
    [row] = build.rows(session)
    assert (row.state, row.last_status, row.last_error[:7], len(row.last_error)) == (State.DEAD, 400, "no verb", 500)


def test_what_failed_on_its_own_account_waits_longer_each_time(session):
    build.waiting(session, build.endpoint(session))
    waits, now = [], NOW
    lane = take(session)
    for _ in range(12):
        [parcel] = claim(session, lane, now=now)
        settle(session, lane, postponed=[Setback(parcel, "error", 500)], now=now)
        [row] = build.rows(session)
        waits.append((row.due_at - now).total_seconds())
        lanes.leave(session, lane, now=now)
        now = row.due_at
        lane = take(session, now=now)
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 450, 450]


def test_what_fails_alone_for_a_week_while_others_are_accepted_is_given_up(session):
    build.waiting(session, build.endpoint(session), at=NOW - timedelta(days=8))
    lane = take(session)
    [parcel] = claim(session, lane)
    settle(session, lane, postponed=[Setback(parcel, "error", 500)])
    assert [row.state for row in build.rows(session)] == [State.DEAD]


def test_nothing_is_given_up_while_the_store_accepts_nothing(session):
    build.waiting(session, build.endpoint(session, failures=3), at=NOW - timedelta(days=80))
    lane = take(session)
    [parcel] = claim(session, lane)
    settle(session, lane, postponed=[Setback(parcel, "error", 500)])
    assert [row.state for row in build.rows(session)] == [State.NEW]


def test_a_failed_lane_waits_longer_each_time_and_keeps_the_order(session):
    made = build.waiting(session, build.endpoint(session), count=3)
    waits, now = [], NOW
    for _ in range(12):
        lane = take(session, now=now)
        assert ids(claim(session, lane, now=now)) in (made, made[:1])
        due_at = fail(session, lane, DestinationDownError("refused"), now=now)
        assert take(session, now=due_at - timedelta(milliseconds=1)) is None
        waits.append((due_at - now).total_seconds())
        now = due_at
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 450, 450]
    assert [row.message_id for row in build.rows(session)] == made


def test_a_store_that_names_a_time_is_left_alone_until_then(session):
    build.waiting(session, build.endpoint(session))
    lane = take(session)
    claim(session, lane)
    assert fail(session, lane, DestinationDownError("busy", retry_after=90)) == NOW + timedelta(seconds=90)


def test_a_store_that_names_a_time_beyond_reason_is_asked_again_in_an_hour(session):
    build.waiting(session, build.endpoint(session))
    lane = take(session)
    assert fail(session, lane, DestinationDownError("busy", retry_after=1e12)) == NOW + timedelta(hours=1)


def test_a_failed_lane_is_tried_with_one_message_and_then_with_all(session):
    build.waiting(session, build.endpoint(session), count=5)
    now = fail(session, take(session), DestinationDownError("refused"))
    lane = take(session, now=now)
    [probe] = claim(session, lane, now=now)
    settle(session, lane, done=[probe.id], now=now)
    assert len(claim(session, lane, now=now)) == 4


def test_a_batch_that_the_store_stumbles_over_is_halved_and_grows_again(session):
    endpoint = build.endpoint(session)
    build.waiting(session, endpoint, count=300)
    now = fail(session, take(session), DestinationDownError("deadlock", status=500, is_batch_suspect=True))
    lane = take(session, now=now)
    sizes = []
    for _ in range(4):
        parcels = claim(session, lane, now=now)
        sizes.append(len(parcels))
        settle(session, lane, done=[parcel.id for parcel in parcels], now=now)
    assert sizes == [1, 51, 100, 100]


def test_one_message_that_the_store_stumbles_over_thrice_lets_the_others_pass(session):
    first, second = build.waiting(session, build.endpoint(session), count=2)
    now, seen = NOW, []
    for _ in range(5):
        lane = take(session, now=now)
        parcels = claim(session, lane, now=now)
        seen.append(ids(parcels))
        if seen[-1] == [second]:
            break
        now = fail(session, lane, DestinationDownError("boom", status=500, is_batch_suspect=True), now=now)
    assert seen == [[first, second], [first], [first], [second]]
    suspect = next(row for row in build.rows(session) if row.message_id == first)
    assert (suspect.state, suspect.last_error, suspect.last_status) == (State.NEW, "boom", 500)


def test_a_suspect_is_marked_as_such(session):
    build.waiting(session, build.endpoint(session))
    lane = take(session)
    [parcel] = claim(session, lane)
    settle(session, lane, postponed=[Setback(parcel, "error", 500)])
    [again] = claim(session, lane, now=NOW + SECOND)
    assert (parcel.is_suspect, again.is_suspect, again.attempts) == (False, True, 2)


def test_a_store_that_has_to_be_mended_is_paused_and_recovers_by_itself(session):
    endpoint = build.endpoint(session)
    build.waiting(session, endpoint)
    due_at = fail(session, take(session), DestinationClosedError("refuses the password", status=401))
    session.expire_all()
    assert (endpoint.paused_reason, endpoint.last_status) == ("refuses the password", 401)
    lane = take(session, now=due_at)
    settle(session, lane, done=[parcel.id for parcel in claim(session, lane, now=due_at)], now=due_at)
    session.expire_all()
    assert (endpoint.paused_reason, endpoint.last_error, endpoint.failures) == (None, None, 0)


def test_what_was_too_large_once_is_remembered_and_never_raised(session):
    endpoint = build.endpoint(session)
    build.waiting(session, endpoint)
    lane = take(session)
    settle(session, lane, byte_limit=1000)
    settle(session, lane, byte_limit=5000)
    session.expire_all()
    assert (endpoint.byte_limit, lanes.claim(session, lane, now=NOW).byte_limit) == (1000, 1000)
