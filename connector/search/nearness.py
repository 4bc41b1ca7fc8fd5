"""What comes near to a text by its meaning: one more list to fuse, where the operator has chosen a model.

Each process keeps the vectors of the courses that were last asked about, and reads on from the newest one it knows. They say
which documents come into question, and nothing more: what the reader may not see is dropped before anything is ranked, as it
is with words, and what is gone or changed is as the database has it.
"""

import math
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.config import Settings, SettingsError
from connector.db import Database
from connector.search import candidates
from connector.search.candidates import Candidate, Place
from connector.search.languages import UNKNOWN, tongue
from connector.search.meanings import Model, Vector, inspect
from connector.search.models import SearchVector
from connector.search.words import tokens

LEAST, LEAST_OF_FEW = 0.25, 0.35
"""How near a document must come at least, as the cosine of the angle between both; among few, where chance cannot be told."""
ENOUGH = 0.6
"""How near is near enough, whatever else there is: in a course that asks the same again and again, most documents are."""
MOST_BYTES = 256 * 2**20
"""How much memory a process gives to vectors."""
_INFO = "kring_meanings"
_FOUND, _LOOKED_AT = 50, 1_000
"""How many documents are ranked by meaning, and how many are looked at for so many that the reader may see."""
_FEW = 20
"""From how many documents on it can be told what is near by chance."""
_LOWER = 0.16
"""The share of a normal distribution that lies more than its spread below the middle."""
CHECK_SECONDS = 300.0
"""How often it is counted whether a course has lost documents: those are not to stay in memory."""
_BESIDES = 12
"""Bytes that are kept of a document beside its vector."""
_BLOCK = 2**18
"""How many numbers are multiplied at a time: of more, numpy's algebra takes every processor, and most of the time to share."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Meant:
    """Documents near to a text, and how near each is, by its number."""

    documents: Sequence[Candidate] = ()
    scores: Mapping[int, float] = field(default_factory=dict)
    language: str = UNKNOWN
    """Of the text."""


@dataclass(frozen=True, slots=True)
class Near:
    """What comes near to a text, whoever may find it."""

    numbers: Sequence[int] = ()
    """Of documents, the nearest first."""
    similar: Sequence[float] = ()
    """How near each is."""
    language: str = UNKNOWN
    """Of the text."""

    def pick(self, where: Place, *, excepting: uuid.UUID | None = None) -> Meant:
        """Return the nearest of what may be found.

        Args:
            excepting: A document that is never among them.
        """
        rows: Sequence[Candidate] = ()
        for limit in (_FOUND, _LOOKED_AT):
            rows = candidates.read(where, self.numbers[:limit])
            if len(rows) >= _FOUND or len(self.numbers) <= limit:
                break
        documents = [row for row in rows if row.id != excepting][:_FOUND]
        scores = dict(zip(self.numbers, self.similar, strict=True))
        return Meant(documents, {row.number: round(scores[row.number], 6) for row in documents}, self.language)


@dataclass(frozen=True, slots=True)
class _Course:
    """The vectors of a course as far as they are known; never changed, but replaced."""

    highest: int
    """The number of the newest vector."""
    documents: NDArray[np.int64]
    """Their numbers, in the order of the vectors'."""
    rows: NDArray[np.int8]
    lengths: Vector
    checked_at: float


