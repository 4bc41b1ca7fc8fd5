"""Who helps whom, as a graph: pure, and of use to whatever has acts of one person for another."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST_NODES = 2000
"""Above, nobody looks at betweenness."""
MOST_STEPS = 3_000_000
"""Nodes and ties to look at, in all: so much takes less than a second."""

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Graph(Generic[Node]):
    """Acts of people for people; nobody helps themselves."""

    nodes: tuple[Node, ...]
    weights: Mapping[tuple[Node, Node], int]
    """How many acts of the first for the second."""

    @property
    def given(self) -> Mapping[Node, int]:
        """How many acts each node did for others."""
        return _summed((giver, number) for (giver, _), number in self.weights.items())

    @property
    def received(self) -> Mapping[Node, int]:
        """How many acts others did for each node."""
        return _summed((taker, number) for (_, taker), number in self.weights.items())

    @property
    def helped(self) -> Mapping[Node, int]:
        """How many people each node did something for."""
        return Counter(giver for giver, _ in self.weights)

    @property
    def isolated(self) -> frozenset[Node]:
        """Nodes that did nothing for anybody, and for whom nobody did anything."""
        givers, takers = zip(*self.weights, strict=True) if self.weights else ((), ())
        return frozenset(self.nodes).difference(givers, takers)

    @property
    def reciprocity(self) -> float | None:
        """How many of the pairs with any act have acts both ways; None without any."""
        mutual = sum((taker, giver) in self.weights for giver, taker in self.weights) // 2
        pairs = len(self.weights) - mutual
        return mutual / pairs if pairs else None


def build(nodes: Collection[Node], acts: Iterable[tuple[Node, Node, int]]) -> Graph[Node]:
    """Return the graph of some people: acts of or for others, and for oneself, are left out.

    Args:
        acts: Who, for whom, and how many.
    """
    known = set(nodes)
    weights: dict[tuple[Node, Node], int] = {}
    for giver, taker, number in acts:
        if giver != taker and giver in known and taker in known and number > 0:
            weights[giver, taker] = weights.get((giver, taker), 0) + number
    return Graph(tuple(nodes), weights)


def betweenness(graph: Graph[Node]) -> Mapping[Node, float] | None:
    """Return, of all shortest ways between two others, the share that leads over each node: 0 to 1.

    Ways count in both directions, and every tie counts the same. Exact as long as that is `MOST_STEPS` of work at the
    most; above, it is reckoned from the ways that begin at some nodes, evenly chosen. None of more than `MOST_NODES`.

    Source: Brandes, A faster algorithm for betweenness centrality, 2001; normalised for undirected graphs. Some nodes
    for all: Brandes and Pich, Centrality estimation in large networks, 2007.
    """
    count = len(graph.nodes)
    if count > MOST_NODES:
        return None
    near = _neighbours(graph)
    steps = count + sum(map(len, near))
    begins = [node for node in range(count) if near[node]]
    begins = begins[:: -(-len(begins) * steps // MOST_STEPS) or 1]
    scores = [0.0] * count
    masks = [sum(1 << other for other in others) for others in near]
    for source in begins:
        _add_ways(near, masks, source, scores)
    share = len(begins) / max(sum(map(bool, near)), 1)
    pairs = (count - 1) * (count - 2) * share  # each unordered pair was met from both ends
    return {node: scores[number] / pairs if pairs else 0.0 for number, node in enumerate(graph.nodes)}


def _neighbours(graph: Graph[Node]) -> list[list[int]]:
    index = {node: number for number, node in enumerate(graph.nodes)}
    near: list[set[int]] = [set() for _ in graph.nodes]
    for giver, taker in graph.weights:
        near[index[giver]].add(index[taker])
        near[index[taker]].add(index[giver])
    return [sorted(others) for others in near]


def bridges(
    graph: Graph[Node], groups: Mapping[Node, Collection[Hashable]], scores: Mapping[Node, float]
) -> Sequence[Node]:
    """Return who joins groups: people with ties into groups that they are not in, by betweenness.

    Args:
        groups: The groups of each node; who has none joins nothing.
        scores: As `betweenness` returns them.
    """
    joined: defaultdict[Node, set[Hashable]] = defaultdict(set)
    for one, other in graph.weights:
        for mine, theirs in ((one, other), (other, one)):
            own = set(groups.get(mine, ()))
            if own:
                joined[mine] |= set(groups.get(theirs, ())) - own
    found = [node for node in graph.nodes if joined.get(node) and scores.get(node, 0.0) > 0]
    return sorted(found, key=lambda node: (-scores[node], -len(joined[node]), str(node)))


def on_a_circle(count: int, *, radius: float, centre: float) -> list[tuple[float, float]]:
    """Return places for so many nodes, evenly on a circle, the first on top; for one, the centre."""
    if count == 1:
        return [(centre, centre)]
    angles = (2 * math.pi * number / count - math.pi / 2 for number in range(count))
    return [(centre + radius * math.cos(angle), centre + radius * math.sin(angle)) for angle in angles]


def _add_ways(near: Sequence[Sequence[int]], masks: Sequence[int], source: int, scores: list[float]) -> None:
    """Add what the shortest ways from one node give to the others: level by level, away from it and back.

    Args:
        masks: The neighbours of each node as the bits of a number: what lies at the next distance is found by them.
    """
    ways = dict.fromkeys(near[source], 1)
    seen = 1 << source | masks[source]
    level: Sequence[int] = near[source]
    levels: list[list[tuple[int, list[int]]]] = []
    while level:
        inside, beyond = set(level), 0
        for node in level:
            beyond |= masks[node]
        beyond &= ~seen
        seen |= beyond
        level = _bits(beyond)
        levels.append([(node, [earlier for earlier in near[node] if earlier in inside]) for node in level])
        for node, before in levels[-1]:
            ways[node] = sum(map(ways.__getitem__, before))
    shares = dict.fromkeys(ways, 0.0)
    for found in reversed(levels):
        for node, before in found:
            part = (1 + shares[node]) / ways[node]
            for earlier in before:
                shares[earlier] += ways[earlier] * part
    for node, share in shares.items():
        scores[node] += share


def _bits(mask: int) -> list[int]:
    """Return the places of the bits that are set, the lowest first."""
    return [place for place, bit in enumerate(reversed(f"{mask:b}")) if bit == "1"]


def _summed(pairs: Iterable[tuple[Node, int]]) -> Mapping[Node, int]:
    found: Counter[Node] = Counter()
    for node, number in pairs:
        found[node] += number
    return found
