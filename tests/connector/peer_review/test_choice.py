from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.peer_review.allocation.choice import (
    Candidate,
    Choice,
    Nothing,
    NothingToReviewError,
    Rank,
    Snapshot,
    choose,
)
from connector.peer_review.allocation.problem import GroupMode, InvalidProblemError, Reviewer
from tests.make import NOW

ANN = Reviewer("Ann", 3, groups=frozenset({"red"}), languages=frozenset({"da"}))


def work(name: str, **more) -> Candidate:
    return Candidate(name, frozenset({f"author of {name}"}), NOW, **more)


def ask(*candidates: Candidate, **more) -> Choice:
    return choose(Snapshot(ANN, candidates, **{"seed": 1, "wanted": 4, **more}))


def refused(*candidates: Candidate, **more) -> Nothing:
    with pytest.raises(NothingToReviewError) as raised:
        ask(*candidates, **more)
    return raised.value.nothing


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (work("b", done=1), work("a", done=2), Rank.FEWEST),
        (work("b", done=1), work("a", leased=2), Rank.FEWEST),
        (work("b", done=4, extra=2), work("a", done=3), Rank.FEWEST),
        (work("b", language="da"), work("a", language="nl"), Rank.READS_LANGUAGE),
        (work("b", given=2), work("a", given=1), Rank.GAVE_MOST),
        (work("b"), replace(work("a"), submitted_at=NOW + timedelta(hours=1)), Rank.HANDED_IN_FIRST),
    ],
)
def test_the_worst_off_comes_first(better, worse, why):
    assert ask(worse, better) == ask(better, worse)
    chosen = ask(worse, better)
    assert (chosen.submission, chosen.why) == ("b", why)


def test_a_must_rule_comes_before_everything():
    chosen = ask(work("a"), work("b", done=9), must=frozenset({"b"}))
    assert (chosen.submission, chosen.why, chosen.by_rule) == ("b", Rank.MUST, True)


def test_whoever_reviews_me_is_not_reviewed_by_me_if_that_can_be():
    mine = frozenset({"author of a"})
    assert ask(work("a"), work("b"), reviewed_by=mine) == Choice("b", Rank.NOT_RECIPROCAL, False, False, 0)
    assert ask(work("a"), reviewed_by=mine).is_reciprocal


def test_lots_are_drawn_by_the_seed():
    candidates = [work(name) for name in "abcdefgh"]
    chosen = {ask(*candidates, seed=seed).submission for seed in range(50)}
    assert len(chosen) > 4
    assert ask(*candidates).why is Rank.LOT


@pytest.mark.parametrize(
    ("candidates", "more", "nothing"),
    [
        ([], {}, Nothing.NO_WORK_YET),
        ([Candidate("w", frozenset({"Ann", "Bo"}), NOW)], {}, Nothing.NO_WORK_YET),
        ([work("a")], {"had": frozenset({"a"})}, Nothing.ALL_HAD),
        ([work("a")], {"must_not": frozenset({"a"})}, Nothing.NOT_ALLOWED),
        ([work("a")], {"avoids": frozenset({"author of a"})}, Nothing.NOT_ALLOWED),
        ([work("a", groups=frozenset({"red"}))], {"mode": GroupMode.OUTSIDE}, Nothing.NOT_ALLOWED),
        ([work("a", groups=frozenset({"blue"}))], {"mode": GroupMode.WITHIN}, Nothing.NOT_ALLOWED),
        ([work("a", done=3, leased=2)], {}, Nothing.ALL_COVERED),
    ],
)
def test_why_there_is_nothing(candidates, more, nothing):
    assert refused(*candidates, **more) is nothing


def test_groups_decide_who_may():
    candidates = [work("a", groups=frozenset({"red"})), work("b", groups=frozenset({"blue"}))]
    assert ask(*candidates, mode=GroupMode.OUTSIDE).submission == "b"
    assert ask(*candidates, mode=GroupMode.WITHIN).submission == "a"


def test_no_wish_at_all_is_refused():
    with pytest.raises(InvalidProblemError):
        ask(work("a"), wanted=0)


@given(st.permutations([work(name, done=number % 3) for number, name in enumerate("abcdefg")]), st.integers(0, 9))
def test_the_order_of_the_pool_does_not_matter(candidates, seed):
    expected = ask(*sorted(candidates, key=lambda each: each.id), seed=seed)
    assert ask(*candidates, seed=seed) == expected


@given(st.integers(2, 30), st.integers(1, 5), st.integers(0, 999))
def test_reviewers_in_turn_are_given_work_evenly(count, wanted, seed):
    """Round after round everybody asks, and finishes at once: nothing is ever two ahead of what it could be."""
    done = dict.fromkeys(range(count), 0)
    had = {who: set[str]() for who in range(count)}
    for _ in range(min(wanted, count - 1)):
        for who in range(count):
            pool = [Candidate(str(number), frozenset({str(number)}), NOW, load) for number, load in done.items()]
            chosen = choose(Snapshot(Reviewer(str(who), wanted), pool, seed, wanted, had=frozenset(had[who])))
            had[who].add(str(chosen.submission))
            done[int(str(chosen.submission))] += 1
    assert max(done.values()) <= wanted + 1
    assert max(done.values()) - min(done.values()) <= 2
