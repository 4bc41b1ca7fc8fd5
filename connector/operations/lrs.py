"""`kring lrs`: the learning record stores that statements go to, and the one that Kring brings along."""

import os
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from connector.config import Settings
from connector.courses.models import Course
from connector.db import Row, utc_now
from connector.delivery import embedded, mending, watching
from connector.delivery import services as delivery
from connector.delivery.models import ActorMode
from connector.operations.opening import open_session, open_settings
from connector.operations.outbox import condition, endpoint_called
from connector.platforms import services
from connector.platforms.models import Platform
from xapi.store import Credential, StoreConfig
from xapi.store.serving import ServingError, serve


@click.group()
def lrs() -> None:
    """The learning record stores that statements go to."""


@lrs.command("add")
@click.option("--name", required=True, help="What people call it.")
@click.option("--url", required=True, help="Where its xAPI begins, such as https://lrs.example/xapi/")
@click.option("--username", required=True, help="Of the credentials that the LRS gave out for Kring.")
@click.option("--password", envvar="KRING_LRS_PASSWORD", prompt=True, hide_input=True, help="Or KRING_LRS_PASSWORD.")
@click.option(
    "--version",
    type=click.Choice(delivery.VERSIONS),
    default="1.0.3",
    show_default=True,
    help="The xAPI version to speak.",
)
@click.option(
    "--people",
    "actor_mode",
    type=click.Choice([mode.value for mode in ActorMode]),
    default=ActorMode.PSEUDONYMOUS.value,
    show_default=True,
    help="What it knows people by: a random number, their number in the LMS, or a hash of their e-mail address.",
)
@click.option("--platform", "platform_id", type=click.UUID, help="Only this LMS; kring platform list has the ids.")
@click.option("--course", "course_id", type=click.UUID, help="Only this course, by the end of its IRI.")
@click.option(
    "--only", multiple=True, metavar="EVENT", help="Only this event, verb, activity or type; may be repeated."
)
@click.option("--never", multiple=True, metavar="EVENT", help="Never this one; may be repeated.")
def lrs_add(
    platform_id: uuid.UUID | None,
    course_id: uuid.UUID | None,
    only: tuple[str, ...],
    never: tuple[str, ...],
    actor_mode: str,
    **values: str,
) -> None:
    """Send statements to one more LRS from now on.

    An EVENT is a key such as post.replied, or an IRI; docs/xapi.md lists them.
    """
    settings = open_settings()
    with open_session(settings) as session:
        try:
            added = delivery.add_endpoint(
                session,
                services.ensure_tenant(session, settings, now=utc_now()),
                settings,
                platform=_known(session, Platform, platform_id),
                course=_known(session, Course, course_id),
                actor_mode=ActorMode(actor_mode),
                include_events=only or None,
                exclude_events=never or None,
                now=utc_now(),
                **values,
            )
        except delivery.EndpointError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{added.id}  {added.name}")


@lrs.command("change")
@click.argument("words", metavar="NAME")
@click.option("--url", help="Where its xAPI begins.")
@click.option("--username", help="Of the credentials that the LRS gave out for Kring.")
@click.option("--password", "asks", is_flag=True, help="Ask for a new password, or read KRING_LRS_PASSWORD.")
def lrs_change(words: str, url: str | None, username: str | None, *, asks: bool) -> None:
    """Change an LRS's address or credentials, and try it at once."""
    settings = open_settings()
    given = os.environ.get("KRING_LRS_PASSWORD") if asks else None
    password = click.prompt("Password", hide_input=True) if asks and given is None else given
    with open_session(settings) as session:
        endpoint = endpoint_called(session, words)
        try:
            delivery.change_endpoint(endpoint, settings, url=url, username=username, password=password)
        except delivery.EndpointError as error:
            raise click.ClickException(str(error)) from error
        session.flush()
        mending.wake(session, endpoint, now=utc_now())
        click.echo(f"{endpoint.name} is tried at once.")


@lrs.command("list")
def lrs_list() -> None:
    """List the LRSs and how delivery goes."""
    with open_session(open_settings()) as session:
        rows = watching.standings(session, now=utc_now())
        for row in rows:
            click.echo(f"{row.endpoint.id}  {row.endpoint.name}  {row.endpoint.url}  {condition(row.endpoint)}")
    if not rows:
        click.echo("Statements go nowhere yet; add an LRS with: kring lrs add", err=True)


@lrs.command("off")
@click.argument("words", metavar="NAME")
def lrs_off(words: str) -> None:
    """Send an LRS nothing more. What waits for it goes on waiting, and new statements are not kept for it."""
    _switch(words, is_active=False)


@lrs.command("on")
@click.argument("words", metavar="NAME")
def lrs_on(words: str) -> None:
    """Send statements to an LRS again that was switched off."""
    _switch(words, is_active=True)


@lrs.command("serve")
def lrs_serve() -> None:
    """Serve the LRS that Kring brings along, on this machine only.

    It keeps the statements in the file KRING_LRS_DATABASE names, else beside Kring's own SQLite database. Run one.
    """
    settings = open_settings()
    with open_session(settings) as session:
        endpoint = embedded.find_embedded(session)
        if endpoint is None:
            raise click.ClickException(
                "this installation has no embedded LRS; make its endpoint with: kring migrate --with-lrs"
            )
        parts = urlsplit(endpoint.url)
        credential = Credential(endpoint.username, embedded.password_of(endpoint, settings))
    host, port = parts.hostname or embedded.HOST, parts.port or embedded.PORT
    config = StoreConfig([credential], _file(settings), public_url=f"http://{host}:{port}")
    try:
        serve(config, host=host, port=port)
    except ServingError as error:
        raise click.ClickException(str(error)) from error


def _switch(words: str, *, is_active: bool) -> None:
    with open_session(open_settings()) as session:
        endpoint = endpoint_called(session, words)
        mending.switch(session, endpoint, is_active=is_active, now=utc_now())
        click.echo(f"{endpoint.name} is {'on' if is_active else 'off'}.")


def _known(session: Session, model: type[Row], id_: uuid.UUID | None) -> Row | None:
    """Return the row of this id; None where none is meant."""
    row = None if id_ is None else session.get(model, id_)
    if id_ is not None and row is None:
        raise click.ClickException(f"there is no {model.__name__.lower()} {id_}")
    return row


def _file(settings: Settings) -> Path:
    """Return the file of the embedded LRS."""
    if settings.lrs_database:
        return Path(settings.lrs_database)
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        own = Path(url.database)
        return own.with_name(f"{own.stem}-lrs.sqlite")
    return Path("kring-lrs.sqlite")
