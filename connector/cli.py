"""The command line: everything that an operator does from a shell."""

import os
import runpy
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from connector.config import Settings, SettingsError, load_settings
from connector.db import Database, utc_now
from connector.delivery import services as delivery
from connector.delivery import worker as delivery_worker
from connector.migrations import pending, upgrade
from connector.platforms import keys, services
from connector.web.tracing import configure_logs

_KILL_SECONDS = 5


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kring", prog_name="kring")
def main() -> None:
    """Kring: social learning inside LMS courses.

    Settings come from the environment: KRING_PUBLIC_URL, KRING_DATABASE_URL, KRING_SECRET_KEY (or
    KRING_SECRET_KEY_FILE), KRING_ALLOW_PRIVATE_ADDRESSES, KRING_PROXY_HOPS, KRING_LOG_FORMAT, KRING_LOG_LEVEL.

    To look around without any of them: kring demo.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 256), help="Processes; two threads each."
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the LTI addresses."""
    settings = _settings()
    with _session(settings) as session:
        keys.ensure_key(session, settings.secret_key, now=utc_now())
    Granian(
        "connector.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # Two: many threads are slower with SQLite, which gives the interpreter lock away at each step.
        blocking_threads=2,
        websockets=False,
        # One dead process must not end the server, and an open connection must not keep it from ending.
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_SECONDS,
        log_level=LogLevels.warning,
    ).serve()


@main.command()
def worker() -> None:
    """Deliver what the pages have put into the outbox; run any number on PostgreSQL, one on SQLite."""
    settings = _settings()
    configure_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.database_url)
    try:
        delivery_worker.run(database, settings, stop=stop)
    finally:
        database.dispose()


@main.command()
def migrate() -> None:
    """Bring the database to the schema of this version, and make the first signing key."""
    settings = _settings(checked=False)
    upgrade(settings.database_url)
    with _session(settings) as session:
        services.ensure_tenant(session, settings, now=utc_now())
        keys.ensure_key(session, settings.secret_key, now=utc_now())
    click.echo("The database is ready.")


@main.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65533), help="The tool's; two more follow."
)
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Where the demo keeps its files.")
def demo(port: int, data: Path | None) -> None:
    """Start the tool, a sandbox LMS, an LRS and the worker, with people and a course to try."""
    script = Path(__file__).parent.parent / "deploy" / "demo.py"
    if not script.exists():
        raise click.ClickException("the demo needs the source: clone the repository and run `make demo` there")
    sys.argv = [str(script), "--port", str(port), *(["--data", str(data)] if data else [])]
    runpy.run_path(str(script), run_name="__main__")


@main.group()
def platform() -> None:
    """The LMSs that may launch Kring."""


@platform.command("add")
@click.option("--name", required=True, help="What people call it.")
@click.option("--issuer", required=True, help="Moodle: Platform ID. Canvas: https://canvas.instructure.com")
@click.option("--client-id", required=True)
@click.option("--authorization-url", required=True, help="Moodle: Authentication request URL.")
@click.option("--token-url", required=True, help="Moodle: Access token URL.")
@click.option("--jwks-url", required=True, help="Moodle: Public keyset URL.")
@click.option("--product", default="generic", show_default=True, help="moodle, canvas, brightspace, …")
def platform_add(**values: str) -> None:
    """Register an LMS with the values that its administrator's page shows."""
    settings = _settings()
    with _session(settings) as session:
        tenant = services.ensure_tenant(session, settings, now=utc_now())
        try:
            added = services.add_platform(session, tenant, now=utc_now(), **values)
        except services.RegistrationError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{added.id}  {added.name}")
    click.echo("Give the LMS these addresses:")
    click.echo(f"  Tool URL, redirection URI   {settings.public_url}/lti/launch")
    click.echo(f"  Initiate login URL          {settings.public_url}/lti/login")
    click.echo(f"  Public keyset URL           {settings.public_url}/lti/jwks")


@platform.command("list")
def platform_list() -> None:
    """List the registrations."""
    with _session(_settings()) as session:
        for row in services.list_platforms(session):
            click.echo(f"{row.id}  {row.status:8}  {row.name}  {row.issuer}  {row.client_id}")


@main.group("keys")
def keys_group() -> None:
    """The keys that the tool signs with."""


@keys_group.command()
def rotate() -> None:
    """Add a signing key. The old one goes on until LMSs have had time to read the new one."""
    settings = _settings()
    with _session(settings) as session:
        click.echo(keys.rotate(session, settings.secret_key, now=utc_now()))


@main.group()
def lrs() -> None:
    """The learning record stores that statements go to."""


@lrs.command("add")
@click.option("--name", required=True, help="What people call it.")
@click.option("--url", required=True, help="Where its xAPI begins, such as https://lrs.example/xapi/")
@click.option("--username", required=True)
@click.option("--password", envvar="KRING_LRS_PASSWORD", prompt=True, hide_input=True, help="Or KRING_LRS_PASSWORD.")
@click.option("--version", type=click.Choice(["1.0.3", "2.0.0"]), default="1.0.3", show_default=True)
def lrs_add(name: str, url: str, username: str, password: str, version: str) -> None:
    """Send every statement from now on to this LRS, too."""
    settings = _settings()
    with _session(settings) as session:
        tenant = services.ensure_tenant(session, settings, now=utc_now())
        try:
            added = delivery.add_endpoint(
                session,
                tenant,
                settings,
                name=name,
                url=url,
                username=username,
                password=password,
                version=version,
                now=utc_now(),
            )
        except delivery.EndpointError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{added.id}  {added.name}")


@lrs.command("list")
def lrs_list() -> None:
    """List the LRSs and how far delivery to each has come."""
    with _session(_settings()) as session:
        for row in delivery.list_endpoints(session):
            click.echo(f"{row.id}  {row.name}  {row.url}")


def _settings(*, checked: bool = True) -> Settings:
    """Return the settings; unless told otherwise, of a database that has this version's schema."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if checked:
        database = Database(settings.database_url)
        try:
            problem = pending(database)
        except SQLAlchemyError as error:
            raise click.ClickException(f"the database does not answer: {error}") from error
        finally:
            database.dispose()
        if problem:
            raise click.ClickException(problem)
    return settings


@contextmanager
def _session(settings: Settings) -> Iterator[Session]:
    """Yield a session that is committed at the end."""
    database = Database(settings.database_url)
    try:
        with database.session(writes=True) as session:
            yield session
            session.commit()
    finally:
        database.dispose()
