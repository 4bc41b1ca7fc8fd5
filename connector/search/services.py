"""Search: finding what people wrote, in four languages, within what the reader may see."""

import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select
from sqlalchemy.orm import Session

from connector.search import candidates, nearness
from connector.search.asking import Asked, ask, ask_alike, ask_exactly, marker
from connector.search.candidates import COUNTED, Candidate, Content, Place
from connector.search.excerpts import excerpt, mark
from connector.search.indexing import Document, index, remove
from connector.search.languages import is_stop_word, tongue
from connector.search.nearness import Meant, Near
from connector.search.queries import Word, parse, phrase
from connector.search.ranking import Wanted, rank
from connector.search.words import tokens

__all__ = ["COUNTED", "Alike", "Document", "Found", "Hit", "index", "look_alike", "remove", "search", "similar"]

_TITLE_WORDS, _TEXT_WORDS = 16, 12
_TEXT_LOOKED_AT = 2000
_TEXT_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found."""

    id: uuid.UUID
    kind: str
    score: float
    title: Markup
    """With what was looked for in `<mark>`."""
    excerpt: Markup
    """The part of the text that shows why it was found, with what was looked for in `<mark>`."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the best first."""

    hits: Sequence[Hit]
    count: int
    """How many documents fit, those on other pages too; `COUNTED` stands for that many or more."""
    is_loose: bool = False
    """Whether none had every word, so that these have some."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What shares words with something that somebody writes, whoever may find it."""

    where: Place
    numbers: Sequence[int] = ()
    """Of documents, those first that share most."""
    wanted: Sequence[Wanted] = ()
    near: Near = field(default_factory=Near)
    """What comes near by its meaning."""

    def pick(
        self, among: Select[Any] | None, *, limit: int, excepting: uuid.UUID | None = None, is_sparse: bool = False
    ) -> Sequence[uuid.UUID]:
        """Return the ids of the likeliest of what may be found; `similar` says what the arguments are.

        Args:
            is_sparse: Whether hardly anything of the course may be found: then it is asked for as a whole.
        """
        where = replace(self.where, among=among)
        numbers = candidates.only(where, self.numbers) if is_sparse else self.numbers
        meant = self.near.pick(where, excepting=excepting)
        documents = _joined(candidates.first_of(where, numbers, excepting=excepting), meant)
        known = {document.number: document.id for document in documents}
        ranked = rank(documents, self.wanted, meant.scores, language=meant.language)
        return [known[number] for number, _ in ranked[:limit]]


def search(
    session: Session, query: str, *, course_id: uuid.UUID, among: Select[Any] | None, limit: int, offset: int = 0
) -> Found:
    """Find the documents of a course that have every word of `query`, or, where none has, some of them.

    Words find their other forms, compounds that they are a part of, and, where the course does not use them, what they
    may be a slip for. "Words in quotes" must stand together, a -word must be missing, a beginn* may go on. Anything may
    be typed.

    Args:
        among: The ids of what the reader may see and has asked for: nothing else is found or counted. A plain SELECT of
            one column; None where everything may be found.
    """
    parsed = parse(query)
    where = candidates.place(session, course_id, among)
    if not parsed.words or not where.languages:
        return Found((), 0)
    asked = ask(where, parsed.words)
    without = [each for word in parsed.excluded for each in ask_exactly(where, word).lexemes(where)]
    groups = [word.lexemes(where) for word in asked]
    documents = candidates.with_all(where, groups, without=without, fits=_has(parsed.phrases))
    is_loose = not documents and not parsed.phrases and not without
    wanted: Sequence[Wanted] = [Wanted(word.stems) for word in asked]
    meant = Meant()
    if is_loose:
        if len(groups) > 1:
            asked = ask_alike(where, parsed.words)
            numbers, wanted = _sharing(where, asked, [])
            documents = candidates.first_of(where, numbers)
        typed = " ".join(word.text for word in parsed.words if not word.is_prefix)
        meant = nearness.look(where, typed).pick(where)
    documents = _joined(documents, meant)
    ranked = rank(documents, wanted, meant.scores, language=meant.language)
    hits = _hits(where, documents, ranked[offset : offset + limit], asked)
    return Found(hits, len(ranked), is_loose=is_loose and bool(ranked))


