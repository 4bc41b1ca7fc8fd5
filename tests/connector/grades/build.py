"""Builds courses whose LMS keeps a gradebook, and runs the worker."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity, Placement
from connector.config import Settings
from connector.courses.models import Membership
from connector.db import Database, utc_now
from connector.grades import services, worker
from connector.grades.models import Grade, GradeLane, LineItem, State
from connector.platforms import keys
from tests import make
from tests.connector.grades.gradebooks import ALL_SCOPES


@dataclass
class Graded:
    """An activity with learners, by their ids: rows are fetched anew in each session."""

    activity_id: uuid.UUID
    platform_id: uuid.UUID
    member_ids: Sequence[uuid.UUID]
    user_ids: Sequence[str]

    def activity(self, session: Session) -> Activity:
        return session.get_one(Activity, self.activity_id)

    def member(self, session: Session, number: int = 0) -> Membership:
        return session.get_one(Membership, self.member_ids[number])


def graded_activity(
    session: Session,
    url: str,
    *,
    lineitems: str | None,
    lineitem: str | None = None,
    user_ids: Sequence[str] = ("ana", "bo", "cleo"),
    scopes: Sequence[str] = ALL_SCOPES,
    **platform: object,
) -> Graded:
    """Build an activity in the LMS at `url`."""
    lms = make.platform(session, **{"issuer": url, **platform})
    course = make.course(session, deployment=make.deployment(session, platform=lms))
    activity = make.activity(session, course=course)
    placement = session.scalars(select(Placement).where(Placement.activity_id == activity.id)).one()
    placement.lineitems_url, placement.lineitem_url, placement.scopes = lineitems, lineitem, list(scopes)
    members = [make.member(session, course=course) for _ in user_ids]
    for member, user_id in zip(members, user_ids, strict=True):
        member.person.subject = user_id
    session.flush()
    return Graded(activity.id, lms.id, [member.id for member in members], list(user_ids))


def ready(database: Database, settings: Settings, *, now: datetime | None = None) -> None:
    """Make the tool's key."""
    with database.session(writes=True) as session:
        keys.ensure_key(session, settings.secret_key, now=now or utc_now())
        session.commit()


def want(database: Database, graded: Graded, points: float | None, number: int = 0, **more: Any) -> None:
    """Want points for a learner, and commit."""
    with database.session(writes=True) as session:
        values = {"maximum": 10.0, "now": utc_now(), **more}
        services.set_score(session, graded.activity(session), graded.member(session, number), points=points, **values)
        session.commit()


def act(database: Database, graded: Graded, service: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Call a service for the activity, and commit."""
    with database.session(writes=True) as session:
        result = service(session, graded.activity(session), *args, **{"now": utc_now(), **more})
        session.commit()
        return result


def grades(database: Database, graded: Graded) -> list[Grade | None]:
    """Return the grades as they are stored now, by learner."""
    with database.session(writes=False) as session:
        query = select(Grade).join(LineItem).where(LineItem.activity_id == graded.activity_id)
        found = {grade.member_id: grade for grade in session.scalars(query)}
    return [found.get(member_id) for member_id in graded.member_ids]


def line_item(database: Database, graded: Graded) -> LineItem:
    """Return the line item as it is stored now."""
    with database.session(writes=False) as session:
        return session.scalars(select(LineItem).where(LineItem.activity_id == graded.activity_id)).one()


def lane(database: Database, graded: Graded) -> GradeLane:
    """Return the lane as it is stored now."""
    with database.session(writes=False) as session:
        return session.get_one(GradeLane, graded.platform_id)


@contextmanager
def running(database: Database, settings: Settings, **options: Any) -> Any:
    """Run a worker in a thread."""
    stop = threading.Event()
    options = {"idle": 0.02, "chance": lambda: 0.02, **options}
    thread = threading.Thread(target=worker.run, args=(database, settings), kwargs={"stop": stop, **options})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def wait_until(holds: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def are_all(database: Database, graded: Graded, state: State, *, count: int | None = None) -> bool:
    """Tell whether the grades that there are have all come as far as `state`."""
    found = [grade for grade in grades(database, graded) if grade is not None]
    return {grade.state for grade in found} == {state} and count in (None, len(found))
