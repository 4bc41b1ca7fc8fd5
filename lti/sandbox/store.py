"""What the sandbox remembers: keys, tools, changed courses, the gradebook, used assertions; one SQLite file, or memory."""

import json
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS assertion (jti TEXT PRIMARY KEY, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
);
CREATE TABLE IF NOT EXISTS line_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, course TEXT NOT NULL, coupled_to TEXT UNIQUE, body TEXT NOT NULL,
    tool INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS score (
    line_item INTEGER NOT NULL REFERENCES line_item ON DELETE CASCADE,
    person TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (line_item, person)
);
"""


@dataclass(frozen=True, kw_only=True)
class LineItem:
    """A column of the gradebook; `body` is what the tool sent, without `id`."""

    id: int
    course_id: str
    tool_id: int
    """Which tool it belongs to; the others do not see it."""
    coupled_to: str | None
    """The activity that this column came with; such a column cannot be deleted by the tool."""
    body: dict[str, Any]

    @property
    def maximum(self) -> float:
        """What the column counts to."""
        return float(self.body["scoreMaximum"])


@dataclass(frozen=True)
class Score:
    """The newest score that a tool posted for one person in one column."""

    person_id: str
    body: dict[str, Any]

    @property
    def timestamp(self) -> datetime:
        """When the tool says that the score was made; aware."""
        return datetime.fromisoformat(self.body["timestamp"]).astimezone(UTC)

    @property
    def is_graded(self) -> bool:
        """Whether there is a number that counts.

        Source: https://www.imsglobal.org/spec/lti-ags/v2p0, 3.4.7: only FullyGraded is final.
        """
        return self.body["gradingProgress"] == "FullyGraded" and self.body.get("scoreGiven") is not None

    def points(self, item: LineItem) -> float:
        """Return the number on the column's own scale; only a graded score has one."""
        return float(self.body["scoreGiven"] / self.body["scoreMaximum"] * item.maximum)


