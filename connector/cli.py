"""The command line: everything that an operator does from a shell."""

import runpy
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from connector import housekeeping
from connector.app import create_app
from connector.config import Settings
from connector.courses import refresh
from connector.db import Database, utc_now
from connector.delivery import embedded
from connector.delivery import worker as delivery_worker
from connector.delivery.embedded import PORT
from connector.grades import worker as grades_worker
from connector.migrations import upgrade
from connector.notifications import worker as mail_worker
from connector.operations.guests import guests
from connector.operations.lrs import lrs
from connector.operations.opening import open_database, open_session, open_settings
from connector.operations.outbox import outbox, xapi
from connector.operations.people import people
from connector.operations.platforms import admin, keys_group, platform
from connector.operations.reports import reports
from connector.operations.search import search
from connector.platforms import keys, services
from connector.reports import worker as reports_worker
from connector.routing import worker as routing_worker
from connector.search import worker as search_worker
from connector.web.tracing import configure_logs

_KILL_SECONDS = 5
_PAUSE_SECONDS = 5


def _send_mail(database: Database, settings: Settings, *, stop: threading.Event) -> None:
    """Send mail; its texts are made by the application, as those of pages are."""
    app = create_app(settings)
    try:
        mail_worker.run(database, settings, app=app, stop=stop)
    finally:
        app.extensions["kring"].database.dispose()


def _route_questions(database: Database, settings: Settings, *, stop: threading.Event) -> None:
    """Send questions on; the application knows who calls in experts from outside."""
    app = create_app(settings)
    try:
        routing_worker.run(database, settings, app=app, stop=stop)
    finally:
        app.extensions["kring"].database.dispose()


_LOOPS = (
    delivery_worker.run,
    refresh.run,
    grades_worker.run,
    reports_worker.run,
    housekeeping.run,
    search_worker.run,
    _send_mail,
    _route_questions,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kring", prog_name="kring")
def main() -> None:
    """Kring: social learning inside LMS courses.

    To look around, without any setting: kring demo. To set it up: kring migrate, then kring serve, kring worker and
    kring lrs serve side by side, then kring platform invite.

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
      KRING_LRS_DATABASE    where kring lrs serve keeps statements
                            [beside Kring's own SQLite database]
      KRING_MAIL_URL        the mail server, smtp://NAME:PASSWORD@HOST:587 (STARTTLS)
                            or smtps://NAME:PASSWORD@HOST:465  [no mail is sent]
      KRING_MAIL_FROM       the address that mails come from
      KRING_TIME_ZONE       of people whose own zone is unknown  [UTC]
      KRING_FILES_URL       where files that people send are kept: file:///PATH or
                            s3://BUCKET/FOLDER  [a folder beside the database]
      KRING_PICTURE_MEGABYTES
                            the largest picture  [10]
      KRING_AUDIO_MEGABYTES the largest recording  [25]
      KRING_VIDEO_MEGABYTES the largest film  [100]
      KRING_DOCUMENT_MEGABYTES
                            the largest document  [25]
      KRING_FILES_PER_POST  how many files a post may have  [10]
      KRING_UPLOAD_MEGABYTES_A_DAY
                            how much one person may send in 24 hours  [200]
      KRING_SCAN_COMMAND    looks at each file; where it ends with 0, the file is
                            taken  [none]
      KRING_SEMANTIC_MODEL  a folder with a model that says what texts mean, so that
                            searches find other words and languages  [none]
      KRING_METRICS_TOKEN   who knows it may read /metrics  [nobody]
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
    settings = open_settings()
    with open_session(settings) as session:
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
        "connector.serving:serve_app",
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
    """Deliver statements, scores and mail, read rosters, and tidy up.

    On PostgreSQL any number of workers may run, on any number of machines; on SQLite run one.
    """
    settings = open_settings()
    configure_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log = structlog.get_logger(__name__)
    with open_database(settings) as database:
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
@click.option(
    "--with-lrs/--without-lrs",
    "with_lrs",
    default=None,
    help="Whether statements go to Kring's own LRS; unless told, they do in a fresh installation.",
)
@click.option(
    "--lrs-port", type=click.IntRange(1, 65535), help=f"Where that LRS listens on this machine; at first {PORT}."
)
def migrate(with_lrs: bool | None, lrs_port: int | None) -> None:  # noqa: FBT001 -- click passes it by name
    """Make the database ready for this version.

    Run it before the first start and after each update. It brings the schema up to date, and makes the first signing key.
    A fresh installation also gets an endpoint for the LRS that kring lrs serve serves.
    """
    settings = open_settings(checked=False)
    with open_database(settings):
        upgrade(settings.database_url)
    with open_session(settings) as session:
        is_fresh = not services.has_tenant(session)
        tenant = services.ensure_tenant(session, settings, now=utc_now())
        keys.ensure_key(session, settings.secret_key, now=utc_now())
        wants_lrs = with_lrs or (with_lrs is None and (is_fresh or lrs_port is not None))
        if wants_lrs:
            embedded.ensure_embedded(session, tenant, settings, port=lrs_port, now=utc_now())
            click.echo("Statements go to the LRS that Kring brings along; serve it with: kring lrs serve")
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


for group in (platform, keys_group, admin, lrs, outbox, xapi, people, guests, search, reports):
    main.add_command(group)
