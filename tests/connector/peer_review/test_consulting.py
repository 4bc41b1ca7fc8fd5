"""Experts review what colleagues cannot: asked by a trainer or by themselves, told, free to decline, and no colleagues."""

import json
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from connector.activities.models import Kind
from connector.courses.models import Role
from connector.experts.models import Expert, Standing
from connector.notifications.models import Notice
from connector.peer_review import consulting, rules
from connector.peer_review.allocation.problem import GroupMode
from connector.peer_review.board import board, standing
from connector.peer_review.matching import distributing
from connector.peer_review.matching.pool import Pool, PooledWork
from connector.peer_review.models.results import WorkResult
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Anonymity, PeerReview, Unit
from connector.peer_review.results import grading
from connector.peer_review.stepper import Feedback
from connector.web.errors import ConflictError
from tests import make
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import fill, hand_in
from tests.make import NOW
from xapi.vocabulary.extensions import DUE, ROLE

DAY = timedelta(days=1)


@pytest.fixture
def expert(session, course):
    return make.member(session, course=course, name="Edda Expert", role=Role.EXPERT)


@pytest.fixture
def small(session, activity, trainer, people, translated):
    """Two who review each other, and need another review each."""
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2, due_at=NOW - timedelta(hours=1))
    for each in people[:2]:
        acts.hand_in(session, activity, each)
    for level, each in enumerate(people[:2]):
        acts.review_one(session, activity, each, level=level)
    return activity


def asked(session, member=None):
    session.expire_all()
    query = (
        select(Review).where(Review.is_expert, Review.state != ReviewState.GONE).order_by(Review.given_at, Review.id)
    )
    return list(session.scalars(query if member is None else query.where(Review.reviewer_id == member.id)))


def lacking(session, activity, **more):
    found = board.read(session, activity, now=NOW)
    return consulting.find_lacking(session, activity, found, now=NOW, **more)


@pytest.mark.parametrize("anonymity", [Anonymity.DOUBLE, Anonymity.NONE])
def test_one_click_asks_and_the_experts_score_is_the_result(
    visiting, session, activity, trainer, people, expert, endpoint, anonymity
):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2, anonymity=anonymity, reviews_due_at=NOW + DAY)
    session.commit()
    visits = [hand_in(visiting, each, activity) for each in people[:2]]
    for level, visit in enumerate(visits):
        where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
        visit.post(where, act="send", **fill(visit.get(where).text, str(level)))
        visit.post(f"{where}/send")
    leader = visiting(trainer, activity)
    page = leader.get("/overview").text
    assert "Ask an expert" in page
    assert "Edda Expert" in page
    works = {each.reviewer_id: each.submission_id for each in session.scalars(select(Review))}
    work = works[people[1].id]  # the first one's own
    session.commit()
    assert leader.post("/missing", act="experts", work=str(work)).headers["Location"].endswith("did=consulted&count=1")
    (review,) = asked(session)
    told = session.scalars(select(Notice).where(Notice.what == consulting.ASKED)).one()
    assert (review.reviewer_id, review.lease_until, told.member_id) == (expert.id, None, expert.id)
    where = f"/reviews/{review.id}"
    session.commit()
    visit = visiting(expert, activity)
    assert "You are asked for a review" in visit.get().text
    assert "You are asked as somebody who knows the subject." in visit.client.get(
        f"/s/{visit.sid}/notices"
    ).text.replace("Too few colleagues can. ", "").replace("; you can also decline", "")
    page = visit.get(where).text
    assert ("Learner A" in page) is (anonymity is Anonymity.NONE)
    assert "Your score becomes the result" in page
    assert leader.get(where).status_code == visits[1].get(where).status_code == 404
    visit.post(where, act="send", **fill(page, "3"))
    assert visit.post(f"{where}/send").status_code == 303
    session.expire_all()
    result = session.get_one(WorkResult, work)
    score = session.get_one(Review, review.id).score
    assert (result.by_expert, result.reviews, result.final) == (True, 2, score)
    assert result.mean < score
    other = [each for each in session.scalars(select(WorkResult)) if each.submission_id != work]
    assert [(each.by_expert, each.reviews) for each in other] == [(False, 1)]
    found = board.read(session, activity, now=NOW)
    assert (found.lacking, {each.ratings for _criterion, each in found.agreements}) == (1, {2})
    assert expert.id not in grading.reviewer_scores(session, activity, found.rules)
    session.commit()
    page = visits[0].get("/feedback").text
    assert ("Edda Expert" in page, "their score is the result" in page) == (anonymity is Anonymity.NONE,) * 2
    assert ("xpert" in page.split("<main", 1)[1]) is (anonymity is Anonymity.NONE)
    assert "Edda Expert" in leader.get(f"/works/{work}").text


