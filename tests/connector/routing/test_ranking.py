"""Who is likely to answer: each list by itself, all together, and whom the first wave takes of them."""

import math
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.routing.ranking.choice import choose_experts, choose_peers, rank
from connector.routing.ranking.evidence import (
    ACTIVE,
    CLAIMED,
    MENTIONED,
    SIMILAR,
    TAG,
    TOPIC,
    Candidate,
    PastAnswer,
    Question,
    Reason,
)
from connector.routing.ranking.lists import by_activity, by_documents, by_tags
from tests.bench.routing import METHODS, by_most_answers, make_course, replay
from tests.make import NOW

ANA, BO, CIA, DAN = (uuid.UUID(int=number) for number in range(1, 5))
FILING = Question(terms=["file", "report"], tags=frozenset({"filing"}))


def person(id_, **more):
    return Candidate(id=id_, **{"is_expert": False, **more})


def answer(author, *, terms=("file", "report"), tags=("filing",), days=0, **more):
    return PastAnswer(author_id=author, terms=terms, tags=frozenset(tags), at=NOW - timedelta(days=days), **more)


def ids(ranked):
    return [each.candidate.id for each in ranked]


def test_who_wrote_about_it_comes_before_who_wrote_about_something_else():
    scores = by_documents(FILING, [answer(ANA), answer(BO, terms=("train", "ticket"))], now=NOW)
    assert set(scores) == {ANA}


def test_an_answer_is_worth_half_after_ninety_days():
    scores = by_documents(FILING, [answer(ANA), answer(BO, days=90)], now=NOW)
    assert scores[BO] / scores[ANA] == pytest.approx(0.5)


def test_what_was_accepted_and_thanked_for_is_worth_more():
    answers = [answer(ANA), answer(BO, is_accepted=True), answer(CIA, is_accepted=True, thanks=4)]
    scores = by_documents(FILING, answers, now=NOW)
    assert scores[BO] / scores[ANA] == pytest.approx(1.3)
    assert scores[CIA] / scores[ANA] == pytest.approx(1.3 + 0.15 * math.log(5))


def test_a_confirmed_topic_counts_without_any_answer():
    scores = by_tags(FILING, [], [person(ANA, topics=frozenset({"filing", "travel"})), person(BO)])
    assert scores == {ANA: 2.0}


def test_the_tenth_answer_under_a_tag_adds_less_than_the_first():
    one, two, ten = (
        by_tags(FILING, [answer(ANA)] * count + [answer(BO, tags=())] * 20, [])[ANA] for count in (1, 2, 10)
    )
    assert one < two < ten < 10 * one


def test_who_was_here_a_month_ago_counts_half():
    scores = by_activity([person(ANA, active_at=[NOW]), person(BO, active_at=[NOW - timedelta(days=30)])], now=NOW)
    assert scores[BO] / scores[ANA] == pytest.approx(0.5)


def test_who_is_not_available_is_not_asked():
    assert ids(rank(FILING, [person(ANA, availability=0.0), person(BO)], [answer(ANA)], now=NOW)) == [BO]


def test_of_equal_ones_who_was_asked_longest_ago_is_asked():
    people = [person(ANA, asked_at=NOW), person(BO, asked_at=NOW - timedelta(days=3)), person(CIA)]
    assert ids(rank(FILING, people, [], now=NOW)) == [CIA, BO, ANA]


def test_open_requests_let_others_go_first():
    people = [person(ANA, open_requests=5), person(BO)]
    assert ids(rank(FILING, people, [answer(ANA), answer(BO, days=1)], now=NOW)) == [BO, ANA]


def test_reasons_are_told_the_strongest_first():
    people = [person(ANA, topics=frozenset({"filing"}), active_at=[NOW]), person(BO, active_at=[NOW])]
    found = {each.candidate.id: each.reasons for each in rank(FILING, people, [answer(ANA), answer(ANA)], now=NOW)}
    assert found[ANA] == [Reason(TOPIC, ("filing",)), Reason(TAG, ("filing",), 2), Reason(SIMILAR)]
    assert found[BO] == [Reason(ACTIVE)]


