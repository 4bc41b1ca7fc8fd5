"""The worker as it is run: a process of its own."""

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator

from sqlalchemy import select

from connector.db import Database
from connector.delivery.models import BATCH_LIMIT, Endpoint
from tests.connector.delivery import build


@contextlib.contextmanager
def started(database: Database, *, batch: int = BATCH_LIMIT) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `kring worker`; it is killed in the end.

    Args:
        batch: Up to which success raises the size of an endpoint's batches.
    """
    settings = {
        "KRING_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "KRING_SECRET_KEY": build.SETTINGS.secret_key,
        "KRING_ALLOW_PRIVATE_ADDRESSES": "1",
        "KRING_LOG_LEVEL": "error",
    }
    program = (
        f"from connector.delivery import lanes; lanes.BATCH_LIMIT = {batch}; from connector.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "worker"]
    process = subprocess.Popen(command, env={**os.environ, **settings})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def rate(database: Database, worker: "subprocess.Popen[bytes]", endpoint_id: uuid.UUID, count: int) -> float:
    """Return how many statements a second an endpoint accepts, from the first batch on until it has `count`."""
    before = _wait_for(database, worker, endpoint_id, 1)
    begin = time.perf_counter()
    after = _wait_for(database, worker, endpoint_id, count)
    return (after - before) / (time.perf_counter() - begin)


def _wait_for(database: Database, worker: "subprocess.Popen[bytes]", endpoint_id: uuid.UUID, count: int) -> int:
    """Wait until an endpoint has accepted `count` statements, and return how many it has."""
    while (accepted := _accepted(database, endpoint_id)) < count:
        if worker.poll() is not None:
            raise RuntimeError("the worker has ended; what it said stands above")
        time.sleep(0.02)
    return accepted


def _accepted(database: Database, endpoint_id: uuid.UUID) -> int:
    with database.session(writes=False) as session:
        return session.scalars(select(Endpoint.accepted).where(Endpoint.id == endpoint_id)).one()
