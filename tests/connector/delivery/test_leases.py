import pytest

from connector.delivery import lanes
from connector.delivery.destinations import Setback
from connector.delivery.errors import DestinationDownError, LeaseLostError
from connector.delivery.models import State
from tests.connector.delivery import build
from tests.connector.delivery.drive import LEASE, NOW, SECOND, claim, fail, ids, settle, take


def test_what_a_dead_worker_held_is_taken_over_when_its_lease_ends(session):
    made = build.waiting(session, build.endpoint(session), count=2)
    claim(session, take(session))
    assert take(session, now=NOW + LEASE - SECOND) is None
    assert ids(claim(session, take(session, now=NOW + LEASE), now=NOW + LEASE)) == made


def test_what_is_left_of_a_batch_goes_back_when_the_lane_is_left(session):
    made = build.waiting(session, build.endpoint(session), count=2)
    lane = take(session)
    settle(session, lane, done=[claim(session, lane)[0].id])
    lanes.leave(session, lane, now=NOW)
    assert ids(claim(session, take(session))) == made[1:]


def test_every_step_renews_the_lease(session):
    build.waiting(session, build.endpoint(session))
    lane = take(session)
    settle(session, lane, now=NOW + LEASE - SECOND)
    assert take(session, now=NOW + LEASE) is None


@pytest.mark.parametrize("is_taken_over", [False, True])
def test_a_worker_whose_lease_ran_out_can_mark_nothing(session, is_taken_over):
    build.waiting(session, build.endpoint(session))
    stale = take(session)
    [parcel] = claim(session, stale)
    session.commit()
    late = NOW + LEASE
    if is_taken_over:
        claim(session, take(session, now=late), now=late)
        session.commit()
    before = [(row.state, row.lease_token, row.attempts) for row in build.rows(session)]
    for attempt in (
        lambda: settle(session, stale, done=[parcel.id], now=late),
        lambda: settle(session, stale, dead=[Setback(parcel, "bad")], now=late),
        lambda: fail(session, stale, DestinationDownError("refused"), now=late),
        lambda: lanes.leave(session, stale, now=late),
        lambda: claim(session, stale, now=late),
    ):
        with pytest.raises(LeaseLostError):
            attempt()
        session.rollback()
    assert [(row.state, row.lease_token, row.attempts) for row in build.rows(session)] == before


def test_a_lane_marks_no_row_that_it_does_not_hold(session):
    one, other = build.endpoint(session), build.endpoint(session)
    build.waiting(session, one, other)
    lane, second = take(session), take(session)
    [parcel] = claim(session, second)
    settle(session, lane, done=[parcel.id])
    assert {row.state for row in build.rows(session)} == {State.NEW, State.LEASED}
