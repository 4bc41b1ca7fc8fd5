"""Hidden spot-checks: they look like all other reviews, tell of the reviewer, and count for nothing else."""

import json
import re
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connector.delivery.models import Message
from connector.peer_review import kind, revising, rules
from connector.peer_review.allocation.batch import allocate
from connector.peer_review.allocation.problem import Problem, Reviewer, Submission
from connector.peer_review.board import board, export, standing
from connector.peer_review.examples import examples
from connector.peer_review.matching import assigning, checking, distributing, gathering
from connector.peer_review.models.examples import Check, Use
from connector.peer_review.models.results import ReviewerResult, WorkResult
from connector.peer_review.models.reviews import Review
from connector.peer_review.models.setup import Anonymity, SecondRound
from connector.peer_review.results import releasing, results
from connector.peer_review.reviews import feedback
from connector.peer_review.works.handing_in import Handing
from connector.web.errors import ConflictError, InvalidInputError, NotFoundError
from tests import make
from tests.connector.peer_review import acts, known
from tests.make import NOW


@pytest.fixture
def always(monkeypatch):
    """Every review is a check, as long as there is something to check with."""
    monkeypatch.setattr(checking, "ONE_IN", 1)


@pytest.fixture
def works(session, translated, activity, trainer, people):
    """Six works, of which the trainer has graded the first."""
    acts.set_rules(session, activity, trainer, reviews_each=3, needed=2)
    found = [acts.hand_in(session, activity, each, after=number) for number, each in enumerate(people)]
    results.override(session, activity, found[0], by=trainer, score=40.0, reason="I read it.", now=NOW)
    checking.switch(session, activity, trainer, is_on=True)
    return found


def checks_of(session):
    return session.scalars(select(Review).join(Check, Check.review_id == Review.id)).all()


def test_off_by_default_and_only_where_reviews_are_enough(session, translated, activity, trainer, ana):
    assert not checking.is_on(session, activity)
    acts.set_rules(session, activity, trainer, reviews_each=3, needed=3)
    with pytest.raises(ConflictError):
        checking.switch(session, activity, trainer, is_on=True)
    with pytest.raises(NotFoundError):
        checking.switch(session, activity, ana, is_on=True)


def test_check_is_work_that_the_trainer_graded(session, works, activity, people, always):
    review = acts.take(session, activity, people[1])
    assert review.submission_id == works[0].id
    assert checks_of(session) == [review]
    acts.send(session, review, level=3)
    assert acts.take(session, activity, people[1]).submission_id != works[0].id


def test_check_is_never_ones_own(session, works, activity, people, always):
    assert acts.take(session, activity, people[0]).submission_id != works[0].id


def test_check_counts_for_nobody_but_its_writer(session, works, activity, trainer, people, always, endpoint):
    acts.send(session, acts.take(session, activity, people[1]), level=3)
    row = session.get(WorkResult, works[0].id)
    assert (row.reviews, row.final, row.shares) == (0, 40.0, [])
    found = rules.get_rules(session, activity)
    seen = gathering.load_pool(session, activity, found, now=NOW)
    assert seen.coverage()[works[0].id] == (0, 0)
    assert seen.written_by() == {people[1].id: 1}
    received = releasing.receive(session, activity, found, works[0], needed_own=0, now=NOW)
    assert (received.reviews, received.coming, received.release.is_shown) == ([], 0, False)
    (review,) = checks_of(session)
    with pytest.raises(NotFoundError):
        feedback.get_received(session, activity, people[0], review.id)
    look = board.look(session, activity, trainer, now=NOW)
    assert next(row for row in look.rows if row.member.id == people[0].id).received == 0
    assert all(not row.waits_for for row in look.rows)


def test_open_check_is_nobodys_coming_review(session, works, activity, trainer, people, always):
    acts.take(session, activity, people[1])
    found = rules.get_rules(session, activity)
    assert releasing.receive(session, activity, found, works[0], needed_own=0, now=NOW).coming == 0
    rows = board.look(session, activity, trainer, now=NOW).rows
    assert next(row for row in rows if row.member.id == people[0].id).waits_for == []
    assert len(next(row for row in rows if row.member.id == people[1].id).open) == 1


def test_check_teaches_the_model_in_full(session, works, activity, trainer, people, always):
    acts.send(session, acts.take(session, activity, people[1]), level=3)
    (record,) = checking.records(session, activity).values()
    assert (record.asked, record.offset) == (1.0, 60.0)
    acts.send(session, acts.take(session, activity, people[1]), level=2)
    told = session.scalars(select(ReviewerResult).where(ReviewerResult.member_id == people[1].id)).one()
    assert told.told["asked"] == 2.0


