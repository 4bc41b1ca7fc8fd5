"""Which documents come into question: the newest with every word, or those that share most of the telling ones."""

import itertools
import math
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from connector.search import engines
from connector.search.engines import Lexeme, course_key
from connector.search.languages import LANGUAGES, UNKNOWN
from connector.search.models import SearchDocument

COUNTED = 1000
"""How many documents are counted and ranked, from the newest on."""
_SHARING, _ENOUGH = 100, 50
"""How many documents are ranked that share words, but need not have all; and when it is worth to look for more."""
_LOOKED_AT = 4_000
"""How many occurrences of words are added up to find those; what is more common than that counts as if it were not."""
_MOST_DOCUMENTS = 10_000
"""Up to how many documents a course's are counted: beyond, a word tells hardly more for being rare."""
_GROWTH = 4
_MOST = 16_000

Candidate = Row[int, uuid.UUID, uuid.UUID, str, str]
"""A document's number, id, course_id, language and terms."""
Content = Row[int, str, str, str]
"""A document's number, kind, title and text."""

# Made once: SQLAlchemy takes as long to make a query as the database takes to answer.
_told = aliased(SearchDocument)
_TOLD = select(_told.number, _told.id, _told.course_id, _told.language, _told.terms)
_LANGUAGES = (*LANGUAGES, UNKNOWN)
_IN_COURSE = exists().where(SearchDocument.course_id == bindparam("course_id"))
_USED = select(*(_IN_COURSE.where(SearchDocument.language == each) for each in _LANGUAGES))


@dataclass(frozen=True, slots=True)
class Place:
    """Where is looked: in a course, within what the reader may see."""

    session: Session
    course_id: uuid.UUID
    among: Select[Any] | None
    """Ids of what may be found; None where everything may."""
    languages: Sequence[str]
    """In which the course's documents are."""

    @property
    def key(self) -> str:
        """Return what the course's lexemes begin with."""
        return course_key(self.course_id)


def place(session: Session, course_id: uuid.UUID, among: Select[Any] | None) -> Place:
    """Return where to look."""
    used = session.execute(_USED, {"course_id": course_id}).one()
    languages = [language for language, is_used in zip(_LANGUAGES, used, strict=True) if is_used]
    return Place(session, course_id, among, languages)


def with_all(
    where: Place,
    groups: Sequence[Collection[Lexeme]],
    *,
    without: Collection[Lexeme],
    fits: Callable[[Content], bool] | None,
) -> Sequence[Candidate]:
    """Return the newest documents with one lexeme of each group and none of `without`, at most `COUNTED`.

    Args:
        fits: What else must be true of them.
    """
    wanted = engines.expression(where.session, groups, without=without)
    kept: list[Candidate] = []
    before, limit = None, COUNTED
    while len(kept) < COUNTED:
        numbers = engines.newest(where.session, wanted, before=before, limit=limit)
        rows = read(where, numbers)
        if fits is not None:
            fitting = {content.number for content in contents(where, [row.number for row in rows]) if fits(content)}
            rows = [row for row in rows if row.number in fitting]
        kept += rows
        if len(numbers) < limit:
            break
        before, limit = numbers[-1], min(limit * _GROWTH, _MOST)
    return kept[:COUNTED]


def having(where: Place, groups: Sequence[Collection[Lexeme]]) -> Sequence[Collection[int]]:
    """Return for each group the numbers of the course's documents that have one of its lexemes; one query."""
    lexemes = list(dict.fromkeys(itertools.chain.from_iterable(groups)))
    found = dict(zip(lexemes, engines.documents(where.session, lexemes, limit=_LOOKED_AT), strict=True))
    return [set().union(*(found[each] for each in group)) for group in groups]


def rarity(frequency: int, documents: int) -> float:
    """Return how much a word tells that so many of the documents have: the idf of BM25."""
    return math.log(1 + (max(documents - frequency, 0) + 0.5) / (frequency + 0.5))


def count_documents(where: Place) -> int:
    """Return how many documents the course has; `_MOST_DOCUMENTS` where there are more."""
    return engines.size(where.session, where.course_id, limit=_MOST_DOCUMENTS)


def sharing(weighted: Sequence[tuple[Collection[int], float]]) -> Sequence[int]:
    """Return the numbers of the documents that share words, by the sum of what these weigh; the weightiest first.

    Args:
        weighted: For each word the numbers of the documents that have it, and what it weighs. The rarest are added up first.
    """
    scores: dict[int, float] = defaultdict(float)
    looked_at = 0
    for numbers, weight in sorted(weighted, key=lambda each: len(each[0])):
        looked_at += len(numbers)
        if looked_at > _LOOKED_AT and scores:
            break
        for number in numbers:
            scores[number] += weight
    return sorted(scores, key=lambda number: (scores[number], number), reverse=True)


def only(where: Place, numbers: Sequence[int]) -> Sequence[int]:
    """Return those of the numbers that belong to what may be found, in the same order."""
    found = select(_told.number).where(_told.id.in_(where.among)) if where.among is not None else None
    if found is None or not numbers:
        return numbers
    known = set(where.session.scalars(found))
    return [number for number in numbers if number in known]


def first_of(where: Place, numbers: Sequence[int], *, excepting: uuid.UUID | None = None) -> Sequence[Candidate]:
    """Return the first of some documents that may be found: as many as are worth ranking.

    Args:
        excepting: A document that is never among them.
    """
    rows: list[Candidate] = []
    start, size = 0, _SHARING
    while start < len(numbers) and len(rows) < _ENOUGH:
        rows += (row for row in read(where, numbers[start : start + size]) if row.id != excepting)
        start, size = start + size, size * _GROWTH
    return rows[:_SHARING]


def contents(where: Place, numbers: Sequence[int]) -> Iterator[Content]:
    """Yield what the documents of those numbers say."""
    columns = (SearchDocument.number, SearchDocument.kind, SearchDocument.title, SearchDocument.text)
    for chunk in _chunks(numbers):
        these = SearchDocument.number.in_(select(engines.listed(where.session, chunk).c.value))
        yield from where.session.execute(select(*columns).where(these))


def read(where: Place, numbers: Sequence[int]) -> Sequence[Candidate]:
    """Return the documents of those numbers that may be found, in the same order."""
    found: dict[int, Candidate] = {}
    for chunk in _chunks(numbers):
        these = _TOLD.where(_told.number.in_(select(engines.listed(where.session, chunk).c.value)))
        if where.among is not None:
            # One by one by their id: as one set, the database may rather read everything that the reader could see.
            these = these.where(where.among.where(where.among.selected_columns[0] == _told.id).exists())
        # The course is compared here: told of it, a database may look at all of it instead of at these few.
        found |= {row.number: row for row in where.session.execute(these) if row.course_id == where.course_id}
    return [found[number] for number in numbers if number in found]


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + COUNTED] for start in range(0, len(numbers), COUNTED))
