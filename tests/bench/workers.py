"""The worker as it is run: a process of its own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from connector.db import Database
from tests.connector.delivery import build


@contextlib.contextmanager
def started(database: Database) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `kring worker`; it is killed in the end."""
    settings = {
        "KRING_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "KRING_SECRET_KEY": build.SETTINGS.secret_key,
        "KRING_ALLOW_PRIVATE_ADDRESSES": "1",
        "KRING_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-c", "from connector.cli import main; main()", "worker"]
    process = subprocess.Popen(command, env={**os.environ, **settings})
    try:
        yield process
    finally:
        process.kill()
        process.wait()
