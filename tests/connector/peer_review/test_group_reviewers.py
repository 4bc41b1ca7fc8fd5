"""Groups that review together: one review of all of them, which each goes on with and sends."""

import json
import random
import re
import uuid

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.delivery.models import Message
from connector.groups.building import make_set
from connector.notifications.models import Notice
from connector.peer_review import filling, rubrics, rules
from connector.peer_review.allocation import batch
from connector.peer_review.allocation.problem import GroupMode, Problem, Reviewer
from connector.peer_review.allocation.problem import Submission as Work
from connector.peer_review.board import board, standing
from connector.peer_review.matching import distributing
from connector.peer_review.matching.distributing import GIVEN
from connector.peer_review.matching.pool import Pool, PooledWork
from connector.peer_review.models.reviews import Review, ReviewState, Submission
from connector.peer_review.models.setup import Anonymity, CriterionKind, PeerReview, Unit
from connector.peer_review.results import grading
from connector.peer_review.reviews.conversing import WRITTEN
from connector.peer_review.rules import PromiseError
from connector.peer_review.stepper import Next, next_step
from connector.peer_review.views.setup_schemas import MOST_CRITERIA
from connector.peer_review.works import units
from connector.peer_review.works.teams import prints_of
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
    """Save as the script does, and return the fields that somebody else wrote in meanwhile."""
    answer = visit.client.post(
        f"{visit.path}{where}",
        json={"fields": fields, "was": prints_of(was)},
        headers={"X-CSRF-Token": visit.token, "Accept": "application/json"},
    ).json
    beside = answer.get("beside", [])
    kept = {name: text for name, text in fields.items() if name not in beside}
    assert answer["was"] == {name: prints_of(kept).get(name, "") for name in kept}
    return beside


@pytest.mark.usefixtures("endpoint", "handed_in")
def test_one_begins_and_another_sends(visiting, session, activity, people, teams, stored_statements):
    first, second = (come(visiting, each, activity) for each in people[:2])
    where = first.post("/reviews").headers["Location"].removeprefix(first.path)
    page = first.get(where).text
    assert "Your group writes this review together" in page
    names = sorted(fill(page))
    comment = next(name for name in names if name.startswith("comment"))
    assert save(first, where, {comment: ""}, **{comment: "From the first."}) == []
    assert "Continue review 1 of 1" in second.get().text
    assert second.post("/reviews").headers["Location"].endswith(where)
    page = second.get(where).text
    assert "From the first." in page
    was = json.loads(WAS.search(page)[1].replace("&#34;", '"'))
    assert was == prints_of({comment: "From the first."})
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
    assert save(first, where, {"summary": ""}, summary="Mine.") == []
    assert save(second, where, {"summary": ""}, summary="Mine, at once.") == ["summary"]
    review = only_of(session, teams[0])
    assert (review.typed["summary"], [each["text"] for each in review.beside]) == ("Mine.", ["Mine, at once."])
    session.commit()
    page = second.get(where).text
    assert "Written at the same time" in page
    assert "Mine, at once." in page
    assert save(second, where, {"summary": "Mine."}, summary="Mine. Mine, at once.") == []
    answer = first.post(where, act="save", summary="Mine, again.", was=json.dumps(prints_of({"summary": "Mine."})))
    assert answer.headers["Location"].endswith(where)  # to see both
    assert only_of(session, teams[0]).typed["summary"] == "Mine. Mine, at once."


@pytest.mark.usefixtures("handed_in")
def test_what_was_sent_is_not_written_over_either_and_levels_are_told_in_words(
    visiting, session, activity, people, teams
):
    review = acts.take(session, activity, people[0])
    where = f"/reviews/{review.id}"
    acts.send(session, review, level=2)
    level, comment = next(filling.fields_of(each) for each in review.rubric.criteria if each.is_scored)
    label = review.rubric.criteria[0].levels[0]["label"]
    session.commit()
    visit = come(visiting, people[1], activity)
    assert sorted(save(visit, where, {}, **{level: "0", comment: "Begun before it was sent."})) == [comment, level]
    page = visit.get(where).text
    assert page.count(label) == 2  # the choice, and what they chose
    assert save(visit, where, {comment: "Because."}, **{comment: "Seen, and changed."}) == []
    answer = visit.post(where, act="save", **{comment: "From a form that says nothing."})
    assert answer.headers["Location"].endswith(where)
    assert only_of(session, teams[0]).typed == {comment: "Seen, and changed."}


