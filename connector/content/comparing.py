"""What has changed between two texts, word by word."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Change = Literal["same", "gone", "new"]

_WORD = re.compile(r"\n+|[^\S\n]*[^\s]+|[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of two texts that stands in both, in the earlier or in the later one."""

    change: Change
    text: str


def compare(earlier: str, later: str) -> Sequence[Piece]:
    """Return the pieces of two texts in reading order; where words were replaced, those that went stand first."""
    old, new = _WORD.findall(earlier), _WORD.findall(later)
    found: list[Piece] = []
    for what, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(old[old_from:old_to])))
            continue
        if old_from < old_to:
            found.append(Piece("gone", "".join(old[old_from:old_to])))
        if new_from < new_to:
            found.append(Piece("new", "".join(new[new_from:new_to])))
    return found
