"""What differs between the two engines: how documents are found by their lexemes."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Select, cast, column, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from connector.search.models import INDEX, SearchDocument

_index = table(INDEX, column("rowid"), column(INDEX))


class Lexeme(NamedTuple):
    """A stem as the index has it."""

    text: str
    is_prefix: bool = False
    """Whether longer ones count as well."""


def course_key(course_id: uuid.UUID) -> str:
    """Return what the lexemes of a course begin with: so a course's lists are short, however many courses there are.

    Two courses may have the same one; that costs time, and harms nothing.
    """
    return course_id.hex[:6]


def lexeme(key: str, language: str, stem: str) -> str:
    """Return a stem of a course and a language as the index has it."""
    return f"{key}{language}{stem}"


def matching(
    session: Session, groups: Iterable[Collection[Lexeme]], *, without: Collection[Lexeme] = ()
) -> Select[int]:
    """Return the query for the numbers of documents with one lexeme of each group, and none of `without`."""
    if _is_sqlite(session):
        wanted = " AND ".join(f"({' OR '.join(_fts5(each) for each in group)})" for group in groups)
        unwanted = f" NOT ({' OR '.join(_fts5(each) for each in without)})" if without else ""
        found = select(_index.c.rowid.label("number"))
        return found.where(_index.c[INDEX].op("MATCH")(literal(f"({wanted}){unwanted}")))
    parts = [f"({'|'.join(_tsquery(each) for each in group)})" for group in groups]
    parts += [f"!{_tsquery(each)}" for each in without]
    return select(SearchDocument.number).where(SearchDocument.lexemes.op("@@")(cast("&".join(parts), TSQUERY)))


def newest(session: Session, found: Select[int], *, before: int | None, limit: int) -> Sequence[int]:
    """Return the highest numbers of those found, from the highest on.

    Args:
        before: Only lower ones than this.
    """
    number = found.selected_columns[0]
    if before is not None:
        found = found.where(number < before)
    # PostgreSQL would rather walk through all documents by their key than use the index of words, did it know the order.
    order = number if _is_sqlite(session) else number + 0
    return session.scalars(found.order_by(order.desc()).limit(limit)).all()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# Lexemes are letters, digits, plus signs, hashes and pictograms: in quotes, neither engine reads more into them.
def _fts5(each: Lexeme) -> str:
    return f'"{each.text}"{"*" if each.is_prefix else ""}'


def _tsquery(each: Lexeme) -> str:
    return f"'{each.text}'{':*' if each.is_prefix else ''}"
