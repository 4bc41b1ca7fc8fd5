"""Which passages two texts share, word for word: shingles of words, and few fingerprints of them that find any long passage.

A text's fingerprints are chosen by winnowing: of the hashes of every `WINDOW` shingles in a row the smallest is kept. Two
texts that share a passage of `SHINGLE + WINDOW - 1` words or more then have a fingerprint in common, whatever stands around
it, while a text of n words has about 2 n / (WINDOW + 1) of them.

Source: Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting. SIGMOD 2003, section 3;
shingles: Broder: On the resemblance and containment of documents. SEQUENCES 1997.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from html.parser import HTMLParser

SHINGLE = 6
"""Words in a shingle: people seldom choose the same six words in a row by chance."""
WINDOW = 5
"""Shingles of which one is kept: with `SHINGLE`, every shared passage of ten words is found."""
FEWEST = 20
"""Words that two texts must share before anybody hears of it. Fewer are a greeting, a definition, a title."""
SHARE = 0.4
"""Of the shorter text, how much must be shared: below it, somebody took a sentence; above, most of a text."""
MOST_WORDS = 2_000
"""Of a text, how many words are looked at."""
_PLACES = 4
"""Of a shingle that a text repeats, how many places are tried."""
_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"“[^”]*”|”[^”]*”|„[^“”]*[“”]|»[^«]*«|«[^»]*»|\"[^\"]*\"")
_SKIPPED = frozenset({"blockquote", "pre", "code", "math", "q"})


@dataclass(frozen=True, slots=True)
class Passage:
    """Words in a row that two texts share."""

    first: int
    """Where it begins in the one text, in words."""
    second: int
    """Where it begins in the other."""
    length: int
    """In words."""


def own_text(html: str) -> str:
    """Return the words of rendered `html` that are its author's own: without quotations, code and formulas."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(_QUOTED.sub(" ", "".join(reader.pieces)).split())


def words_of(text: str) -> Sequence[str]:
    """Return the words of a text, without case, as far as they are looked at."""
    return [found[0].casefold() for found, _number in zip(_WORD.finditer(text), range(MOST_WORDS), strict=False)]


def spans_of(text: str) -> Sequence[tuple[int, int]]:
    """Return where the words of `words_of` stand in the text: their beginnings and ends, in characters."""
    return [found.span() for found, _number in zip(_WORD.finditer(text), range(MOST_WORDS), strict=False)]


def shingles(words: Sequence[str]) -> Sequence[int]:
    """Return the hashes of every `SHINGLE` words in a row; each fits into 63 bits."""
    return [_hash(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)]


def fingerprints(words: Sequence[str]) -> frozenset[int]:
    """Return the fingerprints of a text, by winnowing."""
    hashes = shingles(words)
    if not hashes:
        return frozenset()
    starts = range(max(len(hashes) - WINDOW + 1, 1))
    return frozenset(min(hashes[start : start + WINDOW]) for start in starts)


def shared(one: Sequence[str], other: Sequence[str], *, common: Collection[int] = ()) -> Sequence[Passage]:
    """Return the passages that two texts share, in the order of the first, longest first where they compete.

    Args:
        common: Hashes of shingles that say nothing, such as those of the task that both answer.
    """
    places: defaultdict[int, list[int]] = defaultdict(list)
    for position, each in enumerate(shingles(other)):
        if each not in common and len(places[each]) < _PLACES:
            places[each].append(position)
    found, position = [], 0
    hashes = shingles(one)
    while position < len(hashes):
        runs = [(_run(one, position, other, place), place) for place in places.get(hashes[position], ())]
        if not runs:
            position += 1
            continue
        length, place = max(runs)
        found.append(Passage(position, place, length))
        position += length
    return found


def is_much(passages: Sequence[Passage], one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether what two texts share is enough to tell somebody of it."""
    count = sum(each.length for each in passages)
    return count >= FEWEST and count >= SHARE * min(len(one), len(other))


def _run(one: Sequence[str], start: int, other: Sequence[str], place: int) -> int:
    length = 0
    while start + length < len(one) and place + length < len(other) and one[start + length] == other[place + length]:
        length += 1
    return length


def _hash(words: Sequence[str]) -> int:
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest()) >> 1


class _Reader(HTMLParser):
    """Collects the text outside of what is quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's
        self._depth += tag in _SKIPPED
        self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in _SKIPPED and self._depth > 0
        self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self.pieces.append(data)
