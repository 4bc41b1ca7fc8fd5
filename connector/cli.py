"""The command line: everything that an operator does from a shell."""

import os
import runpy
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click
import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from connector import housekeeping, sealing
from connector.config import Settings, SettingsError, load_settings
from connector.courses import refresh
from connector.db import Database, utc_now
from connector.delivery import services as delivery
from connector.delivery import worker as delivery_worker
from connector.delivery.models import Endpoint
from connector.grades import worker as grades_worker
from connector.migrations import pending, upgrade
from connector.platforms import keys, services
from connector.web.tracing import configure_logs

_KILL_SECONDS = 5
_PAUSE_SECONDS = 5
_LOOPS = (delivery_worker.run, refresh.run, grades_worker.run, housekeeping.run)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kring", prog_name="kring")
def main() -> None:
    """Kring: social learning inside LMS courses.

    To look around, without any setting: kring demo. To set it up: kring migrate, then kring serve and kring worker side
    by side, then kring platform add.

    \b
    Settings come from the environment:
      KRING_SECRET_KEY      at least 32 characters; or KRING_SECRET_KEY_FILE
      KRING_PUBLIC_URL      where browsers and LMSs reach it, such as
                            https://kring.example  [http://localhost:8000]
      KRING_DATABASE_URL    postgresql+psycopg://USER:PASSWORD@HOST/NAME or
                            sqlite:///FILE  [sqlite:///kring.sqlite]
      KRING_PROXY_HOPS      how many reverse proxies stand in front  [0]
      KRING_ALLOW_PRIVATE_ADDRESSES
                            1 where the LMS or the LRS is in a private network  [0]
      KRING_LOG_FORMAT      json or console  [json]
      KRING_LOG_LEVEL       debug, info, warning or error  [info]
    """  # noqa: D301 -- click must see the escape itself, which keeps the lines apart


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 256), help="Processes; two threads each."
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the LTI addresses."""
    settings = _settings()
    with _session(settings) as session:
        keys.ensure_key(session, settings.secret_key, now=utc_now())
        keys.tool_keys(session, settings.secret_key)  # a changed secret must be seen now, not at the first launch
    try:
        # Granian would share the address with another one, and end in a backtrace where something else has it.
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        why = (error.strerror or "").partition(" (")[0]
        raise click.ClickException(f"cannot listen at {host}:{port}: {why}") from error
    click.echo(f"Listening at http://{host}:{port} for {settings.public_url}", err=True)
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
    """Deliver statements to the LRSs and scores to the LMSs, read rosters, and tidy up.

    On PostgreSQL any number of workers may run, on any number of machines; on SQLite run one.
    """
    settings = _settings()
    configure_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log = structlog.get_logger(__name__)
    with _database(settings) as database:
        log.info("worker_started")
        with ThreadPoolExecutor(len(_LOOPS)) as pool:
            for loop in _LOOPS:
                pool.submit(_keep_on, loop, database, settings, stop)
        log.info("worker_stopped")


def _keep_on(loop: Callable[..., None], database: Database, settings: Settings, stop: threading.Event) -> None:
    """Run one of the worker's loops until `stop` is set; a failure of one must not end the others."""
    while not stop.is_set():
        try:
            loop(database, settings, stop=stop)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is logged, and the loop begins again
            structlog.get_logger(__name__).error("loop_failed", loop=loop.__module__, exc_info=error)
            stop.wait(_PAUSE_SECONDS)


@main.command()
def migrate() -> None:
    """Make the database ready for this version.

    Run it before the first start and after each update. It brings the schema up to date, and makes the first signing key.
    """
    settings = _settings(checked=False)
    with _database(settings):
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
    """Try Kring: a sandbox LMS, an LRS and people included."""
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
@click.option("--client-id", required=True, help="What the LMS calls this tool.")
@click.option("--authorization-url", required=True, help="Moodle: Authentication request URL.")
@click.option("--token-url", required=True, help="Moodle: Access token URL.")
@click.option("--jwks-url", required=True, help="Moodle: Public keyset URL.")
@click.option("--product", default="generic", show_default=True, help="moodle, canvas, brightspace, …")
def platform_add(**values: str) -> None:
    """Register an LMS, with the values that it shows."""
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
        rows = services.list_platforms(session)
        for row in rows:
            click.echo(f"{row.id}  {row.status:8}  {row.name}  {row.issuer}  {row.client_id}")
    if not rows:
        click.echo("No LMS is registered yet; register one with: kring platform add", err=True)


@main.group("keys")
def keys_group() -> None:
    """The keys that the tool signs with."""


@keys_group.command()
def rotate() -> None:
    """Add a signing key. The old one goes on until LMSs have had time to read the new one."""
    settings = _settings()
    with _session(settings) as session:
        keys.tool_keys(session, settings.secret_key)  # keys of two secrets could not be read by either
        click.echo(keys.rotate(session, settings.secret_key, now=utc_now()))


@main.group()
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
def lrs_add(name: str, url: str, username: str, password: str, version: str) -> None:
    """Send statements to one more LRS from now on."""
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
    """List the LRSs and how delivery goes."""
    with _session(_settings()) as session:
        rows = delivery.list_endpoints(session)
        for row in rows:
            click.echo(f"{row.id}  {row.name}  {row.url}  {_condition(row)}")
        for tenant in dict.fromkeys(row.tenant for row in rows):
            stands = delivery.backlog(session, tenant, now=utc_now())
            oldest = f", the oldest for {stands.oldest}" if stands.oldest else ""
            click.echo(f"{tenant.name}: {stands.waiting} waiting{oldest}; {stands.sent} sent; {stands.dead} given up")
    if not rows:
        click.echo("Statements go nowhere yet; add an LRS with: kring lrs add", err=True)


def _condition(endpoint: Endpoint) -> str:
    """Return in words how delivery to an LRS goes."""
    if not endpoint.is_active:
        return "switched off"
    if endpoint.paused_reason:
        return f"paused: {endpoint.paused_reason}"
    if endpoint.failures:
        return f"failed {endpoint.failures} times in a row: {endpoint.last_error}"
    return f"well since {endpoint.succeeded_at:%Y-%m-%d %H:%M} UTC" if endpoint.succeeded_at else "nothing sent yet"


def _settings(*, checked: bool = True) -> Settings:
    """Return the settings; unless told otherwise, of a database that has this version's schema."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if checked:
        with _database(settings) as database:
            problem = pending(database)
        if problem:
            raise click.ClickException(problem)
    return settings


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
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
def _session(settings: Settings) -> Iterator[Session]:
    """Yield a session that is committed at the end."""
    with _database(settings) as database, database.session(writes=True) as session:
        try:
            yield session
        except sealing.SealError as error:
            raise click.ClickException(str(error)) from error
        session.commit()
