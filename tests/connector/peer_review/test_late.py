"""Late work that waits for a trainer: accepted or not, one by one or many at once, and its authors are told."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.notifications.models import Notice
from connector.peer_review import rules
from connector.peer_review.board import board
from connector.peer_review.kind import PARTS
from connector.peer_review.models.reviews import Review, Submission, WorkState
from connector.peer_review.models.setup import Late
from connector.peer_review.notices import reminding
from connector.peer_review.works import handing_in, late
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from tests import make
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_path import come, hand_in
from tests.make import NOW

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def waiting(session, activity, trainer, people, translated):
    """One who was in time, and three who were not."""
    acts.set_rules(session, activity, trainer, due_at=NOW + timedelta(hours=1), late=Late.APPROVE, reviews_each=2)
    acts.hand_in(session, activity, people[0])
    works = [acts.hand_in(session, activity, each, body=f"Late {each.id}", after=120) for each in people[1:4]]
    session.commit()
    return works


def ids(works):
    return [each.id for each in works]


def test_whole_way_over_http(visiting, session, trainer, activity, ana, bo, clock, endpoint, stored_statements):
    acts.set_rules(session, activity, trainer, due_at=NOW + timedelta(hours=1), late=Late.APPROVE)
    in_time = hand_in(visiting, bo, activity, body="In time.")
    visit = come(visiting, ana, activity)
    clock.move(hours=2)
    assert "your trainer says whether it counts" in visit.get("/work").text
    assert visit.post("/work", body="A little late.").location.endswith("did=waits")
    page = visit.get().text
    assert "Waits for your trainer" in page
    assert "Begin review 1 of 4" in page  # reviews go on meanwhile
    assert "Begin review" not in in_time.get().text  # and nobody reviews what waits
    assert "Until they say whether it counts, you can change it." in visit.get("/work").text
    assert visit.post("/work", body="A little later still.").status_code == 303
    refused = in_time.post("/work", body="Another one.")
    assert (refused.status_code, "counts as it is" in refused.text) == (409, True)
    leader = visiting(trainer, activity)
    page = leader.get("/overview").text
    assert "1 piece of work came late. Does it count?" in page
    assert "1 piece of late work waits for you" in leader.client.get(f"/s/{leader.sid}/notices").text
    session.rollback()
    work = session.scalars(select(Submission).where(Submission.author_id == ana.id)).one()
    session.commit()
    assert leader.post("/late", act="deny", work=str(work.id), note=" ").status_code == 422
    assert leader.post("/late", act="deny", work=str(work.id), note="Two days were enough.").status_code == 303
    page = visit.get().text
    assert "Two days were enough." in page
    assert "was not accepted" in visit.client.get(f"/s/{visit.sid}/notices").text
    assert "A little later still." in visit.get("/work").text
    again = visit.post("/work", body="Once more.")
    assert (again.status_code, "Once more." in again.text) == (409, True)
    assert "Accept it after all" in leader.get("/overview").text
    answer = leader.post("/late", act="accept", work=str(work.id), note="Since you were ill.")
    assert answer.location.endswith("did=decided&count=1")
    assert "Since you were ill." in visit.get().text
    assert "Begin review" in in_time.get().text
    verbs = [json.loads(each)["verb"]["id"].rpartition("/")[2] for each in stored_statements]
    assert [verbs.count(each) for each in ("deny", "approve")] == [1, 1]


def test_many_at_once_and_what_was_decided_stays(session, activity, trainer, people, waiting):
    assert {each.state for each in waiting} == {WorkState.WAITING}
    first = late.decide(session, activity, trainer, ids(waiting[:2]), accepts=True, note="", now=LATER)
    assert [each.state for each in first] == [WorkState.HANDED_IN] * 2
    rest = late.decide(session, activity, trainer, ids(waiting), accepts=False, note="Too late.", now=LATER)
    assert [each.id for each in rest] == [waiting[2].id]
    told = session.scalars(select(Notice.member_id).where(Notice.what == late.DECIDED)).all()
    assert sorted(told) == sorted(each.author_id for each in waiting)
    row = next(row for row in board.read(session, activity, now=LATER).rows if row.member.id == people[1].id)
    assert (row.has_work, row.work.is_late, row.owes) == (True, True, 2)
    acts.take(session, activity, people[0], after=121)
    assert session.scalars(select(Review.submission_id)).one() in ids(waiting[:2])


def test_only_who_leads_decides_and_only_about_work_of_the_activity(session, activity, trainer, people, waiting):
    with pytest.raises(NotFoundError):
        late.decide(session, activity, people[0], ids(waiting), accepts=True, note="", now=LATER)
    other = make.activity(session, course=activity.course)
    assert late.decide(session, other, trainer, ids(waiting), accepts=True, note="", now=LATER) == []
    with pytest.raises(InvalidInputError):
        late.decide(session, activity, trainer, ids(waiting), accepts=True, note="x" * 1001, now=LATER)


def test_more_time_makes_it_count_and_who_waits_is_left_alone(session, activity, trainer, people, waiting):
    assert {
        each.member_id
        for each in reminding.find_owing(session, activity, board.read(session, activity, now=LATER), now=LATER)
    }.isdisjoint(each.author_id for each in waiting)
    late.decide(session, activity, trainer, ids(waiting[:1]), accepts=False, note="No.", now=LATER)
    with pytest.raises(ConflictError):
        acts.hand_in(session, activity, people[1], after=121)
    rules.extend(session, activity, people[1:3], by=trainer, values={"due_at": LATER + timedelta(days=1)})
    for each in people[1:3]:
        found = acts.hand_in(session, activity, each, after=121)
        assert (found.state, found.is_late, found.late_note) == (WorkState.HANDED_IN, False, None)


def test_what_waits_is_taken_back_and_is_news_for_who_leads(session, activity, trainer, people, waiting, translated):
    assert PARTS.count_news(session, trainer, [activity.id], LATER) == {activity.id: 3}
    assert PARTS.count_news(session, people[1], [activity.id], LATER) == {}
    taken = handing_in.withdraw(session, activity, people[1], now=LATER)
    assert taken.state is WorkState.WITHDRAWN
    assert late.decide(session, activity, trainer, [taken.id], accepts=True, note="", now=LATER) == []
    assert acts.hand_in(session, activity, people[1], after=122).state is WorkState.WAITING


def test_everybody_late_and_one_click_lets_all_of_it_count(
    visiting, session, activity, trainer, people, translated, clock
):
    acts.set_rules(session, activity, trainer, due_at=NOW - timedelta(hours=1), late=Late.APPROVE, reviews_each=2)
    for each in people:
        acts.hand_in(session, activity, each)
    session.commit()
    leader = visiting(trainer, activity)
    assert "6 pieces of work came late." in leader.get("/overview").text
    session.rollback()
    works = [str(each) for each in session.scalars(select(Submission.id))]
    session.commit()
    leader.post("/late", act="accept", work=works, note="")
    session.rollback()
    assert {each.state for each in session.scalars(select(Submission))} == {WorkState.HANDED_IN}
    session.commit()
    assert (
        "12 reviews are to be written" in leader.get(leader.post("/distribute").location.removeprefix(leader.path)).text
    )
