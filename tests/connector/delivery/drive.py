"""Drives the queue as a worker does, with every choice of time and chance made."""

from datetime import timedelta

from connector.delivery import lanes
from connector.delivery.destinations import Step
from tests import make

NOW = make.NOW
LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


def take(session, *, now=NOW):
    return lanes.take(session, now=now, lease=LEASE)


def claim(session, lane, *, now=NOW):
    return lanes.claim(session, lane, now=now).parcels


def settle(session, lane, *, now=NOW, **step):
    lanes.settle(session, lane, Step(**step), now=now, chance=lambda: 0.5)


def fail(session, lane, error, *, now=NOW):
    return lanes.fail(session, lane, error, now=now, chance=lambda: 0.5)


def ids(parcels):
    return [parcel.message_id for parcel in parcels]
