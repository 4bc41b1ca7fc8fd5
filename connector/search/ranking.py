"""In what order documents are shown: how many words they share, how much their titles look alike, both fused."""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from connector.search.languages import UNKNOWN
from connector.search.words import trigrams

TITLE = 5
"""How much more a word counts in a title than in a text."""
_SATURATION, _LENGTH = 1.2, 0.5
_RANK = 60
"""Reciprocal rank fusion's constant: how little the first places of one list count against both lists together."""

Key = TypeVar("Key")


class Ranked(Protocol):
    """What is known of a document that is to be ranked."""

    @property
    def number(self) -> int:
        """Grows with time."""

    @property
    def language(self) -> str:
        """In which language its words are read."""

    @property
    def terms(self) -> str:
        """The stems of its title, a line feed, those of its text."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word to rank by."""

    stems: Mapping[str, Mapping[str, float]]
    """By language, the stems that count as the word, and how much each does: 1 for its own."""
    weight: float = 1
    """How much the word tells."""
    is_title: bool = True
    """Whether titles are compared with it."""


def rank(
    documents: Sequence[Ranked],
    wanted: Sequence[Wanted],
    meant: Mapping[int, float] | None = None,
    *,
    language: str = UNKNOWN,
) -> list[tuple[int, float]]:
    """Return the numbers of the documents and their scores, the best first, and of equal ones the newest.

    Args:
        meant: How near documents come by their meaning, where that is known: one more list.
        language: In which one asks. What is said in another one shares few words, whatever it means, and would stand below
            everything that shares some; so the nearest of it count as much as what both lists of words have first.
    """
    numbers = sorted((document.number for document in documents), reverse=True)
    scores = dict(fuse(_by_words(documents, wanted), _by_titles(documents, wanted), meant or {}))
    alone = fuse(meant or {})
    for document in documents:
        if document.number in alone and UNKNOWN not in {language, document.language} and language != document.language:
            scores[document.number] = max(scores[document.number], 2 * alone[document.number])
    return sorted(((number, scores.get(number, 0.0)) for number in numbers), key=lambda pair: -pair[1])


def fuse(*lists: Mapping[Key, float]) -> Mapping[Key, float]:
    """Return the sum over the lists of one over the rank in each; equal scores have equal ranks.

    Source: Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009.
    """
    fused: dict[Key, float] = defaultdict(float)
    for scores in lists:
        place, last = 0, math.inf
        for count, (key, score) in enumerate(sorted(scores.items(), key=lambda item: -item[1]), 1):
            if score < last:
                place, last = count, score
            fused[key] += 1 / (_RANK + place)
    return fused


def _by_words(documents: Iterable[Ranked], wanted: Sequence[Wanted]) -> dict[int, float]:
    """Score by BM25 over title and text as one."""
    ways = _ways(wanted)
    counted = []
    for document in documents:
        title, _, text = document.terms.partition("\n")
        title_words, text_words = title.split(), text.split()
        counted.append((document, title_words, text_words, TITLE * len(title_words) + len(text_words)))
    mean = sum(length for *_, length in counted) / len(counted) if counted else 0
    scores = {}
    for document, title_words, text_words, length in counted:
        damp = _SATURATION * (1 - _LENGTH + _LENGTH * length / mean) if mean else 0
        known = ways.get(document.language, {})
        best = [0.0] * len(wanted)
        for stem in known.keys() & {*title_words, *text_words}:
            frequency = TITLE * title_words.count(stem) + text_words.count(stem)
            told = frequency * (_SATURATION + 1) / (frequency + damp)
            for place, near in known[stem]:
                best[place] = max(best[place], near * told)
        if score := sum(word.weight * most for word, most in zip(wanted, best, strict=True)):
            scores[document.number] = round(score, 9)
    return scores


def _ways(wanted: Sequence[Wanted]) -> Mapping[str, Mapping[str, Sequence[tuple[int, float]]]]:
    """Return, by language and stem, the places of the words that it counts as, and how much it does."""
    ways: dict[str, dict[str, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
    for place, word in enumerate(wanted):
        for language, stems in word.stems.items():
            for stem, near in stems.items():
                ways[language][stem].append((place, near))
    return ways


def _by_titles(documents: Iterable[Ranked], wanted: Sequence[Wanted]) -> dict[int, float]:
    """Score by the trigrams that titles share with the words, the rarer the more: compounds and slips show there."""
    grams = {}
    for document in documents:
        if title := document.terms.partition("\n")[0]:
            grams[document.number] = document.language, _grams(title.split())
    frequency = Counter(itertools.chain.from_iterable(of_title for _, of_title in grams.values()))
    tells = {count: math.log(1 + len(grams) / (count + 0.5)) ** 2 for count in set(frequency.values())}
    telling = {gram: tells[count] for gram, count in frequency.items()}
    asked = {
        language: _grams(
            stem for word in wanted if word.is_title for stem, near in word.stems.get(language, {}).items() if near == 1
        )
        for language in {language for language, _ in grams.values()}
    }
    scores = {}
    for number, (language, of_title) in grams.items():
        if shared := of_title & asked[language]:
            length = math.sqrt(math.fsum(map(telling.__getitem__, of_title)))
            scores[number] = round(math.fsum(map(telling.__getitem__, shared)) / length, 9)
    return scores


def _grams(stems: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*map(trigrams, stems))
