"""Practice alone: learners judge examples and see how their trainer did, and nothing is handed in."""

from datetime import timedelta

import pytest

from connector.peer_review import copying, rules
from connector.peer_review.board import board, practice_figures
from connector.peer_review.examples import examples
from connector.peer_review.matching import practising
from connector.peer_review.models.setup import Late, Product
from connector.peer_review.notices import reminding
from connector.peer_review.rules import PromiseError, get_rules
from connector.peer_review.views.setup_words import tell_setup
from connector.web.errors import NotFoundError
from tests import make
from tests.connector.peer_review import acts, known
from tests.connector.peer_review.test_setup import RULES, TWO
from tests.make import NOW

DAY = timedelta(days=1)


@pytest.fixture
def drill(session, activity, trainer, translated):
    """Two examples, the first at the top of each criterion and the second at the bottom; nothing to hand in."""
    acts.set_rules(session, activity, trainer, product=Product.PRACTICE, reviews_due_at=NOW + DAY)
    found = [known.example(session, activity, trainer, level=level, body=f"Example {level}") for level in (3, 0)]
    session.commit()
    return found


def judge(visit, example, activity, session, level):
    form = known.typed(session, activity, level, level)
    session.commit()
    return visit.post(f"/practice/{example.id}", **form)


def test_whole_way_over_http(visiting, session, trainer, activity, ana, drill, endpoint):
    visit = visiting(ana, activity)
    page = visit.get().text
    assert "Begin with example 1 of 2" in page
    assert "nobody gets a grade from it" in page
    assert "Hand in" not in page
    assert [visit.get(path).status_code for path in ("/work", "/feedback", "/revision")] == [404] * 3
    where = visit.get("/practice").location.removeprefix(visit.path)
    assert "Compare with your trainer" in visit.get(where).text
    assert [visit.post(path, body="A plan.").status_code for path in ("/work", "/reviews", "/reviews/own")] == [404] * 3
    assert where == f"/practice/{drill[0].id}"
    assert visit.post(where).status_code == 422
    assert judge(visit, drill[0], activity, session, 3).status_code == 303
    assert "You and your trainer see it much alike." in visit.get(where).text
    assert "Go on with example 2 of 2" in visit.get().text
    for _again in range(2):
        judge(visit, drill[1], activity, session, 3)
    page = visit.get().text
    assert "You have judged all of it." in page
    assert "Seen differently" in page
    leader = visiting(trainer, activity)
    assert "How practice went" in leader.get().text
    page = leader.get("/overview").text
    assert "1 of 2" not in page.split("<table", 1)[0]  # the only learner has judged both
    assert "Ana Holm" in page
    assert "levels more lenient" in page
    assert visit.get("/practised").status_code == visit.get("/overview").status_code == 404


def test_after_the_end_what_was_judged_is_read_and_no_more_is(visiting, session, trainer, activity, ana, drill, clock):
    acts.set_rules(session, activity, trainer, late=Late.REFUSE, reviews_due_at=NOW + timedelta(hours=1))
    session.commit()
    visit = visiting(ana, activity)
    visit.get(f"/practice/{drill[0].id}")
    judge(visit, drill[0], activity, session, 0)
    clock.move(hours=2)
    assert "This has ended." in visit.get().text
    page = visit.get(f"/practice/{drill[0].id}").text
    assert "3 levels below your trainer" in page
    assert "Try once more" not in page
    assert visit.get(f"/practice/{drill[1].id}").status_code == 404
    assert judge(visit, drill[0], activity, session, 3).status_code == 404


def test_figures_are_of_first_tries_and_say_where_the_class_differs(
    session, activity, trainer, people, drill, count_queries
):
    for member, level in ((people[0], 3), (people[1], 0)):
        for _again in range(2):
            for each in practising.list_progress(session, activity, member):
                if not each.is_done:
                    form = known.typed(session, activity, level, level)
                    practising.attempt(session, activity, member, each, form, now=NOW)
    found = practice_figures.look(session, activity, trainer)
    rows = {row.member.id: row for row in found.learners}
    assert [(rows[each.id].judged, rows[each.id].near) for each in people[:3]] == [(2, 1), (2, 1), (0, 0)]
    assert rows[people[0].id].apart == pytest.approx(50)
    assert rows[people[2].id].apart is None
    assert (found.examples, found.done) == (2, 2)
    assert {(each.count, each.same, each.one, each.further, each.above) for each in found.criteria} == {
        (4, 2, 0, 2, 0.0)
    }
    with pytest.raises(NotFoundError):
        practice_figures.look(session, activity, people[0])
    session.expire_all()
    with count_queries() as few:
        practice_figures.look(session, activity, trainer)
    for number in range(30):
        make.member(session, course=activity.course, name=f"More {number}")
    session.expire_all()
    with count_queries() as many:
        practice_figures.look(session, activity, trainer)
    assert len(many) <= len(few)


def test_nobody_is_reminded_to_hand_in_and_work_is_not_switched_away(session, activity, trainer, people, drill):
    assert reminding.find_owing(session, activity, board.read(session, activity, now=NOW), now=NOW) == []
    assert "Nothing is handed in." in " ".join(tell_setup(session, activity))
    acts.set_rules(session, activity, trainer, product=Product.TEXT)
    acts.hand_in(session, activity, people[0])
    with pytest.raises(PromiseError):
        acts.set_rules(session, activity, trainer, product=Product.PRACTICE)


def test_setup_offers_it_and_copies_have_the_examples(visiting, session, activity, trainer, drill):
    visit = visiting(trainer, activity)
    page = visit.get("/setup").text
    assert "they only practise judging" in page
    assert visit.post("/setup", **{**RULES, **TWO, "product": "practice"}).status_code == 303
    session.rollback()
    copy = make.activity(session, course=make.course(session))
    copying.copy_settings(session, activity, copy, NOW)
    assert get_rules(session, copy).product is Product.PRACTICE
    assert len(examples.list_examples(session, copy)) == 2
    assert rules.has_work(session, copy) is False


def test_without_examples_it_is_said_what_is_missing(visiting, session, activity, trainer, ana, translated):
    acts.set_rules(session, activity, trainer, product=Product.PRACTICE)
    session.commit()
    assert "There is no example yet." in visiting(ana, activity).get().text
    assert "Add an example" in visiting(trainer, activity).get("/overview").text
