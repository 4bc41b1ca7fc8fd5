"""Serve the store: `python -m xapi.store --database FILE --user NAME`, with the password in the environment."""

import argparse
import logging
import multiprocessing
import os
import sqlite3
import sys
import threading
from functools import partial
from pathlib import Path

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from xapi.store import Credential, StoreConfig, create_app
from xapi.store.database import Database

PASSWORD = "KRING_LRS_PASSWORD"  # noqa: S105 -- the name of the variable
_THREADS = 4


def main(arguments: list[str] | None = None) -> None:
    """Serve the store until SIGTERM or SIGINT."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        config = StoreConfig(
            credentials=[Credential(options.user, _password(options.password_file))],
            database=options.database,
            base_path=options.base_path,
            public_url=options.public_url or f"http://{options.host}:{options.port}",
            max_body=options.max_body,
        )
        Database(config.database, busy_timeout=config.busy_timeout).close()  # a file that is none is told of at once
    except (OSError, ValueError, sqlite3.Error) as error:
        parser.error(str(error))
    print(f"xAPI at http://{options.host}:{options.port}{config.base_path}, in {config.database}", file=sys.stderr)  # noqa: T201 -- a program that says where it is
    server = Server(
        "xapi.store",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=1,  # the store's promises about time hold within one process
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    )
    server.serve(target_loader=partial(_load, config), wrap_loader=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m xapi.store", description="A small learning record store.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--database", type=Path, required=True, metavar="FILE", help="is made where it does not exist")
    parser.add_argument("--user", required=True, metavar="NAME", help="who may read and write")
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help=f"holds the password; else {PASSWORD} in the environment does",
    )
    parser.add_argument("--base-path", default="/xAPI", help="of the xAPI resources (%(default)s)")
    parser.add_argument("--public-url", metavar="URL", help="where others see the store, without the base path")
    parser.add_argument(
        "--max-body", type=int, default=16 * 1024 * 1024, metavar="BYTES", help="of a request (%(default)s)"
    )
    return parser


def _password(file: Path | None) -> str:
    """Return the password; no option takes it, because everybody on a machine can read the options of a program."""
    password = os.environ.get(PASSWORD, "") if file is None else file.read_text().strip()
    if not password:
        raise ValueError(f"a password is needed: in the file of --password-file, or in {PASSWORD}")
    return password


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


if __name__ == "__main__":
    main()
