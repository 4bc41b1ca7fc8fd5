import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.peer_review import rules
from connector.peer_review.aggregation import confidence, flatness, model, reliability
from connector.peer_review.aggregation.calibration import compare
from connector.peer_review.aggregation.confidence import Step
from connector.peer_review.aggregation.explanation import Share, rounded
from connector.peer_review.aggregation.grading import ReviewerState, grade
from connector.peer_review.aggregation.guard import Ground, Method, f_tail, judge, probability_of_chance
from connector.peer_review.aggregation.priors import Priors
from connector.peer_review.aggregation.records import Record
from connector.peer_review.aggregation.reliability import Rating, agreement
from connector.peer_review.aggregation.reviewers import Band, Remark, score
from connector.peer_review.aggregation.reviews import InvalidReviewsError, Review, Sheet
from connector.peer_review.models.setup import PeerReview
from tests.connector.peer_review.classes import reviews

CAREFUL = ReviewerState("p", 8, bias=0.5, spread=6.0, effort=0.95, flat=0.02, uninformed=())


@pytest.mark.parametrize(
    ("value", "above", "below", "probability"),
    [(3.3258, 5, 10, 0.05), (4.3512, 1, 20, 0.05), (1.0, 10, 10, 0.5), (0.0, 3, 4, 1.0), (2.3479, 10, 20, 0.05)],
)
def test_tails_of_f_are_those_of_printed_tables(value, above, below, probability):
    assert f_tail(value, above, below) == pytest.approx(probability, abs=2e-5)


def test_people_who_are_alike_differ_by_chance_only():
    assert probability_of_chance([(4, 0.0, 4.0)] * 10) == 1.0
    assert probability_of_chance([(4, 4.0, 4.0), (4, -4.0, 4.0)]) == 0.0
    assert probability_of_chance([]) == probability_of_chance([(1, 2.0, 4.0)]) == 1.0


def test_a_class_that_is_known_needs_less_to_convince():
    told = {
        "a": Record(compared=4, above=6, apart=8, apart_squares=20),
        "b": Record(compared=4, above=-6, apart=8, apart_squares=20),
    }
    verdict = judge(told, {}, calibrated=3, anchored_share=0.2)
    assert verdict.grounds >= {Ground.CALIBRATION, Ground.ANCHORS}
    known = judge(told, {"a": Record(asked=6), "b": Record(asked=6)}, finished_activities=2)
    assert Ground.HISTORY in known.grounds


def test_two_reviews_that_are_alike_are_no_ground_for_the_model():
    records = {
        asked: {
            f"p{number}": Record(asked=asked, compared=4, apart=4, apart_squares=9, flatness=4.0) for number in "ab"
        }
        for asked in (2, 3)
    }
    assert Ground.FLAT not in judge(records[2], {}).grounds
    assert Ground.FLAT in judge(records[3], {}).grounds


def test_who_colludes_is_found_in_a_first_activity_and_hardly_moves_grades():
    said, worth = reviews(count=60, given=4)
    rng = np.random.default_rng(1)
    colluders = {f"p{number:02}" for number in range(0, 60, 5)}
    said = [
        Review(each.reviewer, each.submission, rng.uniform(94, 100)) if each.reviewer in colluders else each
        for each in said
    ]
    outcome = grade(said)
    assert {each.reviewer for each in outcome.reviewers if each.flat > 0.5} == colluders
    errors = np.array([(each.score, each.mean) for each in outcome.grades]).T - [
        worth[str(each.submission)] for each in outcome.grades
    ]
    ours, mean = np.sqrt((errors**2).mean(axis=1))
    assert ours < mean / 2


