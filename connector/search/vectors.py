"""What documents mean is made after they were written, so that nobody waits for it, and kept until they change or go."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from connector.db import Model as Table
from connector.search.engines import listed
from connector.search.models import OUTDATED, SearchDocument, SearchVector

_TABLE = Table.metadata.tables[SearchVector.__tablename__]
_ADD = insert(_TABLE)
# Made once: this one is in the way of somebody who changes what they wrote.
_OUTDATE = update(_TABLE).where(_TABLE.c.document_number == bindparam("changed")).values(model=OUTDATED, vector=b"")
_LOCK = 7_305_219_114
"""Of PostgreSQL's advisory locks, whoever stores vectors holds this one: so they appear in the order of their numbers."""
_A_TIME = 2_000
_TOLD = (SearchDocument.number, SearchDocument.title, SearchDocument.text)

Told = Row[int, str, str]
"""A document's number, title and text."""


def outdate(session: Session, numbers: Sequence[int]) -> None:
    """Let go of what documents meant that say something else now; the worker makes it again."""
    if numbers:
        session.connection().execute(_OUTDATE, [{"changed": number} for number in numbers])


def outdated(session: Session, *, limit: int) -> Sequence[Told]:
    """Return documents that have changed since they got a vector."""
    return session.execute(
        select(*_TOLD)
        .join(SearchVector, SearchVector.document_number == SearchDocument.number)
        .where(SearchVector.model == OUTDATED)
        .limit(limit)
    ).all()


def without_vector(session: Session, *, after: int, limit: int) -> Sequence[Told]:
    """Return the documents with the lowest numbers above one that have no vector yet."""
    return session.execute(
        select(*_TOLD)
        .outerjoin(SearchVector, SearchVector.document_number == SearchDocument.number)
        .where(SearchVector.number.is_(None), SearchDocument.number > after)
        .order_by(SearchDocument.number)
        .limit(limit)
    ).all()


def highest(session: Session) -> int:
    """Return the highest number that a document has."""
    return session.scalar(select(func.max(SearchDocument.number))) or 0


def store(session: Session, model: str, made: Mapping[Told, bytes]) -> int:
    """Store vectors of documents that still say what these were made of; return how many there are.

    Args:
        model: Its fingerprint.
        made: By what each document said.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    these = SearchDocument.number.in_(select(listed(session, [told.number for told in made]).c.value))
    # What somebody is just changing is left for the next time: no one waits for the other.
    now = session.execute(
        select(*_TOLD, SearchDocument.course_id).where(these).with_for_update(read=True, skip_locked=True)
    ).all()
    same = {(told.number, told.title, told.text): vector for told, vector in made.items()}
    found = ((row, same.get((row.number, row.title, row.text))) for row in now)
    rows = [
        {"document_number": row.number, "course_id": row.course_id, "model": model, "vector": vector}
        for row, vector in found
        if vector is not None
    ]
    if rows:
        numbers = [row["document_number"] for row in rows]
        earlier = SearchVector.document_number.in_(select(listed(session, numbers).c.value))
        session.execute(delete(SearchVector).where(earlier), execution_options={"synchronize_session": False})
        session.connection().execute(_ADD, rows)
    return len(rows)


def drop_others(session: Session, model: str | None) -> int:
    """Drop some vectors that another model made, or, without a model, any; return how many, 0 where none are left."""
    others = select(SearchVector.number).where(SearchVector.model != model if model else SearchVector.number > 0)
    numbers = session.scalars(others.limit(_A_TIME)).all()
    if numbers:
        these = SearchVector.number.in_(select(listed(session, numbers).c.value))
        session.execute(delete(SearchVector).where(these), execution_options={"synchronize_session": False})
    return len(numbers)


def count(session: Session, model: str) -> tuple[int, int]:
    """Return how many documents there are, and how many of them have a vector by a model."""
    documents = session.scalar(select(func.count()).select_from(SearchDocument)) or 0
    of_model = select(func.count()).select_from(SearchVector).where(SearchVector.model == model)
    return documents, session.scalar(of_model) or 0
