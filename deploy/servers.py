"""The demo's four processes, which it starts and ends, and what it keeps of them."""

import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from connector.config import Settings
from connector.db import Database, utc_now
from connector.delivery.embedded import ensure_embedded, password_of
from connector.migrations import upgrade
from connector.platforms import keys, services
from deploy.mailbox import Mailbox

HOST = "127.0.0.1"
CLIENT_ID = "kring-sandbox"
_START_SECONDS = 30
_STOP_SECONDS = 10


class DemoError(Exception):
    """The demo cannot run; the message says why and what to do."""


class Demo:
    """Four processes on three ports. The tool is on localhost and the LMS on 127.0.0.1: two sites to a browser."""

    def __init__(self, port: int, data: Path, *, quiet: bool = False) -> None:
        """Take the tool's port (two more follow it) and the folder to keep everything in."""
        self.data = data
        self.port = port
        self.tool_url = f"http://localhost:{port}"
        self.lms_url = f"http://{HOST}:{port + 1}"
        self.lrs_url = f"http://{HOST}:{port + 2}"
        self._quiet = quiet
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.mailbox = Mailbox()

    def __enter__(self) -> Self:
        """Start everything.

        Raises:
            DemoError: A port is taken, or a process does not start.
        """
        for port in range(self.port, self.port + 3):
            _check_free(port)
        self.data.mkdir(parents=True, exist_ok=True)
        self.secret_key = _kept(self.data / "secret-key")
        self._prepare()
        self.mailbox.__enter__()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self.stop()

    def enter_as(self, person: str, page: str = "/courses/onboarding") -> str:
        """Return the link that signs a person in to the sandbox LMS and opens a page of it."""
        return f"{self.lms_url}/login/as/{person}?next={page}"

    @property
    def guest_link(self) -> str:
        """The link of an expert from outside, as the story noted it; empty before it was told."""
        file = self.data / "guest-link"
        return file.read_text() if file.exists() else ""

    @guest_link.setter
    def guest_link(self, link: str) -> None:
        _keep(self.data / "guest-link", link)

    def died(self) -> str | None:
        """Return the name of a process that has ended, if one has."""
        return next((name for name, process in self._processes.items() if process.poll() is not None), None)

    def check(self) -> None:
        """See that every process lives.

        Raises:
            DemoError: One has ended.
        """
        if dead := self.died():
            raise DemoError(f"the {dead} has ended; what it said stands above")

    def kill(self, name: str) -> None:
        """End a process at once, as a power cut would."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def start_worker(self) -> None:
        """Start the worker."""
        self._spawn("worker", [_script("kring"), "worker"])

    def stop(self) -> None:
        """End every process: politely, then not."""
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for process in self._processes.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        self.mailbox.__exit__()

    def _prepare(self) -> None:
        """Bring the database up to date, and register the LMS and the LRS with the tool."""
        settings = Settings(public_url=self.tool_url, database_url=self.database_url, secret_key=self.secret_key)
        upgrade(settings.database_url)
        database = Database(settings.database_url)
        with database.session(writes=True) as session:
            tenant = services.ensure_tenant(session, settings, now=utc_now())
            keys.ensure_key(session, settings.secret_key, now=utc_now())
            if self.lms_url not in {platform.issuer for platform in services.list_platforms(session)}:
                services.add_platform(
                    session,
                    tenant,
                    name="North Sea Academy",
                    issuer=self.lms_url,
                    client_id=CLIENT_ID,
                    authorization_url=f"{self.lms_url}/auth",
                    token_url=f"{self.lms_url}/token",
                    jwks_url=f"{self.lms_url}/jwks",
                    now=utc_now(),
                )
            lrs = ensure_embedded(session, tenant, settings, port=self.port + 2, now=utc_now())
            self.lrs_password = password_of(lrs, settings)
            _keep(self.data / "lrs-password", self.lrs_password)
            session.commit()
        database.dispose()

    def _start(self) -> None:
        sandbox = ["--host", HOST, "--port", str(self.port + 1), "--tool-url", self.tool_url]
        self._spawn("sandbox LMS", [sys.executable, "-m", "lti.sandbox", *sandbox, "--data", str(self.data)])
        self._spawn("LRS", [_script("kring"), "lrs", "serve"])
        self._spawn("tool", [_script("kring"), "serve", "--host", HOST, "--port", str(self.port), "--workers", "1"])
        self.start_worker()
        for name, url in (("sandbox LMS", self.lms_url), ("LRS", self.lrs_url), ("tool", self.tool_url)):
            self._wait(name, f"{url}/healthz")

    @property
    def database_url(self) -> str:
        """Where the tool keeps what it knows."""
        return f"sqlite:///{self.data / 'kring.sqlite'}"

    def _spawn(self, name: str, command: list[str]) -> None:
        """Start a process in a session of its own: Ctrl-C reaches this one alone, which then ends the others."""
        environ = {
            **os.environ,
            "KRING_PUBLIC_URL": self.tool_url,
            "KRING_DATABASE_URL": self.database_url,
            "KRING_SECRET_KEY": self.secret_key,
            "KRING_ALLOW_PRIVATE_ADDRESSES": "1",
            "KRING_MAIL_URL": self.mailbox.smtp_url,
            "KRING_MAIL_FROM": "kring@academy.example",
            "KRING_LOG_FORMAT": "console",
            "KRING_LOG_LEVEL": "warning",
            "KRING_LRS_DATABASE": str(self.data / "lrs.sqlite"),
        }
        output = subprocess.DEVNULL if self._quiet else None
        self._processes[name] = subprocess.Popen(
            command, env=environ, start_new_session=True, stdin=subprocess.DEVNULL, stdout=output, stderr=None
        )

    def _wait(self, name: str, url: str) -> None:
        """Return once `url` answers."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            self.check()
            try:
                if requests.get(url, timeout=2).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise DemoError(f"the {name} did not answer at {url} within {_START_SECONDS} s")


def _script(name: str) -> str:
    """Return a command of the environment that this Python belongs to."""
    return str(Path(sys.executable).with_name(name))


def _kept(file: Path) -> str:
    """Return the secret in `file`, made at the first start."""
    if not file.exists():
        _keep(file, secrets.token_urlsafe(32))
    return file.read_text()


def _keep(file: Path, secret: str) -> None:
    """Write a secret where nobody else reads it."""
    file.touch(mode=0o600)
    file.write_text(secret)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise DemoError(f"port {port} is taken; choose others: make demo PORT=9000") from error
