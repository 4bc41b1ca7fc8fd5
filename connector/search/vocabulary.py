"""The words that a course uses: kept as documents come and go, and looked up by what stands within them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from connector.db import Model
from connector.search import engines
from connector.search.engines import Lexeme, Lookup, lexeme
from connector.search.models import SearchWord

_PART = 4
"""How many letters a part of a word must have; fewer stand in too many words to tell anything."""
_ENDING = 5
"""How many letters two words must end in alike: many unrelated ones share four."""
_LIMIT = 40
"""How many of the words like one count: the nearest."""
_TWO_SLIPS_FROM = 8
_FULL_SHARE = 8
_WITHIN, _ALIKE = 0.7, 0.8
_TABLE = Model.metadata.tables[SearchWord.__tablename__]
_ADD = insert(_TABLE)
_LAST, _END = "\U0010ffff", "\x01"

Stems = Mapping[str, Collection[str]]
"""Stems by their language."""


def remember(session: Session, key: str, language: str, stems: Iterable[str]) -> None:
    """Take those of the stems into the course's words that it has not used before."""
    telling = sorted({stem for stem in stems if len(stem) > 1 and not stem.isdecimal()})
    new = engines.unknown_stems(session, key, language, telling) if telling else ()
    rows = [
        {"course_key": key, "language": language, "tail": tail, "stem": stem} for stem in new for tail in _tails(stem)
    ]
    if rows:
        session.connection().execute(_ADD, rows)


def forget(session: Session, key: str, language: str, stems: Iterable[str]) -> None:
    """Drop those of the stems that no document has any more: what somebody took back must not live on here."""
    each = sorted(set(stems))
    if not each:
        return
    asked = [engines.expression(session, [[Lexeme(lexeme(key, language, stem))]]) for stem in each]
    used = engines.counts(session, asked)
    unused = [stem for stem, count in zip(each, used, strict=True) if not count]
    tails = {tail for stem in unused for tail in _tails(stem)}
    mine = (SearchWord.course_key == key, SearchWord.language == language, SearchWord.tail.in_(tails))
    session.execute(delete(SearchWord).where(*mine, SearchWord.stem.in_(unused)))


def containing(session: Session, key: str, wanted: Stems) -> Stems:
    """Return the course's stems that have one of those wanted within them, these themselves included.

    So compounds are found by their parts.
    """
    return _find(session, key, wanted, _has)


def nearest_with(stem: str, found: Collection[str]) -> Collection[str]:
    """Return those of the stems found that have `stem` within them, the shortest first."""
    if len(stem) < _PART:
        return [stem] if stem in found else []
    return sorted((each for each in found if stem in each), key=lambda each: (len(each), each))[:_LIMIT]


def misspelt(session: Session, key: str, wanted: Stems) -> Stems:
    """Return the course's stems that those wanted may be slips for; `nearest_misspelt` tells which are."""
    return _find(session, key, wanted, _may_mean)


def nearest_misspelt(stem: str, found: Collection[str]) -> Collection[str]:
    """Return those of the stems found that differ from `stem` by a slip of the finger, or by two in a long word."""
    if len(stem) < _PART:
        return []
    slips = 2 if len(stem) >= _TWO_SLIPS_FROM else 1
    as_long = (each for each in found if abs(len(each) - len(stem)) <= slips)
    return sorted(each for each in as_long if _distance(stem, each) <= slips)[:_LIMIT]


def relatives(session: Session, key: str, wanted: Stems) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Return, for each stem by its language, the course's stems that share a part with it, and how near they are."""
    found = _find(session, key, wanted, _is_like)
    return {language: {stem: _nearest(stem, found[language]) for stem in stems} for language, stems in wanted.items()}


def _find(session: Session, key: str, wanted: Stems, ways: Callable[[str, str], Iterable[Lookup]]) -> Stems:
    lookups = {way for language, stems in wanted.items() for stem in stems for way in ways(language, stem)}
    found: dict[str, set[str]] = {language: set() for language in wanted}
    if lookups:
        for language, stem in engines.words(session, key, sorted(lookups)):
            found[language].add(stem)
    return found


def _has(language: str, stem: str) -> Iterator[Lookup]:
    is_short = len(stem) < _PART
    yield Lookup(language, stem, stem + (_END if is_short else _LAST), is_whole=is_short)


def _may_mean(language: str, stem: str) -> Iterator[Lookup]:
    """Look for what begins or ends like the stem; a slip at both places is more than one."""
    if len(stem) >= _PART:
        yield Lookup(language, stem[:2], stem[:2] + _LAST, is_whole=True)
        yield Lookup(language, stem[-_PART:], stem[-_PART:] + _END, is_whole=False)


def _is_like(language: str, stem: str) -> Iterator[Lookup]:
    """Look for what the stem is a part of, for its parts, and for what begins or ends like it."""
    if len(stem) < _PART:
        return
    yield Lookup(language, stem, stem + _LAST, is_whole=False)
    yield Lookup(language, stem[:_PART], stem[:_PART] + _LAST, is_whole=True)
    if len(stem) >= _ENDING:
        yield Lookup(language, stem[-_ENDING:], stem[-_ENDING:] + _END, is_whole=False)
    for start in range(1, len(stem) - _PART + 1):
        yield Lookup(language, stem[start:], stem[start:] + _END, is_whole=True)


def _nearest(stem: str, found: Collection[str]) -> dict[str, float]:
    if len(stem) < _PART:
        return {}
    beginning, ending = stem[:_PART], stem[-_ENDING:]
    weights = {}
    for each in found:
        if each == stem:
            continue
        if stem in each or (len(each) >= _PART and each in stem):
            weights[each] = _WITHIN
        elif each.startswith(beginning) or (len(stem) >= _ENDING and each.endswith(ending)):
            weights[each] = _ALIKE * min(1, _shared(stem, each) / max(_FULL_SHARE, min(len(stem), len(each))))
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_LIMIT])


def _shared(one: str, other: str) -> int:
    """Return how many letters two words have in common at the beginning or at the end, whichever is more."""
    return max(_common(one, other), _common(one[::-1], other[::-1]))


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _distance(one: str, other: str) -> int:
    """Return how many letters are too many, missing, wrong, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _tails(stem: str) -> list[str]:
    return [stem, *(stem[start:] for start in range(1, len(stem) - _PART + 1))]
