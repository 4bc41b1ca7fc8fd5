"""`kring reports`: read the learning record stores that reports are made from."""

import uuid
from collections.abc import Callable
from pathlib import Path

import click

from connector.courses.models import Course
from connector.db import utc_now
from connector.operations.opening import open_database, open_session, open_settings
from connector.operations.outbox import endpoint_called
from connector.reports.models import Source
from connector.reports.parquet import NoWriterError, write_parquet
from connector.reports.pulling import Progress, pull
from connector.reports.sources import list_read

_EVERY = 20
"""Pages between two lines that say how far it has come."""


@click.group()
def reports() -> None:
    """What reports are made from."""


@reports.command("pull")
@click.option("--lrs", "words", metavar="NAME", help="Only this LRS, by its name or the beginning of its id.")
@click.option("--anew", is_flag=True, help="Begin with the oldest statement again; nothing is counted twice.")
def pull_command(words: str | None, *, anew: bool) -> None:
    """Read what is new in each LRS; the worker does so every two minutes.

    Ends with 1 where an LRS could not be read to its end. What was read until then stays, and the next time goes on.
    """
    settings = open_settings()
    has_failed = False
    with open_database(settings) as database:
        with database.session(writes=False) as session:
            endpoints = [endpoint_called(session, words)] if words else list(list_read(session))
        for endpoint in endpoints:
            progress = pull(
                database, settings, endpoint.id, is_anew=anew, max_pages=1_000_000, on_page=_show(endpoint.name)
            )
            if progress is None:
                click.echo(f"{endpoint.name}: somebody else reads it just now")
                continue
            click.echo(f"{endpoint.name}: {progress.seen} statements read, {progress.kept} of courses here")
            if progress.error:
                has_failed = True
                click.echo(f"  it ended early: {progress.error}", err=True)
    if not endpoints:
        click.echo("Statements go nowhere yet; add an LRS with: kring lrs add", err=True)
    if has_failed:
        raise SystemExit(1)


@reports.command()
@click.option("--parquet", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file.")
@click.option("--course", "course_id", type=click.UUID, help="Only this course, by the end of its IRI.")
def export(file: Path, course_id: uuid.UUID | None) -> None:
    """Write what reports are made from to a file.

    For a warehouse; docs/reports.md says what stands in it. People stand there by pseudonym. Needs a writer: pip install 'kring[parquet]'.
    """
    with open_session(open_settings()) as session:
        course = None if course_id is None else session.get(Course, course_id)
        if course_id is not None and course is None:
            raise click.ClickException(f"there is no course {course_id}")
        try:
            count = write_parquet(session, file, course=course)
        except NoWriterError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{count} facts written to {file}")


@reports.command()
def status() -> None:
    """Show how far each LRS has been read."""
    with open_session(open_settings()) as session:
        for endpoint in list_read(session):
            source = session.get(Source, endpoint.id)
            if source is None:
                click.echo(f"{endpoint.name}: never read")
                continue
            age = (
                f"read to its end at {source.succeeded_at:%Y-%m-%d %H:%M} UTC" if source.succeeded_at else "never read"
            )
            click.echo(f"{endpoint.name}: {age}; {source.seen} statements read, {source.kept} of courses here")
            if source.error:
                click.echo(f"  last failed: {source.error}")
            if source.due_at <= utc_now():
                click.echo("  due now")


def _show(name: str) -> Callable[[Progress], None]:
    """Return what says how far a walk has come, every few pages."""

    def show(progress: Progress) -> None:
        if progress.pages % _EVERY == 0:
            until = f", stored until {progress.cursor:%Y-%m-%d %H:%M} UTC" if progress.cursor else ""
            click.echo(f"{name}: {progress.seen} statements{until}")

    return show