@pytest.mark.usefixtures("handed_in")
def test_longest_review_of_all_criteria_is_taken(visiting, session, activity, trainer, people, teams):
    words = [rubrics.CriterionForm(kind=CriterionKind.COMMENT, title=f"Criterion {n}") for n in range(MOST_CRITERIA)]
    rubrics.set_rubric(session, activity, trainer, words, now=NOW)
    session.commit()
    visit = come(visiting, people[0], activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    names = [*re.findall(r'name="(comment-[^"]+)"', visit.get(where).text), "summary"]
    assert len(names) == MOST_CRITERIA + 1
    for text in ("字" * filling.TEXT_LIMIT, "文" * filling.TEXT_LIMIT):
        was = WAS.search(visit.get(where).text)[1].replace("&#34;", '"')
        assert (
            visit.post(where, act="send", was=was, **dict.fromkeys(names, text)).headers["Location"].endswith("/send")
        )
    assert len(was) < 2_000
    assert set(only_of(session, teams[0]).typed.values()) == {text}


@pytest.mark.usefixtures("handed_in")
@pytest.mark.parametrize(
    ("said", "is_warned"),
    [
        ("As Bea Borg of us said.", True),
        ("We of the Quick Foxes.", True),
        ("As Cleo Cohn said.", False),
        ("Fine.", False),
    ],
)
def test_name_of_anybody_of_the_group_is_warned_of(visiting, session, activity, people, teams, said, is_warned):
    for each, name in zip(people, ("Ana Alm", "Bea Borg", "Cleo Cohn"), strict=False):
        each.person.name = name
    teams[0].name = "Quick Foxes"
    session.commit()
    visit = come(visiting, people[0], activity)
    where = visit.post("/reviews").headers["Location"].removeprefix(visit.path)
    page = visit.get(where).text
    visit.post(where, act="send", **{**fill(page), "summary": said}, was="{}")
    page = visit.get(f"{where}/send").text
    assert ("one of your group, seems to stand in what you wrote" in page) is is_warned
    assert "The author sees neither your names nor your group" in page


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


@pytest.mark.usefixtures("handed_in", "endpoint")
def test_distribution_is_to_groups(session, activity, trainer, people, teams):
    given = acts.take(session, activity, people[1])
    distributing.distribute(session, activity, trainer, now=NOW)
    found = session.scalars(select(Review)).all()
    assert {each.group_id for each in found} == {each.id for each in teams}
    assert len(found) == 3
    assert given.id in {each.id for each in found}
    assert session.scalar(select(func.count()).where(Notice.what == GIVEN)) == 4  # two groups of two
    told = [
        each for each in map(json.loads, session.scalars(select(Message.body))) if "was-assigned" in each["verb"]["id"]
    ]
    assert {each["object"]["id"] for each in told} == {each.iri for each in found}
    assert len({each["actor"]["account"]["name"] for each in told}) == 3  # of each group the one who stands for it
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


def test_pages_take_as_many_queries_for_thirty_groups_as_for_one(
    visiting, session, course, activity, people, teams, trainer, count_queries
):
    visits = [(come(visiting, trainer, activity), "/overview"), (come(visiting, people[0], activity), "")]

    def add(*members):
        acts.hand_in(session, activity, members[0])
        session.flush()
        return members

    def review(members):
        acts.take(session, activity, members[1]).typed = {"summary": "Begun."}
        session.flush()

    def look():
        found = []
        for visit, path in visits:
            visit.get(path)
            with count_queries() as seen:
                assert visit.get(path).status_code == 200
            found.append(len(seen))
        return found

    add(*people[2:4])
    review(add(*people[:2]))
    session.commit()
    few = look()
    for number in range(30):
        group = build.Group(course=course, set_id=teams[0].set_id, name=f"More {number}", is_active=True)
        session.add(group)
        session.flush()
        pair = build.learners(session, course, 2)
        build.put(session, group, *pair)
        review(add(*pair))
    session.commit()
    many = look()
    assert [after <= before for before, after in zip(few, many, strict=True)] == [True, True], (few, many)


class Walked(list):
    """A list that knows how often somebody went through it."""

    count = 0

    def __iter__(self):
        self.count += 1
        return super().__iter__()


def test_whom_a_group_stands_for_is_not_looked_for_among_all_works_each_time():
    ids = iter(uuid.UUID(int=number) for number in range(10_000))
    groups = [frozenset(next(ids) for _ in range(3)) for _ in range(1_000)]
    works = Walked(
        PooledWork(next(ids), people, people, people, NOW, None, group_id=next(ids), handed_in_by=min(people))
        for people in groups
    )
    found = PeerReview(reviewed_by=Unit.GROUP, grouping=GroupMode.ANY)
    pool = Pool(found, works, Walked(), {}, [], frozenset())
    for people, work in zip(groups, list(works), strict=True):
        for each in people:
            assert pool.people_of(pool.as_reviewer(each)) == people
            assert pool.as_reviewer(each) == min(people)
            assert pool.may_review(each, work.id) is False
    assert pool.may_review(next(iter(groups[0])), works[1].id) is True
    assert works.count + pool.given.count <= 8


def test_next_step_of_all_of_a_group_is_the_same(session, activity, people, teams, translated):
    """Whatever one of them does, the others go on from there."""

    def steps(*members):
        return [next_step(standing.look(session, activity, each, now=NOW).situation) for each in members]

    assert steps(*people[:2]) == [Next.HAND_IN] * 2
    acts.hand_in(session, activity, people[0])
    assert steps(*people[:3]) == [Next.WAIT_FOR_WORK, Next.WAIT_FOR_WORK, Next.HAND_IN]
    acts.hand_in(session, activity, people[2])
    acts.hand_in(session, activity, people[4])
    assert steps(*people) == [Next.REVIEW] * 6
    taken = acts.take(session, activity, people[1])
    assert steps(*people[:3]) == [Next.GO_ON_REVIEWING, Next.GO_ON_REVIEWING, Next.REVIEW]
    acts.send(session, taken)
    assert steps(*people[:2]) == [Next.WAIT_FOR_FEEDBACK] * 2
    acts.review_one(session, activity, people[3])
    acts.review_one(session, activity, people[4])
    assert steps(*people) == [Next.READ] * 6