class Meanings:
    """A model, and the vectors of courses that were last asked about; one for all threads of a process."""

    def __init__(self, folder: str, *, most_bytes: int = MOST_BYTES, check_seconds: float = CHECK_SECONDS) -> None:
        """Use the model in a folder, which is opened when it is first needed."""
        self._folder = folder
        self._most_bytes, self._check_seconds = most_bytes, check_seconds
        self._model: Model | None = None
        self._is_broken = False
        self._lock = threading.Lock()
        self._courses: OrderedDict[uuid.UUID, _Course] = OrderedDict()

    @property
    def model(self) -> Model | None:
        """The model; None where it turned out that it cannot be used, which the log says once."""
        if self._model is None and not self._is_broken:
            with self._lock:
                self._open()
        return self._model

    def near(self, session: Session, course_id: uuid.UUID, vector: Vector) -> tuple[NDArray[np.int64], Vector]:
        """Return the numbers of a course's documents that come near to a vector, the nearest first, and how near each is."""
        with self._lock:
            course = self._read_on(session, course_id)
        similar = _compare(course, vector)
        near = np.flatnonzero(similar >= floor(similar))
        near = near[np.lexsort((-course.documents[near], -similar[near]))][:_LOOKED_AT]
        return course.documents[near], similar[near]

    def _open(self) -> None:
        if self._model is None and not self._is_broken:
            try:
                self._model = Model(self._folder)
            except (SettingsError, OSError) as error:
                self._is_broken = True
                _log.error("meanings_unavailable", detail=str(error))

    def _read_on(self, session: Session, course_id: uuid.UUID) -> _Course:
        """Return the vectors of a course as they are now, and let go of courses that there is no room for."""
        model = self._model
        if model is None:
            raise RuntimeError("vectors are compared after a model is open")
        room = max(self._most_bytes // (model.width + _BESIDES), 1)
        known = self._courses.pop(course_id, None)
        course = self._courses[course_id] = _read(session, course_id, model, known, room)
        if time.monotonic() - course.checked_at >= self._check_seconds:
            has_lost = _count(session, course_id, model, room) != len(course.documents)
            again = _read(session, course_id, model, None, room) if has_lost else course
            course = self._courses[course_id] = replace(again, checked_at=time.monotonic())
        while sum(len(each.documents) for each in self._courses.values()) > room:
            self._courses.popitem(last=False)
        return course


def attach(database: Database, settings: Settings) -> None:
    """Let searches in a database know what texts mean, where the operator has chosen a model.

    Raises:
        SettingsError: The one that was chosen cannot be used.
    """
    if settings.semantic_model:
        inspect(settings.semantic_model)
        database.info[_INFO] = Meanings(settings.semantic_model)


def warm(database: Database) -> None:
    """Open the model now, so that nobody waits for it."""
    if meanings := database.info.get(_INFO):
        _ = meanings.model


def look(where: Place, title: str, text: str = "") -> Near:
    """Return what comes near to something that somebody writes; nothing where no model is chosen."""
    meanings: Meanings | None = where.session.info.get(_INFO)
    model = meanings.model if meanings else None
    if meanings is None or model is None:
        return Near()
    vector = model.vector(title, text)
    if not vector.any():
        return Near()
    numbers, similar = meanings.near(where.session, where.course_id, vector)
    language = tongue(None, (token.word for token in tokens(f"{title}\n{text}")))
    return Near(numbers.tolist(), similar.tolist(), language)


def floor(similar: Vector) -> float:
    """Return from where on a similarity is more than chance.

    Those of texts that have nothing to do with each other scatter like a normal distribution, and the largest of `n` of
    them is to be expected at sqrt(2 ln n) times its spread above its middle. Both are taken from the lower half, which
    what is really alike does not touch: so a course about one thing, all of whose texts are somewhat alike, is not all near.

    Args:
        similar: Of one text to each document of a course, from -1 to 1.

    Source: H. Cramér, Mathematical Methods of Statistics, 28.6 (the extremes of a normal sample).
    """
    count = len(similar)
    if count < _FEW:
        return LEAST_OF_FEW
    low, middle = int(count * _LOWER), count // 2
    ordered = np.partition(similar, (low, middle))
    spread = float(ordered[middle] - ordered[low])
    return min(max(LEAST, float(ordered[middle]) + math.sqrt(2 * math.log(count)) * spread), ENOUGH)


def _compare(course: _Course, vector: Vector) -> Vector:
    similar = np.empty(len(course.rows), np.float32)
    step = max(_BLOCK // course.rows.shape[1], 1)
    for start in range(0, len(similar), step):
        similar[start : start + step] = course.rows[start : start + step].astype(np.float32) @ vector
    return np.asarray(similar / course.lengths, np.float32)


def _read(session: Session, course_id: uuid.UUID, model: Model, known: _Course | None, room: int) -> _Course:
    """Return the vectors of a course with those that came since `known`: the newest, as many as there is room for."""
    mine = (SearchVector.course_id == course_id, SearchVector.model == model.fingerprint)
    since = SearchVector.number > (known.highest if known else 0)
    found = session.execute(
        select(SearchVector.number, SearchVector.document_number, SearchVector.vector)
        .where(*mine, since)
        .order_by(SearchVector.number.desc())
        .limit(room)
    ).all()[::-1]
    if known is not None and not found:
        return known
    nothing = bytes(model.width)
    rows = np.frombuffer(b"".join(row.vector or nothing for row in found), np.int8).reshape(-1, model.width)
    documents = np.array([row.document_number for row in found], np.int64)
    if known is not None:
        kept = ~np.isin(known.documents, documents)
        rows = np.concatenate((known.rows[kept], rows))[-room:]
        documents = np.concatenate((known.documents[kept], documents))[-room:]
    return _Course(
        highest=found[-1].number if found else 0,
        documents=documents,
        rows=rows,
        lengths=_lengths(rows),
        checked_at=known.checked_at if known else time.monotonic(),
    )


def _lengths(rows: NDArray[np.int8]) -> Vector:
    """Return how long each vector is; 1 for one of nothing but 0, which is like no other."""
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.int32)
    return np.asarray(np.sqrt(np.maximum(squares, 1)), np.float32)


def _count(session: Session, course_id: uuid.UUID, model: Model, room: int) -> int:
    mine = (SearchVector.course_id == course_id, SearchVector.model == model.fingerprint)
    return min(session.scalar(select(func.count()).select_from(SearchVector).where(*mine)) or 0, room)
