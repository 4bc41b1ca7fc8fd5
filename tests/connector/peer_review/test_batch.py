import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.peer_review.allocation.batch import allocate
from connector.peer_review.allocation.feasibility import Cause, ImpossibleError, Proposal, Remedy
from connector.peer_review.allocation.problem import (
    GroupMode,
    InvalidProblemError,
    Notice,
    Problem,
    Reviewer,
    Submission,
)
from tests.connector.peer_review.problems import best_loads, loads, may, mutual, plain, problems

few = settings(max_examples=30, deadline=None)


def _keeps_the_rules(problem: Problem, allocation) -> None:
    reviewers = {each.id: each for each in problem.reviewers}
    submissions = {each.id: each for each in problem.submissions}
    assert len(set(allocation.pairs)) == len({(pair.reviewer, pair.submission) for pair in allocation.pairs})
    for pair in allocation.pairs:
        assert may(problem, reviewers[pair.reviewer], submissions[pair.submission])
    assert allocation.mutual == mutual(problem, allocation)
    received = loads(problem, allocation.pairs)
    if problem.mode is not GroupMode.WITHIN:
        assert (allocation.fewest, allocation.most) == (min(received), max(received))


@few
@given(problems())
def test_whatever_is_given_nobody_gets_what_they_must_not(problem):
    _keeps_the_rules(problem, allocate(problem, accept_fewer=True))


@few
@given(problems(teams=True))
def test_a_group_that_hands_in_together_is_one_author(problem):
    _keeps_the_rules(problem, allocate(problem, accept_fewer=True))


@few
@given(problems())
def test_everybody_writes_as_many_as_they_should_or_as_there_are(problem):
    try:
        allocation = allocate(problem)
    except ImpossibleError:
        return
    written = Counter(pair.reviewer for pair in allocation.pairs)
    for reviewer in problem.reviewers:
        own = sum(reviewer.id in each.authors for each in problem.submissions)
        assert written[reviewer.id] == min(reviewer.quota, len(problem.submissions) - own)


@few
@given(problems())
def test_fewer_are_given_only_where_there_are_no_more(problem):
    allocation = allocate(problem, accept_fewer=True)
    written = Counter(pair.reviewer for pair in allocation.pairs)
    for reviewer in problem.reviewers:
        there = sum(may(problem, reviewer, each) for each in problem.submissions)
        assert written[reviewer.id] == min(reviewer.quota, there)


@few
@given(st.integers(2, 120), st.integers(1, 6), st.integers(0, 99))
def test_without_rules_all_get_equally_many(count, quota, seed):
    allocation = allocate(plain(count, quota, seed=seed))
    assert (allocation.fewest, allocation.most) == (min(quota, count - 1),) * 2


@few
@given(st.integers(3, 120), st.integers(1, 6), st.integers(0, 99), st.randoms(use_true_random=False))
def test_nobody_reviews_each_other_in_a_class_of_more_than_twice_as_many(count, quota, seed, rng):
    problem = plain(count, quota, seed=seed)
    lowered = [each._replace(quota=rng.randint(0, quota)) for each in problem.reviewers]
    allocation = allocate(replace(problem, reviewers=lowered))
    assert allocation.most - allocation.fewest <= 1
    assert allocation.mutual == 0 or count <= 2 * quota


@pytest.mark.parametrize("mode", GroupMode)
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_tiny_classes_are_as_balanced_as_trying_everything_shows(mode, data):
    problem = replace(data.draw(problems(most=6, mode=mode)), needed=0)
    allocation = allocate(problem, accept_fewer=True)
    written = Counter(pair.reviewer for pair in allocation.pairs)
    found = sorted(loads(problem, allocation.pairs))
    assert found == best_loads(problem, {each.id: written[each.id] for each in problem.reviewers})


