"""The whole pipeline in one thread: acts, workers that may die anywhere, a store of any dialect, and a clock that jumps."""

from collections import Counter
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update

from connector.courses.models import Membership
from connector.db import Database
from connector.delivery import services
from connector.delivery.lrs import LRSDestination
from connector.delivery.models import Delivery, Endpoint, State
from connector.delivery.worker import _Worker
from tests import make
from tests.connector.delivery import build
from tests.connector.delivery.stores import Store
from xapi.lrs import Endpoint as Address
from xapi.lrs import LRSClient

LEASE = timedelta(minutes=3)
_PATIENCE = (5.0, 0.15)
_OPEN = (State.NEW, State.LEASED)
_STEP = timedelta(minutes=5)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Watch:
    """The world's clock as one worker reads it; each reading is a place to die at."""

    def __init__(self, world: "World", dies_after: int | None) -> None:
        self.world, self.left = world, dies_after

    def __call__(self) -> datetime:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        return self.world.now


class Never:
    """An event that never happens, and is not waited for."""

    def is_set(self) -> bool:
        return False

    def wait(self, _seconds: float) -> bool:
        return False


class World:
    """A tenant with one endpoint; what earlier worlds left in the database is switched off."""

    def __init__(self, database: Database, store: Store) -> None:
        self.database, self.store, self.now = database, store, make.NOW
        self.ids: list[str] = []
        self.http: list[dict] = [{} for _ in range(4)]
        store.faults.clear()
        with database.session(writes=True) as session:
            session.execute(update(Endpoint).values(is_active=False))
            member = make.member(session)
            self.member_id = member.id
            tenant = member.course.deployment.platform.tenant
            self.endpoint_id = build.endpoint(session, tenant, url=store.url, due_at=self.now).id
            session.commit()

    def act(self, count: int) -> None:
        """Somebody does something, `count` times."""
        with self.database.session(writes=True) as session:
            member = session.get_one(Membership, self.member_id)
            for _ in range(count):
                statement = build.statement(at=self.now, number=len(self.ids))
                services.record(session, statement, by=member, now=self.now)
                self.ids.append(str(statement.id))
            session.commit()

    def work(self, worker: int = 0, *, dies_after: int | None = None) -> bool:
        """Let a worker take a lane and serve it; it dies, or says whether there was anything to do."""
        clock = Watch(self, dies_after)
        at_work = _Worker(
            self.database,
            Never(),
            clock,
            LEASE,
            lambda: 0.5,
            settings=build.SETTINGS,
            connect=self.connect,
            http=self.http[worker],
        )
        try:
            lane = at_work.take()
            if lane is not None:
                at_work.serve(lane)
        except Killed:
            self.http[worker] = {}  # another process begins
            return True
        return lane is not None

    def connect(self, endpoint, _settings, http) -> LRSDestination:
        """Give up soon, and read little: in these tests nobody has time."""
        address = Address(endpoint.url, build.USERNAME, build.PASSWORD)
        client = LRSClient(address, http, timeout=_PATIENCE, max_bytes=100_000)
        return LRSDestination(client, is_proven=endpoint.succeeded_at is not None)

    def finish(self) -> None:
        """Let nothing go wrong any more, and honest workers work until nothing waits."""
        self.store.faults.clear()
        self.store.before = lambda _ids: None
        for _ in range(400):
            while self.work():
                pass
            if not self.waiting():
                return
            self.now += _STEP
        raise AssertionError("something was never delivered")

    def waiting(self) -> bool:
        with self.database.session(writes=False) as session:
            mine = select(Delivery.id).where(Delivery.endpoint_id == self.endpoint_id, Delivery.state.in_(_OPEN))
            return session.scalar(mine.limit(1)) is not None

    def check(self) -> None:
        """See that the store holds exactly what was done, once, and that the outbox knows it."""
        copies = self.store.dialect.copies()
        assert {id_: copies[id_] for id_ in self.ids} == dict.fromkeys(self.ids, 1)
        with self.database.session(writes=False) as session:
            endpoint = session.get_one(Endpoint, self.endpoint_id)
            states = Counter(session.scalars(select(Delivery.state).where(Delivery.endpoint_id == endpoint.id)))
        assert states == Counter({State.DONE: len(self.ids)} if self.ids else {})
        assert (endpoint.accepted, endpoint.lane_token, endpoint.paused_reason) == (len(self.ids), None, None)


def silence_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
