"""The trainer's pages over HTTP, and that nobody else finds them."""

import json
import re

import pytest
from sqlalchemy import select

from connector.peer_review.models.reviews import Review, ReviewState, Submission
from connector.peer_review.models.setup import Pairing, Participant, PeerReview
from tests import make
from tests.connector.peer_review import acts

PAGES = ["/overview", "/setup", "/grades", "/export.csv", "/export.json"]


@pytest.fixture
def works(session, activity, trainer, people, translated):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    return [acts.hand_in(session, activity, each) for each in people[:4]]


def at_board(visiting, trainer, activity):
    visit = visiting(trainer, activity)
    visit.get("/overview")
    return visit


@pytest.mark.parametrize("path", PAGES)
def test_learners_find_none_of_it(visiting, ana, activity, path):
    assert visiting(ana, activity).get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_trainers_of_other_courses_find_none_of_it(visiting, session, activity, path):
    from connector.courses.models import Role

    other = make.member(session, role=Role.TRAINER)
    assert visiting(other, activity).get(path).status_code == 404


@pytest.mark.parametrize("path", [*PAGES, ""])
def test_pages_of_an_empty_activity(visiting, trainer, activity, path):
    assert visiting(trainer, activity).get(path).status_code == 200


def test_distributing_gives_everybody_their_reviews(visiting, session, trainer, activity, works):
    visit = at_board(visiting, trainer, activity)
    assert "8 reviews are to be written" in visit.get(visit.post("/distribute").location.removeprefix(visit.path)).text
    session.rollback()
    assert len(session.scalars(select(Review)).all()) == 8


def test_what_is_impossible_is_explained(visiting, session, trainer, activity, ana, translated):
    acts.hand_in(session, activity, ana)
    answer = at_board(visiting, trainer, activity).post("/distribute")
    assert answer.status_code == 422
    assert "Only one person has handed in" in answer.text


def test_mends_for_chosen_people(visiting, session, trainer, activity, people, works):
    visit = at_board(visiting, trainer, activity)
    member = str(people[0].id)
    visit.post("/distribute")
    visit.post("/overview", act="extend", member=member, due_at="2026-03-20T12:00", zone="Europe/Copenhagen")
    visit.post("/overview", act="exempt", member=member)
    visit.post("/overview", act="take-back", member=member)
    session.rollback()
    row = session.get(Participant, (activity.id, people[0].id))
    assert (row.due_at.isoformat(), row.quota) == ("2026-03-20T11:00:00+00:00", 0)
    states = session.scalars(select(Review.state).where(Review.reviewer_id == people[0].id)).all()
    assert set(states) == {ReviewState.GONE}


@pytest.mark.parametrize("typed", ["", "soon", "2026-99-99T00:00"])
def test_dates_that_are_none_are_refused(visiting, trainer, activity, people, works, typed):
    visit = at_board(visiting, trainer, activity)
    assert visit.post("/overview", act="extend", member=str(people[0].id), due_at=typed).status_code == 422


def test_rules_about_two_people_come_and_go(visiting, session, trainer, activity, people, works):
    visit = at_board(visiting, trainer, activity)
    two = {"reviewer": str(people[0].id), "author": str(people[1].id)}
    visit.post("/pairs", rule="must-not", **two)
    assert "never review each other" in visit.get("/overview").text
    visit.post("/pairs", rule="none", **two)
    session.rollback()
    assert session.scalars(select(Pairing)).all() == []
    session.commit()
    assert visit.post("/pairs", rule="must", reviewer=two["reviewer"], author=two["reviewer"]).status_code == 422


def test_results_are_shown_to_all(visiting, session, trainer, activity, works):
    visit = at_board(visiting, trainer, activity)
    visit.post("/release", on="1")
    session.rollback()
    assert session.get(PeerReview, activity.id).released_at is not None


def test_one_work_with_score_exclusion_and_question(visiting, session, trainer, activity, people, works):
    review = acts.review_one(session, activity, people[0], level=1)
    where = f"/works/{review.submission_id}"
    visit = visiting(trainer, activity)
    page = visit.get(where).text
    assert people[0].person.name in page
    assert visit.post(f"{where}/score", score="x", reason="Why").status_code == 422
    assert visit.post(f"{where}/score", score="81,5", reason="I read it.").status_code == 303
    assert "I read it." in visit.get(where).text
    assert visit.post(f"/given/{review.id}/exclude", act="exclude", reason="").status_code == 422
    assert visit.post(f"/given/{review.id}/exclude", act="exclude", reason="Rude.").status_code == 303
    assert "Does not count" in visit.get(where).text
    assert visit.post(f"/given/{review.id}/settle").status_code == 303


def test_gradebook_leads_to_a_learners_work(visiting, session, trainer, activity, people, works):
    visit = visiting(trainer, activity)
    assert visit.get(f"/review/{people[0].id}").location.endswith(f"/works/{works[0].id}")
    assert visit.get(f"/review/{people[5].id}").location.endswith("/overview")


def test_export_over_http(visiting, session, trainer, activity, people, works):
    acts.review_one(session, activity, people[0])
    visit = visiting(trainer, activity)
    assert visit.get("/export.csv").text.count("Because.") == 4
    assert len(json.loads(visit.get("/export.json").text)["works"]) == 4


def test_files_are_found_by_who_may_read_the_work(visiting, session, course, trainer, activity, people, works):
    from connector.peer_review.doors import open_work
    from connector.web.errors import NotFoundError

    review = acts.take(session, activity, people[0])
    for member in (people[0], review.submission.author, trainer):
        open_work(session, member, review.submission_id)
    stranger = next(each for each in people[:4] if each.id not in {people[0].id, review.submission.author_id})
    with pytest.raises(NotFoundError):
        open_work(session, stranger, review.submission_id)
    session.get(Submission, review.submission_id).state = "withdrawn"
    with pytest.raises(NotFoundError):
        open_work(session, people[0], review.submission_id)


def test_agreement_is_told_once_there_is_enough(visiting, session, trainer, activity, people, translated):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    for each in people[:6]:
        acts.hand_in(session, activity, each)
    acts.review_one(session, activity, people[0])
    assert (
        "Too few to say: 0 pieces of work have two reviews so far." in visiting(trainer, activity).get("/overview").text
    )
    for number, each in enumerate(people[:6]):
        for step in range(2 - (number == 0)):
            acts.review_one(session, activity, each, level=(number + step) % 3)
    page = visiting(trainer, activity).get("/overview").text
    assert "Too few to say" not in page
    assert re.search(r'-?\d\.\d\d <span class="hint">-?\d\.\d\d to -?\d\.\d\d</span>', page)
