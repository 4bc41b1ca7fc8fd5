import math
import random
import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.peer_review.aggregation import explanation
from connector.peer_review.aggregation.confidence import Doubt
from connector.peer_review.aggregation.grading import Grade, Outcome, grade
from connector.peer_review.aggregation.guard import Ground, Method
from connector.peer_review.aggregation.records import Record, from_calibration, from_known, over
from connector.peer_review.aggregation.reviews import InvalidReviewsError, Review
from tests.connector.peer_review.classes import reviews

few = settings(max_examples=25, deadline=None)
STRICT = dict.fromkeys(range(0, 24, 3), -18.0)


@st.composite
def some_reviews(draw: st.DrawFn) -> list[Review]:
    """Anything that may come in: uneven numbers, extreme scores, lone reviews."""
    people, works = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    pairs = draw(st.sets(st.tuples(st.integers(1, people), st.integers(1, works)), min_size=1, max_size=60))
    score = st.one_of(st.sampled_from([0.0, 50.0, 100.0]), st.floats(0, 100))
    return [Review(f"p{who}", f"w{what}", draw(score)) for who, what in sorted(pairs)]


def by_work(outcome: Outcome) -> dict[str, Grade]:
    return {str(each.submission): each for each in outcome.grades}


def rmse(outcome: Outcome, worth: dict[str, float]) -> float:
    return math.sqrt(
        sum((each.score - worth[str(each.submission)]) ** 2 for each in outcome.grades) / len(outcome.grades)
    )


@pytest.mark.parametrize(
    ("method", "expected"),
    [(Method.MEAN, 55.0), (Method.MEDIAN, 60.0), (Method.TRIMMED, (0.5 * 10 + 50 + 70 + 0.5 * 90) / 3)],
)
def test_grades_without_a_model(method, expected):
    said = [Review(f"p{number}", "w", score) for number, score in enumerate([10.0, 90.0, 50.0, 70.0])]
    (found,) = grade(said, method=method).grades
    assert found.score == pytest.approx(expected)
    assert found.mean == pytest.approx(55.0)


def test_the_median_of_three_is_the_middle_one():
    said = [Review(f"p{number}", "w", score) for number, score in enumerate([10.0, 90.0, 50.0])]
    assert grade(said, method=Method.MEDIAN).grades[0].score == 50


@pytest.mark.parametrize("method", Method)
@few
@given(some_reviews(), st.randoms(use_true_random=False))
def test_neither_order_nor_names_matter(method: Method, said: list[Review], rng: random.Random):
    new = uuid.UUID(int=rng.getrandbits(128))
    names = {name: uuid.uuid5(new, str(name)) for each in said for name in (each.reviewer, each.submission)}
    other = [Review(names[each.reviewer], names[each.submission], each.score) for each in rng.sample(said, len(said))]
    one, another = grade(said, method=method), grade(other, method=method)
    found = {each.submission: each for each in another.grades}
    assert one.method is another.method
    for each in one.grades:
        same = found[names[each.submission]]
        assert (each.score, each.low, each.high, each.modelled) == pytest.approx(
            (same.score, same.low, same.high, same.modelled), abs=1e-9
        )
        assert each.doubts == same.doubts


@few
@given(some_reviews())
def test_the_same_reviews_give_the_same_grades(said):
    assert grade(said) == grade(said)


@pytest.mark.parametrize("method", Method)
@few
@given(said=some_reviews())
def test_every_grade_is_on_the_scale_and_adds_up(method, said):
    for each in grade(said, method=method).grades:
        assert 0 <= each.low <= each.score <= each.high <= 100
        assert sum(share.share for share in each.shares) == pytest.approx(1)
        assert all(share.share >= 0 for share in each.shares)
        assert each.score == explanation.total(each.shares)


@few
@given(some_reviews(), st.data())
def test_raising_a_review_never_lowers_the_grade_while_all_else_is_held(said, data):
    for each in grade(said, method=Method.MODEL).grades:
        number = data.draw(st.integers(0, len(each.shares) - 1))
        raised = replace(each.shares[number], score=data.draw(st.floats(each.shares[number].score, 100)))
        shares = (*each.shares[:number], raised, *each.shares[number + 1 :])
        assert explanation.total(shares) >= each.score


@few
@given(some_reviews(), st.sampled_from([Method.MEAN, Method.MEDIAN, Method.TRIMMED]), st.data())
def test_raising_a_review_never_lowers_a_plain_grade(said, method, data):
    number = data.draw(st.integers(0, len(said) - 1))
    raised = [*said]
    raised[number] = replace(said[number], score=data.draw(st.floats(said[number].score, 100)))
    name = str(said[number].submission)
    before, after = (by_work(grade(each, method=method))[name].score for each in (said, raised))
    assert after >= before - 1e-9


def test_shares_of_the_model_are_told_in_steps_of_five_percent_and_adjustments_in_points():
    said, _ = reviews(bias=STRICT)
    for each in grade(said, method=Method.MODEL).grades:
        for share in each.shares:
            assert share.share * 20 == pytest.approx(round(share.share * 20))
            assert share.adjustment == round(share.adjustment)


