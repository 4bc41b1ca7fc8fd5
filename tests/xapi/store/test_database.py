"""The file, the connections to it, and the clock."""

import gc
import sqlite3
from pathlib import Path

import pytest

from xapi.store.database import Database
from xapi.store.times import StoredClock, timestamp


def test_a_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "lrs.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(ValueError, match="version 7"):
        Database(path, busy_timeout=1)


def test_a_file_is_opened_again_with_what_is_in_it(tmp_path):
    path = tmp_path / "lrs.db"
    for expected in (0, 1):
        database = Database(path, busy_timeout=1)
        with database.write() as connection:
            assert connection.execute("SELECT count(*) FROM definition").fetchone() == (expected,)
            connection.execute("INSERT INTO definition VALUES ('verb', ?, '{}')", (str(expected),))
        database.close()


def test_a_temporary_file_goes_with_the_store_closed_or_forgotten():
    closed = Database(":memory:", busy_timeout=1)
    forgotten = Database(":memory:", busy_timeout=1)
    folders = [file_of(database).parent for database in (closed, forgotten)]
    assert all(folder.exists() for folder in folders)
    closed.close()
    closed.close()
    del forgotten
    gc.collect()
    assert not any(folder.exists() for folder in folders)


def file_of(database: Database) -> Path:
    with database.read() as connection:
        return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def test_an_error_rolls_back():
    database = Database(":memory:", busy_timeout=1)
    with pytest.raises(sqlite3.IntegrityError), database.write() as connection:
        connection.executemany("INSERT INTO definition VALUES ('verb', ?, '{}')", [("x",), ("y",), ("x",)])
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM definition").fetchone() == (0,)
    database.close()


def test_a_write_is_durable_beyond_the_process():
    database = Database(":memory:", busy_timeout=1)
    with database.write() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
    database.close()


def test_times_go_on_when_the_clock_is_set_back():
    now = [1000, 400, 300, 2000]
    clock = StoredClock(lambda: now.pop(0))
    assert clock.begin(0) == 1000
    clock.end(1004)
    assert clock.begin(1004) == 1005
    clock.end(1005)
    assert clock.consistent_through() == 1005
    assert clock.begin(1005) == 2000


def test_a_time_that_was_promised_is_not_given_out_any_more():
    clock = StoredClock(lambda: 1000)
    assert clock.consistent_through() == 1000
    assert clock.begin(0) == 1001
    assert clock.consistent_through() == 1000
    clock.end(1007)
    assert clock.consistent_through() == 1007


def test_a_timestamp_has_six_decimals_before_1970_and_after():
    assert timestamp(-1) == "1969-12-31T23:59:59.999999Z"
    assert timestamp(1_500_000) == "1970-01-01T00:00:01.500000Z"
