"""How likely it is that two questions are the same: learnt from what people of the course made of similar ones.

A logistic curve over three things that can be seen before anybody says anything. Nothing is interrupted by it until
enough people have chosen: a guess of ours must not stand in anybody's way.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.expert_qa.models import Choice
from connector.search.languages import LANGUAGES, is_stop_word, tongue
from connector.search.words import stem, tokens

ENOUGH = 50
"""So many choices make a curve that may interrupt."""
INTERRUPTING = 0.5
"""From which chance on somebody is asked again before their question is sent."""
HINTING = 0.5
"""From which chance on who leads the course is told of a possible duplicate."""
_PRIOR = (-3.0, 5.0, 1.5, 1.0)
"""The curve before anybody chose: half at about six tenths of the words in common."""
_PULL = 1.0
"""How much the prior holds against choices: as if each weight had been measured once."""
_STEPS = 60
_MOST = 2_000
"""How many choices count, the order of their ids being as good as a lot."""

Weights = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What can be seen of a question and the one most similar to it; each from 0 to 1."""

    words: float
    """The share of the words of both titles that both have."""
    lead: float
    """How much more that is than with the next similar one."""
    tags: float
    """The share of the tags of both that both have."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What a course has learnt."""

    weights: Weights
    choices: int

    @property
    def is_calibrated(self) -> bool:
        """Whether enough people chose for it to interrupt anybody."""
        return self.choices >= ENOUGH

    def chance(self, seen: Likeness) -> float:
        """Return how likely two questions are the same, from 0 to 1."""
        return _sigmoid(_dot(self.weights, _row(seen)))


def curve_of(session: Session, activity: Activity) -> Curve:
    """Return what is known from the choices of the whole course; one query."""
    here = select(Activity.id).where(Activity.course_id == activity.course_id)
    rows = session.scalars(select(Choice).where(Choice.activity_id.in_(here)).order_by(Choice.id).limit(_MOST)).all()
    return Curve(fit([(Likeness(row.likeness, row.lead, row.tags), row.is_same) for row in rows]), len(rows))


def fit(choices: Sequence[tuple[Likeness, bool]]) -> Weights:
    """Return the weights that explain choices best without going far from the prior: logistic regression by Newton's steps.

    Likeness never counts against being the same: a weight below nothing is taken for nothing.
    """
    rows = [(_row(seen), float(is_same)) for seen, is_same in choices]
    weights = list(_PRIOR)
    for _ in range(_STEPS if rows else 0):
        slope = [_PULL * (prior - weight) for prior, weight in zip(_PRIOR, weights, strict=True)]
        bend = [[_PULL if i == j else 0.0 for j in range(4)] for i in range(4)]
        for row, is_same in rows:
            chance = _sigmoid(_dot(weights, row))
            for i in range(4):
                slope[i] += (is_same - chance) * row[i]
                for j in range(4):
                    bend[i][j] += chance * (1 - chance) * row[i] * row[j]
        step = _solve(bend, slope)
        weights = [weight + each for weight, each in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-9:  # noqa: PLR2004 -- nothing moves any more
            break
    return (weights[0], max(weights[1], 0.0), max(weights[2], 0.0), max(weights[3], 0.0))


def share(one: Iterable[str], other: Iterable[str]) -> float:
    """Return the share of what two sets have in common, from 0 to 1."""
    first, second = set(one), set(other)
    return len(first & second) / len(first | second) if first or second else 0.0


def words_of(text: str) -> frozenset[str]:
    """Return the stems of the telling words of a text; of all its words, where none tells."""
    words = [token.word for token in tokens(text)]
    language = tongue(None, words)
    telling = [word for word in words if not any(is_stop_word(word, each) for each in LANGUAGES)]
    return frozenset(stem(word, language) for word in telling or words)


def _row(seen: Likeness) -> tuple[float, float, float, float]:
    return (1.0, seen.words, seen.lead, seen.tags)


def _dot(weights: Iterable[float], row: Iterable[float]) -> float:
    return math.fsum(weight * each for weight, each in zip(weights, row, strict=True))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-min(max(value, -40.0), 40.0)))


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return the solution of a small system; the matrix is positive definite, so no row need change places."""
    size = len(right)
    rows = [[*matrix[i], right[i]] for i in range(size)]
    for i in range(size):
        for below in range(i + 1, size):
            factor = rows[below][i] / rows[i][i]
            rows[below] = [each - factor * above for each, above in zip(rows[below], rows[i], strict=True)]
    found = [0.0] * size
    for i in reversed(range(size)):
        rest = math.fsum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - rest) / rows[i][i]
    return found
