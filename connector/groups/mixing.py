"""Dealing people into groups: as evenly as can be, in numbers and in what they are, by chance that can be repeated.

Take two traits. Each person is then an edge between a value of the one and a value of the other, and a group is a colour.
With every value cut into pieces of as many edges as there are groups, a proper colouring (no two edges of a piece in one
colour) gives every full piece each colour once, and the last piece of a value some colours once: so no value is in one
group more than once oftener than in another. Such a colouring always exists, and is found by turning alternating paths.
With fewer traits, everybody has the same value for the missing one, which evens out the groups' sizes; with two, the
sizes are evened out afterwards by turning paths once more, which changes nothing for the values.

Source: D. König, Über Graphen und ihre Anwendung auf Determinantentheorie und Mengenlehre, Mathematische Annalen 77
(1916); D. de Werra, Equitable colorations of graphs, RAIRO 5 (1971).
"""

import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from heapq import heapify, heappop, heapreplace

MOST_TRAITS = 2
"""With three, there need not be groups that are even in all of them."""

Values = Mapping[uuid.UUID, str]
"""What each person is, in one trait; who is left out has the value "": unknown."""
_Kind = tuple[tuple[int, str], ...]
"""A person's values in all traits."""


def deal(
    people: Collection[uuid.UUID], count: int, *, seed: int, traits: Sequence[Values] = ()
) -> list[list[uuid.UUID]]:
    """Deal people into `count` groups whose sizes differ by at most one, and so do the numbers of each trait's values.

    Args:
        seed: The same people, count, traits and seed give the same groups.
        traits: At most `MOST_TRAITS`.

    Raises:
        ValueError: There is to be no group at all, or there are too many traits.
    """
    if count < 1 or len(traits) > MOST_TRAITS:
        raise ValueError(f"cannot deal into {count} groups by {len(traits)} traits")
    order = sorted(set(people))
    random.Random(seed).shuffle(order)  # noqa: S311 -- nobody gains by guessing it, and it must be repeatable
    dealer = _Dealer(count)
    for person, ends in zip(order, _edges(order, count, traits), strict=True):
        dealer.add(person, *ends)
    dealer.level()
    return dealer.groups()


def unevenness(groups: Sequence[Collection[uuid.UUID]], values: Values) -> int:
    """Return by how much the numbers of one value differ between groups, at most; 0 without groups."""
    counts = [Counter(values.get(person, "") for person in group) for group in groups]
    names = {name for count in counts for name in count}
    return max((max(each[name] for each in counts) - min(each[name] for each in counts) for name in names), default=0)


def deal_late(
    people: Sequence[uuid.UUID],
    groups: Sequence[Collection[uuid.UUID]],
    *,
    capacity: int | None = None,
    traits: Sequence[Values] = (),
) -> dict[uuid.UUID, int]:
    """Return the number of the group for each person who comes later: where there are few like them, and few in all.

    Args:
        groups: Who is in each group already.
        capacity: How many fit into each; None for any number. Who fits nowhere is left out.
    """
    rooms = _Rooms(groups, capacity, traits)
    found: dict[uuid.UUID, int] = {}
    for person in people:
        number = rooms.take(person)
        if number is not None:
            found[person] = number
    return found