def test_hidden_example_goes_among_the_work(session, works, activity, trainer, people, always):
    example = known.example(session, activity, trainer, level=0, use=Use.HIDDEN, body="A plan of somebody.")
    taken = {acts.take(session, activity, each).submission_id for each in people[:2]}
    assert example.submission_id in taken
    found = rules.get_rules(session, activity)
    assert example.submission_id not in {
        each.id for each in gathering.load_pool(session, activity, found, now=NOW).works
    }
    review = next(each for each in checks_of(session) if each.submission_id == example.submission_id)
    acts.send(session, review, level=3)
    record = checking.records(session, activity)[review.reviewer_id]
    assert record.offset == pytest.approx(100.0)
    assert session.get(WorkResult, example.submission_id) is None


def test_hidden_examples_need_a_double_blind_review(session, translated, activity, trainer):
    acts.set_rules(session, activity, trainer, anonymity=Anonymity.SINGLE)
    with pytest.raises(InvalidInputError):
        known.example(session, activity, trainer, use=Use.HIDDEN)


def test_a_trainer_has_one_hidden_example(session, translated, activity, trainer):
    example = known.example(session, activity, trainer, use=Use.HIDDEN)
    with pytest.raises(InvalidInputError):
        known.example(session, activity, trainer, use=Use.HIDDEN)
    assert examples.list_examples(session, activity, Use.PRACTICE) == []
    assert example.submission_id is not None


def test_distribution_gives_checks_in_place_of_reviews(session, works, activity, trainer, people, always):
    for work in works[1:3]:
        results.override(session, activity, work, by=trainer, score=70.0, reason="Read.", now=NOW + timedelta(hours=1))
    distributing.distribute(session, activity, trainer, now=NOW)
    reviews, checks = session.scalars(select(Review)).all(), {each.id for each in checks_of(session)}
    assert checks
    assert Counter(each.reviewer_id for each in reviews) == dict.fromkeys([each.id for each in people], 3)
    assert len({(each.reviewer_id, each.submission_id) for each in reviews}) == len(reviews)
    distributing.distribute(session, activity, trainer, now=NOW + timedelta(hours=1))
    assert len(session.scalars(select(Review)).all()) == len(reviews)


def test_learners_see_no_difference(visiting, session, works, activity, trainer, people, always, endpoint):
    check = acts.take(session, activity, people[1])
    checking.ONE_IN, before = 10**9, checking.ONE_IN
    plain = acts.take(session, activity, people[2])
    checking.ONE_IN = before
    assert [each.id for each in checks_of(session)] == [check.id]
    bodies = {json.loads(body)["object"]["id"]: body for body in session.scalars(select(Message.body))}
    session.commit()
    seen = []
    for member, review in ((people[1], check), (people[2], plain)):
        visit = visiting(member, activity)
        pages = [visit.get(), visit.get(f"/reviews/{review.id}")]
        form = {
            name: "2" if name.startswith("level") else "Because."
            for name in set(re.findall(r'name="((?:level|comment)-[0-9a-f-]{36})"', pages[1].text))
        }
        pages.append(visit.post(f"/reviews/{review.id}", act="send", **form))
        pages += [visit.get(f"/reviews/{review.id}/send"), visit.post(f"/reviews/{review.id}/send"), visit.get()]
        texts = [_plain(page.text, member, review) for page in pages]
        seen.append(([page.status_code for page in pages], texts, _plain(bodies[review.iri].decode(), member, review)))
        assert "spot-check" in texts[0]
    assert seen[0][0] == seen[1][0]
    for one, other in zip([*seen[0][1], seen[0][2]], [*seen[1][1], seen[1][2]], strict=True):
        assert one.splitlines() == other.splitlines()
    session.expire_all()
    for member in (people[1], people[2]):
        holdings = {each.name: each.records for each in kind.PARTS.list_holdings(session, member.person)}
        assert [sorted(record) for record in holdings["reviews"]] == [sorted(holdings["reviews"][0])]
        assert "check" not in json.dumps(holdings["reviews"])


