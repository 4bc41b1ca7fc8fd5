"""Alembic's entry: runs the migrations on one connection."""

from alembic import context
from sqlalchemy import create_engine, pool

from connector.migrations import is_described, load_metadata


def _run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise RuntimeError("no database URL")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        # SQLite cannot alter most things in place; batch mode copies the table.
        context.configure(
            connection=connection,
            target_metadata=load_metadata(),
            render_as_batch=True,
            include_name=is_described,
        )
        with context.begin_transaction():
            context.run_migrations()


_run()
