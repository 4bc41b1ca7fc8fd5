"""What differs between the two engines: how lexemes and words are looked up, many at once, in one statement each."""

import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, TableValuedAlias, TextClause, Uuid, bindparam, column, func, literal, text
from sqlalchemy.orm import Session


class Lexeme(NamedTuple):
    """A stem as the index has it."""

    text: str
    is_prefix: bool = False
    """Whether longer ones count as well."""


class Lookup(NamedTuple):
    """A question to the course's words: which have a tail within these bounds?"""

    language: str
    low: str
    high: str
    is_whole: bool
    """Whether the tail must be the whole stem."""


class Engine(NamedTuple):
    """The statements of an engine. What varies in number is passed as JSON, so that each statement stays the same."""

    newest: TextClause
    """Numbers of documents that an expression finds, the highest first."""
    counts: TextClause
    """How many documents each of several expressions finds."""
    documents: TextClause
    """The numbers of the documents that each of several expressions finds, with commas between them; of many, the highest."""
    size: TextClause
    """How many documents a course has, up to a limit."""
    words: TextClause
    """Languages and stems that lookups find."""
    unknown: TextClause
    """Those of several stems that the course has not used yet."""
    groups: tuple[str, str, str]
    """How lexemes, one of which is wanted, are joined; how groups, each of which is; and what stands before the rest."""


_SQLITE = Engine(
    newest=text(
        "SELECT rowid FROM search_index WHERE search_index MATCH :wanted AND rowid < coalesce(:before, 1 << 62)"
        " ORDER BY rowid DESC LIMIT :limit"
    ),
    counts=text(
        "SELECT (SELECT count(*) FROM search_index WHERE search_index MATCH asked.value)"
        " FROM json_each(:asked) AS asked ORDER BY asked.key"
    ),
    documents=text(
        "SELECT (SELECT group_concat(number) FROM (SELECT rowid AS number FROM search_index"
        " WHERE search_index MATCH asked.value ORDER BY rowid DESC LIMIT :limit))"
        " FROM json_each(:asked) AS asked ORDER BY asked.key"
    ),
    size=text(
        "SELECT count(*) FROM (SELECT 1 FROM search_document WHERE course_id = :course_id"
        " ORDER BY language LIMIT :limit)"
    ).bindparams(bindparam("course_id", type_=Uuid())),
    # CROSS JOIN keeps the order: each lookup is one walk along the index.
    words=text(
        "SELECT DISTINCT word.language, word.stem FROM json_each(:asked) AS asked CROSS JOIN search_word AS word"
        " WHERE word.course_key = :key AND word.language = json_extract(asked.value, '$[0]')"
        " AND word.tail >= json_extract(asked.value, '$[1]') AND word.tail < json_extract(asked.value, '$[2]')"
        " AND (word.tail = word.stem OR NOT json_extract(asked.value, '$[3]'))"
    ),
    unknown=text(
        "SELECT asked.value FROM json_each(:asked) AS asked WHERE NOT EXISTS (SELECT 1 FROM search_word AS word"
        " WHERE word.course_key = :key AND word.language = :language"
        " AND word.tail = asked.value AND word.stem = asked.value)"
    ),
    groups=(" OR ", " AND ", " NOT "),
)
_POSTGRESQL = Engine(
    # With the number itself to order by, it would rather walk through every document than use the index of lexemes.
    newest=text(
        "SELECT number FROM search_document WHERE lexemes @@ CAST(:wanted AS tsquery)"
        " AND (CAST(:before AS bigint) IS NULL OR number < CAST(:before AS bigint))"
        " ORDER BY number + 0 DESC LIMIT :limit"
    ),
    counts=text(
        "SELECT (SELECT count(*) FROM search_document WHERE lexemes @@ CAST(asked.value AS tsquery))"
        " FROM json_array_elements_text(CAST(:asked AS json)) WITH ORDINALITY AS asked(value, place)"
        " ORDER BY asked.place"
    ),
    documents=text(
        "SELECT (SELECT string_agg(CAST(number AS text), ',') FROM (SELECT number FROM search_document"
        " WHERE lexemes @@ CAST(asked.value AS tsquery) ORDER BY number + 0 DESC LIMIT :limit) AS found)"
        " FROM json_array_elements_text(CAST(:asked AS json)) WITH ORDINALITY AS asked(value, place)"
        " ORDER BY asked.place"
    ),
    # In the order of the index: it would rather read the rows themselves, which are many times larger.
    size=text(
        "SELECT count(*) FROM (SELECT 1 FROM search_document WHERE course_id = :course_id"
        " ORDER BY language LIMIT :limit) AS counted"
    ).bindparams(bindparam("course_id", type_=Uuid())),
    # OFFSET 0 and LATERAL: each lookup is one walk along the index, whatever the planner thinks of JSON.
    words=text(
        "SELECT DISTINCT word.language, word.stem FROM json_array_elements(CAST(:asked AS json)) AS asked"
        " CROSS JOIN LATERAL (SELECT language, stem FROM search_word"
        " WHERE course_key = :key AND language = asked.value ->> 0"
        " AND tail >= asked.value ->> 1 AND tail < asked.value ->> 2"
        " AND (tail = stem OR NOT CAST(asked.value ->> 3 AS boolean)) OFFSET 0) AS word"
    ),
    unknown=text(
        "SELECT asked.value FROM json_array_elements_text(CAST(:asked AS json)) AS asked(value) WHERE NOT EXISTS"
        " (SELECT 1 FROM search_word AS word WHERE word.course_key = :key AND word.language = :language"
        " AND word.tail = asked.value AND word.stem = asked.value OFFSET 0)"
    ),
    groups=(" | ", " & ", " & !"),
)


