"""What is stored of a person about notices and mail, and that it goes with them."""

import uuid

import pytest
from sqlalchemy import func, select

from connector.notifications import privacy
from connector.notifications.gathering import gather
from connector.notifications.models import Level, Mail, MailPreference, Notice, Scope, Subscription
from connector.notifications.services import notify, set_level
from tests import make
from tests.make import NOW

TABLES = (Notice, Subscription, MailPreference, Mail)


@pytest.fixture
def people(session):
    """Two people of whom everything is stored that can be."""
    activity = make.activity(session)
    members = [make.member(session, course=activity.course) for _ in range(2)]
    for member in members:
        member.person.email = f"{member.id}@example.org"
        session.flush()
        for _ in range(2):
            notify(session, [member.id], "wrote", about=uuid.uuid4(), activity=activity, by=None, now=NOW)
        set_level(session, member.id, Scope.ACTIVITY, activity.id, Level.MUTED, now=NOW)
    tomorrow = NOW.replace(day=3)
    gather(session, default_zone="UTC", now=tomorrow)
    return [member.person for member in members]


def test_everything_is_listed(app, session, people):
    with app.test_request_context():
        found = {each.name: each.records for each in privacy.list_of(session, people[0])}
    assert {name: len(records) for name, records in found.items()} == {
        "notices": 2,
        "subscriptions": 1,
        "mail_preferences": 1,
        "mails": 1,
    }
    assert found["subscriptions"][0]["level"] == "muted"


def test_everything_of_one_person_goes_and_nothing_of_others(session, people):
    privacy.forget(session, people[0])
    assert [session.scalar(select(func.count()).select_from(table)) for table in TABLES] == [2, 1, 1, 1]
    assert set(session.scalars(select(Notice.person_id))) == {people[1].id}