def test_who_declines_is_followed_by_the_next_and_then_by_a_word_to_trainers(
    visiting, session, course, small, trainer, people, expert
):
    mentor = people[4]
    session.add(Expert(member_id=mentor.id, standing=Standing.MENTOR))
    session.flush()
    row = next(row for row in lacking(session, small) if row.member.id == people[0].id)
    consulting.ask(session, small, trainer, [row.work.id], now=NOW)
    for who, then in ((expert, mentor), (mentor, trainer)):
        (review,) = asked(session)
        assert review.reviewer_id == who.id
        visit = visiting(who, small)
        assert "I cannot review this" in visit.get(f"/reviews/{review.id}").text
        assert visit.post(f"/reviews/{review.id}/decline").status_code == 303
        session.rollback()
        assert [each.reviewer_id for each in asked(session)] == [then.id]
    (last,) = asked(session)
    consulting.decline(session, last, now=NOW)
    assert asked(session) == []
    assert [each.member_id for each in session.scalars(select(Notice).where(Notice.what == consulting.NOBODY))] == []
    with pytest.raises(ConflictError):  # each was asked once
        consulting.ask(session, small, trainer, [row.work.id], now=NOW)
    other = make.member(session, course=course, name="Another trainer", role=Role.TRAINER)
    consulting.ask(session, small, trainer, [row.work.id], now=NOW)
    (review,) = asked(session)
    consulting.decline(session, review, now=NOW)
    told = session.scalars(select(Notice.member_id).where(Notice.what == consulting.NOBODY)).all()
    assert (review.reviewer_id, told) == (other.id, [trainer.id])


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize("anonymity", [Anonymity.DOUBLE, Anonymity.NONE])
def test_statements_tell_experts_from_colleagues_where_that_gives_nobody_away(
    session, small, trainer, people, expert, stored_statements, anonymity
):
    found = rules.get_rules(session, small)
    found.anonymity, found.reviews_due_at = anonymity, NOW + DAY
    session.add(Expert(member_id=people[4].id, standing=Standing.MENTOR))
    session.flush()
    before = {each: standing.look(session, small, each, now=NOW).situation for each in (people[4], people[0])}
    works = {row.member.id: row.work.id for row in lacking(session, small)}
    for each, author in ((people[4], people[0]), (expert, people[1])):
        (review,) = consulting.ask(session, small, trainer, [works[author.id]], member_id=each.id, now=NOW)
        assert standing.look(session, small, people[4], now=NOW).situation == before[people[4]]  # owes nothing for it
        acts.send(session, review)
    assert standing.look(session, small, people[0], now=NOW).situation.feedback is Feedback.NEW
    told = {(verb, role) for verb, role, _due in map(_told, stored_statements[-6:])}
    is_open = anonymity is Anonymity.NONE
    roles = {"expert"} if is_open else {"expert", "learner"}
    assert told == {(verb, role) for verb in ("was-assigned", "initialized", "reviewed") for role in roles}
    late = [due for verb, role, due in map(_told, stored_statements) if verb == "was-assigned" and role == "expert"]
    assert late == [False] * (2 if is_open else 1)


def _told(body):
    """Which verb a statement has, as what its actor acts, and whether it says by when."""
    found = json.loads(body)
    said = found["context"]["extensions"]
    return found["verb"]["id"].rpartition("/")[2], said[ROLE.id], DUE.id in said


