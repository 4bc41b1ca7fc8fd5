"""The order and the indent of answers to answers."""

from collections.abc import Hashable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

LEVELS = 3
"""How many levels of indent are drawn; below, "in reply to" tells in words what the indent no longer can."""


class Nested(Protocol):
    """What answers something else of its kind, or nothing."""

    @property
    def id(self) -> Hashable:
        """Names it."""
        ...

    @property
    def parent_id(self) -> Hashable | None:
        """Names what it answers; None at the top."""
        ...


T = TypeVar("T", bound=Nested)


class Placed(NamedTuple, Generic[T]):
    """An item and the level it is drawn on, 1 to `LEVELS`."""

    item: T
    level: int


def nest(items: Sequence[T]) -> list[Placed[T]]:
    """Return `items` in reading order: each below what it answers, siblings in the order given.

    An item whose parent is not among them, on another page say, stands at the top.
    """
    here = {item.id for item in items}
    answers: dict[Hashable | None, list[T]] = {}
    for item in items:
        answers.setdefault(item.parent_id if item.parent_id in here else None, []).append(item)
    # A stack, not recursion: a thousand people may each answer the one before.
    waiting = [Placed(item, 1) for item in reversed(answers.get(None, ()))]
    placed = []
    while waiting:
        current = waiting.pop()
        placed.append(current)
        if below := answers.get(current.item.id):
            level = min(current.level + 1, LEVELS)
            waiting += [Placed(item, level) for item in reversed(below)]
    return placed
