"""What every command begins with: settings and a database, or one sentence that says what is wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from connector import sealing
from connector.config import Settings, SettingsError, load_settings
from connector.db import Database
from connector.migrations import pending
from connector.search.meanings import inspect


def open_settings(*, checked: bool = True) -> Settings:
    """Return the settings; unless told otherwise, of a database that has this version's schema."""
    try:
        settings = load_settings(os.environ)
        if settings.semantic_model:
            inspect(settings.semantic_model)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if checked:
        with open_database(settings) as database:
            problem = pending(database)
        if problem:
            raise click.ClickException(problem)
    return settings


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Yield the database; what keeps it from being used ends the command with one sentence."""
    try:
        database = Database(settings.database_url)
    except (ArgumentError, ImportError) as error:
        url = "sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        raise click.ClickException(f"KRING_DATABASE_URL must look like {url}") from error
    try:
        yield database
    except (OperationalError, InterfaceError) as error:
        told = str(error.orig).partition("\n")[0]  # without the query
        raise click.ClickException(f"the database cannot be used: {told}") from error
    finally:
        database.dispose()


@contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """Yield a session that is committed at the end."""
    with open_database(settings) as database, database.session(writes=True) as session:
        try:
            yield session
        except sealing.SealError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