def test_how_likely_informed_reviews_are_is_what_integration_says():
    residuals, variance = np.array([9.0, -4.0, 14.0]), np.array([12.0, 20.0, 16.0])
    sheet = Sheet([Review("p", f"w{number}", 50.0 + number) for number in range(3)])
    priors = Priors(scale=80.0, bias=30.0, noise=64.0, steadiness=10.0)
    bias, drawn = np.linspace(-40, 40, 801), np.linspace(0.05, 60, 1200)
    of_bias = np.exp(-(bias**2) / 60) / np.sqrt(60 * np.pi)
    of_noise = drawn**4 * np.exp(-drawn / 2) / (2**5 * math.gamma(5))
    total = 64.0 * 10 / drawn[:, None, None] + variance
    density = np.exp(-((residuals - bias[None, :, None]) ** 2) / (2 * total)) / np.sqrt(2 * np.pi * total)
    likely = (density.prod(axis=2) * of_bias * of_noise[:, None]).sum() * (bias[1] - bias[0]) * (drawn[1] - drawn[0])
    assert flatness._informed(sheet, residuals, variance, priors)[0] == pytest.approx(math.log(likely), abs=0.01)


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=9))
def test_rounded_shares_sum_to_one(weights):
    shares = [Share(f"p{number}", 50.0, weight / sum(weights), 3.4) for number, weight in enumerate(weights)]
    found = rounded(shares)
    assert sum(round(share.share * 20) for share in found) == 20
    assert all(abs(after.share - before.share) < 0.05 for before, after in zip(shares, found, strict=True))
    assert {share.adjustment for share in found} == {3.0}


def test_variances_that_are_passed_along_are_near_the_exact_ones():
    said, _ = reviews(count=60, given=4, bias=dict.fromkeys(range(0, 60, 5), 15.0))
    sheet = Sheet(said)
    found = model.fit(sheet)
    prior = np.full(len(sheet.reviewers), 1 / 40.0)
    exact, passed = confidence._exact(sheet, found, prior), confidence._passed(sheet, found, prior)
    assert passed == pytest.approx(exact, rel=0.1)


