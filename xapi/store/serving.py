"""The store as a program: one process behind Granian, until it is told to end."""

import logging
import multiprocessing
import os
import socket
import sqlite3
import sys
import threading
from functools import partial

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from xapi.store import StoreConfig, create_app
from xapi.store.database import Database

_THREADS = 4
_KILL_SECONDS = 5


class ServingError(Exception):
    """The store cannot be served; the message says why."""


def serve(config: StoreConfig, *, host: str, port: int) -> None:
    """Serve the store until SIGTERM or SIGINT.

    Raises:
        ServingError: The file is none of the store's, or something else listens at the address.
    """
    try:
        Database(config.database, busy_timeout=config.busy_timeout).close()
    except (OSError, ValueError, sqlite3.Error) as error:
        raise ServingError(f"{config.database}: {error}") from error
    try:
        # Granian would share the address with another one.
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        why = (error.strerror or "").partition(" (")[0]
        raise ServingError(f"cannot listen at {host}:{port}: {why}") from error
    print(f"xAPI at http://{host}:{port}{config.base_path}, in {config.database}", file=sys.stderr)  # noqa: T201 -- a program that says where it is
    Server(
        "xapi.store",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,  # the store's promises about time hold within one process
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        workers_kill_timeout=_KILL_SECONDS,
    ).serve(target_loader=partial(_load, config), wrap_loader=False)


def _load(config: StoreConfig) -> Flask:
    """Return the application; called in the process that serves it."""
    logging.getLogger("xapi.store").setLevel(logging.WARNING)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    return create_app(config)


def _leave_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """End this process when its parent was killed, which would otherwise leave it serving, and the port taken."""
    parent.join()
    os._exit(1)
