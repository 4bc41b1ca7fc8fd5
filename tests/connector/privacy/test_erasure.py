"""Somebody is forgotten: here, and as far as stores let us, there."""

import contextlib
import json
import uuid
from collections import Counter
from datetime import timedelta
from hashlib import sha1

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, String, Uuid, select, update

from connector.courses.models import Person
from connector.courses.people import name_of
from connector.db import Model
from connector.delivery import lanes, mending
from connector.delivery.lrs import LRSDestination
from connector.delivery.models import ActorMode, Delivery, Endpoint, Kind, Message, State
from connector.delivery.services import record
from connector.delivery.voiding import void_id
from connector.holders import HOLDERS
from connector.privacy import erasure
from connector.privacy.errors import ErasureUnknownError, PersonUnknownError
from connector.privacy.models import Purpose
from connector.privacy.services import decide
from tests import make
from tests.connector.delivery import build, drive, stores
from tests.connector.delivery.acts import EVENTS, act
from tests.connector.threads import build as discussion
from xapi.errors import LRSConflictError
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient
from xapi.schema import VOIDED
from xapi.vocabulary.events import POST_REPLIED, THREAD_CREATED, USER_MENTIONED
from xapi.vocabulary.extensions import TARGET

NOW = make.NOW
MODES = (ActorMode.PSEUDONYMOUS, ActorMode.INTEROPERABLE)
"""Whose statements keep to the profile, which knows accounts alone."""


@pytest.fixture
def course(session):
    return make.course(session)


@pytest.fixture
def ana(session, course):
    member = make.member(session, course=course, name="Ana Holm")
    member.person.email, member.person.subject = "ana@example.org", f"subject-of-{uuid.uuid4()}"
    return member


@pytest.fixture
def bo(session, course):
    return make.member(session, course=course, name="Bo Dam")


@pytest.fixture
def place(session, course):
    return make.activity(session, course=course)


def endpoint(session, course, **more):
    return build.endpoint(session, course.deployment.platform.tenant, **more)


def tell(session, by, place, *, event=THREAD_CREATED, target=None):
    statement = act(by, place, event=event, target=target)
    record(session, statement, by=by, now=NOW)
    return statement.id


def erase(session, member):
    return erasure.erase_person(session, member.person, holders=HOLDERS, now=NOW)


def receipts(session, erased):
    """Return the figures of each receipt, by endpoint."""
    return {
        one.endpoint.id: (one.receipt.delivered, one.receipt.dropped, one.receipt.uncertain, one.receipt.named)
        for one in erasure.list_standings(session, erased.id)
    }


def queue(session):
    """Return what waits: the id of each statement, by endpoint."""
    rows = session.execute(select(Delivery.endpoint_id, Delivery.message_id).order_by(Delivery.id)).all()
    return [(row.endpoint_id, row.message_id) for row in rows]


def set_state(session, id_, state, attempts=1):
    changes = {"state": state, "attempts": attempts, "done_at": NOW if state is State.DONE else None}
    session.execute(update(Delivery).where(Delivery.message_id == id_).values(changes))


def cells(session):
    """Yield every word and every number of bytes in the database, with the column that it stands in."""
    for table in Model.metadata.sorted_tables:
        columns = [column for column in table.columns if holds_words(column.type)]
        for row in session.execute(select(*columns)) if columns else ():
            for column, value in zip(columns, row, strict=True):
                if value is not None:
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    yield f"{table.name}.{column.name}", text


def holds_words(type_):
    return isinstance(type_, String | LargeBinary | Uuid) or type_.__class__.__name__ == "JSON"


def identities(member):
    person = member.person
    digest = sha1(f"mailto:{person.email}".encode(), usedforsecurity=False).hexdigest() if person.email else None
    words = {person.name, person.email, person.subject, str(person.pseudonym), str(person.veil), digest}
    return {word for word in words if word}