def course_key(course_id: uuid.UUID) -> str:
    """Return what the lexemes of a course begin with: so a course's lists are short, however many courses there are.

    Two courses may have the same one; that costs time, and harms nothing.
    """
    return course_id.hex[:6]


def lexeme(key: str, language: str, stem: str) -> str:
    """Return a stem of a course and a language as the index has it."""
    return f"{key}{language}{stem}"


def expression(session: Session, groups: Sequence[Collection[Lexeme]], *, without: Collection[Lexeme] = ()) -> str:
    """Return how the engine is asked for documents with one lexeme of each group, and none of `without`."""
    either, both, neither = _engine(session).groups
    wanted = both.join(f"({either.join(_quoted(session, each) for each in group)})" for group in groups)
    unwanted = f"{neither}({either.join(_quoted(session, each) for each in without)})" if without else ""
    return f"({wanted}){unwanted}"


def newest(session: Session, wanted: str, *, before: int | None, limit: int) -> Sequence[int]:
    """Return the highest numbers of the documents that an expression finds, from the highest on.

    Args:
        before: Only lower ones than this.
    """
    values = {"wanted": wanted, "before": before, "limit": limit}
    return session.scalars(_engine(session).newest, values).all()


def counts(session: Session, wanted: Sequence[str]) -> Sequence[int]:
    """Return how many documents each of some expressions finds."""
    return session.scalars(_engine(session).counts, {"asked": json.dumps(wanted)}).all()


def documents(session: Session, lexemes: Sequence[Lexeme], *, limit: int) -> Iterator[Sequence[int]]:
    """Yield for each of some lexemes the numbers of the documents that have it: of the newest, where there are more.

    One by one they are found sooner than several together: no engine has to compare what it finds.
    """
    asked = json.dumps([expression(session, [[each]]) for each in lexemes])
    for numbers in session.scalars(_engine(session).documents, {"asked": asked, "limit": limit}):
        yield [int(number) for number in numbers.split(",")] if numbers else ()


def size(session: Session, course_id: uuid.UUID, *, limit: int) -> int:
    """Return how many documents a course has; `limit` where there are more."""
    return session.scalar(_engine(session).size, {"course_id": course_id, "limit": limit}) or 0


def words(session: Session, key: str, lookups: Sequence[Lookup]) -> Sequence[tuple[str, str]]:
    """Return the languages and stems of a course's words that any of the lookups finds."""
    rows = session.execute(_engine(session).words, {"asked": json.dumps(lookups), "key": key})
    return [(language, stem) for language, stem in rows]


def unknown_stems(session: Session, key: str, language: str, stems: Sequence[str]) -> Sequence[str]:
    """Return those of the stems that the course has not used yet."""
    values = {"asked": json.dumps(stems), "key": key, "language": language}
    return session.scalars(_engine(session).unknown, values).all()


def listed(session: Session, values: Sequence[int] | Sequence[uuid.UUID]) -> TableValuedAlias:
    """Return numbers or ids that are known already as a table of one column: one parameter, however many they are."""
    kind = BigInteger() if isinstance(values[0], int) else Uuid()
    if _engine(session) is _SQLITE:
        plain = json.dumps([value if isinstance(value, int) else value.hex for value in values])
        return func.json_each(plain).table_valued(column("value", kind))
    return func.unnest(literal(values, ARRAY(kind))).table_valued(column("value", kind)).render_derived()


def _engine(session: Session) -> Engine:
    return _SQLITE if session.get_bind().dialect.name == "sqlite" else _POSTGRESQL


def _quoted(session: Session, each: Lexeme) -> str:
    """Return a lexeme of letters, digits, plus signs, hashes and pictograms so that no engine reads more into it."""
    if _engine(session) is _SQLITE:
        return f'"{each.text}"{"*" if each.is_prefix else ""}'
    return f"'{each.text}'{':*' if each.is_prefix else ''}"
