"""People are forgotten while workers send what they did."""

import threading
import time
import uuid

from sqlalchemy import func, select

from connector.courses.models import Person
from connector.db import utc_now
from connector.delivery import worker
from connector.delivery.models import Delivery, State
from connector.delivery.services import record
from connector.delivery.voiding import void_id
from connector.holders import HOLDERS
from connector.privacy import erasure
from tests import make
from tests.connector.delivery import build, stores
from tests.connector.delivery.acts import act
from xapi.vocabulary.events import POST_REPLIED

ACTS = 120


def write(database, change):
    with database.session(writes=True) as session:
        result = change(session)
        session.commit()
        return result


def fill(session, store):
    """Build a course of six people whose acts wait; return whose is which, and the endpoint."""
    course = make.course(session)
    one = build.endpoint(session, course.deployment.platform.tenant, url=store.url, batch_limit=5)
    place = make.activity(session, course=course)
    members = [make.member(session, course=course) for _ in range(6)]
    told = {member.person_id: set() for member in members}
    for number in range(ACTS):
        by, other = members[number % 6], members[(number + 1) % 6]
        statement = act(by, place, event=POST_REPLIED, target=other)
        record(session, statement, by=by, now=utc_now())
        told[by.person_id].add(str(statement.id))
    return told, one


def waiting(session):
    return session.scalar(select(func.count()).where(Delivery.state.in_([State.NEW, State.LEASED])))


def test_who_is_erased_while_workers_send_is_gone_from_the_store_and_nobody_else(database, store):
    told, one = write(database, lambda session: fill(session, store))
    erased, kept = list(told)[:4], list(told)[4:]
    stop = threading.Event()
    options = {"stop": stop, "idle": 0.01, "chance": lambda: 0.05}
    workers = [threading.Thread(target=worker.run, args=(database, build.SETTINGS), kwargs=options) for _ in range(2)]
    for thread in workers:
        thread.start()
    try:
        numbers = [
            write(
                database,
                lambda session, id_=id_: erasure.erase_person(
                    session, session.get(Person, id_), holders=HOLDERS, now=utc_now()
                ),
            ).id
            for id_ in erased
        ]
        end = time.monotonic() + 60
        while write(database, waiting):
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        stop.set()
        for thread in workers:
            thread.join(30)
    held = set(stores.held_by(store.url)) - voids_sent_to(store)
    assert held == {id_ for person_id in kept for id_ in told[person_id]}
    receipts = [
        receipt for number in numbers for receipt in write(database, lambda s, n=number: erasure.list_standings(s, n))
    ]
    assert [(receipt.endpoint.id, receipt.is_finished, receipt.dead) for receipt in receipts] == [(one.id, True, 0)] * 4
    figures = [receipt.receipt for receipt in receipts]
    assert sum(receipt.delivered + receipt.dropped for receipt in figures) == sum(len(told[id_]) for id_ in erased)


def voids_sent_to(store):
    """Return the ids of the voiding statements that a store was sent."""
    sent = {id_ for ids in store.posts for id_ in ids}
    return {str(void_id(uuid.UUID(id_))) for id_ in sent} & sent