def test_strict_reviewers_are_found_and_adjusted():
    said, worth = reviews(bias=STRICT)
    found = grade(said)
    assert found.method is Method.MODEL
    assert Ground.DIFFERENCES in found.verdict.grounds
    assert rmse(found, worth) < 0.9 * rmse(grade(said, method=Method.MEAN), worth)
    strict = sorted(found.reviewers, key=lambda each: each.bias)[:8]
    assert {int(str(each.reviewer)[1:]) for each in strict} == set(STRICT)


def test_a_careful_class_keeps_the_mean():
    said, _ = reviews(seed=4)
    found = grade(said)
    assert found.method is Method.MEAN
    assert [each.score for each in found.grades] == pytest.approx([each.mean for each in found.grades])


def test_yes_and_no_are_too_coarse_for_the_model():
    said, _ = reviews(bias=dict.fromkeys(range(0, 24, 3), -40.0))
    found = grade([replace(each, score=25.0 * round(each.score / 25)) for each in said])
    assert (found.method, found.verdict.is_coarse) == (Method.MEAN, True)
    assert Ground.DIFFERENCES in found.verdict.grounds


@few
@given(some_reviews())
def test_what_is_known_of_works_and_reviewers_follows_them(said):
    flipped = [Review(str(each.reviewer).replace("p", "z"), each.submission, each.score) for each in said[::-1]]
    one, another = grade(said), grade(flipped)
    assert [str(each.reviewer)[1:] for each in one.reviewers] == [str(each.reviewer)[1:] for each in another.reviewers]
    assert [each.bias for each in one.reviewers] == pytest.approx([each.bias for each in another.reviewers], abs=1e-9)


def test_the_trainer_may_pin_a_method():
    said, _ = reviews(bias=STRICT)
    assert grade(said, method=Method.MEAN).method is Method.MEAN
    assert grade(said, method=Method.MEDIAN).method is Method.MEDIAN


def test_the_trainers_own_grade_stands_and_teaches():
    said, worth = reviews(bias=STRICT)
    anchors = {name: worth[name] for name in list(worth)[:6]}
    found = grade(said, anchors=anchors)
    for name, value in anchors.items():
        each = by_work(found)[name]
        assert (each.score, each.low, each.high, each.shares, each.doubts) == (value, value, value, (), frozenset())
    assert Ground.ANCHORS in found.verdict.grounds


def test_history_makes_the_next_grades_better():
    first, _ = reviews(given=3, seed=5, bias=STRICT)
    later, worth = reviews(given=3, seed=6, bias=STRICT)
    told = grade(first).told
    plain, knowing = (grade(later, method=Method.MODEL, records=each) for each in ({}, told))
    assert rmse(knowing, worth) < rmse(plain, worth)


def test_who_says_the_same_of_everything_is_found_and_counts_little():
    said, _ = reviews(given=6)
    flat = [replace(each, score=72.0) if each.reviewer in {"p03", "p11"} else each for each in said]
    found = grade(flat, method=Method.MODEL)
    states = {each.reviewer: each for each in found.reviewers}
    assert states["p03"].flat > 0.5 > states["p05"].flat
    shares = [share.share for each in found.grades for share in each.shares if share.reviewer == "p03"]
    assert max(shares) <= 0.1


def test_what_needs_another_review():
    said, _ = reviews(spread=3.0)
    name = said[0].submission
    wild = [replace(each, score=2.0) if each == said[0] else each for each in said]
    found = by_work(grade(wild))
    assert found[str(name)].doubts >= {Doubt.APART, Doubt.UNINFORMED}
    alone = by_work(grade([*said, Review("p00", "lone", 60.0)]))
    assert alone["lone"].high - alone["lone"].low > alone["w05"].high - alone["w05"].low


def test_nothing_at_all_and_one_review_alone():
    assert grade([]).grades == ()
    (found,) = grade([Review("p", "w", 80.0)]).grades
    assert (found.score, found.doubts) == (80, {Doubt.WIDE})
    assert grade([Review("p", "w", 80.0)], method=Method.MODEL).grades[0].score == pytest.approx(80)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, -0.1, 100.1])
def test_scores_off_the_scale_are_refused(wrong):
    with pytest.raises(InvalidReviewsError):
        grade([Review("p", "w", wrong)])
    with pytest.raises(InvalidReviewsError):
        grade([Review("p", "w", 50.0)], anchors={"w": wrong})


def test_the_same_review_twice_is_refused():
    with pytest.raises(InvalidReviewsError):
        grade([Review("p", "w", 50.0), Review("q", "w", 1.0), Review("p", "w", 51.0)])


def test_older_activities_count_less():
    assert over([Record(asked=4), Record(), Record(asked=1)]).asked == pytest.approx(4 * 0.5 + 1)


def test_calibration_counts_three_reviews_at_most_and_spot_checks_in_full():
    assert from_calibration([5.0] * 6) == from_known([5.0] * 3)
    assert from_calibration([5.0]) == from_known([5.0])
    assert from_known([5.0] * 6).asked == 6


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 101.0, -101.0])
def test_differences_off_the_scale_are_refused(wrong):
    with pytest.raises(InvalidReviewsError):
        from_known([wrong])