# --- the person -------------------------------------------------------------------------------------------------------
def test_nothing_says_who_they_were(session, course, ana, bo, place):
    for mode in MODES:
        endpoint(session, course, actor_mode=mode)
    tell(session, ana, place)
    tell(session, bo, place, event=POST_REPLIED, target=ana)
    tell(session, bo, place, event=USER_MENTIONED, target=ana)
    words, pseudonym = identities(ana), str(ana.person.pseudonym)
    erase(session, ana)
    found = {(where, word) for where, text in cells(session) for word in words if word in text}
    # What others told stores that know nobody: the pseudonym is nobody's now.
    assert found == {("message.body", pseudonym)}
    people = {id_ for row in session.execute(select(Message.person_id, Message.target_id)) for id_ in row}
    assert people == {bo.person_id, None}


def test_their_posts_stay_as_a_former_member_s(session, ana, place, app):
    thread = discussion.thread(session, activity=place, author=ana, title="How do you file?")
    erase(session, ana)
    with app.test_request_context():
        assert (name_of(thread.author), thread.title) == ("Former member", "How do you file?")


def test_no_page_opens_for_them_and_nothing_more_is_told(session, ana, place):
    endpoint(session, ana.course)
    erase(session, ana)
    session.refresh(ana)
    assert (ana.is_active, ana.person.is_recorded, ana.person.erased_at) == (False, False, NOW)
    decide(session, ana.person, Purpose.LEARNING_RECORD, is_given=True, now=NOW)
    tell(session, ana, place)
    assert queue(session) == []


def test_who_comes_back_is_somebody_new(session, ana):
    platform, subject = ana.person.platform, ana.person.subject
    erase(session, ana)
    again = make.person(session, platform=platform, subject=subject)
    assert again.id != ana.person_id
    assert session.scalars(select(Person.id).where(Person.subject == subject)).all() == [again.id]


# --- their statements -------------------------------------------------------------------------------------------------
def test_what_was_never_sent_is_dropped(session, course, ana, place):
    one = endpoint(session, course)
    tell(session, ana, place)
    erased = erase(session, ana)
    assert (queue(session), receipts(session, erased)) == ([], {one.id: (0, 1, 0, 0)})
    assert session.scalars(select(Message)).all() == []


def test_what_was_delivered_is_voided(session, course, ana, place):
    one = endpoint(session, course)
    id_ = tell(session, ana, place)
    set_state(session, id_, State.DONE)
    erased = erase(session, ana)
    assert (queue(session), receipts(session, erased)) == ([(one.id, void_id(id_))], {one.id: (1, 0, 0, 0)})


@pytest.mark.parametrize("state", [State.NEW, State.LEASED, State.DEAD])
def test_what_was_tried_is_dropped_and_voided(session, course, ana, place, state):
    one = endpoint(session, course)
    id_ = tell(session, ana, place)
    set_state(session, id_, state)
    erased = erase(session, ana)
    assert (queue(session), receipts(session, erased)) == ([(one.id, void_id(id_))], {one.id: (0, 1, 1, 0)})


def test_what_was_given_up_and_revived_may_have_arrived(session, course, ana, place):
    one = endpoint(session, course)
    id_ = tell(session, ana, place)
    set_state(session, id_, State.DEAD)
    mending.revive(session, now=NOW + timedelta(days=8))
    erased = erase(session, ana)
    assert (queue(session), receipts(session, erased)) == ([(one.id, void_id(id_))], {one.id: (0, 1, 1, 0)})


def test_others_statements_stay(session, course, ana, bo, place):
    one = endpoint(session, course)
    ids = [tell(session, bo, place, event=POST_REPLIED, target=ana) for _ in range(3)]
    set_state(session, ids[0], State.DONE)
    erased = erase(session, ana)
    assert queue(session) == [(one.id, id_) for id_ in ids]
    assert receipts(session, erased) == {}


def test_others_statements_no_longer_name_them(session, course, ana, bo, place):
    one = endpoint(session, course, actor_mode=ActorMode.INTEROPERABLE)
    replied, mentioned, delivered = (
        tell(session, bo, place, event=event, target=ana) for event in (POST_REPLIED, USER_MENTIONED, POST_REPLIED)
    )
    set_state(session, delivered, State.DONE)
    subject = ana.person.subject
    before = dict(session.execute(select(Message.id, Message.body)).all())
    erased = erase(session, ana)
    after = dict(session.execute(select(Message.id, Message.body)).all())
    assert queue(session) == [(one.id, replied), (one.id, delivered)]
    assert receipts(session, erased) == {one.id: (0, 1, 0, 1)}
    for id_ in (replied, mentioned, delivered):
        assert subject.encode() in before[id_]
        assert subject.encode() not in after[id_]
    expected = json.loads(before[replied])
    del expected["context"]["extensions"][TARGET.id]
    assert json.loads(after[replied]) == expected


