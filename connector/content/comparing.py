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
    gone = came = ""
    blocks = difflib.SequenceMatcher(None, old, new).get_opcodes()
    for position, (what, old_from, old_to, new_from, new_to) in enumerate(blocks):
        is_between = 0 < position < len(blocks) - 1
        # A single word that both have by chance, in the midst of what was replaced, only makes it harder to read.
        if what != "equal" or (is_between and old_to - old_from == 1):
            gone += "".join(old[old_from:old_to])
            came += "".join(new[new_from:new_to])
            continue
        found += _changed(gone, came)
        gone = came = ""
        found.append(Piece("same", "".join(old[old_from:old_to])))
    return [*found, *_changed(gone, came)]


def _changed(gone: str, came: str) -> list[Piece]:
    return [*([Piece("gone", gone)] if gone else []), *([Piece("new", came)] if came else [])]
