"""What works and reviews have in common is shown to who leads the course, and to nobody else."""

import pytest

from connector.peer_review.board import alike
from connector.web.errors import NotFoundError
from tests.connector.peer_review import acts

PLAN = (
    "We begin every meeting with the question that troubled somebody most since the last one, and we write down what "
    "each of us will try until we meet again."
)
OTHER = "On Fridays the team looks at the numbers of the week and decides together which needs a closer look first."
SAID = "I liked how the text goes from one example to the next, and I would have liked a number or two beside each of them."


@pytest.fixture
def works(session, translated, activity, trainer, people):
    acts.set_rules(session, activity, trainer, reviews_each=2, needed=2)
    bodies = [PLAN, f"Mine. {PLAN.upper()}", OTHER, "Short."]
    return [
        acts.hand_in(session, activity, who, body=body, after=number)
        for number, (who, body) in enumerate(zip(people, bodies, strict=False))
    ]


def test_works_that_share_passages_are_found(session, activity, trainer, works):
    (pair,) = alike.list_works(session, activity, trainer)
    assert {pair.one.id, pair.other.id} == {works[0].id, works[1].id}
    assert pair.share == 1.0


def test_what_the_task_says_is_nobodys(session, activity, trainer, works):
    activity.prompt = PLAN
    assert alike.list_works(session, activity, trainer) == []


def test_reviews_that_share_passages_are_found_and_quotes_are_not(session, activity, trainer, people, works):
    for number, comment in ((0, SAID), (1, SAID), (2, f"You say: {PLAN}"), (3, f"You say: {PLAN}")):
        acts.send(session, acts.take(session, activity, people[number], after=30), comment=comment, after=31)
    (pair,) = alike.list_reviews(session, activity, trainer)
    assert {pair.one.reviewer_id, pair.other.reviewer_id} == {people[0].id, people[1].id}


def test_pages_show_both_side_by_side(visiting, session, activity, trainer, works):
    acts.send(session, acts.take(session, activity, works[0].author, after=30), comment=SAID, after=31)
    acts.send(session, acts.take(session, activity, works[1].author, after=30), comment=SAID, after=31)
    session.commit()
    visit = visiting(trainer, activity)
    page = visit.get("/alike").text
    assert "Learner A and Learner B" in page
    assert "100" in page
    page = visit.get(f"/alike/works?one={works[0].id}&other={works[1].id}").text
    assert page.count("<mark>") == 2
    assert "Mine." in page
    (pair,) = alike.list_reviews(session, activity, trainer)
    assert visit.get(f"/alike/reviews?one={pair.one.id}&other={pair.other.id}").text.count("<mark>") >= 2
    assert visit.get(f"/alike/works?one={works[0].id}&other={activity.id}").status_code == 404
    assert visit.get("/alike/works").status_code == 303
    assert "Passages in common" in visit.get("/overview").text


def test_learners_find_none_of_it(visiting, session, activity, ana, works):
    session.commit()
    visit = visiting(ana, activity)
    assert visit.get("/alike").status_code == 404
    assert visit.get(f"/alike/works?one={works[0].id}&other={works[1].id}").status_code == 404
    with pytest.raises(NotFoundError):
        alike.list_works(session, activity, ana)


def test_list_takes_as_many_queries_for_many_as_for_few(session, activity, trainer, works, people, count_queries):
    session.commit()

    def look():
        session.expire_all()
        with count_queries() as seen:
            alike.list_works(session, activity, trainer)
        return len(seen)

    few = look()
    for who in people[4:]:
        acts.hand_in(session, activity, who, body=f"{PLAN} {OTHER}")
    session.commit()
    assert look() <= few
