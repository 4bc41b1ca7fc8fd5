"""The queue under any order of events, deaths of workers included."""

import uuid
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from connector.delivery import lanes
from connector.delivery.destinations import Setback, Step
from connector.delivery.errors import DestinationClosedError, DestinationDownError, LeaseLostError
from connector.delivery.models import Delivery, Endpoint, Message, State
from tests import make
from tests.connector.delivery import build

LEASE = timedelta(seconds=60)
WORKERS = st.integers(0, 1)
ERRORS = st.sampled_from(
    [
        DestinationDownError("refused"),
        DestinationDownError("busy", status=429, retry_after=20),
        DestinationDownError("deadlock", status=500, is_batch_suspect=True),
        DestinationClosedError("password", status=401),
    ]
)

LOST = object()


class Queue(RuleBasedStateMachine):
    """Two workers, two endpoints, and a clock; what a worker believes may be out of date."""

    def __init__(self, database):
        super().__init__()
        self.database = database
        self.now = make.NOW
        self.believes = {}
        """What each worker holds, as it believes: its lane, when that was last renewed, and its parcels."""
        self.accepted = set()
        self.enqueued = 0

    def write(self, change):
        """Run `change` in a transaction, and return what it returns; LOST where it says that the lease is lost."""
        with self.database.session(writes=True) as session:
            try:
                result = change(session)
            except LeaseLostError:
                return LOST
            session.commit()
            return result

    def attempt(self, worker, change):
        """Do something with the lane that the worker believes to hold: it works exactly as long as the lease lasts."""
        lane, renewed, held = self.believes[worker]
        result = self.write(lambda session: change(session, lane))
        assert (result is not LOST) == (self.now < renewed + LEASE)
        if result is LOST:
            del self.believes[worker]
        else:
            self.believes[worker] = (lane, self.now, held)
        return result

    @initialize()
    def begin(self):
        def build_all(session):
            for model in (Delivery, Message, Endpoint):
                session.execute(delete(model))
            course = make.course(session)
            tenant = course.deployment.platform.tenant
            return course.id, [build.endpoint(session, tenant).id for _ in range(2)]

        self.course_id, self.endpoint_ids = self.write(build_all)

    @rule(count=st.integers(1, 3), which=st.integers(0, 1))
    def enqueue(self, count, which):
        def add(session):
            endpoint = session.get(Endpoint, self.endpoint_ids[which])
            for _ in range(count):
                id_ = uuid.uuid4()
                session.add(
                    Message(id=id_, kind="statement", course_id=self.course_id, body=b"{}", created_at=self.now)
                )
                session.flush()
                session.add(Delivery(message_id=id_, endpoint_id=endpoint.id, state=State.NEW, due_at=self.now))
            self.enqueued += count

        self.write(add)

    @rule(worker=WORKERS)
    def work(self, worker):
        """Take a lane, if the worker believes that it has none, and claim a batch."""
        if worker not in self.believes:
            lane = self.write(lambda session: lanes.take(session, now=self.now, lease=LEASE))
            if lane is None:
                return
            self.believes[worker] = (lane, self.now, [])
        batch = self.attempt(worker, lambda session, lane: lanes.claim(session, lane, now=self.now))
        if batch is not LOST:
            self.believes[worker][2].extend(batch.parcels)

    @rule(worker=WORKERS)
    def die(self, worker):
        self.believes.pop(worker, None)

    @rule(worker=WORKERS)
    def oversleep(self, worker):
        """The lease of one worker ends unnoticed, and the other one, fresh, goes to work."""
        if worker in self.believes:
            self.now += LEASE
            self.believes.pop(1 - worker, None)
            self.work(1 - worker)

    @rule(worker=WORKERS, share=st.sampled_from([0.5, 1.0]))
    def succeed(self, worker, share):
        if worker in self.believes:
            held = self.believes[worker][2]
            done = [parcel.id for parcel in held[: round(len(held) * share)]]
            if self.settle(worker, Step(done=done)) is not LOST:
                self.accepted.update(done)
                del held[: len(done)]

    @rule(worker=WORKERS, is_final=st.booleans())
    def refuse(self, worker, is_final):
        if worker in self.believes and self.believes[worker][2]:
            held = self.believes[worker][2]
            setbacks = [Setback(held[0], "refused", 400)]
            if self.settle(worker, Step(dead=setbacks) if is_final else Step(postponed=setbacks)) is not LOST:
                del held[0]

    @rule(worker=WORKERS, error=ERRORS)
    def fail(self, worker, error):
        if worker in self.believes:
            self.attempt(
                worker, lambda session, lane: lanes.fail(session, lane, error, now=self.now, chance=lambda: 0.5)
            )
            self.believes.pop(worker, None)

    @rule(worker=WORKERS)
    def leave(self, worker):
        if worker in self.believes:
            self.attempt(worker, lambda session, lane: lanes.leave(session, lane, now=self.now))
            self.believes.pop(worker, None)

    @rule(seconds=st.sampled_from([1, 59, 60, 61]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    def settle(self, worker, step):
        return self.attempt(
            worker, lambda session, lane: lanes.settle(session, lane, step, now=self.now, chance=lambda: 0.5)
        )

    def valid(self):
        """Return what the workers hold whose leases last."""
        return [(lane, held) for lane, renewed, held in self.believes.values() if self.now < renewed + LEASE]

    @invariant()
    def no_lane_and_no_delivery_is_held_twice(self):
        lanes_held = [lane.endpoint_id for lane, _ in self.valid()]
        parcels = [parcel.id for _, held in self.valid() for parcel in held]
        assert len(lanes_held) == len(set(lanes_held))
        assert len(parcels) == len(set(parcels))

    @invariant()
    def what_a_worker_holds_is_leased_under_its_token(self):
        with self.database.session(writes=False) as session:
            tokens = dict(session.execute(select(Delivery.id, Delivery.lease_token)).all())
        for lane, held in self.valid():
            assert all(tokens[parcel.id] == lane.token for parcel in held)

    @invariant()
    def nothing_is_lost_and_nothing_accepted_comes_back(self):
        with self.database.session(writes=False) as session:
            rows = session.execute(select(Delivery.id, Delivery.state, Delivery.lease_token)).all()
        assert len(rows) == self.enqueued
        assert {row.id for row in rows if row.state is State.DONE} == self.accepted
        assert all((row.state is State.LEASED) == (row.lease_token is not None) for row in rows)

    def teardown(self):
        """Let one honest worker finish: whatever happened, all is delivered or dead in the end."""
        for _ in range(200):
            lane = self.write(lambda session: lanes.take(session, now=self.now, lease=LEASE))
            if lane is not None:
                self.drain(lane)
            with self.database.session(writes=False) as session:
                waiting = select(Delivery.id).where(Delivery.state.in_([State.NEW, State.LEASED]))
                if session.scalar(waiting.limit(1)) is None:
                    return
            self.now += timedelta(seconds=30)
        raise AssertionError("something was never delivered")

    def drain(self, lane):
        while parcels := self.write(lambda session: lanes.claim(session, lane, now=self.now)).parcels:
            step = Step(done=[parcel.id for parcel in parcels])
            self.write(lambda session, step=step: lanes.settle(session, lane, step, now=self.now, chance=lambda: 0.5))
        self.write(lambda session: lanes.leave(session, lane, now=self.now))


def test_the_queue_loses_nothing_and_gives_nothing_twice(database):
    run_state_machine_as_test(
        lambda: Queue(database),
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
