"""`kring search`: what people find."""

import click

from connector.config import SettingsError
from connector.operations.opening import open_database, open_settings
from connector.pool import finding as pool
from connector.search import vectors, worker
from connector.search.meanings import Model
from connector.threads import finding

_BATCH = 200


@click.group()
def search() -> None:
    """What people find when they search."""


@search.command()
def reindex() -> None:
    """Read every post into the index again, while people go on writing.

    Needed only where posts came into the database by another way than the pages, or after an update that says so.
    """
    count = 0
    after = None
    with open_database(open_settings()) as database:
        while True:
            with database.session(writes=True) as session:
                after, more = finding.reindex_posts(session, after=after, limit=_BATCH)
                session.commit()
            count += more
            if after is None:
                break
        with database.session(writes=True) as session:
            lost = finding.remove_lost(session)
            entries = pool.reindex(session)
            session.commit()
    click.echo(f"{count} posts and {entries} entries of the pool can be found; {lost} that are no more were dropped.")


@search.command()
def meanings() -> None:
    """Make the vectors that are missing now, and say how many there are.

    The worker makes them by itself; this is for who wants to see it done, after KRING_SEMANTIC_MODEL was set or changed.
    """
    settings = open_settings()
    if not settings.semantic_model:
        raise click.ClickException("KRING_SEMANTIC_MODEL is not set: people find what has the words that they look for")
    try:
        model = Model(settings.semantic_model)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    made = 0
    with open_database(settings) as database:
        maker = worker.Maker(database, model)
        while count := maker.make_some():
            made += count
        with database.session(writes=False) as session:
            texts, known = vectors.count(session, model.fingerprint)
    click.echo(f"{made} vectors of {model.width} numbers were made; {known} of {texts} texts have one.")
