"""Soft terms of allocation: who met lately, and who reads which language, from what is stored."""

from datetime import timedelta

from sqlalchemy import select

from connector.activities.models import Kind
from connector.peer_review.matching import distributing
from connector.peer_review.matching.meetings import find_meetings
from connector.peer_review.models.results import Distribution
from connector.peer_review.models.reviews import Review
from tests import make
from tests.connector.peer_review import acts
from tests.make import NOW


def earlier(session, course, activity, *, days, title="Before"):
    found = make.activity(session, course=course, title=title)
    found.kind, found.created_at = Kind.PEER_REVIEW, activity.created_at - timedelta(days=days)
    session.flush()
    return found


def met(session, course, activity, trainer, pair, *, days=7):
    """Let two people review each other in an earlier activity."""
    place = earlier(session, course, activity, days=days)
    acts.set_rules(session, place, trainer, reviews_each=1, needed=1)
    for each in pair:
        acts.hand_in(session, place, each)
    for each in pair:
        acts.review_one(session, place, each)


def test_whom_somebody_reviewed_lately_comes_after_others(session, course, activity, trainer, people, translated):
    met(session, course, activity, trainer, people[:2])
    acts.hand_in(session, activity, people[1], after=1)
    acts.hand_in(session, activity, people[2], after=2)
    acts.hand_in(session, activity, people[0], after=3)
    review = acts.take(session, activity, people[0], after=10)
    assert review.submission.author_id == people[2].id
    assert review.why == "not met"


def test_only_the_last_two_activities_count(session, course, activity, trainer, people, translated):
    met(session, course, activity, trainer, people[:2], days=30)
    assert len(find_meetings(session, activity).pairs) == 2
    met(session, course, activity, trainer, people[2:4], days=20)
    met(session, course, activity, trainer, people[4:6], days=10)
    pairs = find_meetings(session, activity).pairs
    assert pairs == {
        (people[2].id, people[3].id), (people[3].id, people[2].id), (people[4].id, people[5].id), (people[5].id, people[4].id)
    }  # fmt: skip
    assert find_meetings(session, activity, people[2]).authors_of(people[2].id) == {people[3].id}


def test_distribution_keeps_those_apart_who_met(session, course, activity, trainer, people, translated):
    for pair in (people[:2], people[2:4], people[4:]):
        met(session, course, activity, trainer, pair)
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1)
    for each in people:
        acts.hand_in(session, activity, each)
    distributing.distribute(session, activity, trainer, now=NOW)
    recent = find_meetings(session, activity).pairs
    given = session.scalars(select(Review).where(Review.activity_id == activity.id)).all()
    assert len(given) == 6
    assert {(each.reviewer_id, each.submission.author_id) for each in given}.isdisjoint(recent)
    assert session.scalars(select(Distribution)).one().outcome["pairs"] == 6


def test_work_goes_to_who_reads_its_language(session, activity, people, translated):
    for each, locale in zip(people, ("da-DK", "sv", "da", None, None, None), strict=True):
        each.person.locale = locale
    acts.hand_in(session, activity, people[1], language="sv", after=1)
    acts.hand_in(session, activity, people[2], language="da", after=2)
    acts.hand_in(session, activity, people[0], language="da", after=3)
    review = acts.take(session, activity, people[0], after=10)
    assert review.submission.author_id == people[2].id
    assert review.why == "reads language"


def test_own_work_tells_what_somebody_reads(session, activity, people, translated):
    people[0].person.locale = None
    acts.hand_in(session, activity, people[0], language="nl")
    found = find_meetings(session, activity)
    assert found.reads(people[0].id) == {"nl"}
    people[3].person.locale = None
    session.flush()
    assert find_meetings(session, activity, people[3]).reads(people[3].id) == frozenset()
