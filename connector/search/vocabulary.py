"""The words that a course uses: kept as documents come and go, and looked up by what stands within them."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, literal, or_, select, union_all
from sqlalchemy.orm import Session

from connector.search.engines import Lexeme, lexeme, matching
from connector.search.models import SearchWord

_CHUNK = 100
_PART = 4
"""How many letters a part of a word must have; fewer stand in too many words to tell anything."""
_ENDING = 5
"""How many letters two words must end in alike: many unrelated ones share four."""
_LIMIT = 40
"""How many of the words like one count: the nearest."""
_TWO_SLIPS_FROM = 8
_FULL_SHARE = 8
_WITHIN, _ALIKE = 0.7, 0.8
_LAST = "\U0010ffff"


def remember(session: Session, key: str, language: str, stems: Iterable[str]) -> None:
    """Take those of the stems into the course's words that it has not used before."""
    known = select(SearchWord.stem).where(SearchWord.course_key == key, SearchWord.language == language)
    for chunk in _chunks(stem for stem in stems if len(stem) > 1 and not stem.isdecimal()):
        new = set(chunk) - set(session.scalars(known.where(SearchWord.tail.in_(chunk), _is_whole())))
        rows = [
            {"course_key": key, "language": language, "tail": tail, "stem": stem}
            for stem in sorted(new)
            for tail in _tails(stem)
        ]
        if rows:
            session.execute(insert(SearchWord), rows)


def forget(session: Session, key: str, language: str, stems: Iterable[str]) -> None:
    """Drop those of the stems that no document has any more: what somebody took back must not live on here."""
    for chunk in _chunks(stems):
        lookups = (
            select(literal(stem)).where(exists(matching(session, [[Lexeme(lexeme(key, language, stem))]])))
            for stem in chunk
        )
        unused = set(chunk) - set(session.scalars(union_all(*lookups)))
        tails = {tail for stem in unused for tail in _tails(stem)}
        of_course = (SearchWord.course_key == key, SearchWord.language == language)
        session.execute(delete(SearchWord).where(*of_course, SearchWord.tail.in_(tails), SearchWord.stem.in_(unused)))


def containing(session: Session, key: str, language: str, stem: str) -> Collection[str]:
    """Return the course's stems that `stem` is a part of, itself first: compounds are found by their parts."""
    way = _begins(stem) if len(stem) >= _PART else SearchWord.tail == stem
    found = _find(session, key, language, [way])
    return sorted(found, key=lambda each: (len(each), each))[:_LIMIT]


def misspelt(session: Session, key: str, language: str, stem: str) -> Collection[str]:
    """Return the course's stems that differ from `stem` by a slip of the finger, or by two in a long word."""
    if len(stem) < _PART:
        return []
    slips = 2 if len(stem) >= _TWO_SLIPS_FROM else 1
    alike = or_(and_(_begins(stem[:2]), _is_whole()), SearchWord.tail == stem[-_PART:])
    as_long = func.length(SearchWord.stem).between(len(stem) - slips, len(stem) + slips)
    near = _find(session, key, language, [and_(alike, as_long)])
    return sorted(each for each in near if _distance(stem, each) <= slips)[:_LIMIT]


def relatives(session: Session, key: str, language: str, stems: Collection[str]) -> Mapping[str, Mapping[str, float]]:
    """Return, for each of the stems, those of the course that share a part with it, and how near they are, below 1."""
    long = [stem for stem in stems if len(stem) >= _PART]
    if not long:
        return {}
    parts = {stem: _parts(stem) for stem in long}
    ways = [
        and_(SearchWord.tail.in_({part for each in parts.values() for part in each}), _is_whole()),
        SearchWord.tail.in_({stem[-_ENDING:] for stem in long if len(stem) >= _ENDING}),
        *(and_(_begins(beginning), _is_whole()) for beginning in {stem[:_PART] for stem in long}),
        *(_begins(stem) for stem in long),
    ]
    found = _find(session, key, language, ways)
    return {stem: _nearest(stem, found, parts[stem]) for stem in long}


def _find(session: Session, key: str, language: str, ways: Iterable[ColumnElement[bool]]) -> set[str]:
    of_course = (SearchWord.course_key == key, SearchWord.language == language)
    return set(session.scalars(select(SearchWord.stem).distinct().where(*of_course, or_(*ways))))


def _nearest(stem: str, found: Collection[str], parts: Collection[str]) -> dict[str, float]:
    beginning, ending = stem[:_PART], stem[-_ENDING:]
    weights = {}
    for each in found:
        if each == stem:
            continue
        if stem in each or each in parts:
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


def _parts(stem: str) -> set[str]:
    """Return everything within a stem that may be a word of its own."""
    ends = range(_PART, len(stem) + 1)
    return {stem[start:end] for end in ends for start in range(end - _PART + 1)} - {stem}


def _tails(stem: str) -> list[str]:
    return [stem, *(stem[start:] for start in range(1, len(stem) - _PART + 1))]


def _begins(beginning: str) -> ColumnElement[bool]:
    return and_(SearchWord.tail >= beginning, SearchWord.tail < beginning + _LAST)


def _is_whole() -> ColumnElement[bool]:
    return SearchWord.tail == SearchWord.stem


def _chunks(stems: Iterable[str]) -> Iterator[list[str]]:
    each = sorted(set(stems))
    return (each[start : start + _CHUNK] for start in range(0, len(each), _CHUNK))
