"""What people type into a search box, whatever it is, as words to look for."""

import re
import unicodedata
from dataclasses import dataclass

from connector.search.languages import LANGUAGES, UNKNOWN, is_stop_word, tongue
from connector.search.words import fold, tokens

_LONGEST = 1000
"""How many characters of a query count."""
_WORDS, _PHRASES, _EXCLUDED = 12, 4, 8
_PIECE = re.compile(r'(?<!\S)(-?)"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Word:
    """A word to look for."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: documents with every word and every phrase, and with none of the excluded words."""

    words: tuple[Word, ...] = ()
    phrases: tuple[str, ...] = ()
    """Words in order, folded, with a space between them and at both ends."""
    excluded: tuple[Word, ...] = ()


def parse(typed: str) -> Query:
    """Return what a query asks for: words, "words in this order", -none of this, beginn*. Anything may be typed."""
    words: list[Word] = []
    excluded: list[Word] = []
    phrases: list[str] = []
    for match in _PIECE.finditer(unicodedata.normalize("NFC", typed[:_LONGEST])):
        minus, quoted, plain = match.groups()
        found = [token.word for token in tokens(plain or quoted or "")]
        is_prefix = bool(plain) and plain.rstrip('"').endswith("*")
        pieces = [Word(word, is_prefix and number == len(found)) for number, word in enumerate(found, 1)]
        if minus or (plain and plain[0] == "-"):
            excluded += pieces
            continue
        words += pieces
        if quoted and len(found) > 1:
            phrases.append(phrase(found))
    unique = tuple(dict.fromkeys(words))
    return Query(_telling(unique)[:_WORDS], tuple(dict.fromkeys(phrases))[:_PHRASES], tuple(excluded)[:_EXCLUDED])


def phrase(words: list[str]) -> str:
    """Return words in order as texts are searched for them."""
    return f" {' '.join(fold(word, UNKNOWN) for word in words)} "


def _telling(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Leave out words without content, unless there are no others."""
    language = tongue(None, (word.text for word in words))
    languages = LANGUAGES if language == UNKNOWN else (language,)
    kept = tuple(word for word in words if word.is_prefix or not any(is_stop_word(word.text, of) for of in languages))
    return kept or words
