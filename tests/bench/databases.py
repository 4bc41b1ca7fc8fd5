"""Fresh, migrated databases of each kind, for benchmarks."""

import contextlib
import tempfile
from collections.abc import Iterator

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from connector.db import Database
from connector.migrations import upgrade
from tests import postgres


@contextlib.contextmanager
def each() -> Iterator[dict[str, Database]]:
    """Give a database on each engine that can be had here, by the engine's name."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kring-bench-"))
        urls = {"sqlite": f"sqlite:///{folder}/kring.sqlite"}
        if postgres.find_binaries() is not None:
            server = stack.enter_context(postgres.serve())
            admin = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text("CREATE DATABASE bench"))
            admin.dispose()
            urls["postgresql"] = server.format(name="bench")
        databases = {}
        for name, url in urls.items():
            upgrade(url)
            databases[name] = Database(url)
            stack.callback(databases[name].dispose)
        yield databases


def analyse(session: Session, *tables: str) -> None:
    """Let PostgreSQL know its tables, and which of their pages everybody sees, as it would by itself after a minute."""
    if session.get_bind().dialect.name == "sqlite":
        return
    session.commit()
    engine = session.get_bind().engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.exec_driver_sql(f"VACUUM ANALYZE {table}")