def test_a_thousand_statements(session, course, ana, place):
    one, other = endpoint(session, course), endpoint(session, course)
    ids = [tell(session, ana, place) for _ in range(1100)]
    session.execute(update(Delivery).where(Delivery.endpoint_id == one.id).values(state=State.DONE, attempts=1))
    erased = erase(session, ana)
    assert receipts(session, erased) == {one.id: (1100, 0, 0, 0), other.id: (0, 1100, 0, 0)}
    assert sorted(queue(session)) == sorted((one.id, void_id(id_)) for id_ in ids)


def test_what_stores_said_of_them_is_left_out(session, course, ana, bo, place):
    ana.person.subject = "5"
    session.flush()
    quoting, other = endpoint(session, course), endpoint(session, course)
    quoting.last_error = f"the LRS answered 500: agent {ana.person.pseudonym}"
    quoting.paused_reason = 'no agent {"name": "5"}'
    other.last_error = "the LRS answered 500: 5 deadlocks"
    id_ = tell(session, bo, place)
    session.execute(update(Delivery).where(Delivery.message_id == id_).values(last_error="bad: ana@example.org"))
    erase(session, ana)
    session.expire_all()
    assert ("erased" in quoting.last_error, "erased" in quoting.paused_reason) == (True, True)
    assert other.last_error == "the LRS answered 500: 5 deadlocks"
    assert all("erased" in row.last_error for row in build.rows(session))


# --- again, by number, and what there is not -------------------------------------------------------------------------
def test_once_more_changes_nothing_and_finds_what_came_late(session, course, ana, place):
    one = endpoint(session, course)
    first = tell(session, ana, place)
    set_state(session, first, State.DONE)
    late = act(ana, place, event=THREAD_CREATED)
    body = session.scalar(select(Message.body))
    erased = erase(session, ana)
    assert receipts(session, erase(session, ana)) == {}
    # As if a request had begun before, and ended after.
    message = {"id": late.id, "kind": Kind.STATEMENT, "course_id": course.id, "person_id": ana.person_id}
    session.add(Message(**message, body=body, created_at=NOW))
    session.flush()
    session.add(Delivery(message_id=late.id, endpoint_id=one.id, state=State.NEW, due_at=NOW))
    session.flush()
    assert receipts(session, erase(session, ana)) == {one.id: (0, 1, 0, 0)}
    assert receipts(session, erased) == {one.id: (1, 0, 0, 0)}
    assert queue(session) == [(one.id, void_id(first))]


def test_a_subject_is_erased_at_each_registration_of_their_lms(session, ana):
    issuer, subject = ana.person.platform.issuer, ana.person.subject
    again = make.platform(session, tenant=ana.person.platform.tenant, issuer=issuer)
    twin = make.person(session, platform=again, subject=subject)
    other = make.person(session, platform=make.platform(session), subject=subject)
    erased = erasure.erase_subject(session, issuer=issuer, subject=subject, holders=HOLDERS, now=NOW)
    assert len(erased) == len(erasure.list_erasures(session)) == 2
    assert [person.erased_at for person in (ana.person, twin, other)] == [NOW, NOW, None]
    with pytest.raises(PersonUnknownError):
        erasure.erase_subject(session, issuer=issuer, subject=subject, holders=HOLDERS, now=NOW)


def test_there_is_no_receipt_of_what_was_not_done(session):
    with pytest.raises(ErasureUnknownError):
        erasure.list_standings(session, uuid.uuid4())


# --- all of it, with a store ------------------------------------------------------------------------------------------
def client_of(http, store):
    return LRSClient(Address(store.url, build.USERNAME, build.PASSWORD), http)


def deliver(session, clients, *, batches=100):
    """Work as a worker does on one lane; return what went out, in order.

    Args:
        clients: Of the store of each endpoint.
    """
    sent = []
    lane = drive.take(session)
    for _ in range(batches if lane else 0):
        parcels = drive.claim(session, lane)
        for step in LRSDestination(clients[lane.endpoint_id]).deliver(parcels, byte_limit=1_000_000):
            drive.settle(session, lane, done=step.done, dead=step.dead, postponed=step.postponed)
        sent += drive.ids(parcels)
    if lane:
        lanes.leave(session, lane, now=NOW)
    return sent


