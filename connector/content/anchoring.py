"""Passages of a text: named by their words, by what stands around them and by where they begin; found again in a text
that has changed.

Source: https://www.w3.org/TR/annotation-model/, 4.2.4 (text quotes) and 4.2.5 (text positions).
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

CONTEXT = 32
"""How much is kept of what stands before and after a passage, in characters."""
_MOST_PLACES = 1_000
"""Where words stand more often than that, they name no place."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A passage of a text."""

    exact: str
    prefix: str
    suffix: str
    start: int
    """How many characters stand before it."""


def anchor_at(text: str, start: int, end: int) -> Anchor | None:
    """Return the passage between two places, without white space at its ends; None where nothing else stands there.

    Args:
        start: In characters from the beginning; whatever lies outside of the text is left out.
    """
    start, end = max(start, 0), min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return None
    return Anchor(text[start:end], text[max(start - CONTEXT, 0) : start], text[end : end + CONTEXT], start)


def find(text: str, anchor: Anchor, *, is_same: bool) -> int | None:
    """Return where a passage begins in a text; None where it is not there any more, or could be in several places.

    Args:
        is_same: Whether the text is the one that the passage was marked in: then its place counts before its words.
    """
    if not anchor.exact:
        return None
    if is_same and anchor.start >= 0 and text.startswith(anchor.exact, anchor.start):
        return anchor.start
    places = _places(text, anchor.exact)
    if len(places) == 1:
        return places[0]
    around = [each for each in places if _stands_between(text, each, anchor)]
    return around[0] if len(around) == 1 else None


def find_words(text: str, words: str) -> Sequence[tuple[int, int]]:
    """Return where some words stand, from and to, whatever white space is between them; capitals count only if it helps.

    Two places are enough to tell that they stand in several: no more are returned.
    """
    spans = [each.span() for each in _WORD.finditer(text)]
    plain = " ".join(text[start:end] for start, end in spans)
    # Where each word begins there.
    begins = list(accumulate((end - start + 1 for start, end in spans[:-1]), initial=0))
    wanted = " ".join(words.split())
    found = _first_two(plain, wanted) or _first_two(_folded(plain), _folded(wanted))
    return [_span_of(spans, begins, start, start + len(wanted)) for start in found]


def _span_of(spans: Sequence[tuple[int, int]], begins: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Return the places in a text of what stands between two places of its words with single spaces between them."""
    first, last = bisect_right(begins, start) - 1, bisect_right(begins, end - 1) - 1
    return spans[first][0] + start - begins[first], spans[last][0] + end - begins[last]


def _first_two(plain: str, wanted: str) -> list[int]:
    first = plain.find(wanted) if wanted else -1
    second = plain.find(wanted, first + 1) if first >= 0 else -1
    return [each for each in (first, second) if each >= 0]


def _folded(words: str) -> str:
    """Return words in small letters, as long as they were."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in words)


def _places(text: str, exact: str) -> list[int]:
    found: list[int] = []
    place = text.find(exact)
    while place >= 0 and len(found) <= _MOST_PLACES:
        found.append(place)
        place = text.find(exact, place + 1)
    return found if len(found) <= _MOST_PLACES else []


def _stands_between(text: str, place: int, anchor: Anchor) -> bool:
    end = place + len(anchor.exact)
    return text.startswith(anchor.suffix, end) and text[:place].endswith(anchor.prefix)