def test_a_topic_that_the_words_name_counts_less_than_a_tag_and_more_where_it_is_confirmed():
    people = [
        person(ANA, topics=frozenset({"filing"})),
        person(BO, topics=frozenset({"travel"})),
        person(CIA, claims=frozenset({"filing"})),
        person(DAN, claims=frozenset({"travel"})),
    ]
    asked = Question(terms=["file", "travel"], tags=frozenset({"filing"}), mentions=frozenset({"travel"}))
    ranked = rank(asked, people, [], now=NOW)
    assert ids(ranked) == [ANA, BO, CIA, DAN]
    assert [each.reasons for each in ranked] == [
        [Reason(TOPIC, ("filing",))],
        [Reason(MENTIONED, ("travel",))],
        [Reason(CLAIMED, ("filing",))],
        [Reason(CLAIMED, ("travel",))],
    ]


def test_peers_come_from_different_lists():
    answers = [*[answer(ANA, tags=())] * 3, answer(BO, terms=("other",))]
    people = [person(ANA), person(BO), person(CIA, active_at=[NOW])]
    assert ids(choose_peers(rank(FILING, people, answers, now=NOW), most=3)) == [ANA, BO, CIA]


def test_experts_are_no_peers():
    ranked = rank(FILING, [person(ANA, is_expert=True), person(BO)], [answer(ANA), answer(BO)], now=NOW)
    assert ids(choose_experts(ranked, most=2)) == [ANA]
    assert ids(choose_peers(ranked, most=3)) == [BO]


people = st.lists(
    st.builds(
        Candidate,
        id=st.uuids(),
        is_expert=st.booleans(),
        topics=st.frozensets(st.sampled_from(["filing", "travel"])),
        claims=st.frozensets(st.sampled_from(["filing", "travel"])),
        availability=st.sampled_from([0.0, 0.25, 1.0]),
        open_requests=st.integers(0, 9),
        asked_at=st.none() | st.integers(0, 99).map(lambda days: NOW - timedelta(days=days)),
        active_at=st.lists(st.integers(0, 99).map(lambda days: NOW - timedelta(days=days)), max_size=3),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine draws slowly, which says nothing of what is tried."""
words = st.lists(st.sampled_from(["file", "report", "train", "ticket"]), max_size=5)


@st.composite
def histories(draw):
    found = draw(people)
    authors = st.sampled_from([each.id for each in found]) if found else st.uuids()
    answers = st.builds(
        PastAnswer,
        author_id=authors,
        terms=words,
        tags=st.frozensets(st.sampled_from(["filing", "travel"])),
        at=st.integers(0, 99).map(lambda days: NOW - timedelta(days=days)),
        is_accepted=st.booleans(),
        thanks=st.integers(0, 5),
    )
    return found, draw(st.lists(answers, max_size=8))


@UNHURRIED
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_and_answers_are_given_does_not_matter(history, chance):
    found, answers = history
    before = ids(rank(FILING, found, answers, now=NOW))
    chance.shuffle(found)
    chance.shuffle(answers)
    assert ids(rank(FILING, found, answers, now=NOW)) == before


@UNHURRIED
@given(histories())
def test_everybody_who_is_available_is_ranked_once_and_a_wave_asks_nobody_twice(history):
    found, answers = history
    ranked = rank(FILING, found, answers, now=NOW)
    assert sorted(ids(ranked)) == sorted(each.id for each in found if each.availability)
    wave = ids([*choose_experts(ranked, most=2), *choose_peers(ranked, most=3)])
    assert len(wave) == len(set(wave)) <= 5


@UNHURRIED
@given(histories(), st.data())
def test_nobody_gains_by_one_more_open_request(history, data):
    found, answers = history
    able = [each for each in found if each.availability]
    if not able:
        return
    chosen = data.draw(st.sampled_from(able))
    busier = [replace(each, open_requests=each.open_requests + 1) if each is chosen else each for each in found]
    before = ids(rank(FILING, found, answers, now=NOW)).index(chosen.id)
    assert ids(rank(FILING, busier, answers, now=NOW)).index(chosen.id) >= before


@pytest.mark.parametrize("seed", [1, 2])
def test_it_finds_who_gives_the_accepted_answer_better_than_asking_the_busiest_and_spares_them(seed):
    course = make_course(seed, questions=400)
    busiest = replay(course.history, by_most_answers)
    told_nothing = replay(course.history, METHODS["Kring, where nothing is said"])
    ours = replay(course.history, course.first_wave())
    assert min(told_nothing.accepted, ours.accepted) >= busiest.accepted + 0.05
    assert busiest.busiest > told_nothing.busiest > ours.busiest