def test_voids_arrive_after_what_was_on_its_way(session, course, ana, place, store):
    one = endpoint(session, course, url=store.url)
    ids = [tell(session, ana, place) for _ in range(3)]
    with requests.Session() as http:
        client = client_of(http, store)
        lane = drive.take(session)
        parcels = drive.claim(session, lane)
        erased = erase(session, ana)  # while a worker holds them, its request not sent
        [standing] = erasure.list_standings(session, erased.id)
        assert (standing.waiting, standing.voided, standing.is_finished) == (3, 0, False)
        done = [id_ for step in LRSDestination(client).deliver(parcels, byte_limit=1_000_000) for id_ in step.done]
        drive.settle(session, lane, done=done)
        lanes.leave(session, lane, now=NOW)
        assert sorted(deliver(session, {one.id: client})) == sorted(void_id(id_) for id_ in ids)
        assert [client.get(id_) for id_ in ids] == [None] * 3
        assert all(client.get(id_, voided=True) for id_ in ids)
        [standing] = erasure.list_standings(session, erased.id)
        assert (standing.endpoint.id, standing.waiting, standing.voided, standing.dead) == (one.id, 0, 3, 0)
        assert standing.is_finished


def test_a_void_that_is_refused_shows(session, course, ana, place, store):
    one = endpoint(session, course)
    tell(session, ana, place)
    with requests.Session() as http:
        clients = {one.id: client_of(http, store)}
        deliver(session, clients)
        erased = erase(session, ana)
        store.before = lambda ids: 400 if ids else None
        deliver(session, clients)
    [standing] = erasure.list_standings(session, erased.id)
    assert (standing.waiting, standing.voided, standing.dead) == (0, 0, 1)


def test_a_mention_that_may_have_arrived_is_taken_back_with_the_mentioned_one(session, course, ana, bo, place, store):
    """Stripped it tells of nothing, so it is not sent again; whoever wrote it may be erased later."""
    one = endpoint(session, course, actor_mode=ActorMode.INTEROPERABLE)
    id_ = tell(session, bo, place, event=USER_MENTIONED, target=ana)
    with requests.Session() as http:
        client = client_of(http, store)
        lane = drive.take(session)
        client.send([parcel.body for parcel in drive.claim(session, lane)])  # and the worker dies
        session.execute(update(Endpoint).values(lane_until=NOW))
        erased = erase(session, ana)
        assert receipts(session, erased) == {one.id: (0, 1, 1, 0)}
        assert deliver(session, {one.id: client}) == [void_id(id_)]
        assert client.get(id_) is None


WHO = st.integers(0, 1)
ACT = st.tuples(st.just("act"), WHO, st.sampled_from([None, 0, 1]), st.sampled_from(EVENTS))
STEP = st.one_of(
    *[ACT] * 4,
    st.tuples(st.just("deliver"), st.integers(1, 2)),
    st.tuples(st.just("die"), st.booleans()),
    st.tuples(st.just("erase"), WHO),
    st.tuples(st.just("silence"), WHO, st.booleans()),
)


