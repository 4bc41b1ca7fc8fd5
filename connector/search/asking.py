"""From a word that somebody typed to the stems of a course that count as it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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


def ask(where: Place, word: Word) -> Asked:
    """Return a word, the course's words that it is a part of, and, where there are none, those that it may mean."""
    exact = ask_exactly(where, word)
    if any(is_stop_word(word.text, language) for language in LANGUAGES) or word.text.isdecimal():
        return exact
    known = {
        language: vocabulary.containing(where.session, where.key, language, own)
        for language, stems in exact.stems.items()
        for own in stems
    }
    if not any(known.values()) and not word.is_prefix:
        known = {
            language: vocabulary.misspelt(where.session, where.key, language, own)
            for language, stems in exact.stems.items()
            for own in stems
        }
    return Asked(
        {language: dict.fromkeys(known[language], PART) | dict(own) for language, own in exact.stems.items()},
        exact.beginnings,
    )


def ask_alike(where: Place, words: Sequence[Word]) -> list[Asked]:
    """Return words, each with the course's words that are like it."""
    own = [ask_exactly(where, word) for word in words]
    alike = {
        language: vocabulary.relatives(
            where.session, where.key, language, {each for asked in own for each in asked.stems[language]}
        )
        for language in where.languages
    }
    return [
        Asked(
            {
                language: {near: weight for each in stems for near, weight in alike[language].get(each, {}).items()}
                | dict(stems)
                for language, stems in asked.stems.items()
            },
            {},
        )
        for asked in own
    ]


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
