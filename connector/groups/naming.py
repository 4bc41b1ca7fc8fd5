"""Names of groups: their order, and ones that are still free."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import count
from typing import Protocol, TypeVar

_NUMBER = re.compile(r"(\d+)")
_LONGEST_NUMBER = 12


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Something = TypeVar("Something", bound=_Named)


def by_name(things: Iterable[Something]) -> list[Something]:
    """Return groups or sets by name, Group 2 before Group 10."""
    return sorted(things, key=lambda each: (_order(each.name), each.name))


def _order(name: str) -> list[tuple[int, int, str]]:
    parts = [part for part in _NUMBER.split(fold(name)) if part]
    return [(0, int(part), "") if part.isdecimal() and len(part) <= _LONGEST_NUMBER else (1, 0, part) for part in parts]


def fold(name: str) -> str:
    """Return what two names have in common that people would take for the same."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name that nobody has: the wanted one, else with a number behind it."""
    used = {fold(each) for each in taken}
    if fold(wanted) not in used:
        return wanted
    return next(name for number in count(2) if fold(name := f"{wanted} ({number})") not in used)
