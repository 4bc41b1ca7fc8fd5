import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.groups.mixing import deal, deal_late, unevenness
from tests.connector.groups import build

TRAIT = st.sampled_from(["", "sales", "care", "it", "north"])


@st.composite
def courses(draw, traits=2):
    people = draw(st.lists(st.uuids(version=4), max_size=120, unique=True))
    values = [{person: draw(TRAIT) for person in people} for _ in range(traits)]
    return people, values, draw(st.integers(1, 25)), draw(st.integers(0, 2**31))


@given(courses())
def test_nobody_is_lost_or_doubled_and_all_is_even(case):
    people, traits, count, seed = case
    groups = deal(people, count, seed=seed, traits=traits)
    sizes = [len(group) for group in groups]
    assert sorted(person for group in groups for person in group) == sorted(people)
    assert (len(groups), max(sizes) - min(sizes) <= 1) == (count, True)
    assert [unevenness(groups, values) <= 1 for values in traits] == [True, True]


@given(courses(traits=1))
def test_same_seed_same_groups_in_whichever_order_people_come(case):
    people, traits, count, seed = case
    first = deal(people, count, seed=seed, traits=traits)
    assert deal(people[::-1], count, seed=seed, traits=traits) == first


def test_another_seed_gives_other_groups():
    people = build.ids(40)
    assert len({str(deal(people, 4, seed=seed)) for seed in range(10)}) == 10


@pytest.mark.parametrize("count", [2, 7, 500])
def test_ten_thousand_people(count):
    people = build.ids(10_000)
    department = {person: str(person.int % 41) for person in people}
    cohort = {person: str(person.int % 1000 % 7) for person in people if person.int % 3}
    groups = deal(people, count, seed=5, traits=[department, cohort])
    sizes = [len(group) for group in groups]
    assert (sum(sizes), max(sizes) - min(sizes) <= 1) == (10_000, True)
    assert [unevenness(groups, each) for each in (department, cohort)] == [1, 1]


@pytest.mark.parametrize(("count", "traits"), [(0, 0), (-1, 0), (3, 3)])
def test_what_cannot_be_dealt_is_refused(count, traits):
    with pytest.raises(ValueError, match="cannot deal"):
        deal(build.ids(4), count, seed=1, traits=[{}] * traits)


def test_nobody_in_no_groups_differs_by_nothing():
    assert (unevenness([], {}), unevenness([[], []], {})) == (0, 0)


def test_groups_by_chance_are_not_those_of_the_alphabet():
    people = [uuid.UUID(int=number, version=4) for number in range(1000)]
    first, _second = deal(people, 2, seed=3)
    assert 200 < len(set(first) & set(people[:500])) < 300


@given(courses(), st.one_of(st.none(), st.integers(0, 6)))
def test_who_comes_later_finds_the_best_place_there_is(case, capacity):
    """Person by person, no other group had fewer like them, or as few and was smaller."""
    people, traits, count, seed = case
    early, late = people[: len(people) // 2], people[len(people) // 2 :]
    inside = deal(early, count, seed=seed, traits=traits)
    found = deal_late(late, inside, capacity=capacity, traits=traits)

    def crowd(group, person):
        alike = sum(values.get(other, "") == values.get(person, "") for values in traits for other in group)
        return alike, len(group)

    for person in late:
        open_ = [group for group in inside if capacity is None or len(group) < capacity]
        if person not in found:
            assert open_ == []
            continue
        chosen = inside[found[person]]
        assert crowd(chosen, person) == min(crowd(group, person) for group in open_)
        chosen.append(person)
