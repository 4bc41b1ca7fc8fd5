"""Groups that review together: one review of all of them, which each goes on with and sends."""

import json
import random
import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.groups.building import make_set
from connector.notifications.models import Notice
from connector.peer_review import board, distributing, grading, rules, standing, units
from connector.peer_review.allocation import batch
from connector.peer_review.allocation.problem import Problem, Reviewer
from connector.peer_review.allocation.problem import Submission as Work
from connector.peer_review.conversing import WRITTEN
from connector.peer_review.distributing import GIVEN
from connector.peer_review.models import Review, ReviewState, Submission
from connector.peer_review.rules import PromiseError
from connector.peer_review.setup_models import Anonymity, Unit
from connector.web.errors import NotFoundError
from tests.connector.groups import build
from tests.connector.peer_review import acts
from tests.connector.peer_review.test_groups import come, move, renew
from tests.connector.peer_review.test_path import fill
from tests.connector.peer_review.test_setup import RULES, TWO
from tests.make import NOW

WAS = re.compile(r'name="was" value="([^"]*)"')


@pytest.fixture
def teams(session, activity, trainer, people):
    """Three groups of two, which hand in and review."""
    group_set = make_set(session, trainer, "Teams", 3, now=NOW)
    groups = build.groups_of_set(session, group_set)
    for number, group in enumerate(groups):
        build.put(session, group, *people[2 * number : 2 * number + 2])
    acts.set_rules(
        session,
        activity,
        trainer,
        unit=Unit.GROUP,
        group_set_id=group_set.id,
        reviewed_by=Unit.GROUP,
        reviews_each=1,
        needed=1,
        reviewing_maximum=10.0,
    )
    return groups


@pytest.fixture
def handed_in(session, activity, people, teams, translated):
    for index in (0, 2, 4):
        acts.hand_in(session, activity, people[index])
    session.commit()


def only_of(session, group):
    renew(session)
    found = session.scalars(select(Review).where(Review.group_id == group.id)).one()
    _loaded = found.submission.author.id
    session.commit()
    return found


def save(visit, where, was, **fields):
    return visit.client.post(
        f"{visit.path}{where}",
        json={"fields": fields, "was": was},
        headers={"X-CSRF-Token": visit.token, "Accept": "application/json"},
    ).json


@pytest.mark.usefixtures("endpoint", "handed_in")
def test_one_begins_and_another_sends(visiting, session, activity, people, teams, stored_statements):
    first, second = (come(visiting, each, activity) for each in people[:2])
    where = first.post("/reviews").headers["Location"].removeprefix(first.path)
    page = first.get(where).text
    assert "Your group writes this review together" in page
    names = sorted(fill(page))
    comment = next(name for name in names if name.startswith("comment"))
    assert save(first, where, {comment: ""}, **{comment: "From the first."}) == {"saved": True}
    assert "Continue review 1 of 1" in second.get().text
    assert second.post("/reviews").headers["Location"].endswith(where)
    page = second.get(where).text
    assert "From the first." in page
    was = json.loads(WAS.search(page)[1].replace("&#34;", '"'))
    assert was[comment] == "From the first."
    form = {**fill(page), "was": json.dumps(was)}
    assert second.post(where, act="send", **form).headers["Location"].endswith(f"{where}/send")
    assert second.post(f"{where}/send").status_code == 303
    review = only_of(session, teams[0])
    assert (review.state, review.number, review.beside) == (ReviewState.SUBMITTED, 1, [])
    session.commit()
    for visit in (first, second):
        assert "1 of 1" in visit.get().text
        assert visit.get(where).status_code == 200
    author = review.submission.author
    other = next(each for each in people[2:] if each.id not in review.submission.author_ids)
    session.commit()
    assert come(visiting, other, activity).get(where).status_code == 404
    assert author.id not in {people[0].id, people[1].id}


@pytest.mark.usefixtures("handed_in")
def test_nobody_writes_over_what_another_one_kept(visiting, session, activity, people, teams):
    first, second = (come(visiting, each, activity) for each in people[:2])
    where = first.post("/reviews").headers["Location"].removeprefix(first.path)
    first.get(where)
    assert save(first, where, {"summary": ""}, summary="Mine.").get("beside") is None
    assert save(second, where, {"summary": ""}, summary="Mine, at once.")["beside"] == ["summary"]
    review = only_of(session, teams[0])
    assert (review.typed["summary"], [each["text"] for each in review.beside]) == ("Mine.", ["Mine, at once."])
    session.commit()
    page = second.get(where).text
    assert "Written at the same time" in page
    assert "Mine, at once." in page
    assert save(second, where, {"summary": "Mine."}, summary="Mine. Mine, at once.").get("beside") is None
    answer = first.post(where, act="save", summary="Mine, again.", was=json.dumps({"summary": "Mine."}))
    assert answer.headers["Location"].endswith(where)  # to see both
    assert only_of(session, teams[0]).typed["summary"] == "Mine. Mine, at once."


