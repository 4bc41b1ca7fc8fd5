"""Which of some names a document mentions: by the stems that its index keeps, so that other forms of a word count too.

One thing may have several names, in several languages: a `Wording` says which.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from connector.search.languages import LANGUAGES, UNKNOWN, is_stop_word
from connector.search.words import fold, stem, tokens

_PART = 5
"""How many letters a name must have to be found as a part of a compound."""
_COMPOUNDING = frozenset({"da", "sv", "nl", UNKNOWN})
"""Languages that write compounds in one word. In English, “pension” is no part of “suspension”."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What things are called beside their own names; all in lower case."""

    meanings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Other words, each with the names that it stands for: more than one where it is ambiguous."""

    def names(self, words: Iterable[str]) -> frozenset[str]:
        """Return the names of what some words stand for; a word that stands for nothing else is a name itself."""
        return frozenset().union(*(self._names_of(word) for word in words))

    def synonyms(self, word: str) -> tuple[str, ...]:
        """Return what else a word is called, in the order of the alphabet."""
        names = self._names_of(word)
        same = {other for other in self.meanings if not names.isdisjoint(self._names_of(other))}
        return tuple(sorted((names | same) - {word}))

    def _names_of(self, word: str) -> frozenset[str]:
        # A name that is another word for something in its turn would lead in circles: words lead to names, and no further.
        found = frozenset(name for name in self.meanings.get(word, ()) if name not in self.meanings)
        return found or frozenset({word})


def wording(pairs: Iterable[tuple[str, str]]) -> Wording:
    """Return what things are called.

    Args:
        pairs: Each a name, and another word for the same.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, word in pairs:
        if word != name:
            found[word].add(name)
    return Wording({word: frozenset(names) for word, names in found.items()})


def named(names: Iterable[str], terms: Collection[str], language: str) -> frozenset[str]:
    """Return those of some names of which every telling word stands in a document, in whatever order.

    Args:
        names: In lower case.
        terms: The stems of a document, as `SearchDocument.terms` has them.
        language: That of the document, as `SearchDocument.language` has it.
    """
    known = frozenset(terms)
    return frozenset(name for name in names if _is_named(name, known, language))


def _is_named(name: str, known: frozenset[str], language: str) -> bool:
    words = [token.word for token in tokens(unicodedata.normalize("NFC", name))]
    telling = [word for word in words if len(word) > 1 and not is_stop_word(word, language)]
    return bool(telling) and all(_has(word, known, language) for word in telling)


def _has(word: str, known: frozenset[str], language: str) -> bool:
    wanted = stem(word, language)
    if wanted in known or fold(word, language) in known:
        return True
    if language == UNKNOWN and any(_stemmed(known, each) & {stem(word, each)} for each in LANGUAGES):
        return True
    return language in _COMPOUNDING and len(wanted) >= _PART and any(_is_part(wanted, each) for each in known)


def _stemmed(known: frozenset[str], language: str) -> frozenset[str]:
    return frozenset(stem(each, language) for each in known)


def _is_part(wanted: str, compound: str) -> bool:
    return compound.startswith(wanted) or compound.endswith(wanted)
