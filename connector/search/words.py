"""The words of a text: where they stand, and what is left of each when case, accents and endings are taken off."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from connector.search.languages import UNKNOWN

_LONGEST = 40
"""Of a longer word, the beginning counts: nobody types more, and no index wants a pasted key."""
# Letters and digits, with what belongs to C++ and C#; a short ending after an apostrophe belongs to the word before it.
_WORD = re.compile(r"([^\W_]+(?:\+\+|#(?!\w))?)(?:['’][^\W_]{1,2}(?![^\W_]))?")
_PIECE = re.compile(f"{_WORD.pattern}|[\u2190-\u2bff\U0001f000-\U0001faff]")
_STEMMED_FROM = 3
_MARKS = re.compile(r"[\u0300-\u036f]")
_KEPT = {"da": "åæøäö", "sv": "åæøäö", UNKNOWN: "åæøäö"}
"""Letters of their own. In Dutch and English, a mark over a letter only tells how to say it."""
_ALGORITHMS = {"da": "danish", "sv": "swedish", "nl": "dutch", "en": "english"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands."""

    word: str
    """In lower case, composed."""
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of `text`, and its pictograms, in order."""
    for match in _PIECE.finditer(text):
        word = match[1] or match[0]
        yield Token(unicodedata.normalize("NFC", word.lower())[:_LONGEST], match.start(), match.start() + len(word))


@lru_cache(maxsize=100_000)
def fold(word: str, language: str) -> str:
    """Return a word in lower case without accents; letters that are no accented ones stay."""
    if word.isascii():
        return word
    kept = _KEPT.get(language, "")
    return "".join(each if each in kept else _MARKS.sub("", unicodedata.normalize("NFKD", each)) for each in word)


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """Return what a word has in common with its other forms in a language."""
    folded = fold(word, language)
    algorithm = _ALGORITHMS.get(language)
    if algorithm is None or len(folded) < _STEMMED_FROM:
        return folded
    return str(_stemmers.by_algorithm[algorithm].stemWord(folded)) or folded


class _Stemmers(threading.local):
    """A thread's own stemmers: each keeps the word it is at work on."""

    def __init__(self) -> None:
        self.by_algorithm = {name: snowballstemmer.stemmer(name) for name in _ALGORITHMS.values()}


_stemmers = _Stemmers()


@lru_cache(maxsize=100_000)
def trigrams(word: str) -> frozenset[str]:
    """Return every three letters in a row, with the edges of the word; its beginning counts twice."""
    edged = f"  {word} "
    return frozenset(edged[start : start + 3] for start in range(len(edged) - 2))
