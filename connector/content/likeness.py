"""Texts that have passages in common: found by the words that follow each other in both, and shown side by side.

It says what texts share, and judges nothing: people quote, answer the same question, and fill the same form. Nothing leaves
this machine. `find_alike` compares all of a set with each other. Where texts come one by one, few `fingerprints` of each are
kept, chosen by winnowing: of the hashes of every `WINDOW` shingles in a row the smallest. Two texts that share a passage of
`SHINGLE + WINDOW - 1` words or more then have a fingerprint in common, whatever stands around it, while a text of n words has
about 2 n / (WINDOW + 1) of them.

Source: Broder, On the resemblance and containment of documents, SEQUENCES 1997 (shingles, containment); Schleimer, Wilkerson,
Aiken, Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003, section 3.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from html.parser import HTMLParser
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

SHINGLE = 6
"""Words in a row that are looked for: people seldom choose the same six by chance."""
WINDOW = 5
"""Shingles of which one is kept as a fingerprint: with `SHINGLE`, every shared passage of ten words is found."""
LEAST_WORDS, LEAST_SHARE = 12, 0.15
"""What two texts of a set must have in common at least: words, and as a share of the shorter one."""
FEWEST, SHARE = 20, 0.4
"""The same where nobody asked to see what texts share: fewer words are a greeting, a definition, a title; a smaller share, a
sentence that somebody took."""
COMMON, FEW, MANY = 0.2, 8, 40
"""A passage that stands in a fifth of the texts, and in more than 8, or in more than 40, is taken for what was asked."""
MOST_WORDS = 20_000
"""A text is looked at as far as that."""
_MARKED_WORDS = 2_000
"""Of a long text the beginning gives the fingerprints: they are kept."""
_PLACES = 4
"""Of a shingle that a text repeats, how many places are tried."""
# A word, or one sign of scripts that put no spaces between words.
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_]+(?:['\u2019][^\W_]+)*")
_QUOTED = re.compile(r"“[^”]*”|”[^”]*”|„[^“”]*[“”]|»[^«]*«|«[^»]*»|\"[^\"]*\"")
_SKIPPED = frozenset({"blockquote", "pre", "code", "math", "q"})


@dataclass(frozen=True, slots=True)
class Alike(Generic[Key]):
    """Two texts that have something in common."""

    one: Key
    other: Key
    words: int
    """About so many words stand in both, in the same order."""
    share: float
    """Of the shorter text, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text."""

    text: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """Words in a row that two texts share."""

    first: int
    """Where it begins in the one text, in words."""
    second: int
    """Where it begins in the other."""
    length: int
    """In words."""


def find_alike(texts: Mapping[Key, str], *, known: Iterable[str] = ()) -> list[Alike[Key]]:
    """Return the pairs of texts that have passages in common, those that share most first.

    The time grows with the words and with what is shared, not with the number of pairs.

    Args:
        known: Texts that all have seen, such as the task: what stands there is nobody's own.
    """
    seen = frozenset[int]().union(*(shingles(words_of(text)) for text in known))
    prints = {key: _own(shingles(words_of(text)), seen) for key, text in texts.items()}
    holders: defaultdict[int, list[int]] = defaultdict(list)
    keys = list(texts)
    for number, key in enumerate(keys):
        for shingle in prints[key]:
            holders[shingle].append(number)
    most = max(FEW, min(MANY, COMMON * len(keys)))
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        if 1 < len(numbers) <= most:
            for place, one in enumerate(numbers):
                shared.update((one, other) for other in numbers[place + 1 :])
    found = []
    for (one, other), count in shared.items():
        shorter = min(len(prints[keys[one]]), len(prints[keys[other]]))
        words, share = count + SHINGLE - 1, count / shorter
        if words >= LEAST_WORDS and share >= LEAST_SHARE:
            found.append((-share, -words, one, other))
    return [Alike(keys[one], keys[other], -words, -share) for share, words, one, other in sorted(found)]


def _own(hashes: Sequence[int], seen: Collection[int]) -> frozenset[int]:
    """Return the shingles without a word of what all have seen: what leads over to a quotation is nobody's passage either."""
    own: set[int] = set()
    blocked = 0
    for position, each in enumerate(hashes):
        if each in seen:
            blocked = position + SHINGLE
            own.difference_update(hashes[max(position - SHINGLE + 1, 0) : position])
        elif position >= blocked:
            own.add(each)
    return frozenset(own)


def side_by_side(one: str, other: str, *, common: Collection[int] = ()) -> tuple[list[Piece], list[Piece]]:
    """Return two texts in pieces, with the passages marked that stand in both.

    Args:
        common: As for `shared`.
    """
    passages = shared(words_of(one), words_of(other), common=common)
    return (
        _pieces(one, [(each.first, each.length) for each in passages]),
        _pieces(other, sorted((each.second, each.length) for each in passages)),
    )


def own_text(html: str) -> str:
    """Return the words of rendered `html` that are its author's own: without quotations, code and formulas."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(_QUOTED.sub(" ", "".join(reader.pieces)).split())


def words_of(text: str) -> Sequence[str]:
    """Return the words of a text, without case, as far as they are looked at."""
    return [
        found[0].casefold().replace("\u2019", "'")
        for found, _number in zip(_WORD.finditer(text), range(MOST_WORDS), strict=False)
    ]


def spans_of(text: str) -> Sequence[tuple[int, int]]:
    """Return where the words of `words_of` stand in the text: their beginnings and ends, in characters."""
    return [found.span() for found, _number in zip(_WORD.finditer(text), range(MOST_WORDS), strict=False)]


def shingles(words: Sequence[str]) -> Sequence[int]:
    """Return the hashes of every `SHINGLE` words in a row; each fits into 63 bits."""
    return [_hash(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)]


def fingerprints(words: Sequence[str]) -> frozenset[int]:
    """Return the fingerprints of a text, by winnowing."""
    hashes = shingles(words[:_MARKED_WORDS])
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


def _pieces(text: str, passages: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return a text cut at passages, given by their first word and their length, in order; of two that overlap, the first."""
    spans = spans_of(text)
    pieces, place = [], 0
    for first, length in passages:
        start, end = spans[first][0], spans[first + length - 1][1]
        if start >= place:
            pieces += [Piece(text[place:start], is_shared=False), Piece(text[start:end], is_shared=True)]
            place = end
    return [each for each in (*pieces, Piece(text[place:], is_shared=False)) if each.text]


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
