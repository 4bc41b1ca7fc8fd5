"""Facts as a Parquet file, for a warehouse: by arro3, a small writer that is installed only where it is wanted.

pyarrow would do the same and weighs ten times as much; so it is `pip install kring[parquet]`, and without it the command
says so. Rows are read and written a batch at a time, so that memory does not grow with them.
"""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.courses.models import Course
from connector.reports.models import Fact, Feed

BATCH = 20_000
_COLUMNS: Mapping[str, str] = {
    "statement_id": "string",
    "course": "string",
    "activity": "string",
    "stored": "time",
    "timestamp": "time",
    "actor": "string",
    "role": "string",
    "event": "string",
    "verb": "string",
    "object": "string",
    "object_type": "string",
    "parent": "string",
    "target": "string",
    "about": "string",
    "score": "number",
    "rating": "number",
    "seconds": "number",
    "words": "count",
    "due": "time",
    "word": "string",
    "tags": "string",
    "criteria": "string",
}
"""The columns, and what they hold."""


class NoWriterError(Exception):
    """Nothing is installed that writes Parquet."""


def write_parquet(session: Session, file: Path, *, course: Course | None = None) -> int:
    """Write facts to a file, and return how many.

    People stand there as statements name them: by pseudonym, and without names.

    Args:
        course: Only of this course.

    Raises:
        NoWriterError: The extra is not installed.
    """
    try:
        core, io = importlib.import_module("arro3.core"), importlib.import_module("arro3.io")
    except ImportError as error:
        raise NoWriterError("this needs a writer: pip install 'kring[parquet]'") from error
    kinds = {
        "string": core.DataType.string(),
        "time": core.DataType.timestamp("ms", tz="UTC"),
        "number": core.DataType.float64(),
        "count": core.DataType.int64(),
    }
    made = {**kinds, "time": core.DataType.int64()}  # arro3 makes no times of its own
    schema = core.Schema([core.Field(name, kinds[kind], nullable=True) for name, kind in _COLUMNS.items()])
    count = 0

    def batches() -> Iterator[Any]:
        nonlocal count
        for rows in _rows(session, course):
            count += len(rows)
            columns = [
                core.Array([row[place] for row in rows], type=made[kind]).cast(kinds[kind])
                for place, kind in enumerate(_COLUMNS.values())
            ]
            yield core.RecordBatch.from_arrays(columns, schema=schema)

    io.write_parquet(core.RecordBatchReader.from_batches(schema, batches()), str(file))
    return count


def _rows(session: Session, course: Course | None) -> Iterator[Sequence[Sequence[Any]]]:
    query = (
        select(Fact, Course.iri, Activity.iri)
        .join(Feed, Feed.id == Fact.feed_id)
        .join(Course, Course.id == Feed.course_id)
        .outerjoin(Activity, Activity.id == Fact.activity_id)
        .order_by(Fact.feed_id, Fact.id)
    )
    if course is not None:
        query = query.where(Course.id == course.id)
    found = session.execute(query.execution_options(yield_per=BATCH))
    for part in found.partitions():
        rows = [_row(fact, course_iri, activity_iri) for fact, course_iri, activity_iri in part]
        session.expunge_all()
        yield rows


def _row(fact: Fact, course: str, activity: str | None) -> Sequence[Any]:
    return (
        str(fact.id),
        course,
        activity,
        fact.stored,
        fact.at,
        fact.actor,
        fact.role,
        fact.event,
        fact.verb,
        fact.object,
        fact.object_type,
        fact.parent,
        fact.target,
        fact.about,
        fact.score,
        fact.rating,
        fact.seconds,
        fact.words,
        fact.due,
        fact.word,
        None if fact.tags is None else " ".join(fact.tags),
        None if fact.criteria is None else json.dumps(fact.criteria),
    )
