"""What can be found: a document's words as the index wants them, every word that a course uses, and what documents mean."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from connector.db import Model

INDEX = "search_index"
"""SQLite's full-text index on `SearchDocument.lexemes`. Triggers keep it; its tables are no models."""

_KEY = BigInteger().with_variant(Integer, "sqlite")
# Compared letter by letter: only so can an index find what begins with something.
_PLAIN = String().with_variant(String(collation="C"), "postgresql")


class SearchDocument(Model):
    """Something that can be found, as it was when it was last written."""

    __tablename__ = "search_document"
    __table_args__ = (
        Index("ix_search_document_course_id", "course_id", "language"),
        Index(
            "ix_search_document_lexemes",
            "lexemes",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            sqlite_where=false(),  # holds nothing: SQLite has an index of another kind
        ),
    )
    number: Mapped[int] = mapped_column(_KEY, primary_key=True)
    """Grows with time: the newest documents have the highest."""
    id: Mapped[uuid.UUID] = mapped_column(unique=True)
    """Of the post, the question or whatever it is."""
    kind: Mapped[str]
    # Its type is said, for a key's is otherwise known only once the table that it points to is: later than queries are made.
    course_id: Mapped[uuid.UUID] = mapped_column(Uuid(), ForeignKey("course.id", ondelete="CASCADE"))
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    """In which language its words are read: one of those that search knows, or `languages.UNKNOWN`."""
    at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)
    """The stems of the title's words in order, a line feed, those of the text's: what is ranked by."""
    lexemes: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
    """Each different stem once, behind the keys of the course and the language: what is looked up."""


class SearchWord(Model):
    """A stem that a course uses, by one of its endings: so words are found by what stands within them.

    There may be a stem twice, after two who used it first at the same time, and one that is no longer used.
    """

    __tablename__ = "search_word"
    __table_args__ = (Index("ix_search_word_tail", "course_key", "language", "tail"),)
    number: Mapped[int] = mapped_column(_KEY, primary_key=True)
    course_key: Mapped[str]
    """As lexemes have it."""
    language: Mapped[str]
    tail: Mapped[str] = mapped_column(_PLAIN)
    """The whole stem, or its end from some letter on."""
    stem: Mapped[str] = mapped_column(_PLAIN)


OUTDATED = ""
"""Stands for a model where a document has changed since its vector was made."""


class SearchVector(Model):
    """What a document means to a model that the operator chose; there are none without one. It goes with its document."""

    __tablename__ = "search_vector"
    __table_args__ = (
        Index("ix_search_vector_course_id", "course_id", "number"),
        Index(
            "ix_search_vector_outdated",
            "document_number",
            sqlite_where=text(f"model = '{OUTDATED}'"),
            postgresql_where=text(f"model = '{OUTDATED}'"),
        ),
        {"sqlite_autoincrement": True},  # a number that was used must never come again: others read on from it
    )
    number: Mapped[int] = mapped_column(_KEY, primary_key=True)
    """Grows with each that is made, also for a document that had one: whoever knows the highest reads on from there."""
    document_number: Mapped[int] = mapped_column(
        _KEY, ForeignKey("search_document.number", ondelete="CASCADE"), unique=True
    )
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    model: Mapped[str]
    """The fingerprint of the one that made it, or `OUTDATED`."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """A byte for each number; none where the model knows no word of the document."""
