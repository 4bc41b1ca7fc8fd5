"""What can be found is kept here: documents come, change and go with the transaction that changes what they stand for."""

import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from connector.db import Model
from connector.search import engines, vectors, vocabulary
from connector.search.engines import course_key, lexeme
from connector.search.languages import is_stop_word, tongue
from connector.search.models import SearchDocument
from connector.search.words import stem, tokens

_CHUNK = 500
_TABLE = Model.metadata.tables[SearchDocument.__tablename__]
_ADD = insert(_TABLE)
_MEANING = ("title", "text", "course_id")
"""What a document's vector is made of, and whom it serves."""

_Place = tuple[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class Document:
    """Something that people can find."""

    id: uuid.UUID
    kind: str
    course_id: uuid.UUID
    activity_id: uuid.UUID
    title: str
    text: str
    """Plain."""
    language: str | None
    """A BCP 47 tag, where somebody said."""
    at: datetime


def index(session: Session, *documents: Document, are_new: bool = False) -> None:
    """Let documents be found as they are now, and no longer as they were; of two with the same id, the later.

    Args:
        are_new: Whether none of them can have been found before: then nobody looks how they were.
    """
    latest = {document.id: document for document in documents}
    for start in range(0, len(latest), _CHUNK):
        chunk = list(latest.values())[start : start + _CHUNK]
        _index(session, chunk, {} if are_new else _stored(session, chunk))


def remove(session: Session, ids: Collection[uuid.UUID]) -> None:
    """Let documents be found no more."""
    gone = list(ids)
    for start in range(0, len(gone), _CHUNK):
        theirs = SearchDocument.id.in_(select(engines.listed(session, gone[start : start + _CHUNK]).c.value))
        rows = session.execute(
            select(SearchDocument.course_id, SearchDocument.language, SearchDocument.terms).where(theirs)
        ).all()
        session.execute(delete(SearchDocument).where(theirs), execution_options={"synchronize_session": False})
        _forget(session, [((row.course_id, row.language), row.terms.split()) for row in rows])


def _stored(session: Session, documents: Sequence[Document]) -> Mapping[uuid.UUID, Any]:
    """Return how documents were stored before, by their ids."""
    columns = (SearchDocument.id, SearchDocument.number, SearchDocument.course_id, SearchDocument.language)
    said = (SearchDocument.title, SearchDocument.text, SearchDocument.terms)
    these = select(engines.listed(session, [document.id for document in documents]).c.value)
    rows = session.execute(select(*columns, *said).where(SearchDocument.id.in_(these)))
    return {row.id: row for row in rows}


def _index(session: Session, documents: Sequence[Document], before: Mapping[uuid.UUID, Any]) -> None:
    added, used, gone, changed = [], [], [], []
    for document in documents:
        values = _values(document)
        place = values["course_id"], values["language"]
        stems = values["terms"].split()
        used.append((place, stems))
        earlier = before.get(document.id)
        if earlier is None:
            added.append(values)
            continue
        session.execute(update(_TABLE).where(_TABLE.c.number == earlier.number).values(**values))
        if any(getattr(earlier, name) != values[name] for name in _MEANING):
            changed.append(earlier.number)
        was = earlier.course_id, earlier.language
        gone.append((was, set(earlier.terms.split()) - set(stems if was == place else ())))
    vectors.outdate(session, changed)
    if added:
        session.flush()
        session.connection().execute(_ADD, added)
    for (course_id, language), stems in _by_place(used).items():
        vocabulary.remember(session, course_key(course_id), language, stems)
    _forget(session, gone)


def _values(document: Document) -> dict[str, Any]:
    title, text = (unicodedata.normalize("NFC", each) for each in (document.title, document.text))
    title_words, text_words = ([token.word for token in tokens(each)] for each in (title, text))
    language = tongue(document.language, [*title_words, *text_words])
    key = course_key(document.course_id)
    stems = dict.fromkeys(stem(word, language) for word in [*title_words, *text_words])
    return {
        "id": document.id,
        "kind": document.kind,
        "course_id": document.course_id,
        "activity_id": document.activity_id,
        "language": language,
        "at": document.at,
        "title": title,
        "text": text,
        "terms": f"{' '.join(_terms(title_words, language))}\n{' '.join(_terms(text_words, language))}",
        "lexemes": " ".join(lexeme(key, language, each) for each in stems),
    }


def _forget(session: Session, gone: Iterable[tuple[_Place, Iterable[str]]]) -> None:
    places = {place: stems for place, stems in _by_place(gone).items() if stems}
    for (course_id, language), stems in places.items():
        vocabulary.forget(session, course_key(course_id), language, stems)


def _by_place(each: Iterable[tuple[_Place, Iterable[str]]]) -> Mapping[_Place, set[str]]:
    """Return stems by the course and the language that they are of."""
    stems: dict[_Place, set[str]] = defaultdict(set)
    for place, more in each:
        stems[place].update(more)
    return stems


def _terms(words: Sequence[str], language: str) -> list[str]:
    """Return the stems of the words that tell something; of all of them, where none does."""
    telling = [word for word in words if not is_stop_word(word, language)]
    return [stem(word, language) for word in telling or words]