def _edges(order: Sequence[uuid.UUID], count: int, traits: Sequence[Values]) -> list[tuple[Hashable, Hashable]]:
    """Return the two ends of each person's edge: a piece of a value on either side."""
    sides = []
    for side in range(MOST_TRAITS):
        seen: Counter[str] = Counter()
        ends = []
        for person in order:
            value = traits[side].get(person, "") if side < len(traits) else ""
            ends.append((side, value, seen[value] // count))
            seen[value] += 1
        sides.append(ends)
    return list(zip(*sides, strict=True))


class _Dealer:
    """A proper colouring that grows edge by edge."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._ends: dict[uuid.UUID, tuple[Hashable, Hashable]] = {}
        self._colour: dict[uuid.UUID, int] = {}
        self._sizes = [0] * count
        self._at: defaultdict[Hashable, dict[int, uuid.UUID]] = defaultdict(dict)
        """The edge of each colour at each end."""
        self._free: defaultdict[Hashable, set[int]] = defaultdict(lambda: set(range(count)))

    def add(self, person: uuid.UUID, left: Hashable, right: Hashable) -> None:
        """Give a person's edge a colour; turn a path where none is free at both of its ends."""
        self._ends[person] = left, right
        both = self._free[left] & self._free[right]
        if both:
            self._paint(person, min(both, key=lambda colour: (self._sizes[colour], colour)))
            return
        colour, other = min(self._free[left]), min(self._free[right])
        # It starts at the right end and never comes to the left one, where `colour` is free: the graph has two sides.
        self._turn(self._path(right, colour, other), colour, other)
        self._paint(person, colour)

    def level(self) -> None:
        """Even out the sizes."""
        while max(self._sizes) - min(self._sizes) > 1:
            big, small = self._sizes.index(max(self._sizes)), self._sizes.index(min(self._sizes))
            self._turn(self._surplus(big, small), big, small)

    def groups(self) -> list[list[uuid.UUID]]:
        """Return the people by colour."""
        found: list[list[uuid.UUID]] = [[] for _ in range(self._count)]
        for person, colour in self._colour.items():
            found[colour].append(person)
        return [sorted(group) for group in found]

    def _path(self, end: Hashable, first: int, second: int) -> list[uuid.UUID]:
        """Return the path that begins at `end`, where only the first colour is, and takes the two in turn."""
        path: list[uuid.UUID] = []
        while (person := self._at[end].get(first)) is not None:
            path.append(person)
            left, right = self._ends[person]
            end = right if end == left else left
            first, second = second, first
        return path

    def _surplus(self, big: int, small: int) -> list[uuid.UUID]:
        """Return a path with one more edge of the bigger group than of the smaller: since sizes differ, there is one."""
        starts = (
            end
            for person, colour in self._colour.items()
            if colour == big
            for end in self._ends[person]
            if small not in self._at[end]
        )
        return next(path for end in starts if len(path := self._path(end, big, small)) % 2)

    def _turn(self, path: Sequence[uuid.UUID], one: int, other: int) -> None:
        """Swap two colours along a path."""
        turned = [(person, other if self._colour[person] == one else one) for person in path]
        for person in path:
            self._clean(person)
        for person, colour in turned:
            self._paint(person, colour)

    def _paint(self, person: uuid.UUID, colour: int) -> None:
        self._colour[person] = colour
        self._sizes[colour] += 1
        for end in self._ends[person]:
            self._at[end][colour] = person
            self._free[end].discard(colour)

    def _clean(self, person: uuid.UUID) -> None:
        colour = self._colour.pop(person)
        self._sizes[colour] -= 1
        for end in self._ends[person]:
            del self._at[end][colour]
            self._free[end].add(colour)


class _Rooms:
    """How many are in each group, in all and of each kind, and where the fewest are.

    There is a heap for each kind of person. Numbers only grow, so an entry that is out of date stands too near the top: it is
    mended when it comes up.
    """

    def __init__(self, groups: Sequence[Collection[uuid.UUID]], capacity: int | None, traits: Sequence[Values]) -> None:
        self._capacity, self._traits = capacity, traits
        self._sizes = [len(group) for group in groups]
        self._alike = Counter(
            (number, each) for number, group in enumerate(groups) for person in group for each in self._kind(person)
        )
        self._heaps: dict[_Kind, list[tuple[int, int, int]]] = {}

    def take(self, person: uuid.UUID) -> int | None:
        """Put a person into a group and return its number; None where all are full."""
        kind = self._kind(person)
        if kind not in self._heaps:
            self._heaps[kind] = [self._entry(kind, number) for number in range(len(self._sizes))]
            heapify(self._heaps[kind])
        heap = self._heaps[kind]
        while heap:
            number = heap[0][-1]
            if self._capacity is not None and self._sizes[number] >= self._capacity:
                heappop(heap)
            elif heap[0] != (entry := self._entry(kind, number)):
                heapreplace(heap, entry)
            else:
                self._sizes[number] += 1
                self._alike.update((number, each) for each in kind)
                return number
        return None

    def _entry(self, kind: _Kind, number: int) -> tuple[int, int, int]:
        return sum(self._alike[number, each] for each in kind), self._sizes[number], number

    def _kind(self, person: uuid.UUID) -> _Kind:
        return tuple((place, values.get(person, "")) for place, values in enumerate(self._traits))