def similar(
    session: Session,
    title: str,
    text: str,
    *,
    course_id: uuid.UUID,
    among: Select[Any] | None,
    limit: int,
    excepting: uuid.UUID | None = None,
) -> Sequence[uuid.UUID]:
    """Return the ids of what may be the same question, while somebody writes one; the likeliest first.

    Args:
        text: Plain; may be empty as yet.
        among: As for `search`.
        excepting: A document that is no answer: the question itself.
    """
    return look_alike(session, title, text, course_id=course_id).pick(among, limit=limit, excepting=excepting)


def look_alike(session: Session, title: str, text: str, *, course_id: uuid.UUID) -> Alike:
    """Look up once what somebody writes, for whatever several lists show of it; as `similar` does."""
    where = candidates.place(session, course_id, None)
    title_words = _telling(title, _TITLE_WORDS)
    text_words = [word for word in _telling(text[:_TEXT_LOOKED_AT], _TEXT_WORDS) if word not in title_words]
    if not where.languages:
        return Alike(where)
    asked = ask_alike(where, title_words)
    numbers, wanted = _sharing(where, asked, [ask_exactly(where, word) for word in text_words])
    return Alike(where, numbers, wanted, nearness.look(where, title, text))


def _sharing(where: Place, asked: Sequence[Asked], also: Sequence[Asked]) -> tuple[Sequence[int], Sequence[Wanted]]:
    """Return the numbers of the documents that share most with the words of a title and, more weakly, a text; and how to rank them."""
    own = [word.lexemes(where, is_own=True) for word in (*asked, *also)]
    alike = [word.lexemes(where) for word in asked]
    having = candidates.having(where, [*own, *alike])
    total = candidates.count_documents(where)
    weights = [candidates.rarity(len(each), total) for each in having]
    for number in range(len(asked), len(own)):
        weights[number] *= _TEXT_WEIGHT
    titles = [Wanted(word.stems, weight) for word, weight in zip(asked, weights[len(own) :], strict=True)]
    texts = [
        Wanted(word.stems, weight, is_title=False)
        for word, weight in zip(also, weights[len(asked) : len(own)], strict=True)
    ]
    return candidates.sharing(list(zip(having, weights, strict=True))), [*titles, *texts]


def _joined(documents: Sequence[Candidate], meant: Meant) -> Sequence[Candidate]:
    """Return documents with those that come near by meaning, each once."""
    known = {document.number for document in documents}
    return [*documents, *(document for document in meant.documents if document.number not in known)]


def _hits(
    where: Place, documents: Sequence[Candidate], ranked: Sequence[tuple[int, float]], asked: Sequence[Asked]
) -> Sequence[Hit]:
    known = {document.number: document for document in documents}
    said = {content.number: content for content in candidates.contents(where, [number for number, _ in ranked])}
    hits = []
    for number, score in ranked:
        document, content = known[number], said[number]
        is_wanted = marker(asked, document.language)
        title, text = mark(content.title, is_wanted), excerpt(content.text, is_wanted)
        hits.append(Hit(document.id, content.kind, score, title, text))
    return tuple(hits)


def _has(phrases: Sequence[str]) -> Callable[[Content], bool] | None:
    """Return how to tell whether a document has every phrase; None where there is no phrase."""
    if not phrases:
        return None

    def fits(content: Content) -> bool:
        texts = [phrase([token.word for token in tokens(text)]) for text in (content.title, content.text)]
        return all(any(each in text for text in texts) for each in phrases)

    return fits


def _telling(text: str, limit: int) -> list[Word]:
    """Return the first different words of a text that tell something; of all its words, where none does."""
    words = list(dict.fromkeys(token.word for token in tokens(unicodedata.normalize("NFC", text))))
    language = tongue(None, words)
    telling = [word for word in words if not is_stop_word(word, language)]
    return [Word(word) for word in (telling or words)[:limit]]
