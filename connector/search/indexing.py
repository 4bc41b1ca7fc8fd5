"""What can be found is kept here: documents come, change and go with the transaction that changes what they stand for."""

import unicodedata
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from connector.search import vocabulary
from connector.search.engines import course_key, lexeme
from connector.search.languages import is_stop_word, tongue
from connector.search.models import SearchDocument
from connector.search.words import stem, tokens

_CHUNK = 500


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


def index(session: Session, *documents: Document) -> None:
    """Let documents be found as they are now, and no longer as they were."""
    for document in documents:
        _index(session, document)


def remove(session: Session, ids: Collection[uuid.UUID]) -> None:
    """Let documents be found no more."""
    listed = list(ids)
    for start in range(0, len(listed), _CHUNK):
        theirs = SearchDocument.id.in_(listed[start : start + _CHUNK])
        rows = session.execute(
            select(SearchDocument.course_id, SearchDocument.language, SearchDocument.terms).where(theirs)
        ).all()
        session.execute(delete(SearchDocument).where(theirs))
        for row in rows:
            vocabulary.forget(session, course_key(row.course_id), row.language, row.terms.split())


def _index(session: Session, document: Document) -> None:
    title, text = (unicodedata.normalize("NFC", each) for each in (document.title, document.text))
    title_words, text_words = ([token.word for token in tokens(each)] for each in (title, text))
    language = tongue(document.language, [*title_words, *text_words])
    title_terms, text_terms = (_terms(words, language) for words in (title_words, text_words))
    key = course_key(document.course_id)
    stems = dict.fromkeys(stem(word, language) for word in [*title_words, *text_words])
    values = {
        "kind": document.kind,
        "course_id": document.course_id,
        "activity_id": document.activity_id,
        "language": language,
        "at": document.at,
        "title": title,
        "text": text,
        "terms": f"{' '.join(title_terms)}\n{' '.join(text_terms)}",
        "lexemes": " ".join(lexeme(key, language, each) for each in stems),
    }
    columns = (SearchDocument.number, SearchDocument.course_id, SearchDocument.language, SearchDocument.terms)
    before = session.execute(select(*columns).where(SearchDocument.id == document.id)).first()
    if before is None:
        session.execute(insert(SearchDocument).values(id=document.id, **values))
    else:
        session.execute(update(SearchDocument).where(SearchDocument.number == before.number).values(**values))
    vocabulary.remember(session, key, language, [*title_terms, *text_terms])
    if before is not None:
        gone = set(before.terms.split())
        if (before.course_id, before.language) == (document.course_id, language):
            gone -= {*title_terms, *text_terms}
        vocabulary.forget(session, course_key(before.course_id), before.language, gone)


def _terms(words: Sequence[str], language: str) -> list[str]:
    """Return the stems of the words that tell something; of all of them, where none does."""
    telling = [word for word in words if not is_stop_word(word, language)]
    return [stem(word, language) for word in telling or words]
