"""Voiding statements, and stores that differ about what is not there to be voided."""

import json
import uuid

import pytest
import requests
from sqlalchemy import select

from connector.delivery import lrs, voiding
from connector.delivery.destinations import Parcel
from connector.delivery.errors import DestinationClosedError, DestinationDownError
from connector.delivery.models import Delivery, Kind, Message
from connector.delivery.voiding import Told, void_id
from tests import make
from tests.connector.delivery import build
from xapi import schema
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient
from xapi.statement import to_bytes


@pytest.fixture
def client(store):
    with requests.Session() as http:
        yield LRSClient(Address(store.url, build.USERNAME, build.PASSWORD), http, timeout=(1, 0.5))


@pytest.fixture
def course(session):
    return make.course(session)


def void(session, course, *told):
    return voiding.void(session, told, course.deployment.platform.tenant, now=make.NOW)


def plain(number, id_=None):
    id_ = id_ or uuid.uuid4()
    return Parcel(number, id_, to_bytes(build.statement(id_=id_, number=number)), make.NOW, 1, is_suspect=False)


def voids(session, course, number, target):
    """Return a parcel that voids `target`."""
    void(session, course, Told(target, course.id, build.endpoint(session, course.deployment.platform.tenant).id))
    body = session.scalar(select(Message.body).where(Message.voids_id == target))
    return Parcel(number, void_id(target), body, make.NOW, 1, is_suspect=False, voids_id=target)


def outcome(client, parcels):
    done, dead = [], []
    for step in lrs.LRSDestination(client).deliver(parcels, byte_limit=1_000_000):
        done += step.done
        dead += [setback.parcel.id for setback in step.dead]
    return sorted(done), dead


def refuses_voids_of_what_it_lacks(store, client, status):
    """Let a store refuse every batch that voids something that it does not have."""
    targets = {}

    def before(ids):
        lacks = [id_ for id_ in ids if id_ in targets and client.get(targets[id_]) is None]
        return (status, '{"error": "No statement with this id was found"}', {}) if lacks else None

    store.before = before
    return targets


def test_a_voiding_statement_is_the_installation_s_own_and_names_nobody(session, course):
    endpoint, target = build.endpoint(session, course.deployment.platform.tenant), uuid.uuid4()
    void(session, course, Told(target, course.id, endpoint.id))
    [message] = session.scalars(select(Message))
    assert (message.kind, message.id, message.voids_id) == (Kind.VOID, void_id(target), target)
    assert (message.person_id, message.target_id) == (None, None)
    told = json.loads(message.body)
    schema.validate(told)
    schema.validate(told, version="2.0.0")
    assert told["object"] == {"objectType": "StatementRef", "id": str(target)}
    assert told["actor"]["account"] == {"homePage": course.deployment.platform.tenant.iri, "name": "kring"}


def test_a_statement_is_voided_once_at_each_store(session, course):
    endpoints = [build.endpoint(session, course.deployment.platform.tenant) for _ in range(2)]
    targets = [uuid.uuid4() for _ in range(450)]
    told = [Told(target, course.id, endpoint.id) for target in targets for endpoint in endpoints]
    ids = void(session, course, *told)
    assert void(session, course, *told) == ids == {one: void_id(one.statement_id) for one in told}
    assert len(session.scalars(select(Message)).all()) == 450
    assert len(session.scalars(select(Delivery)).all()) == 900


def test_the_store_no_longer_shows_what_is_voided(session, course, store, client):
    target = plain(0)
    assert outcome(client, [target, voids(session, course, 1, target.message_id)]) == ([0, 1], [])
    assert client.get(target.message_id) is None
    assert client.get(target.message_id, voided=True) is not None
    assert client.get(uuid.uuid4(), voided=True) is None


@pytest.mark.parametrize("status", [400, 404])
def test_a_store_that_wants_a_target_gets_the_others_and_nothing_is_given_up(session, course, store, client, status):
    held, lacked = plain(0), uuid.uuid4()
    outcome(client, [held])
    targets = refuses_voids_of_what_it_lacks(store, client, status)
    parcels = [plain(1), voids(session, course, 2, lacked), voids(session, course, 3, held.message_id), plain(4)]
    targets |= {str(one.message_id): one.voids_id for one in parcels if one.voids_id}
    assert outcome(client, parcels) == ([1, 2, 3, 4], [])
    assert client.get(held.message_id) is None
    assert client.get(void_id(lacked)) is None


def test_an_address_without_a_store_closes_the_lane_also_for_voiding_statements(session, course, store, client):
    store.before = lambda _ids: 404
    with pytest.raises(DestinationClosedError):
        outcome(client, [voids(session, course, 0, uuid.uuid4())])


def test_a_store_that_knows_the_target_and_says_404_closes_the_lane(session, course, store, client):
    target = plain(0)
    outcome(client, [target])
    store.before = lambda ids: 404 if ids else None
    with pytest.raises(DestinationClosedError):
        outcome(client, [voids(session, course, 1, target.message_id)])


def test_a_store_that_refuses_to_void_what_it_has_is_told_so(session, course, store, client):
    target = plain(0)
    outcome(client, [target])
    store.before = lambda ids: 400 if ids else None
    assert outcome(client, [voids(session, course, 1, target.message_id)]) == ([], [1])


def test_a_store_that_goes_down_while_it_is_asked_has_the_lane_wait(session, course, store, client):
    store.before = lambda ids: 404 if ids else 503
    with pytest.raises(DestinationDownError):
        outcome(client, [voids(session, course, 0, uuid.uuid4())])