def test_absence_enough_to_do_authors_and_rules_are_respected(session, small, trainer, people, expert, course):
    busy, away, mentor = (make.member(session, course=course, name=name, role=Role.EXPERT) for name in ("B", "C", "D"))
    session.add_all(
        [
            Expert(member_id=busy.id, standing=None, weekly_capacity=1),
            Expert(member_id=away.id, standing=None, away_until=NOW + DAY),
            Expert(member_id=people[0].id, standing=Standing.MENTOR),
        ]
    )
    rules.set_pairing(session, small, trainer, reviewer_id=mentor.id, author_id=people[0].id, is_must=False)
    rules.set_pairing(session, small, trainer, reviewer_id=expert.id, author_id=people[0].id, is_must=False)
    works = [row.work.id for row in lacking(session, small)]
    assert len(works) == 2
    given = consulting.ask(session, small, trainer, works, now=NOW)
    by_author = {each.submission.author_id: each.reviewer_id for each in given}
    assert by_author[people[0].id] == busy.id  # the only one who may
    assert by_author[people[1].id] in {expert.id, mentor.id}  # not the mentor who has reviewed it as a colleague
    assert lacking(session, small) == []
    able = [each.member.id for each in consulting.list_able(session, small, now=NOW)]
    assert able[-1] == trainer.id
    assert {busy.id, away.id}.isdisjoint(able)


def test_what_a_mentor_reviews_as_such_is_no_part_of_what_they_owe(session, activity, trainer, people, translated):
    acts.set_rules(session, activity, trainer, reviews_each=1, needed=1)
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    session.add(Expert(member_id=people[0].id, standing=Standing.EXPERT))
    session.flush()
    work = standing.look(session, activity, people[1], now=NOW).work
    (review,) = consulting.ask(session, activity, trainer, [work.id], now=NOW)
    acts.send(session, review)
    where = standing.look(session, activity, people[0], now=NOW)
    assert (where.situation.done, where.situation.has_open, where.given) == (0, False, [])
    distributing.distribute(session, activity, trainer, now=NOW)
    given = session.scalars(select(Review).where(Review.reviewer_id == people[0].id, Review.why == "batch")).one()
    assert given.submission_id != work.id
    row = next(row for row in board.read(session, activity, now=NOW).rows if row.member.id == people[0].id)
    assert (row.written, row.quota, [each.id for each in row.open]) == (0, 1, [given.id])


def test_experts_are_asked_by_themselves_only_where_the_setup_says_so(session, database, small, trainer, expert):
    session.commit()
    assert consulting.ask_due(database, now=NOW) == 0
    acts.set_rules(session, small, trainer, asks_experts=True)
    session.commit()
    assert [consulting.ask_due(database, now=NOW) for _again in range(2)] == [2, 0]
    assert {each.reviewer_id for each in asked(session)} == {expert.id}


def test_nobody_is_asked_while_colleagues_can_still_write(session, activity, trainer, people, expert, translated):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2, reviews_due_at=NOW + 5 * DAY)
    for each in people[:3]:
        acts.hand_in(session, activity, each)
    assert lacking(session, activity) == []
    assert len(lacking(session, activity, within=6 * DAY)) == 3
    assert activity.kind is Kind.PEER_REVIEW


def test_words_alone_are_enough_to_read_and_make_no_score(session, small, trainer, people, expert):
    row = next(row for row in lacking(session, small) if row.member.id == people[0].id)
    (review,) = consulting.ask(session, small, trainer, [row.work.id], now=NOW)
    acts.send(session, review)
    review.score = None
    session.flush()
    from connector.peer_review.results.results import aggregate

    aggregate(session, small, rules.get_rules(session, small), now=NOW)
    result = session.get_one(WorkResult, row.work.id)
    assert result.by_expert
    assert result.score == result.mean


@given(
    mode=st.sampled_from(GroupMode),
    of=st.lists(st.frozensets(st.sampled_from(["red", "blue", "green"])), min_size=1, max_size=8),
    owing=st.sets(st.integers(0, 7)),
)
def test_only_who_is_in_the_right_groups_is_asked_about(mode, of, owing):
    members = [uuid.UUID(int=number) for number in range(len(of))]
    pool = Pool(
        rules=PeerReview(grouping=mode, reviewed_by=Unit.PERSON),
        works=[PooledWork(each, *[frozenset([each])] * 3, first_at=NOW, language=None) for each in members],
        given=(),
        groups={each: groups for each, groups in zip(members, of, strict=True) if groups},
        pairings=(),
        doubtful=(),
    )
    owing = {uuid.UUID(int=number) for number in owing}
    near = consulting.in_groups_of(pool, owing)
    for work in pool.works:
        assert {each for each in owing if pool.may_review(each, work.id)} <= set(near(work.id)) <= owing
