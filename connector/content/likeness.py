"""Texts that have passages in common: found by the words that follow each other in both, and shown side by side.

It says what two texts share, and judges nothing: people quote, answer the same question, and fill the same form. Nothing
leaves this machine.

Source: Broder, On the resemblance and containment of documents, 1997 (shingles, containment).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

SHINGLE = 5
"""Words in a row that are looked for."""
LEAST_WORDS, LEAST_SHARE = 12, 0.15
"""What two texts must have in common at least: words, and as a share of the shorter one."""
PASSAGE = 6
"""Words that a shared passage has at least."""
COMMON, FEW, MANY = 0.2, 8, 40
"""A passage that stands in a fifth of the texts, and in more than 8, or in more than 40, is taken for what was asked."""
MOST_WORDS = 20_000
"""A text is looked at as far as that."""
# A word, or one sign of scripts that put no spaces between words.
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_]+(?:['\u2019][^\W_]+)*")


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


def find_alike(texts: Mapping[Key, str], *, known: Iterable[str] = ()) -> list[Alike[Key]]:
    """Return the pairs of texts that have passages in common, those that share most first.

    The time grows with the words and with what is shared, not with the number of pairs.

    Args:
        known: Texts that all have seen, such as the task: what stands there is nobody's own.
    """
    shingles = {key: _shingles(text) for key, text in texts.items()}
    seen = frozenset[int]().union(*(_shingles(text) for text in known))
    holders: defaultdict[int, list[int]] = defaultdict(list)
    keys = list(texts)
    for number, key in enumerate(keys):
        for shingle in shingles[key] - seen:
            holders[shingle].append(number)
    most = max(FEW, min(MANY, COMMON * len(keys)))
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        if 1 < len(numbers) <= most:
            for place, one in enumerate(numbers):
                shared.update((one, other) for other in numbers[place + 1 :])
    found = []
    for (one, other), count in shared.items():
        shorter = min(len(shingles[keys[one]] - seen), len(shingles[keys[other]] - seen))
        words, share = count + SHINGLE - 1, count / shorter
        if words >= LEAST_WORDS and share >= LEAST_SHARE:
            found.append((-share, -words, one, other))
    return [Alike(keys[one], keys[other], -words, -share) for share, words, one, other in sorted(found)]


def side_by_side(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Return two texts in pieces, with what stands in both, in the same order of words, marked."""
    mine, theirs = _words(one), _words(other)
    matcher = SequenceMatcher(None, [each[0] for each in mine], [each[0] for each in theirs], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= PASSAGE]
    return (
        _pieces(one, [(mine[block.a][1], mine[block.a + block.size - 1][2]) for block in blocks]),
        _pieces(other, [(theirs[block.b][1], theirs[block.b + block.size - 1][2]) for block in blocks]),
    )


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text, as they are compared, with where each begins and ends."""
    return [
        (unicodedata.normalize("NFKC", found[0]).casefold().replace("\u2019", "'"), found.start(), found.end())
        for found, _ in zip(_WORD.finditer(text), range(MOST_WORDS), strict=False)
    ]


def _shingles(text: str) -> frozenset[int]:
    words = [word for word, _start, _end in _words(text)]
    return frozenset(hash(tuple(words[first : first + SHINGLE])) for first in range(len(words) - SHINGLE + 1))


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    pieces, place = [], 0
    for start, end in spans:
        pieces += [Piece(text[place:start], is_shared=False), Piece(text[start:end], is_shared=True)]
        place = end
    return [each for each in (*pieces, Piece(text[place:], is_shared=False)) if each.text]
