"""The queue of scores: whose turn it is, and the time that a score travels under."""

from datetime import timedelta

import pytest

from connector.delivery.errors import LeaseLostError
from connector.grades import lanes, services
from lti.errors import ServiceClosedError, ServiceUnavailableError
from lti.profiles import GENERIC, MOODLE
from tests import make
from tests.make import NOW

LEASE = timedelta(minutes=1)


@pytest.fixture
def activity(session):
    return make.activity(session)


@pytest.fixture
def ana(session, activity):
    return make.member(session, course=activity.course)


def want(session, activity, member, points, now=NOW):
    services.set_score(session, activity, member, points=points, maximum=10, now=now)


def claim(session, *, now=NOW, profile=GENERIC):
    lane = lanes.take(session, now=now, lease=LEASE)
    job = lanes.claim(session, lane, profile, now=now)
    lanes.leave(session, lane, now=now)
    return job.parcels


def test_the_same_wish_travels_under_the_same_time(session, activity, ana):
    want(session, activity, ana, 5)
    [first] = claim(session)
    [again] = claim(session, now=NOW + timedelta(seconds=5))
    assert (first.is_repeated, again.is_repeated, first.timestamp) == (False, True, again.timestamp)


@pytest.mark.parametrize(("profile", "step"), [(GENERIC, 0.001), (MOODLE, 1)])
def test_a_new_wish_is_later_even_if_the_clock_was_set_back(session, activity, ana, profile, step):
    want(session, activity, ana, 5)
    [first] = claim(session, profile=profile)
    early = NOW - timedelta(hours=1)
    want(session, activity, ana, 6, early)
    lanes_due_before(session, early)
    [second] = claim(session, now=early, profile=profile)
    assert second.timestamp == first.timestamp + timedelta(seconds=step)


def lanes_due_before(session, moment):
    from sqlalchemy import update

    from connector.grades.models import GradeLane

    session.execute(update(GradeLane).values(due_at=moment))


def test_a_lane_is_held_by_one(session, activity, ana):
    want(session, activity, ana, 5)
    assert lanes.take(session, now=NOW, lease=LEASE) is not None
    assert lanes.take(session, now=NOW, lease=LEASE) is None
    assert lanes.take(session, now=NOW + LEASE, lease=LEASE) is not None


def test_a_lease_that_ran_out_allows_nothing(session, activity, ana):
    want(session, activity, ana, 5)
    lane = lanes.take(session, now=NOW, lease=LEASE)
    with pytest.raises(LeaseLostError):
        lanes.claim(session, lane, GENERIC, now=NOW + LEASE)


def test_an_idle_lane_is_not_taken(session, activity, ana):
    assert lanes.is_due(session, now=NOW) is False
    want(session, activity, ana, 5, NOW + timedelta(seconds=1))
    assert (lanes.is_due(session, now=NOW), lanes.is_due(session, now=NOW + timedelta(seconds=1))) == (False, True)


def test_a_platform_that_failed_is_left_alone_for_longer_and_longer(session, activity, ana):
    want(session, activity, ana, 5)
    now, waits = NOW, []
    for _ in range(4):
        lane = lanes.take(session, now=now, lease=LEASE)
        due_at = lanes.fail(
            session, lane, ServiceUnavailableError("service_failed", "500"), now=now, chance=lambda: 0.5
        )
        waits.append((due_at - now).total_seconds())
        now = due_at
    assert waits == [0.5, 1, 2, 4]


def test_patience_is_given_for_as_long_as_asked(session, activity, ana):
    want(session, activity, ana, 5)
    lane = lanes.take(session, now=NOW, lease=LEASE)
    error = ServiceUnavailableError("service_busy", "429", status=429, retry_after=90)
    assert lanes.fail(session, lane, error, now=NOW, chance=lambda: 0.5) == NOW + timedelta(seconds=90)


def test_a_closed_platform_is_marked(session, activity, ana):
    from connector.grades.models import GradeLane

    want(session, activity, ana, 5)
    lane = lanes.take(session, now=NOW, lease=LEASE)
    lanes.fail(session, lane, ServiceClosedError("token_refused", "no"), now=NOW, chance=lambda: 0.5)
    found = session.get_one(GradeLane, lane.platform_id, populate_existing=True)
    assert (found.is_closed, found.answer_code, found.lane_token) == (True, "token_refused", None)