class Story:
    """Two people, two stores that know people in different ways, and a worker that may be killed anywhere."""

    def __init__(self, session, http, stores):
        self.session, self.stores = session, stores
        course = make.course(session)
        self.place = make.activity(session, course=course)
        self.members = [make.member(session, course=course, name=f"Name-{uuid.uuid4()}") for _ in range(2)]
        for member in self.members:
            member.person.email = f"{uuid.uuid4()}@example.org"
            member.person.subject = f"subject-of-{uuid.uuid4()}"
        self.endpoints = [endpoint(session, course, actor_mode=mode, batch_limit=2) for mode in MODES]
        session.flush()
        self.clients = {one.id: client_of(http, store) for one, store in zip(self.endpoints, stores, strict=True)}
        self.told, self.erasures, self.gone = [], [], []
        """Each statement's id, who told it, and whom it names; each erasure with what it found; each lost identity."""

    def run(self, steps):
        for step in steps:
            getattr(self, step[0])(*step[1:])
            self.check()
        self.deliver(100)
        self.check_at_the_end()

    def act(self, by, target, event):
        by, target = self.members[by], None if target is None else self.members[target]
        if event is USER_MENTIONED:
            target = target or by
        target = None if event is THREAD_CREATED else target
        id_ = tell(self.session, by, self.place, event=event, target=target)
        if self.session.scalar(select(Message.id).where(Message.id == id_).limit(1)):
            self.told.append((id_, by, target))

    def deliver(self, batches):
        for _ in self.endpoints:
            deliver(self.session, self.clients, batches=batches)

    def die(self, is_sent):
        """Let workers die with what they hold, before or after it arrived."""
        for _ in self.endpoints:
            lane = drive.take(self.session)
            if lane:
                parcels = drive.claim(self.session, lane)
                if is_sent and parcels:
                    with contextlib.suppress(LRSConflictError):
                        self.clients[lane.endpoint_id].send([parcel.body for parcel in parcels])
                self.session.execute(update(Endpoint).where(Endpoint.id == lane.endpoint_id).values(lane_until=NOW))

    def silence(self, who, is_given):
        decide(self.session, self.members[who].person, Purpose.LEARNING_RECORD, is_given=is_given, now=NOW)

    def erase(self, who):
        member = self.members[who]
        before = Counter(
            (row.endpoint_id, row.state is State.DONE)
            for row in self.session.execute(
                select(Delivery.endpoint_id, Delivery.state)
                .join(Delivery.message)
                .where(Message.person_id == member.person_id)
            )
        )
        self.gone.append((identities(member), {id_ for id_, by, _ in self.told if by is member}))
        self.erasures.append((erase(self.session, member), before))

    def check(self):
        bodies = dict(self.session.execute(select(Message.id, Message.body)).all())
        texts = list(cells(self.session)) if self.gone else []
        for words, ids in self.gone:
            assert not ids & set(bodies)
            pseudonymous = [(where, text) for where, text in texts if where != "message.body"]
            assert not [(where, word) for where, text in pseudonymous for word in words if word in text]
            interoperable = self.session.scalars(select(Message.body).where(Message.rendering.like("%/interoperable")))
            assert not [word for body in interoperable for word in words if word.encode() in body]
        secrets = [word for member in self.members for word in (member.person.name, member.person.email) if word]
        assert not [word for body in bodies.values() for word in secrets if word.encode() in body]
        for erased, before in self.erasures:
            found = receipts(self.session, erased)
            for one in self.endpoints:
                delivered, dropped, _uncertain, _named = found.get(one.id, (0, 0, 0, 0))
                assert delivered == before[one.id, True]
                assert dropped >= before[one.id, False]  # others' mentions of them count too

    def check_at_the_end(self):
        for erased, _ in self.erasures:
            for standing in erasure.list_standings(self.session, erased.id):
                assert (standing.waiting, standing.dead) == (0, 0)
                assert standing.voided == standing.receipt.delivered + standing.receipt.uncertain
        erased_ids = {id_ for _, ids in self.gone for id_ in ids}
        kept = {str(id_) for id_, _, _ in self.told} - {str(id_) for id_ in erased_ids}
        for store, client in zip(self.stores, self.clients.values(), strict=True):
            shown = {one["id"] for one in client.statements() if one["verb"]["id"] != VOIDED}
            posted = [id_ for ids in store.posts for id_ in ids]
            assert shown <= kept
            for target in erased_ids:
                if str(void_id(target)) in posted:
                    after = posted[posted.index(str(void_id(target))) :]
                    assert str(target) not in after
                else:
                    assert str(target) not in posted


@pytest.mark.timeout(600)  # it goes through all of a store's life, many times
def test_whatever_happens_the_erased_are_forgotten_and_receipts_add_up(database, tmp_path):
    numbers = iter(range(1000))

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=6, max_size=25))
    def hold(steps):
        with contextlib.ExitStack() as stack:
            made = []
            for _ in MODES:
                folder = tmp_path / str(next(numbers))
                folder.mkdir()
                made.append(stores.Store(folder))
                stack.callback(made[-1].close)
            http = stack.enter_context(requests.Session())
            session = stack.enter_context(database.session(writes=True))
            Story(session, http, made).run(steps)
            session.rollback()

    hold()