class Store:
    """The sandbox's memory; safe to use from several threads.

    Args:
        folder: Where the database file lives, made when it is missing; None keeps everything in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if folder is None else str(folder / "sandbox.sqlite")
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._lock = threading.Lock()
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_SCHEMA)
        columns = [row[1] for row in self._connection.execute("PRAGMA table_info(line_item)")]
        if "tool" not in columns:  # a file from before there were several tools
            self._connection.execute("ALTER TABLE line_item ADD COLUMN tool INTEGER NOT NULL DEFAULT 1")
        # An app factory has no moment of closing; Python 3.13 warns of a connection that nobody closed.
        self.close = weakref.finalize(self, self._connection.close)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One connection serves all threads, one after another: memory has no second one."""
        with self._lock, self._connection:
            yield self._connection

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """Return the secret of that name; the first call makes it."""
        with self._transaction() as db:
            row = db.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
            if row is None:
                row = (make(),)
                db.execute("INSERT INTO secret VALUES (?, ?)", (name, *row))
            return str(row[0])

    def use_assertion(self, jti: str, *, expires: float, now: float) -> bool:
        """Note that an assertion was used, and return whether this was the first time.

        Args:
            expires: POSIX time after which the assertion is refused anyhow, and its note forgotten.
            now: POSIX time.
        """
        with self._transaction() as db:
            db.execute("DELETE FROM assertion WHERE expires < ?", (now,))
            return db.execute("INSERT OR IGNORE INTO assertion VALUES (?, ?)", (jti, expires)).rowcount == 1

    def forget_secret(self, name: str) -> None:
        """Let the next call of `secret` make a new one."""
        with self._transaction() as db:
            db.execute("DELETE FROM secret WHERE name = ?", (name,))

    # --- documents: whatever is found by one name ----------------------------------------------------------------------------

    def keep(self, kind: str, name: str, body: Any) -> None:
        """Keep a document, in the place of one of the same name."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, name, json.dumps(body)),
            )

    def note(self, kind: str, name: str) -> bool:
        """Note that something has happened, and return whether this was the first time."""
        with self._transaction() as db:
            return db.execute("INSERT OR IGNORE INTO document VALUES (?, ?, 'null')", (kind, name)).rowcount == 1

    def find(self, kind: str, name: str) -> Any:
        """Return a document, or None."""
        with self._transaction() as db:
            row = db.execute("SELECT body FROM document WHERE kind = ? AND id = ?", (kind, name)).fetchone()
        return None if row is None else json.loads(row[0])

    def all(self, kind: str) -> dict[str, Any]:
        """Return the documents of a kind by name, oldest first."""
        with self._transaction() as db:
            rows = db.execute("SELECT id, body FROM document WHERE kind = ? ORDER BY rowid", (kind,)).fetchall()
        return {name: json.loads(body) for name, body in rows}

    def take(self, kind: str, name: str) -> Any:
        """Return a document and forget it; None where there is none, or somebody else has taken it."""
        with self._transaction() as db:
            row = db.execute("DELETE FROM document WHERE kind = ? AND id = ? RETURNING body", (kind, name)).fetchone()
        return None if row is None else json.loads(row[0])

    # --- the gradebook -------------------------------------------------------------------------------------------------------

    def couple_line_item(self, course_id: str, activity_id: str, body: dict[str, Any], *, tool_id: int) -> None:
        """Make the column that an activity comes with, unless an earlier start made it."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO line_item (course, coupled_to, body, tool) VALUES (?, ?, ?, ?)",
                (course_id, activity_id, json.dumps(body), tool_id),
            )

    def add_line_item(self, course_id: str, body: dict[str, Any], *, tool_id: int) -> LineItem:
        """Add a column that a tool asked for."""
        with self._transaction() as db:
            row = db.execute(
                "INSERT INTO line_item (course, body, tool) VALUES (?, ?, ?)", (course_id, json.dumps(body), tool_id)
            )
        return LineItem(id=row.lastrowid or 0, course_id=course_id, tool_id=tool_id, coupled_to=None, body=body)

    def line_items(self, course_id: str) -> list[LineItem]:
        """Return the columns of a course, oldest first."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT id, course, tool, coupled_to, body FROM line_item WHERE course = ? ORDER BY id", (course_id,)
            ).fetchall()
        return [
            LineItem(id=row[0], course_id=row[1], tool_id=row[2], coupled_to=row[3], body=json.loads(row[4]))
            for row in rows
        ]

    def hand_line_items(self, activity_ids: Sequence[str], tool_id: int) -> None:
        """Give the columns of these activities to another tool."""
        with self._transaction() as db:
            db.executemany(
                "UPDATE line_item SET tool = ? WHERE coupled_to = ?", [(tool_id, name) for name in activity_ids]
            )

    def line_item(self, course_id: str, line_item_id: int) -> LineItem | None:
        """Return one column of that course, or None."""
        return next((item for item in self.line_items(course_id) if item.id == line_item_id), None)

    def change_line_item(self, item: LineItem, body: dict[str, Any]) -> None:
        """Replace what is known of a column."""
        with self._transaction() as db:
            db.execute("UPDATE line_item SET body = ? WHERE id = ?", (json.dumps(body), item.id))

    def delete_line_item(self, item: LineItem) -> None:
        """Delete a column with its scores."""
        with self._transaction() as db:
            db.execute("DELETE FROM line_item WHERE id = ?", (item.id,))

    def put_score(self, item: LineItem, score: Score) -> None:
        """Keep a score in the place of the one before."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO score VALUES (?, ?, ?)", (item.id, score.person_id, json.dumps(score.body))
            )

    def drop_score(self, item: LineItem, person_id: str) -> None:
        """Forget somebody's score."""
        with self._transaction() as db:
            db.execute("DELETE FROM score WHERE line_item = ? AND person = ?", (item.id, person_id))

    def scores(self, item: LineItem) -> dict[str, Score]:
        """Return the newest scores of a column by person."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT person, body FROM score WHERE line_item = ? ORDER BY person", (item.id,)
            ).fetchall()
        return {person: Score(person, json.loads(body)) for person, body in rows}