def _plain(text, member, review):
    """Return a page without what belongs to its reader alone: ids, keys, names and times."""
    text = re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "ID", text)
    text = re.sub(r'(value|content|nonce|href|src|action|formaction)="[^"]*"', r"\1", text)
    text = re.sub(r'"(account|name)":"[^"]*"', "WHO", text)
    text = text.replace(member.person.name or "-", "NAME")
    return re.sub(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?|\b[A-Z]{2}\b|hue-\d+|--hue: ?\d+|[A-Za-z0-9_-]{22,}", "X", text)


def test_export_tells_who_leads_which_were_checks(session, works, activity, people, always):
    acts.send(session, acts.take(session, activity, people[1]), level=3)
    table = "".join(export.as_csv(session, activity))
    assert "spot_check" in table
    document = json.loads("".join(export.as_json(session, activity, NOW)))
    assert [each["spot_check"] for each in document["reviews"]] == [True]
    assert document["has_spot_checks"] is True


def test_switch_over_http(visiting, session, activity, trainer, ana, works):
    session.commit()
    lead = visiting(trainer, activity)
    assert "1 piece of work is known" in lead.get("/examples").text
    assert lead.post("/checks", on="0").status_code == 303
    session.rollback()
    assert not checking.is_on(session, activity)
    session.commit()
    learner = visiting(ana, activity)
    learner.get("/work")
    assert learner.post("/checks", on="1").status_code == 404


def test_standing_of_a_reviewer_counts_checks_as_reviews(session, works, activity, people, always):
    acts.send(session, acts.take(session, activity, people[1]), level=3)
    assert standing.look(session, activity, people[1], now=NOW).situation.done == 1


def test_one_in_six_by_a_secret_lot():
    place = uuid.UUID(int=5)
    drawn = [checking._is_turn(uuid.UUID(int=number), place, turn) for number in range(2000) for turn in range(4)]
    assert 0.14 < sum(drawn) / len(drawn) < 0.19


@given(st.integers(7, 60), st.integers(2, 4), st.data())
@settings(max_examples=60, deadline=None)
def test_allocation_beside_checks_stays_exact(count, quota, data):
    """Whoever has checks writes as many reviews as the others, and all the work gets equally many, give or take one."""
    names = [f"p{number:02}" for number in range(count)]
    graded = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    checks = {
        who: data.draw(st.sampled_from(graded))
        for who in data.draw(st.lists(st.sampled_from(names), max_size=count // 3, unique=True))
    }
    checks = {who: work for who, work in checks.items() if who != work}
    made = allocate(
        Problem(
            [Reviewer(name, quota - (name in checks)) for name in names],
            [Submission(name, frozenset({name})) for name in names],
            seed=data.draw(st.integers(0, 99)),
            needed=quota - 1,
            must_not=frozenset(checks.items()),
        ),
        accept_fewer=True,
    )
    pairs = {(str(each.reviewer), str(each.submission)) for each in made.pairs}
    written = Counter(who for who, _work in pairs)
    assert all(written[name] + (name in checks) == quota for name in names)
    received = Counter(work for _who, work in pairs)
    assert max(received.values()) - min(received[name] for name in names) <= 1
    assert not pairs & set(checks.items())
    assert all(who != work for who, work in pairs)


def test_checks_of_others_courses_are_not_found(session, works, activity, always):
    assert checking.look(session, make.activity(session)).given == 0


def test_second_round_draws_none_and_a_score_counts_for_the_version_that_it_was_given_to(
    session, translated, activity, trainer, works, people, always
):
    reviewer, author = people[1], works[0].author
    check = acts.review_one(session, activity, reviewer, level=1)
    assert checking.is_check(session, check)
    assert check.submission_id == works[0].id
    found = rules.hold(session, activity)
    acts.send(session, assigning.give(session, activity, found, people[2], works[0], why="", lease=None, now=NOW))
    acts.set_rules(session, activity, trainer, second_round=SecondRound.BRIEF, reviews_due_at=NOW + timedelta(hours=1))
    before = checking.records(session, activity)[reviewer.id]
    assert checking.look(session, activity).known == 1
    revising.revise(
        session, activity, author, Handing(body="Once a week."), shows_intentions=False, now=NOW + timedelta(days=1)
    )
    again = select(Review.reviewer_id).where(Review.round == 2, Review.submission_id == works[0].id)
    assert session.scalars(again).all() == [people[2].id]
    assert checking.look(session, activity).known == 0
    results.override(
        session, activity, works[0], by=trainer, score=90.0, reason="Now it is good.", now=NOW + timedelta(days=2)
    )
    assert reviewer.id not in checking.records(session, activity)
    assert before.asked > 0
