"""`kring search`: what people find."""

import click

from connector.operations.opening import open_database, open_settings
from connector.pool import finding as pool
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
