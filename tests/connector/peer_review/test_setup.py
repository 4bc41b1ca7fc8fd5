"""The set-up page, as a trainer without scripts uses it."""

import pytest
from sqlalchemy import select

from connector.peer_review import rubrics, rules
from connector.peer_review.aggregation.guard import Method
from connector.peer_review.models.setup import Anonymity, CriterionKind, PeerReview, Product, Rubric
from connector.peer_review.starters import default_criteria
from connector.web.errors import ConflictError, NotFoundError
from tests.connector.peer_review import acts
from tests.make import NOW

RULES = {"product": "text", "reviews_each": "3", "needed": "2", "late": "accept", "anonymity": "double-blind"}
TWO = {
    "count": "2",
    "kind-0": "levels", "title-0": "Is it clear?", "weight-0": "2", "label-0-0": "No", "points-0-0": "0",
    "label-0-1": "Yes", "points-0-1": "4", "comment-0": "1",
    "kind-1": "scale", "title-1": "How convincing?", "top-1": "4",
}  # fmt: skip


def at_setup(visiting, trainer, activity):
    visit = visiting(trainer, activity)
    visit.get("/setup")
    return visit


def test_page_shows_defaults_that_work(visiting, trainer, activity):
    page = visiting(trainer, activity).get("/setup")
    assert page.status_code == 200
    assert "Does it do what was asked for?" in page.text


def test_learners_find_no_setup(visiting, ana, activity):
    assert visiting(ana, activity).get("/setup").status_code == 404


def test_saving_stores_rules_and_criteria(visiting, session, trainer, activity):
    answer = at_setup(visiting, trainer, activity).post("/setup", act="save", **RULES, **TWO)
    assert answer.status_code == 303
    session.rollback()
    found = session.get(PeerReview, activity.id)
    assert (found.reviews_each, found.needed, found.product) == (3, 2, Product.TEXT)
    clear, convincing = rubrics.find_rubric(session, activity).criteria
    assert (clear.weight, clear.needs_comment, [each["points"] for each in clear.levels]) == (2.0, True, [0.0, 4.0])
    assert (convincing.kind, len(convincing.levels)) == (CriterionKind.SCALE, 4)


@pytest.mark.parametrize(
    ("act", "titles"),
    [
        ("add-yes-no", ["Is it clear?", "How convincing?", ""]),
        ("up-1", ["How convincing?", "Is it clear?"]),
        ("down-0", ["How convincing?", "Is it clear?"]),
        ("remove-0", ["How convincing?"]),
        ("remove-9", ["Is it clear?", "How convincing?"]),
        ("nonsense", ["Is it clear?", "How convincing?"]),
    ],
)
def test_buttons_rearrange_criteria_and_keep_what_was_typed(visiting, trainer, activity, act, titles):
    import re

    page = at_setup(visiting, trainer, activity).post("/setup", act=act, **RULES, **TWO).text
    found = [re.search(rf'name="title-{number}" type="text" value="([^"]*)"', page) for number in range(4)]
    assert [each[1] for each in found if each] == titles
    assert 'value="3"' in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reviews_each": "0"}, "Give a whole number from 1 to 20."),
        ({"needed": "4"}, "There are not that many reviews of each piece of work."),
        (
            {"due_at": "2026-03-05T10:00", "reviews_due_at": "2026-03-04T10:00"},
            "Reviews must be due after the work is.",
        ),
        ({"grades_reviewing": "1", "reviewing_maximum": "-1"}, "Give a number of points over 0"),
        ({"points-0-1": "nan"}, "Give points from 0 to 1000."),
        ({"weight-0": "0"}, "Give a number over 0"),
        ({"top-1": "99"}, "Give a whole number from 2 to 10."),
        ({"count": "0"}, "Give at least one criterion."),
        ({"method": "trimmed"}, "Invalid input"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(visiting, session, trainer, activity, wrong, sentence):
    answer = at_setup(visiting, trainer, activity).post("/setup", act="save", **{**RULES, **TWO, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    session.rollback()
    assert session.scalar(select(Rubric)) is None


def test_criteria_that_somebody_reviews_by_stay(session, trainer, activity, ana, bo):
    for who in (ana, bo):
        acts.hand_in(session, activity, who)
    review = acts.take(session, activity, ana)
    acts.send(session, review)
    first = review.rubric
    forms = rubrics.forms_of(default_criteria())[:1]
    second = rubrics.set_rubric(session, activity, trainer, forms, now=NOW)
    assert (first.version, len(first.criteria), second.version, len(second.criteria)) == (1, 4, 2, 1)


def test_criteria_that_nobody_used_change_in_place(session, trainer, activity):
    forms = rubrics.forms_of(default_criteria())
    rubrics.set_rubric(session, activity, trainer, forms, now=NOW)
    assert rubrics.set_rubric(session, activity, trainer, forms[:2], now=NOW).version == 1
    assert len(rubrics.find_rubric(session, activity).criteria) == 2


def test_promise_of_anonymity_holds_once_there_is_work(session, translated, trainer, activity, ana):
    acts.hand_in(session, activity, ana)
    with pytest.raises(ConflictError):
        rules.set_rules(session, activity, trainer, {"anonymity": Anonymity.NONE})
    assert rules.set_rules(session, activity, trainer, {"method": Method.MEDIAN}).method is Method.MEDIAN


def test_learners_change_no_rules(session, activity, ana):
    with pytest.raises(NotFoundError):
        rules.set_rules(session, activity, ana, {"needed": 1})
