"""Statements in their tables: stored all or none, found by id, voided, and linked to what they refer to."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence

from xapi.store import times
from xapi.store.database import Database
from xapi.store.definitions import Definitions
from xapi.store.drafts import Draft
from xapi.store.equality import is_same
from xapi.store.errors import ConflictError
from xapi.store.mentions import Mention, mentions


class Storage:
    """The statements of one file."""

    def __init__(self, database: Database, *, clock: times.StoredClock | None = None) -> None:
        self.database = database
        self.clock = clock or times.StoredClock()
        self.definitions = Definitions()
        self._adding = threading.Lock()
        with database.read() as connection:
            self.clock.end(
                _latest(connection)
            )  # what an earlier process stored stays readable, whatever its clock said

    def add(self, drafts: Sequence[Draft]) -> None:
        """Store those of the statements that are not stored yet; each id stands only once among them.

        Raises:
            ConflictError: Another statement is stored under an id; then none is stored.

        Source: xAPI 1.0.3, Communication, 2.1.1 and 2.1.2; 3.2 (a batch is stored as a whole or not at all).
        """
        with self._adding:
            last = 0
            try:
                with self.database.write() as connection:
                    fresh = _unknown(connection, drafts)
                    if fresh:
                        first = self.clock.begin(_latest(connection))
                        self._store(connection, fresh, first)
                        last = first + len(fresh) - 1
            except BaseException:
                last = 0
                self.definitions.forget()  # what was learned has been rolled back
                raise
            finally:
                self.clock.end(last)  # only now has it been committed, and nobody else has begun

    def _store(self, connection: sqlite3.Connection, fresh: Sequence[Draft], first: int) -> None:
        _insert(connection, fresh, first)
        _void(connection, fresh)
        _link(connection, fresh)
        self.definitions.learn(connection, fresh)

    def find(self, statement_id: str, *, voided: bool) -> tuple[int, str] | None:
        """Return when the statement was stored and its body, None where there is none.

        Args:
            statement_id: In any case.
            voided: Whether to look among the voided statements, or among all others.

        Source: xAPI 1.0.3, Communication, 2.1.3 and 2.1.4.
        """
        with self.database.read() as connection:
            row: tuple[int, str] | None = connection.execute(
                "SELECT stored, body FROM statement WHERE id = ? AND is_voided = ?", (statement_id.lower(), voided)
            ).fetchone()
        return row

    def count(self) -> int:
        """Return how many statements are stored, voided ones included."""
        with self.database.read() as connection:
            number: int = connection.execute("SELECT count(*) FROM statement").fetchone()[0]
        return number

    def check(self) -> None:
        """Do nothing, if the file can be read.

        Raises:
            sqlite3.OperationalError: It cannot.
        """
        with self.database.read() as connection:
            connection.execute("SELECT stored FROM statement LIMIT 1").fetchone()


def _latest(connection: sqlite3.Connection) -> int:
    latest: int | None = connection.execute("SELECT max(stored) FROM statement").fetchone()[0]
    return latest or 0


def _unknown(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> list[Draft]:
    keys = json.dumps([draft.key for draft in drafts])
    stored = dict(
        connection.execute("SELECT id, body FROM statement WHERE id IN (SELECT value FROM json_each(?))", (keys,))
    )
    for draft in drafts:
        if draft.key in stored and not is_same(draft.received, json.loads(stored[draft.key])):
            raise ConflictError(f"Another statement is stored with the id {draft.id}. Nothing has been stored.")
    return [draft for draft in drafts if draft.key not in stored]


def _insert(connection: sqlite3.Connection, drafts: Sequence[Draft], first: int) -> None:
    statements: list[tuple[int, str, str | None, bool, str]] = []
    found: list[tuple[str, str, int]] = []
    for stored, draft in enumerate(drafts, first):
        time = times.timestamp(stored)
        timestamp = "" if "timestamp" in draft.completed else f',"timestamp":"{time}"'
        body = f'{draft.text[:-1]}{timestamp},"stored":"{time}"}}'
        statements.append((stored, draft.key, draft.target, draft.is_voiding, body))
        found.extend((kind, value, stored) for kind, value in draft.mentions)
    connection.executemany(
        "INSERT INTO statement (stored, id, target, is_voiding, is_voided, body) VALUES (?, ?, ?, ?, 0, ?)", statements
    )
    # In the order of the index, neighbours go to the same page of the file.
    connection.executemany("INSERT INTO mention (kind, value, stored) VALUES (?, ?, ?)", sorted(found))


def _void(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> None:
    """Mark what the drafts void, and which of them had been voided before they came.

    Source: xAPI 1.0.3, Data, 2.3.2: a voiding statement cannot be voided, and its target may be yet to come.
    """
    touched = {draft.key for draft in drafts} | {draft.target for draft in drafts if draft.is_voiding}
    connection.execute(
        """
        UPDATE statement SET is_voided = 1
        WHERE id IN (SELECT value FROM json_each(?)) AND NOT is_voiding
        AND EXISTS (SELECT 1 FROM statement AS voiding WHERE voiding.target = statement.id AND voiding.is_voiding)
        """,
        (json.dumps(list(touched)),),
    )


def _link(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> None:
    """Let statements be found by what they refer to, however long the chain, whichever end came first.

    Source: xAPI 1.0.3, Communication, 2.1.3 (Filter Conditions for StatementRefs).
    """
    keys = json.dumps([draft.key for draft in drafts])
    awaited = connection.execute(
        "SELECT target FROM statement WHERE target IN (SELECT value FROM json_each(?))", (keys,)
    )
    linked = {key for (key,) in awaited} | {draft.key for draft in drafts if draft.target is not None}
    for key in linked:
        found = _reachable_mentions(connection, key)
        for (stored,) in connection.execute(_REFERRERS, (key,)).fetchall():
            connection.executemany(
                "INSERT OR IGNORE INTO mention (kind, value, stored) VALUES (?, ?, ?)",
                [(kind, value, stored) for kind, value in found],
            )


# A statement itself and all that refer to it; UNION ends at circles.
_REFERRERS = """
WITH RECURSIVE referrer (id) AS (
    VALUES (?) UNION SELECT statement.id FROM referrer JOIN statement ON statement.target = referrer.id
)
SELECT stored FROM referrer JOIN statement USING (id)
"""
_TARGETS = """
WITH RECURSIVE target (id) AS (
    VALUES (?) UNION SELECT statement.target FROM target JOIN statement USING (id) WHERE statement.target IS NOT NULL
)
SELECT body FROM target JOIN statement USING (id)
"""


def _reachable_mentions(connection: sqlite3.Connection, key: str) -> Iterable[Mention]:
    bodies = connection.execute(_TARGETS, (key,)).fetchall()
    return set().union(*(mentions(json.loads(body)) for (body,) in bodies))
