"""Connections to the file that keeps the statements."""

import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Literal

SCHEMA_VERSION = 1


class Database:
    """One connection that writes, and as many that read as there are requests at a time."""

    def __init__(self, path: Path | Literal[":memory:"], *, busy_timeout: float) -> None:
        """Open the file, or make it.

        Args:
            path: `:memory:` is a temporary file, so that readers see what they see in any other file.
            busy_timeout: Seconds to wait for another process that writes.

        Raises:
            ValueError: The file was written by another version of the store.
        """
        self._busy_timeout = busy_timeout
        folder = tempfile.mkdtemp(prefix="xapi-store-") if path == ":memory:" else None
        self._path = Path(path) if folder is None else Path(folder) / "statements.db"
        self._lock = threading.Lock()  # of the two lists
        self._idle: list[sqlite3.Connection] = []
        self._open: list[sqlite3.Connection] = []
        self._writing = threading.Lock()
        # A store that nobody closes leaves neither an open connection nor a temporary file behind.
        self._closing = weakref.finalize(self, _close, self._open, folder)
        self._writer = self._connect()
        self._create()

    def _connect(self) -> sqlite3.Connection:
        # A connection goes from thread to thread, and is used by one at a time.
        connection = sqlite3.connect(
            self._path, timeout=self._busy_timeout, isolation_level=None, check_same_thread=False
        )
        with self._lock:
            self._open.append(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -32768")  # KiB: filters are spread over the file
        connection.execute("PRAGMA wal_autocheckpoint = 8000")  # pages: the same ones are written again and again
        return connection

    def _create(self) -> None:
        with self.write() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for command in resources.files(__package__).joinpath("schema.sql").read_text().split(";\n"):
                    connection.execute(command)
            elif version != SCHEMA_VERSION:
                raise ValueError(f"{self._path} has version {version} of the tables, and not {SCHEMA_VERSION}")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for queries; each query sees all that was committed before it."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._lock:
                self._idle.append(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection that writes, in a transaction: committed at the end, rolled back at an error."""
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.rollback()
                raise

    def close(self) -> None:
        """Wait for the transaction under way, and close all connections."""
        with self._writing:
            self._closing()


def _close(connections: list[sqlite3.Connection], folder: str | None) -> None:
    while connections:
        connections.pop().close()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
