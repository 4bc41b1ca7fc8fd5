import uuid
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from connector.content.nesting import LEVELS, nest


@dataclass(frozen=True)
class Item:
    id: uuid.UUID
    parent_id: uuid.UUID | None


def uid(number):
    return uuid.UUID(int=number)


@st.composite
def trees(draw):
    """Items in the order they were written: each answers an earlier one, one that is elsewhere, or none."""
    items = []
    for number in range(draw(st.integers(0, 40))):
        parent = draw(st.one_of(st.none(), st.just(999), st.integers(0, number - 1) if number else st.none()))
        items.append(Item(uid(number), None if parent is None else uid(parent)))
    return items


@given(trees())
def test_every_item_is_placed_once(items):
    assert sorted(placed.item.id for placed in nest(items)) == [item.id for item in items]


@given(trees())
def test_the_level_is_one_more_than_the_parents_and_at_most_three(items):
    levels = {placed.item.id: placed.level for placed in nest(items)}
    for item in items:
        expected = levels[item.parent_id] + 1 if item.parent_id in levels else 1
        assert levels[item.id] == min(expected, LEVELS)


@given(trees())
def test_below_an_item_stands_everything_that_answers_it_and_nothing_else(items):
    parents = {item.id: item.parent_id for item in items}
    order = [placed.item.id for placed in nest(items)]

    def is_below(id_, ancestor):
        while id_ in parents:
            id_ = parents[id_]
            if id_ == ancestor:
                return True
        return False

    for position, ancestor in enumerate(order):
        below = [is_below(id_, ancestor) for id_ in order[position + 1 :]]
        assert below == sorted(below, reverse=True)


@given(trees())
def test_siblings_stand_in_the_order_they_were_written(items):
    here = {item.id for item in items}
    order = [placed.item for placed in nest(items)]
    for parent in {item.parent_id for item in items} & here:
        siblings = [item.id for item in order if item.parent_id == parent]
        assert siblings == sorted(siblings)


def test_a_thousand_answers_in_a_row_stand_below_each_other():
    items = [Item(uid(number), uid(number - 1) if number else None) for number in range(1000)]
    assert [placed.item for placed in nest(items)] == items