@pytest.mark.usefixtures("handed_in", "endpoint")
@pytest.mark.parametrize("anonymity", [Anonymity.DOUBLE, Anonymity.NONE])
def test_author_hears_of_a_reviewer_or_of_the_group_and_writes_to_all_of_it(
    visiting, session, activity, trainer, people, teams, anonymity
):
    rules.get_rules(session, activity).anonymity = anonymity
    session.flush()
    for each in (people[0], people[2], people[4]):
        acts.review_one(session, activity, each)
    session.commit()
    review = only_of(session, teams[0])
    author = review.submission.author
    session.commit()
    visit = come(visiting, author, activity)
    page = visit.get("/feedback").text.split("<main", 1)[1]
    assert (teams[0].name in page) is (anonymity is Anonymity.NONE)
    assert "Learner A" not in page
    visit.post(f"/received/{review.id}/say", message="Thank you.")
    told = set(session.scalars(select(Notice.member_id).where(Notice.what == WRITTEN)))
    assert {people[0].id, people[1].id} <= told
    session.commit()
    answer = come(visiting, people[1], activity)
    assert "An author wrote to you about your review" in answer.client.get(f"/s/{answer.sid}/notices").text
    assert answer.post(f"/reviews/{review.id}/say", message="You are welcome.").status_code == 303
    assert teams[0].name in come(visiting, trainer, activity).get(f"/works/{review.submission_id}").text


@pytest.mark.usefixtures("handed_in")
def test_all_of_a_group_have_written_and_get_the_grade(session, activity, trainer, people, teams):
    for each in (people[1], people[2], people[5]):
        acts.review_one(session, activity, each)
    found = board.read(session, activity, now=NOW)
    assert [(row.written, row.owes, row.received) for row in found.rows] == [(1, 0, 1)] * 6
    assert found.lacking == 0
    proposed = grading.propose(session, activity, rules.get_rules(session, activity))
    points = {each.member.id: each.reviewing.points for each in proposed}
    assert all(
        points[one.id] == points[other.id] is not None for one, other in zip(people[::2], people[1::2], strict=True)
    )
    for each in people:
        assert standing.look(session, activity, each, now=NOW).situation.done == 1


@pytest.mark.usefixtures("handed_in")
def test_a_review_goes_with_the_group(session, activity, people, teams, visiting):
    review = acts.take(session, activity, people[0])
    where, work = f"/reviews/{review.id}", review.submission
    session.commit()
    stranger = next(each for each in people[2:] if each.id not in work.author_ids)
    move(session, people[0], teams[0], teams[[2, 4].index(people.index(stranger) // 2 * 2) + 1])
    assert come(visiting, people[0], activity).get(where).status_code == 404
    assert come(visiting, people[1], activity).get(where).status_code == 200
    author = session.get_one(Submission, work.id).author
    session.commit()
    move(session, author, session.get_one(Submission, work.id).group, teams[0])
    assert come(visiting, author, activity).get(where).status_code == 404  # they wrote it


@pytest.mark.usefixtures("handed_in")
def test_distribution_is_to_groups(session, activity, trainer, people, teams):
    given = acts.take(session, activity, people[1])
    distributing.distribute(session, activity, trainer, now=NOW)
    found = session.scalars(select(Review)).all()
    assert {each.group_id for each in found} == {each.id for each in teams}
    assert len(found) == 3
    assert given.id in {each.id for each in found}
    assert session.scalar(select(func.count()).where(Notice.what == GIVEN)) == 4  # two groups of two
    for each in found:
        assert each.submission.group_id != each.group_id
    distributing.distribute(session, activity, trainer, now=NOW)
    assert len(session.scalars(select(Review)).all()) == 3


@pytest.mark.usefixtures("handed_in")
def test_more_time_for_one_holds_for_the_group_and_the_way_stays(session, activity, trainer, people, teams):
    rules.extend(session, activity, people[:1], by=trainer, values={"reviews_due_at": NOW.replace(year=2030)})
    found = rules.get_rules(session, activity)
    assert units.dates_for(session, activity, found, people[1]).reviews_due_at == NOW.replace(year=2030)
    assert units.dates_for(session, activity, found, people[2]).reviews_due_at is None
    with pytest.raises(PromiseError):
        acts.set_rules(session, activity, trainer, reviewed_by=Unit.PERSON)
    with pytest.raises(NotFoundError):
        acts.set_rules(session, activity, people[0], reviewed_by=Unit.PERSON)


def test_setup_offers_it_where_groups_hand_in(visiting, session, trainer, activity):
    visit = come(visiting, trainer, activity)
    assert "Who reviews?" in visit.get("/setup").text
    form = {"act": "save", **RULES, **TWO, "reviewed_by": "group"}
    for unit, expected in (("person", Unit.PERSON), ("group", Unit.GROUP)):
        assert visit.post("/setup", **form, unit=unit).status_code == 303
        session.rollback()
        session.expire_all()
        assert rules.get_rules(session, activity).reviewed_by is expected
        session.commit()


@hypothesis(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sizes=st.lists(st.integers(1, 6), min_size=2, max_size=14), each=st.integers(1, 4), seed=st.integers(0, 999))
def test_groups_never_get_their_own_work_and_all_get_equally_many(sizes, each, seed):
    number = iter(range(10_000))
    groups = [frozenset(f"p{next(number)}" for _ in range(size)) for size in sizes]
    random.Random(seed).shuffle(groups)  # noqa: S311 -- an order
    quota = min(each, len(groups) - 1)
    outcome = batch.allocate(
        Problem(
            reviewers=[Reviewer(f"g{place}", quota, people=people) for place, people in enumerate(groups)],
            submissions=[Work(f"w{place}", people) for place, people in enumerate(groups)],
            seed=seed,
            needed=1,
        )
    )
    assert all(str(pair.reviewer)[1:] != str(pair.submission)[1:] for pair in outcome.pairs)
    assert len(outcome.pairs) == quota * len(groups) == len(set(outcome.pairs))
    assert outcome.most - outcome.fewest == 0
