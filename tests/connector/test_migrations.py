from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from connector.db import Database
from connector.migrations import alembic_config, is_described, load_metadata, pending, upgrade


def test_migrations_make_what_the_models_say(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True, "include_name": is_described})
        assert compare_metadata(context, load_metadata()) == []


def test_migrated_database_is_ready(database):
    assert pending(database) is None


def test_upgrade_again_changes_nothing(database, database_url):
    upgrade(database_url)
    assert pending(database) is None


def test_down_and_up_again(database, database_url):
    command.downgrade(alembic_config(database_url), "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    assert "run kring migrate" in pending(database)
    upgrade(database_url)
    assert pending(database) is None


def test_empty_database_is_not_ready(tmp_path):
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert "the schema is at nothing" in pending(empty)
    empty.dispose()