@settings(max_examples=20, deadline=None)
@given(problems(most=30), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(problem: Problem, rng: random.Random):
    shuffled = replace(
        problem,
        reviewers=rng.sample(list(problem.reviewers), len(problem.reviewers)),
        submissions=rng.sample(list(problem.submissions), len(problem.submissions)),
    )
    assert allocate(shuffled, accept_fewer=True) == allocate(problem, accept_fewer=True)


def test_another_seed_gives_another_allocation():
    assert allocate(plain(30, 3, seed=1)).pairs != allocate(plain(30, 3, seed=2)).pairs


def test_must_rules_are_kept_and_said():
    problem = plain(20, 3, must=frozenset({("p000", "work p001"), ("p001", "work p000"), ("p004", "work p001")}))
    allocation = allocate(problem)
    assert {(pair.reviewer, pair.submission) for pair in allocation.pairs if pair.by_rule} == problem.must
    assert (allocation.fewest, allocation.most, allocation.mutual) == (3, 3, 1)


def test_who_met_lately_does_not_meet_again():
    first = allocate(plain(40, 4))
    recent = frozenset((pair.reviewer, str(pair.submission).removeprefix("work ")) for pair in first.pairs)
    assert allocate(plain(40, 4, recent=recent)).met_recently == 0


def test_languages_and_departments_are_minded():
    people = [
        Reviewer(f"p{number}", 3, languages=frozenset({"da" if number % 2 else "nl"}), department=f"d{number % 5}")
        for number in range(40)
    ]
    works = [
        Submission(
            f"w{number}",
            frozenset({f"p{number}"}),
            language="da" if number % 2 else "nl",
            departments=frozenset({f"d{number % 5}"}),
        )
        for number in range(40)
    ]
    allocation = allocate(Problem(people, works, seed=5))
    assert (allocation.other_language, allocation.same_department, allocation.mutual) == (0, 0, 0)


def test_reviewers_who_tell_more_are_spread():
    problem = plain(60, 3)
    strong = [each._replace(weight=4.0 if number < 20 else 0.5) for number, each in enumerate(problem.reviewers)]
    allocation = allocate(replace(problem, reviewers=strong))
    names = {each.id for each in strong[:20]}
    by_strong = Counter(pair.submission for pair in allocation.pairs if pair.reviewer in names)
    assert Counter(by_strong[each.id] for each in problem.submissions)[1] >= 58


def test_experts_without_work_of_their_own_take_part():
    problem = plain(10, 2)
    allocation = allocate(replace(problem, reviewers=[*problem.reviewers, Reviewer("expert", 5)]))
    assert (allocation.fewest, allocation.most) == (2, 3)


def test_a_group_reviews_as_one():
    works = [Submission(f"w{team}", frozenset({f"{team}a", f"{team}b"})) for team in "xyz"]
    teams = [Reviewer(team, 2, people=frozenset({f"{team}a", f"{team}b"})) for team in "xyz"]
    allocation = allocate(Problem(teams, works, seed=1, needed=2))
    assert (allocation.fewest, allocation.most) == (2, 2)
    assert all(str(pair.reviewer) not in str(pair.submission) for pair in allocation.pairs)


def test_one_alone_is_told_that_there_is_nobody_else():
    with pytest.raises(ImpossibleError) as raised:
        allocate(plain(1, 3))
    assert [each.cause for each in raised.value.reasons] == [Cause.NOBODY_ELSE]
    assert raised.value.proposals == (Proposal(Remedy.SELF_REVIEW), Proposal(Remedy.EXPERT_REVIEWERS, 1))
    assert allocate(plain(1, 3), accept_fewer=True).pairs == ()


def test_two_swap_and_know_it():
    allocation = allocate(plain(2, 3))
    assert [(pair.reviewer, pair.submission) for pair in allocation.pairs] == [
        ("p000", "work p001"),
        ("p001", "work p000"),
    ]
    assert allocation.notices == {Notice.NOT_BLIND, Notice.QUOTA_LOWERED, Notice.SHORT, Notice.MUTUAL}


def test_as_many_as_reviews_each_write_one_less():
    allocation = allocate(plain(4, 4))
    assert (allocation.fewest, allocation.most, allocation.notices) == (3, 3, {Notice.QUOTA_LOWERED, Notice.MUTUAL})


def test_few_review_each_other_no_more_than_they_must():
    assert allocate(plain(8, 4)).mutual == 4  # 32 reviews among 28 pairs of people


def test_nobody_at_all():
    assert allocate(Problem([], [], seed=1)).pairs == ()
    assert allocate(Problem([], [], seed=1, mode=GroupMode.WITHIN)).pairs == ()


def _teams(large: int, small: int, quota: int) -> Problem:
    problem = plain(large + small, quota, mode=GroupMode.OUTSIDE)
    group = {
        name: frozenset({"Team A" if int(name[1:]) < large else "Team B"})
        for name in (each.id for each in problem.reviewers)
    }
    return replace(
        problem,
        reviewers=[each._replace(groups=group[each.id]) for each in problem.reviewers],
        submissions=[each._replace(groups=group[next(iter(each.authors))]) for each in problem.submissions],
    )


def test_a_group_that_is_too_large_is_named_with_the_reviewers_that_are_missing():
    with pytest.raises(ImpossibleError) as raised:
        allocate(_teams(8, 2, 4))
    reason = next(each for each in raised.value.reasons if each.cause is Cause.GROUP_TOO_LARGE)
    assert (reason.group, reason.count, reason.of, reason.missing) == ("Team A", 8, 10, 4)
    little = next(each for each in raised.value.reasons if each.cause is Cause.TOO_LITTLE_WORK)
    assert (little.group, little.count, little.missing) == ("Team A", 8, 2)
    assert raised.value.proposals == (
        Proposal(Remedy.WITHIN_GROUPS),
        Proposal(Remedy.FEWER_REVIEWS, 2),
        Proposal(Remedy.EXPERT_REVIEWERS, 4),
    )


def test_as_many_experts_as_were_said_to_be_missing_are_enough():
    problem = replace(_teams(8, 2, 2), needed=2)
    with pytest.raises(ImpossibleError) as raised:
        allocate(problem)
    missing = raised.value.reasons[0].missing
    for more in range(missing):
        experts = [Reviewer(f"expert {number}", 2) for number in range(more)]
        with pytest.raises(ImpossibleError):
            allocate(replace(problem, reviewers=[*problem.reviewers, *experts]))
    experts = [Reviewer(f"expert {number}", 2) for number in range(missing)]
    assert allocate(replace(problem, reviewers=[*problem.reviewers, *experts])).fewest >= 2


def test_a_group_that_is_too_small_is_named():
    problem = replace(_teams(3, 9, 3), mode=GroupMode.WITHIN)
    with pytest.raises(ImpossibleError) as raised:
        allocate(problem)
    assert raised.value.reasons[0].group == "Team A"
    assert Remedy.ANY_GROUP in {each.remedy for each in raised.value.proposals}


def test_conflicts_that_leave_work_without_reviewers_are_named():
    pairs = frozenset((f"p{number:03}", "p000") for number in range(1, 9))
    with pytest.raises(ImpossibleError) as raised:
        allocate(plain(10, 3, conflicts=pairs, needed=3))
    causes = {each.cause: each for each in raised.value.reasons}
    assert causes[Cause.TOO_LITTLE_WORK].reviewers == ("p000",)
    allocation = allocate(plain(10, 3, conflicts=pairs, needed=3), accept_fewer=True)
    assert allocation.fewest == 1
    assert Notice.SHORT in allocation.notices


def test_work_that_rules_leave_to_one_reviewer_is_named_with_how_many_are_missing():
    nobody_but = frozenset((f"p{number:03}", "work p000") for number in range(2, 10))
    with pytest.raises(ImpossibleError) as raised:
        allocate(plain(10, 3, must_not=nobody_but))
    (reason,) = raised.value.reasons
    assert (reason.cause, reason.reviewers, reason.submissions, reason.missing) == (
        Cause.TOO_FEW_REVIEWERS,
        ("p001",),
        ("work p000",),
        2,
    )
    assert raised.value.proposals == (Proposal(Remedy.EXPERT_REVIEWERS, 2), Proposal(Remedy.LIFT_RULES))


def test_a_must_rule_that_another_rule_forbids_is_named():
    with pytest.raises(ImpossibleError) as raised:
        allocate(plain(10, 3, must=frozenset({("p000", "work p000")})))
    assert [(each.cause, each.reviewers) for each in raised.value.reasons] == [(Cause.MUST_IS_FORBIDDEN, ("p000",))]


def test_a_must_rule_across_groups_that_stay_within_is_named():
    problem = replace(_teams(5, 5, 2), mode=GroupMode.WITHIN, must=frozenset({("p000", "work p009")}))
    with pytest.raises(ImpossibleError) as raised:
        allocate(problem)
    assert raised.value.reasons[0].cause is Cause.MUST_IS_FORBIDDEN


def test_more_must_rules_than_reviews_are_named():
    with pytest.raises(ImpossibleError) as raised:
        allocate(plain(10, 1, must=frozenset({("p000", "work p001"), ("p000", "work p002")})))
    assert [(each.cause, each.missing) for each in raised.value.reasons] == [(Cause.MUST_EXCEEDS_QUOTA, 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"reviewers": [Reviewer("a", 1), Reviewer("a", 1)]},
        {"reviewers": [Reviewer("a", -1)]},
        {"reviewers": [Reviewer("a", 1, weight=float("nan"))]},
        {"submissions": [Submission("w", frozenset())]},
        {"submissions": [Submission("v", frozenset({"a"})), Submission("w", frozenset({"a"}))]},
        {"must": frozenset({("stranger", "work p000")})},
        {"must_not": frozenset({("p000", "nothing")})},
        {"needed": -1},
    ],
)
def test_what_contradicts_itself_is_refused(wrong):
    with pytest.raises(InvalidProblemError):
        allocate(replace(plain(4, 1), **wrong))
