"""Who gets what: on demand, all at once, and by fifty people at the same moment."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.activities.models import Activity
from connector.courses.models import Group, GroupMember, Membership
from connector.peer_review import rules
from connector.peer_review.allocation.feasibility import ImpossibleError
from connector.peer_review.allocation.problem import GroupMode
from connector.peer_review.matching import assigning, distributing
from connector.peer_review.matching.assigning import LEASE
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Giving
from connector.peer_review.works import handing_in, units
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.peer_review import acts
from tests.make import NOW


@pytest.fixture(autouse=True)
def _words(translated):
    """Sentences can be made."""


@pytest.fixture
def works(session, activity, people):
    """Everybody has handed in."""
    return [acts.hand_in(session, activity, each, after=place) for place, each in enumerate(people)]


def test_asking_again_gives_the_same_until_it_is_sent(session, activity, people, works):
    first = acts.take(session, activity, people[0])
    assert acts.take(session, activity, people[0]) is first
    acts.send(session, first)
    assert acts.take(session, activity, people[0]) is not first


def test_nobody_gets_their_own_or_the_same_twice(session, activity, people, works):
    given = [acts.review_one(session, activity, people[0]).submission.author for _ in range(5)]
    assert sorted(each.id for each in given) == sorted(each.id for each in people[1:])
    with pytest.raises(ConflictError):
        acts.take(session, activity, people[0])


def test_work_is_shared_out_evenly(session, activity, people, works):
    for _ in range(4):
        for each in people:
            acts.review_one(session, activity, each)
    counts = Counter(session.scalars(select(Review.submission_id)))
    assert set(counts.values()) == {4}


def test_lease_that_ran_out_frees_the_place_and_keeps_the_draft(session, activity, people):
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    session.flush()
    begun = acts.take(session, activity, people[0])
    later = NOW + LEASE + timedelta(minutes=1)
    other = assigning.take(
        session, activity, next(each for each in people[1:3] if each.id != begun.submission.author_id), now=later
    )
    assert other.submission_id in {
        begun.submission_id,
        *(w.id for w in [units.find_work(session, activity, people[0])]),
    }
    sent = acts.send(session, begun, after=25 * 60)
    assert sent.state is ReviewState.SUBMITTED


def test_withdrawn_work_frees_its_reviewers_and_sent_reviews_stay(session, activity, people, works):
    sent = acts.review_one(session, activity, people[0])
    open_ = acts.take(session, activity, people[1])
    for review in (sent, open_):
        author = review.submission.author
        if review.submission.state == "handed-in":
            handing_in.withdraw(session, activity, author, now=NOW)
    session.refresh(sent)
    session.refresh(open_)
    assert (sent.state, open_.state) == (ReviewState.SUBMITTED, ReviewState.GONE)
    assert acts.take(session, activity, people[1]).id != open_.id


def test_rules_about_two_people_hold(session, activity, trainer, people, works):
    one, other, third = people[:3]
    rules.set_pairing(session, activity, trainer, reviewer_id=one.id, author_id=other.id, is_must=False)
    rules.set_pairing(session, activity, trainer, reviewer_id=one.id, author_id=third.id, is_must=True)
    given = [acts.review_one(session, activity, one).submission.author_id for _ in range(4)]
    assert given[0] == third.id
    assert other.id not in given
    assert one.id not in [acts.review_one(session, activity, other).submission.author_id for _ in range(4)]


def test_groups_keep_their_own_work_apart(session, activity, course, trainer, people, works):
    group = Group(course=course, lms_id=None, name="Team A")
    session.add(group)
    session.flush()
    session.add_all(GroupMember(group_id=group.id, membership_id=each.id) for each in people[:3])
    acts.set_rules(session, activity, trainer, grouping=GroupMode.OUTSIDE)
    inside = {each.id for each in people[:3]}
    given = {acts.review_one(session, activity, people[0]).submission.author_id for _ in range(3)}
    assert not given & inside


def test_fewer_reviews_as_an_accommodation(session, activity, trainer, people, works):
    rules.extend(session, activity, [people[0]], by=trainer, values={"quota": 1})
    for each in people[1:]:
        for _ in range(4):
            acts.review_one(session, activity, each)
    acts.review_one(session, activity, people[0])
    with pytest.raises(ConflictError):
        acts.take(session, activity, people[0])


def test_distribution_is_balanced_explained_and_done_once(session, activity, trainer, people, works):
    acts.set_rules(session, activity, trainer, giving=Giving.BATCH, reviews_each=2, needed=2)
    made = distributing.distribute(session, activity, trainer, now=NOW)
    assert (made.outcome["pairs"], made.outcome["fewest"], made.outcome["most"]) == (12, 2, 2)
    again = distributing.distribute(session, activity, trainer, now=NOW)
    assert (again.outcome["pairs"], again.outcome["new"]) == (12, 0)
    assert len(session.scalars(select(Review)).all()) == 12


def test_late_joiner_gets_work_after_a_distribution(session, activity, course, trainer, people, works):
    acts.set_rules(session, activity, trainer, giving=Giving.BATCH, reviews_each=2, needed=2)
    with pytest.raises(ConflictError):
        acts.take(session, activity, people[0])
    distributing.distribute(session, activity, trainer, now=NOW)
    late = make.member(session, course=course, name="Late")
    acts.hand_in(session, activity, late, after=60)
    assert acts.take(session, activity, late, after=61).reviewer_id == late.id


def test_work_that_was_taken_back_is_not_given_to_the_same_again(session, activity, trainer, people, works):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    distributing.distribute(session, activity, trainer, now=NOW)
    mine = session.scalars(select(Review).where(Review.reviewer_id == people[0].id)).all()
    assert distributing.take_back(session, activity, [each.id for each in mine], trainer) == 2
    session.expire_all()
    distributing.distribute(session, activity, trainer, accept_fewer=True, now=NOW)
    states = Counter(session.scalars(select(Review.state).where(Review.reviewer_id == people[0].id)))
    assert states == {ReviewState.GONE: 2, ReviewState.OPEN: 2}


def test_impossible_distribution_names_why(session, activity, trainer, ana):
    acts.hand_in(session, activity, ana)
    with pytest.raises(ImpossibleError):
        distributing.distribute(session, activity, trainer, now=NOW)


def test_learners_distribute_nothing(session, activity, people, works):
    with pytest.raises(NotFoundError):
        distributing.distribute(session, activity, people[0], now=NOW)


def test_fifty_at_once_make_no_duplicate_and_no_overshoot(database, session, activity, course):
    people = [make.member(session, course=course) for _ in range(25)]
    for each in people:
        acts.hand_in(session, activity, each)
    session.commit()
    failures = []
    gate = threading.Barrier(10)

    def ask(numbers):
        gate.wait()
        for number in numbers:
            try:
                with database.session(writes=True) as own:
                    place, member = own.get_one(Activity, activity.id), own.get_one(Membership, people[number].id)
                    assigning.take(own, place, member, now=NOW)
                    own.commit()
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test fails by it
                failures.append(error)

    # Each of 25 asks twice, in different threads: the second time must give what the first time gave.
    turns = [[number % 25 for number in range(start, 50, 10)] for start in range(10)]
    threads = [threading.Thread(target=ask, args=(turn,)) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    given = session.execute(select(Review.reviewer_id, Review.submission_id)).all()
    assert failures == []
    assert len(given) == len({reviewer for reviewer, _work in given}) == 25
    loads = Counter(work for _reviewer, work in given)
    assert max(loads.values()) <= 2


def test_asking_takes_as_many_queries_for_many_as_for_few(session, activity, course, people, works, count_queries):
    def ask(member):
        session.expire_all()
        with count_queries() as seen:
            acts.take(session, activity, member)
        return len(seen)

    few = ask(people[0])
    more = [make.member(session, course=course) for _ in range(30)]
    for each in more:
        acts.hand_in(session, activity, each)
    assert ask(more[0]) <= few + 2
