"""Who helps whom, as a graph: pure, and of use to whatever has acts of one person for another."""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST_NODES = 2000
"""Up to here betweenness is exact and takes seconds at the most; above, nobody looks at it."""

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
        return frozenset(self.nodes) - {node for pair in self.weights for node in pair}

    @property
    def reciprocity(self) -> float | None:
        """How many of the pairs with any act have acts both ways; None without any."""
        pairs = {frozenset(pair) for pair in self.weights}
        mutual = {frozenset(pair) for pair in self.weights if (pair[1], pair[0]) in self.weights}
        return len(mutual) / len(pairs) if pairs else None


def build(nodes: Collection[Node], acts: Iterable[tuple[Node, Node, int]]) -> Graph[Node]:
    """Return the graph of some people: acts of or for others, and for oneself, are left out.

    Args:
        acts: Who, for whom, and how many.
    """
    known = set(nodes)
    weights: Counter[tuple[Node, Node]] = Counter()
    for giver, taker, number in acts:
        if giver != taker and giver in known and taker in known and number > 0:
            weights[giver, taker] += number
    return Graph(tuple(nodes), weights)


def betweenness(graph: Graph[Node]) -> Mapping[Node, float] | None:
    """Return, of all shortest ways between two others, the share that leads over each node: 0 to 1.

    Ways count in both directions, and every tie counts the same. Exact; None of more than `MOST_NODES` nodes.

    Source: Brandes, A faster algorithm for betweenness centrality, 2001; normalised for undirected graphs.
    """
    if len(graph.nodes) > MOST_NODES:
        return None
    index = {node: number for number, node in enumerate(graph.nodes)}
    near: list[list[int]] = [[] for _ in graph.nodes]
    for giver, taker in sorted({tuple(sorted((index[a], index[b]))) for a, b in graph.weights}):
        near[giver].append(taker)
        near[taker].append(giver)
    scores = [0.0] * len(near)
    for source in range(len(near)):
        if near[source]:
            _add_ways(near, source, scores)
    pairs = (len(near) - 1) * (len(near) - 2)  # each unordered pair was met from both ends
    return {node: scores[number] / pairs if pairs else 0.0 for node, number in index.items()}


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


def _add_ways(near: Sequence[Sequence[int]], source: int, scores: list[float]) -> None:
    """Add what the shortest ways from one node give to the others."""
    ways, distance = [0.0] * len(near), [-1] * len(near)
    ways[source], distance[source] = 1.0, 0
    order: list[int] = []
    before: list[list[int]] = [[] for _ in near]
    queue = deque([source])
    while queue:
        node = queue.popleft()
        order.append(node)
        for other in near[node]:
            if distance[other] < 0:
                distance[other] = distance[node] + 1
                queue.append(other)
            if distance[other] == distance[node] + 1:
                ways[other] += ways[node]
                before[other].append(node)
    shares = [0.0] * len(near)
    for node in reversed(order):
        for earlier in before[node]:
            shares[earlier] += ways[earlier] / ways[node] * (1 + shares[node])
        if node != source:
            scores[node] += shares[node]


def _summed(pairs: Iterable[tuple[Node, int]]) -> Mapping[Node, int]:
    found: Counter[Node] = Counter()
    for node, number in pairs:
        found[node] += number
    return found
