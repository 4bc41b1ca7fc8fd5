"""Schema migrations, run by Alembic; `upgrade` brings a database to the newest."""

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from connector.db import Database, Model
from connector.search.models import INDEX


def load_metadata() -> MetaData:
    """Return the schema that the models say, after importing every feature's models."""
    root = Path(__file__).parent.parent
    for path in sorted([*root.glob("*/*models.py"), *root.glob("*/models/*.py")]):
        importlib.import_module(".".join(("connector", *path.relative_to(root).with_suffix("").parts)))
    return Model.metadata


def is_described(name: str | None, kind: str, _parents: object = None) -> bool:
    """Return whether models describe a table: SQLite's full-text index, and the tables it is made of, have none."""
    return kind != "table" or name is None or not name.startswith(INDEX)


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for `database_url`; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def upgrade(database_url: str) -> None:
    """Bring the database's schema to the newest version."""
    command.upgrade(alembic_config(database_url), "heads")


def pending(database: Database) -> str | None:
    """Return what keeps the database from being used: a schema older or newer than this version, or None."""
    newest = set(ScriptDirectory.from_config(alembic_config("")).get_heads())
    with database.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if found == newest:
        return None
    return f"the schema is at {_named(found)}, this version needs {_named(newest)}: run kring migrate"


def _named(revisions: set[str]) -> str:
    return ", ".join(sorted(revisions)) or "nothing"