def test_reliability_of_a_known_table():
    """Shrout and Fleiss, 1979, table 2: ICC(1,1) is .17, ICC(1,4) is .44."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    single, size = reliability.intraclass_correlation(table)
    assert (round(single, 2), size, round(reliability.spearman_brown(single, 4), 2)) == (0.17, 4, 0.44)
    assert [round(end, 2) for end in reliability.interval(table, confidence=0.95)] == [-0.13, 0.72]  # R's psych::ICC


def test_alpha_of_a_known_table():
    """Krippendorff, 2011, example C with two to four observers of twelve units: ordinal alpha is .815."""
    units = [
        [1, 1, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [5, 5, 5],
        [1, 1],
    ]
    assert reliability.ordinal_alpha(units, 6) == pytest.approx(0.815, abs=0.001)


def test_agreement_of_pairs():
    ratings = [Rating("v", 1), Rating("v", 1), Rating("v", 2), Rating("w", 0), Rating("w", 4), Rating("lone", 3)]
    found = agreement(ratings, levels=5)
    assert (found.ratings, found.exact, found.adjacent) == (6, 1 / 4, 3 / 4)


def test_a_criterion_on_which_nobody_agrees_is_vague():
    noise = [Rating(f"w{number}", level) for number in range(20) for level in (0, 3)]
    assert agreement(noise, levels=4).is_vague
    assert not agreement(noise[:20], levels=4).is_vague
    assert not agreement(
        [Rating(f"w{number}", number % 4) for number in range(20) for _ in range(2)], levels=4
    ).is_vague


def test_too_little_is_said_to_be_so():
    few = [Rating(f"w{number}", level) for number in range(4) for level in (0, 3)] + [Rating("alone", 3)]
    assert (agreement(few, levels=4).works, agreement(few, levels=4).is_enough) == (4, False)
    enough = agreement([*few, Rating("alone", 3)], levels=4)
    assert enough.is_enough
    assert enough.low < enough.single < 0 < enough.high
    same = agreement([Rating(f"w{number}", number % 4) for number in range(8) for _ in range(2)], levels=4)
    assert same.single == 1
    assert math.isnan(same.low)


def test_nothing_to_compare_is_not_a_number():
    found = agreement([Rating("w", 1)], levels=3)
    assert all(math.isnan(value) for value in (found.single, found.together, found.exact, found.alpha))
    assert not found.is_vague


@pytest.mark.parametrize("level", [-1, 5])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(InvalidReviewsError):
        agreement([Rating("w", level)], levels=5)


def test_a_careful_reviewer_scores_well_and_a_bad_one_hears_why():
    good = score(CAREFUL, usefulness=[1.0, 1.0, 0.9], finished=4, assigned=4)
    assert (good.band, good.remarks) == (Band.STRONG, (Remark.USEFUL,))
    state = ReviewerState("p", 2, bias=-15.0, spread=20.0, effort=0.5, flat=0.1, uninformed=())
    bad = score(state, usefulness=[0.0] * 4, finished=2, assigned=4, late=1)
    assert bad.band is Band.WEAK
    assert bad.remarks == (
        Remark.STRICT,
        Remark.UNSTEADY,
        Remark.INATTENTIVE,
        Remark.NOT_USEFUL,
        Remark.UNFINISHED,
        Remark.LATE,
        Remark.FEW_REVIEWS,
    )


def test_authors_alone_neither_make_nor_break_a_reviewer():
    low, none, high = (score(CAREFUL, usefulness=each, finished=4, assigned=4).score for each in ([0.0], [], [1.0]))
    assert low < none < high
    assert high - low < 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"usefulness": [math.nan], "finished": 1, "assigned": 1},
        {"usefulness": [1.5], "finished": 1, "assigned": 1},
        {"usefulness": [], "finished": -1, "assigned": 1},
        {"usefulness": [], "finished": 1, "assigned": 1, "late": 2},
    ],
)
def test_what_cannot_be_of_a_reviewer_is_refused(wrong):
    with pytest.raises(InvalidReviewsError):
        score(CAREFUL, **wrong)


@pytest.mark.parametrize(
    ("given_levels", "attempt", "passed", "goes_on"),
    [
        ({"a": 3, "b": 2}, 1, True, True),
        ({"a": 4, "b": 3}, 1, True, True),
        ({"a": 0, "b": 2}, 1, False, False),
        ({"a": 0, "b": 2}, 2, False, True),
        ({"a": 5, "b": 4}, 1, False, False),
    ],
)
def test_practice_is_passed_by_whoever_is_near_enough(given_levels, attempt, passed, goes_on):
    found = compare(given_levels, {"a": 3, "b": 2}, attempt=attempt)
    assert (found.has_passed, found.may_go_on) == (passed, goes_on)


@pytest.mark.parametrize(("levels", "key"), [({}, {}), ({"a": 1}, {"a": 1, "b": 2}), ({"a": 1, "c": 1}, {"a": 1})])
def test_an_example_that_is_not_graded_whole_is_refused(levels, key):
    with pytest.raises(InvalidReviewsError):
        compare(levels, key, attempt=1)


@given(st.floats(1, 60), st.floats(1, 60))
def test_coarse_scales_make_grades_less_sure(spread, gap):
    fine, coarse = ([Step(0.5, width)] * 2 for width in (gap, 2 * gap))
    assert 0 <= confidence.of_scale(fine, spread) <= confidence.of_scale(coarse, spread)
    assert confidence.of_scale(fine, 2 * spread) <= confidence.of_scale(fine, spread)
    assert confidence.of_scale([], spread) == 0


def test_interval_of_a_coarse_scale_is_wider_and_that_of_a_fine_one_is_not():
    found, _truth = reviews()
    widths = [
        [each.high - each.low for each in grade(found, steps=steps).grades]
        for steps in ([], [Step(0.25, 5.0)] * 4, [Step(0.25, 50.0)] * 4)
    ]
    assert widths[1] == pytest.approx(widths[0])
    assert all(wide > narrow for wide, narrow in zip(widths[2], widths[0], strict=True))


def test_a_new_activity_is_graded_by_the_mean(session, activity):
    assert rules.get_rules(session, activity).method is Method.MEAN
    assert PeerReview.__table__.c.method.default.arg is Method.MEAN
