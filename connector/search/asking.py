"""From a word that somebody typed to the stems of a course that count as it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.search import vocabulary
from connector.search.candidates import Place
from connector.search.engines import Lexeme, lexeme
from connector.search.languages import LANGUAGES, is_stop_word
from connector.search.queries import Word
from connector.search.words import fold, stem

PART = 0.5
"""How much a word counts that has the one asked for within it, or differs from it by a slip."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A word asked for, and what counts as it."""

    stems: Mapping[str, Mapping[str, float]]
    """By language; how much each counts, 1 for the word's own."""
    beginnings: Mapping[str, str]
    """By language, what a word must begin with to count, where the beginning alone was asked for."""

    def lexemes(self, where: Place, *, is_own: bool = False) -> list[Lexeme]:
        """Return what is to be looked up."""
        return [
            *(
                Lexeme(lexeme(where.key, language, each))
                for language, stems in self.stems.items()
                for each, near in stems.items()
                if near == 1 or not is_own
            ),
            *(Lexeme(lexeme(where.key, language, each), True) for language, each in self.beginnings.items()),
        ]


def ask_exactly(where: Place, word: Word) -> Asked:
    """Return a word in its forms, and nothing else."""
    stems = {language: {stem(word.text, language): 1.0} for language in where.languages}
    return Asked(stems, _beginnings(where, word))


def ask(where: Place, words: Sequence[Word]) -> list[Asked]:
    """Return words with the course's words that they are a part of, or, where there are none, those they may mean."""
    exact = {word: ask_exactly(where, word) for word in words}
    open_ = [word for word in words if _may_differ(word)]
    found = vocabulary.containing(where.session, where.key, _stems(where, exact, open_))
    more = {word: _nearest(exact[word], found, vocabulary.nearest_with) for word in open_}
    unknown = [word for word in open_ if not word.is_prefix and not any(more[word].values())]
    if unknown:
        found = vocabulary.misspelt(where.session, where.key, _stems(where, exact, unknown))
        more |= {word: _nearest(exact[word], found, vocabulary.nearest_misspelt) for word in unknown}
    return [_join(asked, more.get(word, {})) for word, asked in exact.items()]


def ask_alike(where: Place, words: Sequence[Word]) -> list[Asked]:
    """Return words, each with the course's words that are like it."""
    exact = {word: ask_exactly(where, word) for word in words}
    alike = vocabulary.relatives(where.session, where.key, _stems(where, exact, words))
    return [
        _join(asked, {language: alike[language].get(own, {}) for language, own in _own(asked)})
        for asked in exact.values()
    ]


def _may_differ(word: Word) -> bool:
    is_small = any(is_stop_word(word.text, language) for language in LANGUAGES)
    return not is_small and not word.text.isdecimal()


def _own(asked: Asked) -> Iterator[tuple[str, str]]:
    return ((language, own) for language, stems in asked.stems.items() for own, near in stems.items() if near == 1)


def _stems(where: Place, exact: Mapping[Word, Asked], words: Iterable[Word]) -> Mapping[str, Collection[str]]:
    return {language: {own for word in words for own in exact[word].stems[language]} for language in where.languages}


def _nearest(
    asked: Asked,
    found: Mapping[str, Collection[str]],
    nearest: Callable[[str, Collection[str]], Collection[str]],
) -> Mapping[str, Mapping[str, float]]:
    return {language: dict.fromkeys(nearest(own, found[language]), PART) for language, own in _own(asked)}


def _join(asked: Asked, more: Mapping[str, Mapping[str, float]]) -> Asked:
    stems = {language: {**more.get(language, {}), **own} for language, own in asked.stems.items()}
    return Asked(stems, asked.beginnings)


def marker(asked: Iterable[Asked], language: str) -> Callable[[str], bool]:
    """Return how to tell whether a word of a document in `language` is one that was asked for."""
    asked = list(asked)
    stems = {each for word in asked for each in word.stems.get(language, {})}
    beginnings = tuple(word.beginnings[language] for word in asked if language in word.beginnings)

    def is_wanted(word: str) -> bool:
        own = stem(word, language)
        return own in stems or bool(beginnings and own.startswith(beginnings))

    return is_wanted


def _beginnings(where: Place, word: Word) -> Mapping[str, str]:
    if not word.is_prefix:
        return {}
    return {language: _beginning(word.text, language) for language in where.languages}


def _beginning(word: str, language: str) -> str:
    """Return what a stem must begin with: an ending that the stem would lack anyway is left out."""
    folded, own = fold(word, language), stem(word, language)
    return own if folded.startswith(own) else folded
