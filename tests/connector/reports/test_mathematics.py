"""The arithmetic of reports against the plainest way to write it."""

import itertools
import math
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.graph import MOST_NODES, betweenness, bridges, build
from connector.reports.statistics import gini, median, quantile, top_share

amounts = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


@given(amounts)
def test_gini_is_half_the_mean_difference_against_the_mean(values):
    total = sum(values)
    differences = sum(abs(a - b) for a in values for b in values)
    expected = differences / (2 * len(values) * total) if total else None
    assert gini(values) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(("values", "found"), [([5, 5, 5], 0), ([0, 0, 0, 10], 0.75), ([], None), ([0, 0], None)])
def test_gini_of_what_is_known(values, found):
    assert gini(values) == found


@given(amounts)
def test_the_most_active_tenth(values):
    number = math.ceil(len(values) / 10)
    expected = sum(sorted(values)[-number:]) / sum(values) if sum(values) else None
    assert top_share(values) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_at_least_that_share_is_not_above_the_quantile(values, share):
    found = quantile(values, share)
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values) + 1e-9


def test_of_nothing_there_is_neither_middle_nor_quantile():
    assert (median([]), quantile([], 0.9)) == (None, None)


def ways(nodes, ties, start, end):
    """Return every shortest way between two nodes, by trying all."""
    found, queue = [], deque([[start]])
    while queue:
        way = queue.popleft()
        if found and len(way) > len(found[0]):
            break
        if way[-1] == end:
            found.append(way)
            continue
        queue.extend([*way, node] for node in nodes if frozenset((way[-1], node)) in ties and node not in way)
    return found


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    )
)
def test_betweenness_counts_the_shortest_ways(drawn):
    count, edges = drawn
    nodes = [f"n{number}" for number in range(count)]
    graph = build(nodes, [(nodes[a], nodes[b], 1) for a, b in edges])
    ties = {frozenset(pair) for pair in graph.weights}
    expected = dict.fromkeys(nodes, 0.0)
    for start, end in itertools.combinations(nodes, 2):
        shortest = ways(nodes, ties, start, end)
        for node in set(nodes) - {start, end}:
            if shortest:
                expected[node] += sum(node in way for way in shortest) / len(shortest)
    pairs = (count - 1) * (count - 2) / 2
    found = betweenness(graph)
    assert found == {node: pytest.approx(value / pairs if pairs else 0.0) for node, value in expected.items()}


def test_the_middle_of_a_star_is_on_every_way():
    graph = build(range(5), [(0, leaf, 2) for leaf in range(1, 5)])
    assert betweenness(graph) == {0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0, 4: 0.0}
    assert (graph.helped[0], graph.given[0], graph.received[3], graph.reciprocity) == (4, 8, 2, 0.0)


def test_who_joins_groups_has_ties_into_others():
    graph = build("abcdef", [("a", "b", 1), ("b", "c", 1), ("c", "d", 1), ("d", "c", 1), ("d", "e", 1)])
    groups = {"a": {1}, "b": {1}, "c": {1}, "d": {2}, "e": {2}}
    assert bridges(graph, groups, betweenness(graph)) == ["c", "d"]
    assert (graph.isolated, graph.reciprocity) == ({"f"}, 0.25)


def test_too_many_people_are_not_measured():
    assert betweenness(build(range(MOST_NODES + 1), [(0, 1, 1)])) is None


def test_nobody_helps_themselves_or_strangers():
    assert build("ab", [("a", "a", 3), ("a", "z", 1), ("z", "a", 1)]).weights == {}
