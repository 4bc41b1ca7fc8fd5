"""Builds what the tests of deliveries need: endpoints, statements, and rows that wait."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import tincan
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.courses.models import Course
from connector.delivery import services
from connector.delivery.models import Delivery, Endpoint, Kind, Message, State
from connector.platforms.models import Tenant
from tests import make
from xapi import statement as statements

SETTINGS = Settings(secret_key="s" * 32, allow_private_addresses=True)
USERNAME, PASSWORD = "kring", "a long pässword"


def endpoint(
    session: Session, tenant: Tenant | None = None, *, url: str = "http://127.0.0.1:9/xAPI", **more: object
) -> Endpoint:
    """Build an endpoint; `more` sets its columns."""
    row = services.add_endpoint(
        session,
        tenant or make.tenant(session),
        SETTINGS,
        name="LRS",
        url=url,
        username=USERNAME,
        password=PASSWORD,
        now=make.NOW,
    )
    for name, value in more.items():
        setattr(row, name, value)
    session.flush()
    return row


def statement(*, id_: uuid.UUID | None = None, at: datetime = make.NOW, number: int = 0) -> tincan.Statement:
    """Build a valid statement about the reply `number`."""
    verb = tincan.Verb(
        id="http://adlnet.gov/expapi/verbs/responded", display=tincan.LanguageMap({"en": "responded to"})
    )
    return tincan.Statement(
        id=id_ or uuid.uuid4(),
        actor=statements.actor("https://kring.example/tenants/1", f"person-{number % 7}"),
        verb=verb,
        object=statements.activity(
            f"https://kring.example/replies/{number}", "http://id.tincanapi.com/activitytype/forum-reply"
        ),
        timestamp=at,
    )


def waiting(
    session: Session, *endpoints: Endpoint, count: int = 1, course: Course | None = None, at: datetime = make.NOW
) -> list[uuid.UUID]:
    """Store `count` valid statements that wait for every endpoint; return their ids in the order of the lane."""
    course = course or make.course(session)
    ids = [uuid.uuid4() for _ in range(count)]
    for number, id_ in enumerate(ids):
        body = statements.to_bytes(statement(id_=id_, number=number))
        session.add(Message(id=id_, kind=Kind.STATEMENT, course_id=course.id, body=body, created_at=at))
    session.flush()
    for id_ in ids:
        for one in endpoints:
            session.add(Delivery(message_id=id_, endpoint_id=one.id, state=State.NEW, due_at=at))
            session.flush()
    return ids


def rows(session: Session) -> Sequence[Delivery]:
    """Return every delivery as it is stored now, in the order of the lane."""
    session.expire_all()
    return session.scalars(select(Delivery).order_by(Delivery.due_at, Delivery.id)).all()
