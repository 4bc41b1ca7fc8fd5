"""Pictures of figures, as SVG: made here, without scripts or styles of their own; each has its table beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.reports.graph import on_a_circle

MOST_DRAWN = 40
"""People in a picture: of more, nobody could tell whose line is whose."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over a line, 100 high; as wide as they need."""

    bars: Sequence[Bar]
    width: float


def draw_bars(labels: Sequence[str], values: Sequence[float], texts: Sequence[str]) -> Chart:
    """Return a bar for each value, the highest as high as the chart."""
    top = max(values, default=0) or 1
    step, width = 24.0, 16.0
    bars = [
        Bar(
            number * step + (step - width) / 2,
            round(100 - 100 * value / top, 2),
            width,
            round(100 * value / top, 2),
            *words,
        )
        for number, (value, *words) in enumerate(zip(values, labels, texts, strict=True))
    ]
    return Chart(bars, max(len(bars), 1) * step)


@dataclass(frozen=True, slots=True)
class Dot:
    """A person in a picture."""

    x: float
    y: float
    radius: float
    name: str
    initials: str
    hue: int
    """Which of twelve colours: that of their group."""


@dataclass(frozen=True, slots=True)
class Line:
    """Help between two people in a picture."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float


@dataclass(frozen=True, slots=True)
class Picture:
    """People on a circle, those of a group side by side, and a line for each pair that helped."""

    size: float
    dots: Sequence[Dot]
    lines: Sequence[Line]


def draw_network(
    nodes: Sequence[str], names: Mapping[str, str], weights: Mapping[tuple[str, str], int], hues: Mapping[str, int]
) -> Picture:
    """Return a picture of people and who helped whom.

    Args:
        nodes: In the order of the circle.
    """
    size = 400.0
    places = dict(zip(nodes, on_a_circle(len(nodes), radius=size / 2 - 36, centre=size / 2), strict=True))
    ties: dict[tuple[str, str], int] = {}
    for pair, number in weights.items():
        if pair[0] in places and pair[1] in places:
            one, other = min(pair), max(pair)
            ties[one, other] = ties.get((one, other), 0) + number
    given = {node: sum(number for pair, number in weights.items() if pair[0] == node) for node in nodes}
    most, thickest = max(given.values(), default=0) or 1, max(ties.values(), default=0) or 1
    dots = [
        Dot(
            round(x, 1), round(y, 1), round(9 + 11 * (given[node] / most) ** 0.5, 1), names[node],
            "".join(part[0] for part in names[node].split()[:2]).upper(), hues.get(node, 0),
        )
        for node, (x, y) in places.items()
    ]  # fmt: skip
    lines = [
        Line(*_rounded(places[one]), *_rounded(places[other]), round(1 + 5 * number / thickest, 1))
        for (one, other), number in sorted(ties.items())
    ]
    return Picture(size, dots, lines)


def _rounded(place: tuple[float, float]) -> tuple[float, float]:
    return round(place[0], 1), round(place[1], 1)
