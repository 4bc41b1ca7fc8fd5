"""Giving a lot of work at once stores and tells the same as giving it one by one."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.courses.models import Recording
from connector.delivery.models import ActorMode, Delivery, Message
from connector.delivery.services import record
from connector.peer_review import rules, statements
from connector.peer_review.matching import assigning, distributing
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Anonymity
from tests import make
from tests.connector.delivery import build
from tests.connector.peer_review import acts
from tests.make import NOW


def told(session):
    """Return the statements of reviews that were given, by rendering and the review's address."""
    rows = session.execute(select(Message.rendering, Message.person_id, Message.body)).all()
    found = {}
    for rendering, person_id, body in rows:
        statement = json.loads(body)
        if "/reviews/" in statement["object"]["id"]:
            found[rendering, statement["object"]["id"]] = (person_id, statement)
    return found


@pytest.mark.parametrize("anonymity", list(Anonymity))
def test_statements_are_those_of_reviews_given_one_by_one(session, translated, trainer, activity, people, anonymity):
    tenant = activity.course.deployment.platform.tenant
    for mode, version in (("pseudonymous", "1.0.3"), ("pseudonymous", "2.0.0"), ("interoperable", "1.0.3")):
        build.endpoint(session, tenant, actor_mode=ActorMode(mode), version=version)
    for number, each in enumerate(people):
        each.person.locale = ["da", "nl", None][number % 3]
        each.person.email = f"{number}@example.org" if number % 2 else None
    people[1].person.is_recorded = False
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2, anonymity=anonymity)
    for each in people:
        acts.hand_in(session, activity, each)
    distributing.distribute(session, activity, trainer, now=NOW + timedelta(hours=1))
    many = told(session)
    found = rules.get_rules(session, activity)
    reviews = session.scalars(select(Review)).all()
    assert len(reviews) == 12
    # Once more one by one, under the same ids: statements must come out byte for byte the same.
    session.execute(Delivery.__table__.delete())
    session.execute(Message.__table__.delete())
    for review in reviews:
        statement = statements.assigned(review, found.anonymity, found.reviews_due_at)
        record(session, statement, by=review.reviewer, now=NOW)
    assert told(session) == many
    assert len({rendering for rendering, _iri in many}) == 3


def test_rows_are_those_of_reviews_given_one_by_one(session, translated, trainer, activity, people):
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1)
    works = [acts.hand_in(session, activity, each) for each in people[:2]]
    distributing.distribute(session, activity, trainer, now=NOW)
    many = session.scalars(select(Review).where(Review.reviewer_id == people[0].id)).one()
    found = rules.get_rules(session, activity)
    one = assigning.give(session, activity, found, people[2], works[0], why="batch", lease=None, now=NOW)
    session.expire_all()
    differ = {"id", "iri", "reviewer_id", "submission_id"}
    for column in Review.__table__.columns:
        if column.key not in differ:
            assert getattr(many, column.key) == getattr(one, column.key), column.key
    assert many.iri == f"{activity.iri}/reviews/{many.id}"
    assert many.state is ReviewState.OPEN


def test_nothing_is_told_where_nothing_is_recorded(session, translated, trainer, activity, people, endpoint):
    activity.course.recording = Recording.OFF
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1)
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    distributing.distribute(session, activity, trainer, now=NOW)
    assert told(session) == {}


def test_distributing_takes_as_many_queries_for_many_as_for_few(
    session, translated, trainer, activity, people, count_queries, endpoint
):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    for each in people[:4]:
        acts.hand_in(session, activity, each)
    session.commit()
    with count_queries() as few:
        distributing.distribute(session, activity, trainer, now=NOW)
    for number in range(30):
        acts.hand_in(session, activity, make.member(session, course=activity.course, name=f"Late {number}"))
    session.commit()
    with count_queries() as many:
        distributing.distribute(session, activity, trainer, now=NOW + timedelta(hours=1))
    assert len(many) < len(few) + 10
